"""`/maintenance …`: announced windows in which a service is worked on."""
