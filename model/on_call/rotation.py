"""The shifts of a rotation, worked out from the catalog and the swaps."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from model.catalog.on_call import OnCallSchedule, RotationLayer
from model.on_call.events import Swapped
from model.ports.on_call import OnCallShift

_DAY = timedelta(days=1)


def shifts_of(
    schedule: OnCallSchedule, swaps: Iterable[Swapped], since: datetime, until: datetime
) -> tuple[OnCallShift, ...]:
    """The shifts that touch [since, until), by their start; a later swap stands over an earlier one."""
    found = [one for layer in schedule.layers for one in _of_layer(layer, since, until)]
    for swap in swaps:
        found = [*_without(found, swap), OnCallShift(who=swap.who, start=swap.start, end=swap.end)]
    touching = (one for one in found if one.start < until and (one.end is None or one.end > since))
    return tuple(sorted(touching, key=lambda one: (one.start, one.who)))


def _of_layer(layer: RotationLayer, since: datetime, until: datetime) -> Iterator[OnCallShift]:
    """Days are those of the layer's own zone, so that a hand-over at nine stays at nine in summer."""
    zone, first = ZoneInfo(layer.timezone), layer.begins
    step = timedelta(days=layer.days) if layer.start is None else _DAY
    days = max((since.astimezone(zone).date() - first).days - 2, 0)
    day = first + step * (days // step.days)
    if layer.start is None and days:
        day -= step
    while (start := _moment(day, layer.start or layer.at, zone)) < until:
        if layer.start is None:
            end = _moment(day + step, layer.at, zone)
        else:
            is_over_night = (layer.until or "") < layer.start
            end = _moment(day + (_DAY if is_over_night else timedelta()), layer.until or "", zone)
        turn = _turn(layer, start, zone)
        if end > since and turn >= 0:
            yield OnCallShift(who=layer.people[turn % len(layer.people)], start=start, end=end)
        day += step


def _turn(layer: RotationLayer, at: datetime, zone: ZoneInfo) -> int:
    """Whose turn it is at a moment: 0 is the first one's first."""
    local = at.astimezone(zone)
    day = local.date() - (_DAY if local.time() < time.fromisoformat(layer.at) else timedelta())
    if layer.start is not None and local.date() == layer.begins:
        day = layer.begins  # the first day's hours belong to the first turn, whenever it is handed over
    return (day - layer.begins).days // layer.days


def _moment(day: date, clock: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)


def _without(shifts: Iterable[OnCallShift], swap: Swapped) -> Iterator[OnCallShift]:
    """What is left of the shifts beside the time of a swap."""
    for one in shifts:
        if (one.end is not None and one.end <= swap.start) or one.start >= swap.end:
            yield one
            continue
        if one.start < swap.start:
            yield one.model_copy(update={"end": swap.start})
        if one.end is None or one.end > swap.end:
            yield one.model_copy(update={"start": swap.end})
