"""What a workspace's admins, or its plan, keep from apps; each as its method's page documents the refusal.

https://docs.slack.dev/reference/methods, errors of conversations.create, conversations.setTopic, pins.add,
usergroups.list and files.getUploadURLExternal.
"""

from playground.faults import FaultBoard
from playground.slack.errors import Refusal

PREFERENCES = {
    "slack-no-channels": ("conversations.create", "restricted_action"),
    "slack-no-topics": ("conversations.setTopic", "user_is_restricted"),
    "slack-no-pins": ("pins.add", "restricted_action"),
    "slack-no-groups": ("usergroups.list", "plan_upgrade_required"),
    "slack-no-files": ("files.getUploadURLExternal", "file_uploads_disabled"),
}
"""Fault → the method that is refused, and Slack's code."""


def must_be_allowed(faults: FaultBoard, method: str) -> None:
    """Raises Refusal for a method that a preference forbids."""
    for fault, (forbidden, code) in PREFERENCES.items():
        if method == forbidden and faults.is_on(fault):
            raise Refusal(code)
