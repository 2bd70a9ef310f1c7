"""What Slack refuses in an app manifest, as far as this workspace obeys it."""

import re

from playground.slack.manifest import Manifest, SlashCommand

# https://docs.slack.dev/reference/events names the scopes, each of which is enough, for every event.
EVENT_SCOPES: dict[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "channel_archive": ("channels:read",),
    "channel_created": ("channels:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "pin_added": ("pins:read",),
    "reaction_added": ("reactions:read",),
}
_SCOPES = (
    "app_mentions:read assistant:write bookmarks:read bookmarks:write calls:read calls:write "
    "canvases:read canvases:write channels:history channels:join channels:manage channels:read "
    "channels:write channels:write.invites channels:write.topic chat:write chat:write.customize "
    "chat:write.public commands conversations.connect:manage conversations.connect:write datastore:read "
    "datastore:write dnd:read emoji:read files:read files:write groups:history groups:read groups:write "
    "groups:write.invites groups:write.topic im:history im:read im:write im:write.topic incoming-webhook "
    "links:read links:write lists:read lists:write metadata.message:read mpim:history mpim:read "
    "mpim:write mpim:write.topic pins:read pins:write reactions:read reactions:write remote_files:read "
    "remote_files:share remote_files:write search:read.files search:read.public search:read.users "
    "stars:read team.billing:read team.preferences:read team:read tokens.basic triggers:read "
    "triggers:write usergroups:read usergroups:write users.profile:read users:read users:read.email "
    "users:write "
)
BOT_SCOPES = frozenset(_SCOPES.split())
"""Scopes that a bot may ask for (https://docs.slack.dev/reference/scopes, and each method's page)."""

COMMAND = re.compile(r"/[a-z0-9_-]{1,31}")


def manifest_problems(manifest: Manifest) -> list[str]:
    """Every reason Slack would refuse this manifest; an event this workspace cannot send is one too."""
    found: list[str] = []
    if not 1 <= len(manifest.name) <= 35:
        found.append("display_information.name must have 1 to 35 characters")
    for event in sorted(manifest.events):
        found += _event_problems(event, manifest.scopes)
    for command in manifest.commands:
        found += _command_problems(command)
    names = [command.command for command in manifest.commands]
    found += [f"{name} is declared twice" for name in sorted(set(names)) if names.count(name) > 1]
    if (manifest.commands or manifest.shortcuts) and "commands" not in manifest.scopes:
        found.append("slash commands and shortcuts need the scope commands")
    return found


def _event_problems(event: str, scopes: frozenset[str]) -> list[str]:
    if event not in EVENT_SCOPES:
        return [f"the local Slack does not send {event}"]
    needed = EVENT_SCOPES[event]
    if needed and not scopes.intersection(needed):
        return [f"{event} needs the scope {' or '.join(needed)}"]
    return []


def _command_problems(command: SlashCommand) -> list[str]:
    found: list[str] = []
    if not COMMAND.fullmatch(command.command):
        found.append(f"{command.command} is not a slash and up to 31 small letters, digits, _ and -")
    if not 1 <= len(command.description) <= 2000:
        found.append(f"{command.command}: a description of 1 to 2,000 characters is required")
    if len(command.usage_hint) > 1000:
        found.append(f"{command.command}: usage_hint has more than 1,000 characters")
    return found
