"""What incidents came to over a time: counted from their events alone."""
