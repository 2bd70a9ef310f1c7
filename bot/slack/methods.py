"""Every method of Slack's Web API that Muster calls, with the scopes it needs and how it takes arguments.

Scopes and arguments: https://docs.slack.dev/reference/methods, a page a method.
"""

from collections.abc import Mapping

SCOPES: Mapping[str, tuple[str, ...]] = {
    "channels:history": ("conversations.history", "conversations.replies"),
    "channels:join": ("conversations.join",),
    "channels:manage": ("conversations.create", "conversations.invite", "conversations.setTopic"),
    "channels:read": ("conversations.info", "conversations.list", "users.conversations"),
    "chat:write": ("chat.postEphemeral", "chat.postMessage", "chat.update"),
    "chat:write.public": ("chat.postMessage",),
    "files:read": ("files.info",),
    "files:write": ("files.completeUploadExternal", "files.getUploadURLExternal"),
    "pins:write": ("pins.add",),
    "usergroups:read": ("usergroups.list",),
    "users:read": ("users.info", "users.list"),
    "users:read.email": ("users.lookupByEmail",),
}
"""Bot scope → the methods that need it. `chat:write.public` is for channels that Muster is not in."""

PRIVATE: Mapping[str, tuple[str, ...]] = {
    "groups:history": ("conversations.history", "conversations.replies"),
    "groups:read": ("conversations.info", "users.conversations"),
}
"""The same where #incidents is a private channel (MUSTER_PRIVATE_CHANNELS).

Writing into one takes `chat:write` alone, and Muster changes none of them: no `groups:write`.
"""

HEARD: Mapping[str, tuple[str, ...]] = {
    "app_mentions:read": ("app_mention",),
    "commands": ("slash commands and shortcuts",),
}
"""Bot scope → what Slack sends for it."""

WITHOUT_SCOPE = frozenset(
    {
        "auth.teams.list",
        "auth.test",
        "chat.getPermalink",
        "oauth.v2.access",
        "views.open",
        "views.publish",
        "views.update",
    }
)
"""Methods that any token may call."""

READS = frozenset(
    {
        "conversations.history",
        "conversations.info",
        "conversations.list",
        "conversations.replies",
        "chat.getPermalink",
        "files.getUploadURLExternal",
        "files.info",
        "usergroups.list",
        "users.conversations",
        "users.info",
        "users.list",
        "users.lookupByEmail",
    }
)
"""Methods of ours that take their arguments in the address (Web API docs, accepted content types)."""

OF_A_WORKSPACE = frozenset(
    {"conversations.create", "conversations.list", "usergroups.list", "users.conversations", "users.list"}
)
"""Methods of ours to which an organization's token has to say in which workspace (their `team_id`)."""

FORMS = frozenset({"files.completeUploadExternal"})
"""Methods of ours that every SDK of Slack's sends as a form: JSON was refused there for years."""

PERSONAL = frozenset({"chat.postEphemeral", "conversations.join"})
"""Methods for which no channel is joined: what one person alone sees reaches them directly as well."""


def scopes(*, private: bool = False) -> tuple[str, ...]:
    """All that the manifest asks for. private: #incidents is a private channel."""
    return tuple(sorted({*SCOPES, *HEARD, *(PRIVATE if private else ())}))


def methods() -> frozenset[str]:
    """All that Muster may call."""
    scoped = {method for table in (SCOPES, PRIVATE) for methods in table.values() for method in methods}
    return frozenset(scoped | WITHOUT_SCOPE)
