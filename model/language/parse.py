"""Reading a command's words into its typed arguments, and writing them back."""

import re
from dataclasses import dataclass, field
from typing import Any

from model.catalog.schema import Service
from model.language.declare import ArgumentSlot, Command
from model.language.options import DRY, GLASS, QUEUE
from model.language.parameters import Flag, ParseContext, Text
from model.language.reading import Reading
from model.language.text import escaped, plain, quoted

_TAME = re.compile(r"[^\W\d_]+[,.!?]?(?: [^\W\d_]+[,.!?]?)*")
"""Text that reads the same without quotes, when nothing that may be left out stands before it."""

_MEAN_MORE = DRY | GLASS | QUEUE | {"because"}
"""Words that begin something else where free text may be left out."""


@dataclass(frozen=True)
class ParsedCommand:
    """A command with typed arguments. `assumed` says the service was the incident's own.

    dry: stop at the plan. break_glass: an incident commander overrides approvals, and answers for it.
    queue: while another operation has the target, come next.
    """

    command: Command
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    dry: bool = False
    because: str = ""
    break_glass: bool = False
    assumed: bool = False
    queue: bool = False

    @property
    def service(self) -> Service | None:
        """The service it acts on, if any; None where a whole system is meant."""
        slot = self.command.service
        named = self.values.get(slot.name) if slot else None
        return named if isinstance(named, Service) else None


def parse(command: Command, text: str, setting: ParseContext) -> ParsedCommand:
    """Read what stands after the command's own words.

    Raises Refused with what to type instead; nothing is guessed where two readings are possible.
    """
    read = Reading(command, plain(text), setting)
    return ParsedCommand(command, read.values, read.dry, read.because, read.glass, read.assumed, read.queue)


def render(request: ParsedCommand) -> str:
    """The canonical command line; parsing it gives the same request."""
    command = request.command
    parts = [f"/{command.path[0]}" if command.after_service else f"/{command.name}"]
    for slot in command.slots:
        value = request.values.get(slot.name)
        if value is not None and value is not False:
            parts.append(_written(slot, value, request))
        if command.after_service and slot is command.service:
            parts.append(command.path[1])
    parts += ["dry"] if request.dry else []
    parts += ["queue"] if request.queue else []
    parts += ["break-glass"] if request.break_glass else []
    parts += [f"because {escaped(request.because)}"] if request.because else []
    return " ".join(parts)


def _written(slot: ArgumentSlot, value: Any, request: ParsedCommand) -> str:
    if isinstance(slot.parameter, Flag):
        return f"--{slot.name}"
    text = slot.parameter.write(value)
    if isinstance(slot.parameter, Text) and not _may_be_bare(slot, text, request):
        text = quoted(escaped(text))
    return f"{slot.name}={text}" if slot.is_option else text


def _may_be_bare(slot: ArgumentSlot, text: str, request: ParsedCommand) -> bool:
    """Whether text needs no quotes to be told from options and from arguments that stand before it."""
    places = request.command.positional
    before = places if slot.is_option else places[: places.index(slot)]
    are_given = all(one.name in request.values for one in before)
    means_more = any(word.rstrip(",.!?") in _MEAN_MORE for word in text.casefold().split())
    is_one = not slot.is_option or " " not in text
    return are_given and is_one and not means_more and bool(_TAME.fullmatch(text))
