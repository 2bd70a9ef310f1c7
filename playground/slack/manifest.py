"""The parts of a Slack app manifest that decide what is delivered and what is permitted."""

from dataclasses import dataclass
from typing import Any, cast


@dataclass(frozen=True)
class SlashCommand:
    """One slash command; `command` begins with a slash, `should_escape` turns mentions into ids."""

    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True)
class Manifest:
    """A manifest as the workspace obeys it. https://docs.slack.dev/reference/app-manifest/"""

    name: str
    bot_name: str
    commands: tuple[SlashCommand, ...]
    scopes: frozenset[str]
    events: frozenset[str]
    shortcuts: frozenset[str]
    is_interactive: bool
    has_options: bool
    has_home: bool

    @classmethod
    def of(cls, raw: dict[str, Any]) -> "Manifest":
        """Read a manifest; parts that are missing mean the same as they do at Slack: nothing is on."""
        features, settings = _part(raw, "features"), _part(raw, "settings")
        name = str(_part(raw, "display_information").get("name", "Muster"))
        return cls(
            name=name,
            bot_name=str(_part(features, "bot_user").get("display_name", name)),
            commands=tuple(_command(entry) for entry in _entries(features, "slash_commands")),
            scopes=frozenset(_part(_part(raw, "oauth_config"), "scopes").get("bot", ())),
            events=frozenset(_part(settings, "event_subscriptions").get("bot_events", ())),
            shortcuts=frozenset(str(e.get("callback_id", "")) for e in _entries(features, "shortcuts")),
            is_interactive=bool(_part(settings, "interactivity").get("is_enabled", False)),
            has_options=bool(_part(settings, "interactivity").get("message_menu_options_url"))
            or bool(settings.get("socket_mode_enabled")),
            has_home=bool(_part(features, "app_home").get("home_tab_enabled", False)),
        )

    def find_command(self, name: str) -> SlashCommand | None:
        """The declared command with this name (with its slash), or None."""
        return next((command for command in self.commands if command.command == name), None)


def _part(raw: dict[str, Any], key: str) -> dict[str, Any]:
    return cast("dict[str, Any]", raw.get(key) or {})


def _entries(raw: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", raw.get(key) or [])


def _command(entry: dict[str, Any]) -> SlashCommand:
    return SlashCommand(
        command=str(entry["command"]),
        description=str(entry.get("description", "")),
        usage_hint=str(entry.get("usage_hint", "")),
        should_escape=bool(entry.get("should_escape", False)),
    )
