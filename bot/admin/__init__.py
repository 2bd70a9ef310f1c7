"""What operators decide about Muster itself, and what they are told of it."""
