"""The journal and its ports."""
