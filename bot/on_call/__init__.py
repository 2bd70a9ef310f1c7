"""Who is on call, read from wherever the catalog says that it is kept."""
