"""Alerts in: what other tools say is wrong, told once each, and linked to incidents. An alert never acts."""
