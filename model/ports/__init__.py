"""The ports: what the outside has to be able to do."""
