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
    "token_expired": "the token has run out: see whether it is renewed (`muster check`)",
    "invalid_refresh_token": "the refresh token was used or revoked: install the app again",
    "msg_too_long": "the message is longer than Slack takes",
    "plan_upgrade_required": "the workspace's plan has no such thing; Muster does without",
    "org_user_not_in_team": "they are not in the workspace that has #incidents (the first of MUSTER_TEAMS)",
    "team_access_not_granted": "the app was not added to that workspace: an admin of the organization can",
    "file_uploads_disabled": "uploads are switched off in this workspace; Muster does without, in words",
    "file_uploads_except_images_disabled": "only pictures may be uploaded in this workspace; Muster does "
    "without, in words",
}
"""Slack's own code → what is so, and what to do."""

PREFERENCES = {
    ("conversations.create", "restricted_action"): "who may create public channels is a preference of the "
    "workspace, and Muster may not; it goes on where it was declared",
    ("conversations.invite", "no_permission"): "who may invite to channels is a preference of the workspace, "
    "and Muster may not; people join by #incidents",
    ("conversations.setTopic", "user_is_restricted"): "who may set topics is a preference of the workspace, "
    "and Muster may not; the headline says it all",
    (
        "pins.add",
        "restricted_action",
    ): "who may pin is a preference of the workspace, and Muster may not; "
    "the headline stands first in its channel",
    ("usergroups.list", "plan_upgrade_required"): "user groups come with Slack's paid plans; Muster takes "
    "those of the catalog (`people.yaml`)",
}
"""What a workspace keeps from apps by a preference or its plan: which, and what Muster does without it."""

NO_GROUPS = frozenset({"plan_upgrade_required", "paid_teams_only", "team_not_supported"})
"""A plan that has no user groups (usergroups.list, errors)."""

NO_FILES = frozenset({"file_uploads_disabled", "file_uploads_except_images_disabled"})
"""A workspace without uploads (files.getUploadURLExternal, errors)."""

LASTING = frozenset(MENDS) | {code for _, code in PREFERENCES}
"""Refusals that stay until somebody changes something: asked again seldom."""

GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
"""A message that cannot be edited any more: it is posted anew."""


def mend(error: str, method: str = "") -> str:
    """The code with what it means, of this method; the code alone where nothing is known of it."""
    said = PREFERENCES.get((method, error)) or MENDS.get(error)
    return f"{error}: {said}" if said else error
