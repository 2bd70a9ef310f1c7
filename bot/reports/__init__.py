"""What follows from asking for a report."""
