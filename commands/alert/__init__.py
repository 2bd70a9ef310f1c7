"""`/alert …`: what other tools say is wrong."""
