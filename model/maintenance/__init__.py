"""Maintenance windows: announced ahead, started, done; the rules of each system's own runbook."""
