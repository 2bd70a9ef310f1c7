"""What follows from walking through a runbook."""
