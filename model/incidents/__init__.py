"""Incidents: from the declaration to the post-mortem, as events, their fold and what may happen next."""
