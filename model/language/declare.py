"""A command is declared once, as a typed function; everything said of it is read from that."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from model.language.pairs import Pairs
from model.language.parameters import Flag, Parameter, ServiceNamed, Severity, Text
from model.slash import OPS, slash, spelled


class Kind(StrEnum):
    """What a command does: look (R0), change a target, tend an incident or maintenance, press on a plan.

    META tells of Muster itself, ADMIN changes what it trusts or does by itself.
    """

    LOOK = "look"
    CHANGE = "change"
    INCIDENT = "incident"
    MAINTENANCE = "maintenance"
    OPERATION = "operation"
    META = "meta"
    ADMIN = "admin"


class Alone(StrEnum):
    """Where a command is meant by its first word alone: `/incident`."""

    NO = "no"
    IN_ITS_CHANNEL = "in the channel of an open incident"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class ArgumentSlot:
    """One declared argument: its name in the function, its parameter, and how it may be given."""

    name: str
    parameter: Parameter
    is_required: bool
    is_option: bool

    @property
    def usage(self) -> str:
        """How the argument stands in a usage line."""
        if isinstance(self.parameter, Flag):
            return f"[--{self.name}]"
        if self.is_option:
            return f"[{self.name}={self.parameter.label}]"
        return self.parameter.label if self.is_required else f"[{self.parameter.label}]"


@dataclass(frozen=True)
class Command:
    """One command: its words, what it is for, its arguments and the function that decides.

    path: ("scale",) or ("incident", "declare"). action: what policies call it. after_service: whether
    the last word of the path stands behind the service: `/db architect-db kill-idle`. also: what other
    tools call its last word; a refusal names this one then. alone: where the first word alone means it.
    """

    path: tuple[str, ...]
    summary: str
    kind: Kind
    slots: tuple[ArgumentSlot, ...]
    decide: Callable[..., Any]
    examples: tuple[str, ...]
    explains: str
    has_form: bool
    after_service: bool = False
    also: tuple[str, ...] = ()
    alone: Alone = Alone.NO

    @property
    def name(self) -> str:
        """The words that call it, e.g. `incident declare`."""
        return " ".join(self.path)

    @property
    def is_own(self) -> bool:
        """Whether it is a slash command of its own where all are; the others stand behind `/ops`."""
        return self.kind not in {Kind.OPERATION, Kind.META, Kind.ADMIN} or self.takes_dry

    @property
    def typed(self) -> str:
        """How it begins when it is typed here, e.g. `/scale`, `/ops approve` or `/db kill-idle`."""
        return slash(self.name if self.is_own else f"{OPS} {self.name}")

    def line(self, text: str) -> str:
        """How it is typed with these words, e.g. `/db architect-db kill-idle older=10m`."""
        if not self.after_service:
            return f"{self.typed} {text}"
        service, _, rest = text.partition(" ")
        return " ".join((slash(self.path[0]), service, self.path[1], *([rest] if rest else [])))

    @property
    def told(self) -> str:
        """What it is for and what else is to be known, its commands as they are typed here."""
        return f"{self.summary}. {spelled(self.explains)}".strip()

    @property
    def examples_typed(self) -> tuple[str, ...]:
        """Its examples as whole lines."""
        return tuple(self.line(example) for example in self.examples if example)

    @property
    def action(self) -> str:
        """What policies and the audit log call it, e.g. `incident.declare`."""
        return ".".join(self.path)

    @property
    def positional(self) -> tuple[ArgumentSlot, ...]:
        """Arguments given by place."""
        return tuple(slot for slot in self.slots if not slot.is_option)

    @property
    def options(self) -> dict[str, ArgumentSlot]:
        """Arguments given by name."""
        return {slot.name: slot for slot in self.slots if slot.is_option}

    @property
    def text(self) -> ArgumentSlot | None:
        """The free text at the end, if it takes any."""
        return next((slot for slot in self.positional if isinstance(slot.parameter, Text)), None)

    @property
    def service(self) -> ArgumentSlot | None:
        """The service it acts on, if it takes one."""
        return next((slot for slot in self.positional if isinstance(slot.parameter, ServiceNamed)), None)

    @property
    def severity(self) -> ArgumentSlot | None:
        """The severity it takes, which may stand anywhere."""
        return next((slot for slot in self.positional if isinstance(slot.parameter, Severity)), None)

    @property
    def takes_pairs(self) -> bool:
        """Whether its last argument is `KEY=VALUE` pairs, which are no options."""
        return any(isinstance(slot.parameter, Pairs) for slot in self.positional)

    @property
    def takes_reason(self) -> bool:
        """Whether `because …` belongs to it."""
        return self.kind in {Kind.CHANGE, Kind.OPERATION, Kind.MAINTENANCE}

    @property
    def takes_dry(self) -> bool:
        """Whether it makes a plan, at which `dry` stops; a press on a plan that is shown does not."""
        return self.kind is Kind.CHANGE or self.path == ("undo",)

    @property
    def usage(self) -> str:
        """One line of usage, e.g. `/scale SERVICE [COUNT] [min=N] [max=N] [dry] [because …]`."""
        tail = (*(["[dry]"] if self.takes_dry else []), *(["[because …]"] if self.takes_reason else []))
        slots = [slot.usage for slot in self.slots]
        if self.after_service:
            return " ".join((slash(self.path[0]), slots[0], self.path[1], *slots[1:], *tail))
        return " ".join((self.typed, *slots, *tail))


def command(
    name: str,
    summary: str,
    kind: Kind,
    *,
    examples: tuple[str, ...] = (),
    explains: str = "",
    form: bool = True,
    also: tuple[str, ...] = (),
    alone: Alone = Alone.NO,
) -> Callable[[Callable[..., Any]], Command]:
    """Turn a typed function into a Command; its parameters after the first are the arguments.

    Positional parameters are given by place, keyword-only ones by name; an underscore at the end of a
    name is not typed. A name such as
    `db SERVICE kill-idle` puts its last word behind the service. Raises TypeError at import
    for a parameter whose annotation is not `Annotated[…, Parameter]`.
    """

    def declare(decide: Callable[..., Any]) -> Command:
        hints = get_type_hints(decide, include_extras=True)
        given = list(inspect.signature(decide).parameters.values())[1:]
        slots = tuple(_slot(parameter, hints[parameter.name]) for parameter in given)
        words = [word for word in name.split() if word != "SERVICE"]
        after_service = len(words) < len(name.split())
        call = _called(decide, [parameter.name for parameter in given])
        return Command(
            tuple(words), summary, kind, slots, call, examples, explains, form, after_service, also, alone
        )

    return declare


def _called(decide: Callable[..., Any], names: list[str]) -> Callable[..., Any]:
    """The function by the names that people type: `class` for what Python has to call `class_`."""
    own = {name.rstrip("_"): name for name in names if name.endswith("_")}
    if not own:
        return decide

    @wraps(decide)
    def call(ask: Any, **values: Any) -> Any:
        return decide(ask, **{own.get(name, name): value for name, value in values.items()})

    return call


def _slot(parameter: inspect.Parameter, hint: Any) -> ArgumentSlot:
    found = _parameter(hint)
    if found is None:
        raise TypeError(f"{parameter.name}: annotate with Annotated[type, Parameter(…)]")
    is_required = found.needed or parameter.default is inspect.Parameter.empty
    return ArgumentSlot(
        parameter.name.rstrip("_"), found, is_required, parameter.kind is inspect.Parameter.KEYWORD_ONLY
    )


def _parameter(hint: Any) -> Parameter | None:
    if get_origin(hint) is Annotated:
        return next((extra for extra in get_args(hint)[1:] if isinstance(extra, Parameter)), None)
    return next((found for part in get_args(hint) if (found := _parameter(part))), None)
