"""How answers read."""
