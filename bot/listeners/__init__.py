"""From Slack's requests to the gate, and from its answers to Slack's."""
