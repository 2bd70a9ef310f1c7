"""Alerts of other tools: what came in, what became of it. An alert never acts."""
