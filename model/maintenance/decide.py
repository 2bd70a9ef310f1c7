"""What people may do with a maintenance in which state, and the events that come of it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from model.catalog.calendar import is_frozen
from model.catalog.schema import Service
from model.catalog.system import System
from model.language.parameters import Duration
from model.maintenance import windows
from model.maintenance.checklist import AFTER, BEFORE, SAYS, TICKED_BY, Item
from model.maintenance.events import Cancelled, Done, MaintenanceEvent, Scheduled, Started, Ticked
from model.maintenance.state import Maintenance, Phase
from model.refusal import Refused
from model.slash import slash

USUAL_NOTICE = timedelta(hours=48)
"""How long ahead people are reminded where the runbook says nothing."""

FARTHEST = timedelta(days=92)
"""A start further away than this is taken for a slip of the pen."""

_WRITTEN = Duration()
_SOON = timedelta(minutes=5)


def schedule(
    id: str,
    system: System,
    service: Service,
    now: datetime,
    others: Iterable[Maintenance],
    *,
    start: datetime,
    length: timedelta,
    text: str = "",
    is_emergency: bool = False,
    because: str = "",
    channel: str = "",
) -> tuple[MaintenanceEvent, ...]:
    """Plan a maintenance; who plans it is the journal's `who`. others: open maintenances.

    Raises Refused for a time that has passed, too little notice, a freeze, more than the runbook's
    longest, an emergency without a reason, and a time that another maintenance of the service has.
    """
    start = start.astimezone(UTC)
    asked = _Asked(system, service, start, length, is_emergency)
    _check_time(asked, now)
    _check_length(asked)
    if is_emergency and not because:
        raise Refused(
            "An emergency maintenance needs a reason.",
            "Say why it cannot wait:",
            (f"{asked.line(start, now=now)} --emergency because …",),
        )
    if not is_emergency:
        _check_freeze(asked)
        _check_notice(asked, now)
    _check_overlap(asked, others)
    wanted = windows.notice(system)
    scheduled = Scheduled(
        id=id,
        service=service.id,
        service_name=service.name,
        system=system.id,
        start=start,
        end=start + length,
        text=" ".join(text.split()),
        notice=(wanted.notice if wanted else None) or USUAL_NOTICE,
        is_emergency=is_emergency,
        because=because,
        cautions=_cautions(asked, now),
        channel=channel,
    )
    return (scheduled,)


def start(
    maintenance: Maintenance, now: datetime, others: Iterable[Maintenance]
) -> tuple[MaintenanceEvent, ...]:
    """Begin the work. Raises Refused before its time, after it, and while another of the service runs."""
    _must_be(maintenance, Phase.SCHEDULED, slash("maintenance done"))
    if now < maintenance.start:
        raise Refused(
            f"{maintenance.id} was announced for {_clock(maintenance.start)} UTC, which has not come yet.",
            "Wait for it; if it cannot wait, cancel it and schedule it with --emergency because …",
        )
    if now >= maintenance.end:
        raise Refused(
            f"The time of {maintenance.id} is over since {_clock(maintenance.end)} UTC.",
            "Cancel it and schedule another.",
            (f"{slash('maintenance cancel')} {maintenance.id}",),
        )
    for other in others:
        if other.service == maintenance.service and other.phase is Phase.RUNNING:
            raise Refused(
                f"{other.id} of {other.service} still runs.",
                "End it first.",
                (f"{slash('maintenance done')} {other.id}",),
            )
    return (Started(),)


def done(maintenance: Maintenance, text: str = "") -> tuple[MaintenanceEvent, ...]:
    """End the work. Raises Refused when it does not run."""
    _must_be(maintenance, Phase.RUNNING, slash("maintenance start"))
    return (Done(text=" ".join(text.split())),)


def cancel(maintenance: Maintenance, because: str = "") -> tuple[MaintenanceEvent, ...]:
    """Give it up, or break it off. Raises Refused when it is over."""
    if not maintenance.is_open:
        raise Refused(f"{maintenance.id} is {maintenance.phase} already.", "Nothing is left to cancel.")
    return (Cancelled(because=because),)


def tick(maintenance: Maintenance, item: Item) -> tuple[MaintenanceEvent, ...]:
    """Tick an item. Raises Refused when it is ticked, a command ticks it, or its time has not come."""
    if item in maintenance.ticked:
        raise Refused(f"“{SAYS[item]}” is ticked already.")
    if item in TICKED_BY:
        raise Refused(f"“{SAYS[item]}” is ticked when it is done.", f"Type {slash(TICKED_BY[item])}.")
    if maintenance.phase is Phase.CANCELLED:
        raise Refused(f"{maintenance.id} was cancelled.")
    if item in AFTER and maintenance.phase is Phase.SCHEDULED:
        raise Refused(
            f"“{SAYS[item]}” is for after the work, and {maintenance.id} has not started.",
            "Start it first.",
            (f"{slash('maintenance start')} {maintenance.id}",),
        )
    return (Ticked(item=item),)


def left(maintenance: Maintenance) -> tuple[str, ...]:
    """What of the checklist of its phase is not ticked, in words; what a command ticks is left out."""
    items = BEFORE if maintenance.phase is Phase.SCHEDULED else AFTER
    return tuple(says for item, says in items.items() if item not in {*maintenance.ticked, *TICKED_BY})


class _Asked:
    """What was asked for, with the facts that every rule needs."""

    def __init__(
        self, system: System, service: Service, start: datetime, length: timedelta, is_emergency: bool
    ) -> None:
        self.system, self.service = system, service
        self.start, self.length, self.is_emergency = start, length, is_emergency
        self.end = start + length

    def line(self, start: datetime, length: timedelta | None = None, *, now: datetime | None = None) -> str:
        """The command over again, with another time; `now` where that is meant."""
        written = _WRITTEN.write(length or self.length)
        is_now = now is not None and start <= now + _SOON
        said = "now" if is_now else f"{start:%Y-%m-%dT%H:%M}"
        return f"{slash('maintenance schedule')} {self.service.id} {said} {written}"


def _check_time(asked: _Asked, now: datetime) -> None:
    if asked.start < now.replace(second=0, microsecond=0):
        raise Refused(
            f"{_clock(asked.start)} UTC has passed; it is {_clock(now)} UTC now.",
            "Type a time ahead, in UTC:",
            (asked.line(_earliest(asked, now)),),
        )
    if asked.start - now > FARTHEST:
        raise Refused(
            f"{_clock(asked.start)} UTC is more than {FARTHEST.days} days away.",
            "Type a time that is nearer, such as sunday-03:00.",
        )


def _check_length(asked: _Asked) -> None:
    window = windows.longest(asked.system)
    most = window.longest if window else None
    if window is None or most is None or asked.length <= most:
        return
    raise Refused(
        f"Maintenance of {asked.service.id} lasts at most {_WRITTEN.write(most)} ({window.source}).",
        "Type a shorter one, or two of them:",
        (asked.line(asked.start, most),),
    )


def _check_freeze(asked: _Asked) -> None:
    freeze = is_frozen(asked.system, asked.start) or is_frozen(asked.system, asked.end)
    if freeze is None:
        return
    raise Refused(
        f"{asked.service.id} is frozen then. {freeze.says} ({freeze.source}).",
        "Choose a time outside the freeze; if it cannot wait, add --emergency because …",
    )


def _check_notice(asked: _Asked, now: datetime) -> None:
    window = windows.notice(asked.system)
    wanted = window.notice if window else None
    if window is None or wanted is None or asked.start - now >= wanted:
        return
    allows = f". Its runbook on emergencies: {window.emergency}." if window.emergency else ""
    raise Refused(
        f"Maintenance of {asked.service.id} is announced {_hours(wanted)} ahead ({window.source}).",
        f"Type a later time. If it cannot wait, add --emergency because …{allows}",
        (asked.line(_earliest(asked, now)), f"{asked.line(asked.start, now=now)} --emergency because …"),
    )


def _check_overlap(asked: _Asked, others: Iterable[Maintenance]) -> None:
    for other in others:
        meets = other.start < asked.end and asked.start < other.end
        if other.service == asked.service.id and other.is_open and meets:
            times = f"{_clock(other.start)} to {other.end:%H:%M} UTC"
            raise Refused(
                f"{other.id} of {other.service} has that time: {times}.",
                "Choose another, or cancel that one.",
                (f"{slash('maintenance cancel')} {other.id}",),
            )


def _earliest(asked: _Asked, now: datetime) -> datetime:
    """The first time that keeps the notice: a window's beginning where there are windows."""
    window = windows.notice(asked.system)
    after = now + ((window.notice if window else None) or timedelta(hours=1))
    full = after.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return windows.next_window(asked.system, after) or full


def _cautions(asked: _Asked, now: datetime) -> tuple[str, ...]:
    said: list[str] = []
    if not asked.system.windows:
        said.append(f"The runbook of {asked.system.name} names no maintenance window.")
    elif not windows.lies_in_window(asked.system, asked.start, asked.end):
        usual = " or ".join(windows.in_words(window) for window in asked.system.windows)
        said.append(f"Outside the preferred window, {usual} ({asked.system.windows[0].source}).")
    window = windows.notice(asked.system)
    if asked.is_emergency and window and asked.start - now < (window.notice or timedelta()):
        said.append(f"Emergency: announced less than {_hours(window.notice or timedelta())} ahead.")
    if asked.is_emergency and (freeze := is_frozen(asked.system, asked.start)):
        said.append(f"In a freeze: {freeze.says}.")
    return tuple(said)


def _must_be(maintenance: Maintenance, phase: Phase, otherwise: str) -> None:
    if maintenance.phase is phase:
        return
    if not maintenance.is_open:
        raise Refused(
            f"{maintenance.id} is {maintenance.phase} already.",
            f"See what is planned with {slash('maintenance list')}.",
        )
    raise Refused(
        f"{maintenance.id} is {maintenance.phase}.",
        "Did you mean this?",
        (f"{otherwise} {maintenance.id}",),
    )


def _hours(length: timedelta) -> str:
    return f"{length.total_seconds() / 3600:g} hours"


def _clock(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"
