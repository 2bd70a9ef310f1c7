"""What follows from maintenance: its message, its notices, its timers."""
