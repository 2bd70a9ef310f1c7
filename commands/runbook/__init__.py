"""`/runbook …`: a system's runbook, step by step."""
