"""People on call as Slack knows them, and how a schedule stands at a moment."""

from datetime import datetime

from pydantic import AwareDatetime

from model.value import Value


class OnCallPerson(Value):
    """Someone who is or will be on call.

    user: Slack's id, empty where Slack has nobody of that name; named: as the schedule writes them. phone: as
    the catalog has it. end: None where it is not known.
    """

    user: str = ""
    named: str
    phone: str = ""
    start: AwareDatetime
    end: AwareDatetime | None = None


class OnCallNow(Value):
    """How a schedule, or a group without one, stands. trouble: why it could not be read.

    is_group: there is no schedule, and everybody in the group is on call.
    """

    handle: str
    name: str = ""
    now: tuple[OnCallPerson, ...] = ()
    next: tuple[OnCallPerson, ...] = ()
    is_group: bool = False
    trouble: str = ""


def parted(
    people: tuple[OnCallPerson, ...], at: datetime
) -> tuple[tuple[OnCallPerson, ...], tuple[OnCallPerson, ...]]:
    """Who is on call at a moment, and who comes next: those whose turn begins first after it."""
    now = tuple(one for one in people if one.start <= at and (one.end is None or one.end > at))
    later = [one for one in people if one.start > at]
    first = min((one.start for one in later), default=None)
    return now, tuple(one for one in later if one.start == first)
