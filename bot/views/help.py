"""Help: by task, in full, or of one command; only what the asker may run."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.ids import ActionId
from bot.views.blocks import HERE, button, context, message, section
from bot.views.message import Message
from bot.views.refusal import refusal
from model.language.declare import ArgumentSlot, Command, Kind
from model.language.near import nearest, or_list, shown
from model.language.parameters import Flag
from model.language.registry import Registry
from model.refusal import Refused
from model.slash import OPS, slash, spelled

ALL = "all"

TASKS = (
    ("incident declare", "Something is wrong", "Declare"),
    ("health", "How is it?", "Health"),
    ("logs", "What do the logs say?", "Logs"),
    ("runbook", "What does the runbook say?", "Runbooks"),
    ("rollback", "The last release broke it", "Go back"),
    ("restart", "It hangs", "Restart"),
    ("scale", "Too much to do, or too few to do it", "Scale"),
    ("undo", "That made it worse", "Undo"),
)
"""What somebody came to do, the command for it, and the word on its button."""

_TITLES = {
    Kind.INCIDENT: "Incidents",
    Kind.LOOK: "Look",
    Kind.CHANGE: "Change",
    Kind.MAINTENANCE: "Maintenance",
    Kind.OPERATION: "Plans and operations",
    Kind.META: "Muster",
    Kind.ADMIN: "For operators",
}
_MOST = 12
"""Lines of one block: Slack takes 3,000 characters."""


def show_help(registry: Registry, allowed: frozenset[str], about: str = "") -> Message:
    """Nothing named: eight tasks. `all`: each command in a line. Else that command, or all of that word.

    Words that no command has are answered with the nearest ones.
    """
    commands = [command for command in registry.commands if command.action in allowed]
    if not about:
        return _by_task(commands)
    if about.casefold() == ALL:
        return _all(commands)
    found = registry.of_words(about)
    mine = [command for command in found if command.action in allowed]
    if not found:
        return refusal("", _unknown(registry, about))
    if not mine:
        may_not = Refused(f"You may not run {shown(about)}.", f"What you may run: `{_typed(ALL)}`")
        return refusal("", may_not)
    whole = next((one for one in mine if one.path == found[0].path and _is_whole(one, about)), None)
    if whole is not None and len(mine) == 1:
        return _one(whole)
    return _of_word(mine, about)


def _by_task(commands: Sequence[Command]) -> Message:
    """What people come for, with a button each: the form, where it takes more words."""
    by_name = {command.name: command for command in commands}
    blocks: list[Block] = [section("*What you may type here*")]
    for n, (name, task, label) in enumerate(TASKS):
        if (command := by_name.get(name)) is None:
            continue
        press = button(label, ActionId("line", "ask", str(n)), f"{HERE} {name}", about=task)
        example = next(iter(command.examples_typed), command.typed)
        blocks.append(section(f"*{task}*\n`{_text(example)}`", press))
    blocks.append(
        context(
            f"`{_typed(ALL)}` shows all {len(commands)}, `{_typed('scale')}` one. "
            f"A command alone opens its form. `dry` at the end only plans. In threads: `@muster COMMAND`."
        )
    )
    return message("What you may type here", blocks)


def _all(commands: Sequence[Command]) -> Message:
    blocks: list[Block] = [section("*All that you may type here*")]
    for kind, title in _TITLES.items():
        lines = [_line(command) for command in commands if command.kind is kind]
        blocks += _listed(title, lines)
    blocks.append(context("Add `dry` to only see the plan and `because …` to say why."))
    return message("All that you may type here", blocks)


def _of_word(commands: Sequence[Command], about: str) -> Message:
    """Several commands that begin alike: `/incident`."""
    title = f"{slash(commands[0].path[0])}: what you may type"
    blocks = _listed(title, [_line(command) for command in commands])
    blocks.append(context(f"`{_typed(commands[0].name)}` shows one of them in full."))
    return message(title, blocks)


def _one(command: Command) -> Message:
    """One command: what it is for, its usage, what each word means, and lines to copy."""
    blocks: list[Block] = [section(f"*{_text(command.typed)}*: {_text(command.told)}")]
    words = [_meaning(slot) for slot in command.slots]
    blocks.append(section(f"`{_text(command.usage)}`"))
    blocks += _listed("", [word for word in words if word])
    if command.examples_typed:
        blocks += _listed("Such as", [f"• `{_text(line)}`" for line in command.examples_typed])
    return message(f"{command.typed}: {command.summary}", blocks)


def _meaning(slot: ArgumentSlot) -> str:
    if not slot.parameter.hint:
        return ""
    name = f"{slot.name}=" if slot.is_option else slot.parameter.label
    name = f"--{slot.name}" if isinstance(slot.parameter, Flag) else name
    may_miss = "" if slot.is_required else " (optional)"
    return f"• `{_text(name)}` {_text(spelled(slot.parameter.hint))}{may_miss}"


def _listed(title: str, lines: Sequence[str]) -> list[Block]:
    """The lines in as many blocks as Slack needs, the first with the title."""
    blocks: list[Block] = []
    for start in range(0, len(lines), _MOST):
        head = f"*{title}*\n" if title and start == 0 else ""
        blocks.append(section(head + "\n".join(lines[start : start + _MOST])))
    return blocks


def _line(command: Command) -> str:
    """What is typed to run it and what it is for; its options stand in its own help."""
    needed = [slot.usage for slot in command.slots if slot.is_required or not slot.is_option]
    begin = command.usage if command.after_service else " ".join([command.typed, *needed])
    return f"• `{_text(begin)}` {command.summary}"


def _text(own: str) -> str:
    """Our own words, of the catalog's commands: escaped for Slack; `KEY=VALUE` in them is no secret."""
    return own.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _typed(about: str) -> str:
    return slash(f"{OPS} help {about}")


def _is_whole(command: Command, about: str) -> bool:
    return len(about.replace("/", " ").split()) >= len(command.path)


def _unknown(registry: Registry, about: str) -> Refused:
    names = dict.fromkeys([*registry.verbs, *(command.name for command in registry.commands)])
    near = nearest(about.lstrip("/"), names)
    instead = (
        f"Did you mean {or_list(_typed(name) for name in near)}?" if near else f"Type {shown(_typed(ALL))}."
    )
    return Refused(f"There is no command {shown(about)}.", instead)
