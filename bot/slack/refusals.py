"""What a refusal of Slack's means, what mends it, whether asking again can help (Web API docs, errors)."""

MENDS = {
    "is_archived": "the channel is archived: unarchive it (apps cannot), or go on where it is announced",
    "channel_not_found": "Muster is not in that channel, or it is gone: invite Muster",
    "not_in_channel": "Muster is not in that channel: invite it with /invite",
    "restricted_action": "a preference of the workspace forbids it: let Muster post there",
    "missing_scope": "the app lacks a right: install it again with `muster manifest slack`",
    "no_permission": "the app may not do that in this workspace: ask its admins",
    "cant_invite": "that person cannot be invited here",
    "user_is_restricted": "guests cannot be invited here: they join by an admin's hand",
    "ura_max_channels": "that guest is in as many channels as guests may be",
    "user_disabled": "that account is deactivated",
    "too_many_pins": "the channel has 100 pins, which is Slack's most: take one away",
    "not_allowed_token_type": "the app's token is of the wrong kind: install it again",
    "account_inactive": "the app was removed from the workspace: install it again",
    "invalid_auth": "the token is no longer valid: install the app again",
    "msg_too_long": "the message is longer than Slack takes",
    "plan_upgrade_required": "the workspace's plan has no such thing; Muster does without",
}
"""Slack's own code → what is so, and what to do."""

LASTING = frozenset(MENDS)
"""Refusals that stay until somebody changes something: asked again seldom."""

GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
"""A message that cannot be edited any more: it is posted anew."""


def mend(error: str) -> str:
    """The code with what it means; the code alone where nothing is known of it."""
    said = MENDS.get(error)
    return f"{error}: {said}" if said else error
