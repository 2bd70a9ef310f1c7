"""Which Slack group each of the catalog's groups is: known once, and then never changed by its name alone."""
