"""Help: only what the asker may run."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.views.blocks import context, message, section
from bot.views.message import Message
from model.language.declare import Command, Kind

_TITLES = {
    Kind.INCIDENT: "Incidents",
    Kind.LOOK: "Look",
    Kind.CHANGE: "Change",
    Kind.MAINTENANCE: "Maintenance",
    Kind.OPERATION: "Plans and operations",
    Kind.META: "Muster",
    Kind.ADMIN: "For operators",
}


def show_help(commands: Sequence[Command], allowed: frozenset[str]) -> Message:
    """Commands by what they do; one line each, with an example to copy."""
    blocks: list[Block] = [section("*What you may type here*")]
    for kind, title in _TITLES.items():
        lines = [_line(command) for command in commands if command.kind is kind and command.action in allowed]
        for start in range(0, len(lines), 12):
            head = f"*{title}*\n" if start == 0 else ""
            blocks.append(section(head + "\n".join(lines[start : start + 12])))
    blocks.append(
        context("Add `dry` to only see the plan and `because …` to say why. In threads: `@muster COMMAND`.")
    )
    return message("What you may type here", blocks)


def _line(command: Command) -> str:
    shown = "".join(f" · `{line}`" for line in command.examples_typed[:1])
    return f"• `{command.usage}` {command.summary}{shown}".replace("<", "&lt;").replace(">", "&gt;")
