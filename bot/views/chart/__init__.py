"""How charts are drawn, and how they read."""
