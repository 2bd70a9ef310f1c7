"""How incidents read."""
