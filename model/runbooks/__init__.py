"""Guided runbooks: the steps that a system's runbook asks for, walked through together in one message."""
