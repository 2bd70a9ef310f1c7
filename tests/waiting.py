"""How long tests wait: for what happens, and never for time to pass."""

HANGS_S = 180.0
"""Seconds after which what is waited for will not come any more.

It decides no test that passes. It only ends one that hangs, so it is far beyond what a busy machine takes.
"""

SLACK_WAITS_S = 30.0
"""Seconds that the local Slack waits for an answer, and Muster takes for one.

Slack's own three would be a test of the machine. Tests that are about them set their own.
"""
