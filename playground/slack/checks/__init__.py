"""What Slack refuses, by its SDK's models, its published types and its documented limits."""

from playground.slack.checks.payloads import check_blocks, check_message, check_view

__all__ = ["check_blocks", "check_message", "check_view"]
