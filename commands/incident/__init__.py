"""`/incident …`: one file per thing an incident commander types."""
