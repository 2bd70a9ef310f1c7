"""How maintenance reads."""
