"""The catalog: what teams write down of their systems."""
