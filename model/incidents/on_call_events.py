"""What was found and done about people on call, and about whom an escalation was to reach."""

from typing import Literal

from pydantic import AwareDatetime, Field

from model.on_call.people import OnCallPerson
from model.value import Value


class OnCallFound(Value):
    """Who is on call for the incident's service at its declaration. They are mentioned and invited."""

    type: Literal["incident.on_call_found"] = "incident.on_call_found"
    handle: str
    people: tuple[OnCallPerson, ...] = ()
    next: tuple[OnCallPerson, ...] = ()


class Told(Value):
    """One way in which somebody of the matrix was told, or was not.

    who: as the matrix names them. how: the way; `nobody` where the catalog has none. target: the handle of a
    group, schedule or team of the pager. users: who was on call. at: when the pager accepted it. why: why
    they were not told. call: whom to call instead. is_tried: it is tried again.
    """

    who: str
    how: Literal["group", "schedule", "pager", "nobody"]
    target: str = ""
    users: tuple[str, ...] = ()
    at: AwareDatetime | None = None
    why: str = ""
    call: str = ""
    is_tried: bool = False

    @property
    def is_told(self) -> bool:
        """Whether it reached a person or was accepted by the pager."""
        return not self.why


class LevelResult(Value):
    """What came of telling a level. number: of its `incident.escalated`."""

    number: int = Field(ge=1)
    told: tuple[Told, ...]


class LevelsTold(Value):
    """Levels of the matrix were told, each as far as it could be."""

    type: Literal["incident.level_told"] = "incident.level_told"
    levels: tuple[LevelResult, ...]


class Level(Value):
    """A level of the matrix that was reached. number: of its event; told is empty until that was tried."""

    name: str
    number: int
    who: tuple[str, ...] = ()
    told: tuple[Told, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it is still to be told, or told again."""
        return not self.told or any(one.is_tried for one in self.told)


def merged(levels: tuple[Level, ...], event: LevelsTold) -> tuple[Level, ...]:
    """The levels with what is known of them now."""
    known = {one.number: one.told for one in event.levels}
    return tuple(one.model_copy(update={"told": known.get(one.number, one.told)}) for one in levels)


def untold(event: LevelsTold) -> str:
    """Why something of it is to be tried again; empty where nothing is."""
    told = (one for level in event.levels for one in level.told)
    return next((f"{one.who}: {one.why}" for one in told if one.is_tried), "")


def said_of(event: OnCallFound | LevelsTold) -> str:
    """The line of the timeline."""
    if isinstance(event, OnCallFound):
        people = ", ".join(f"<@{one.user}>" if one.user else one.named for one in event.people)
        return f"On call ({event.handle}): {people or 'nobody'}"
    return "; ".join(_said(one) for level in event.levels for one in level.told)


def _said(one: Told) -> str:
    if not one.is_told:
        return f"NOT told: {one.who}, {one.why}"
    match one.how:
        case "group":
            return f"Told {one.who}: group {one.target}"
        case "schedule":
            return f"Told {one.who}: {', '.join(f'<@{user}>' for user in one.users)} on call ({one.target})"
        case _:
            return f"Told {one.who}: the pager has accepted it for {one.target}"
