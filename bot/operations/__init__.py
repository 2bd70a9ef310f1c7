"""What follows from changes: plans, runs, verdicts."""
