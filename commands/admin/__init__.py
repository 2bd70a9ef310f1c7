"""What operators decide about Muster itself."""
