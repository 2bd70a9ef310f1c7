"""The one path of every request: read in its context, authorized, committed."""
