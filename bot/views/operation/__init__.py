"""How operations read."""
