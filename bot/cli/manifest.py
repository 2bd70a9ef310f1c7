"""The app manifest that a real workspace needs, made from the commands that are declared."""

from typing import Any

from bot.slack.methods import scopes
from model.language.declare import Command
from model.language.registry import Registry
from model.slash import ALL, OPS, Slash

EVENTS = ("app_home_opened", "app_mention")
_SUMMARIES = {
    "incident": "Declare, update and resolve incidents",
    "maintenance": "Announce, start and end maintenance of a service",
}
SHORTCUTS = (
    {
        "name": "Declare an incident",
        "type": "global",
        "callback_id": "incident.declare",
        "description": "Open the form",
    },
    {
        "name": "Declare from this",
        "type": "message",
        "callback_id": "message.declare",
        "description": "Open the form, filled in from the message",
    },
    {
        "name": "Add to timeline",
        "type": "message",
        "callback_id": "message.note",
        "description": "Put the message into an incident's timeline",
    },
)
HINT = 120
"""Characters of a usage hint that are worth showing while someone types."""


def slack_manifest(
    registry: Registry,
    url: str | None,
    here: Slash = ALL,
    *,
    org_wide: bool = False,
    private: bool = False,
    rotates: bool = False,
) -> dict[str, Any]:
    """The manifest. `url` is where Slack reaches Muster over HTTPS; None is Socket Mode.

    here: which slash commands are installed, and under which names.
    org_wide: it may be installed for a whole organization. private: #incidents is a private channel.
    rotates: its tokens run out and are renewed, which cannot be switched off again.
    """
    request = {"url": url} if url else {}
    addresses = {"request_url": url, "message_menu_options_url": url} if url else {}
    interactivity: dict[str, Any] = {"is_enabled": True, **addresses}
    events: dict[str, Any] = {"bot_events": list(EVENTS), **({"request_url": url} if url else {})}
    return {
        "display_information": {
            "name": "Muster",
            "description": "Incidents and infrastructure changes in one conversation",
            "background_color": "#1f2933",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "muster", "always_online": True},
            "shortcuts": list(SHORTCUTS),
            "slash_commands": [
                {**_slash(registry, verb, here), **request} for verb in here.installs((*registry.slash, OPS))
            ],
        },
        "oauth_config": {"scopes": {"bot": list(scopes(private=private))}},
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": org_wide,
            "socket_mode_enabled": url is None,
            "token_rotation_enabled": rotates,
        },
    }


def _slash(registry: Registry, verb: str, here: Slash) -> dict[str, Any]:
    if verb == OPS:
        summary, hint = "Any command of Muster; alone, what you may type", "COMMAND …"
    else:
        mine = [command for command in registry.commands if command.path[0] == verb]
        summary = _SUMMARIES.get(verb) or _first(mine).summary
        hint = _hint(mine)
    return {
        "command": here.line(verb),
        "description": summary[:2000],
        "usage_hint": hint[:HINT],
        "should_escape": True,
    }


def _hint(commands: list[Command]) -> str:
    """What Slack shows while someone types; of several, the one that is typed first at 03:00."""
    first = _first(commands)
    words = first.usage.split(" ", 1)
    hint = words[1] if len(words) > 1 else ""
    others = [one.path[1] for one in commands if one is not first]
    return " | ".join([hint, *others])


def _first(commands: list[Command]) -> Command:
    """The verb by itself, else the one that begins something."""
    alone = (one for one in commands if len(one.path) == 1)
    begins = (one for one in commands if one.path[1:] in {("declare",), ("schedule",)})
    return next(alone, None) or next(begins, commands[0])
