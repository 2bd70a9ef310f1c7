"""What plans of every kind have in common: counts, bounds, limits, tiers and directions."""

from dataclasses import dataclass

from model.catalog.schema import Service
from model.plan import Amount, CapacityBounds, Delta, Direction, RiskTier, Warning
from model.refusal import Refused
from model.slash import slash

AllowedRange = tuple[int | None, int | None]
"""An autoscaler's minimum and maximum; (None, None) where there is none."""


def resolved(service: Service, desired: Amount, current: int) -> int:
    """The count that is asked for. Raises Refused below zero."""
    wanted = desired.of(current)
    if wanted < 0:
        raise Refused(
            f"{desired} from {current} is below zero.",
            f"It runs {current}; to stop it, type {slash('scale')} {service.id} 0",
        )
    return wanted


def tier_of(before: int, after: int) -> RiskTier:
    """To zero is R3, down is R2, up is R1 (design: permissions)."""
    if after == 0 and before > 0:
        return RiskTier.R3
    return RiskTier.R2 if after < before else RiskTier.R1


def others_for(before: int, after: int) -> int:
    """To zero takes two other people, whoever asks; anything else what the policies say."""
    return 2 if after == 0 and before > 0 else 0


def direction_of(before: int, after: int) -> Direction:
    """Which way the count moves."""
    if after == before:
        return Direction.SAME
    return Direction.UP if after > before else Direction.DOWN


def limit_cautions(service: Service, count: int, what: str = "") -> tuple[Warning, ...]:
    """A `stop` outside the catalog's hard limits; they are what no permission overrides.

    what: how the count is typed, e.g. `max=`, so that the nearest allowed one can be typed instead.
    """
    limits = service.limits
    if limits is None or limits.hard_min <= count <= limits.hard_max:
        return ()
    allowed = f"from {limits.hard_min} to {limits.hard_max}"
    nearest = limits.hard_max if count > limits.hard_max else limits.hard_min
    return (
        Warning(
            level="stop",
            code="hard-limit",
            text=f"{service.id} may run {allowed}, and {count} is outside ({limits.source}).",
            instead=f"Type {slash('scale')} {service.id} {what}{nearest}",
        ),
    )


def range_cautions(count: int, least: int | None, most: int | None) -> tuple[Warning, ...]:
    """A `warn` when the autoscaler will move the count back into its own range."""
    if least is None or most is None or least <= count <= most:
        return ()
    return (
        Warning(
            level="warn",
            code="autoscaler",
            text=f"The autoscaler keeps {least} to {most} and will move {count} back.",
            instead=f"Widen it first: min={min(least, count)} max={max(most, count)}",
        ),
    )


def count_cautions(service: Service, count: int, bounds: AllowedRange) -> tuple[Warning, ...]:
    """What a count brings with it: hard limits, the autoscaler, and the runbook's usual range."""
    warned = range_cautions(count, *bounds)
    return (*limit_cautions(service, count), *warned, *(() if warned else _usual(service, count)))


def _usual(service: Service, count: int) -> tuple[Warning, ...]:
    """A `note` outside the soft range that the runbook gives, for where no autoscaler says so."""
    limits = service.limits
    if limits is None or limits.soft_min is None or limits.soft_max is None:
        return ()
    if limits.soft_min <= count <= limits.soft_max:
        return ()
    text = f"The runbook keeps it from {limits.soft_min} to {limits.soft_max} ({limits.source})."
    return (Warning(level="note", code="soft-limit", text=text),)


@dataclass(frozen=True)
class PlannedBounds:
    """Bounds as they are and as they will be, with what a plan says of them."""

    before: tuple[int, int]
    after: tuple[int, int]
    cautions: tuple[Warning, ...]

    @property
    def deltas(self) -> tuple[Delta, ...]:
        """The bounds that change; one line with both when none does."""
        named = zip(("minimum", "maximum"), self.before, self.after, strict=True)
        moved = tuple(
            Delta(what=what, before=str(was), after=str(now)) for what, was, now in named if was != now
        )
        same = f"{self.before[0]} to {self.before[1]}"
        return moved or (Delta(what="bounds", before=same, after=same),)

    @property
    def is_same(self) -> bool:
        """Whether nothing changes."""
        return self.before == self.after

    @property
    def size(self) -> int:
        """By how much both ends move together."""
        return sum(abs(now - was) for was, now in zip(self.before, self.after, strict=True))

    @property
    def direction(self) -> Direction:
        """Down when either end goes down: less can run then, by itself or at the most."""
        if self.is_same:
            return Direction.SAME
        goes_down = any(now < was for was, now in zip(self.before, self.after, strict=True))
        return Direction.DOWN if goes_down else Direction.UP

    @property
    def inverse(self) -> CapacityBounds | None:
        """The change that puts them back."""
        return None if self.is_same else CapacityBounds(min=self.before[0], max=self.before[1])


def new_bounds(service: Service, change: CapacityBounds, bounds: AllowedRange, count: int) -> PlannedBounds:
    """The autoscaler's bounds after the change, `count` running now. Raises Refused."""
    least, most = bounds
    if least is None or most is None:
        raise Refused(
            f"{service.id} has no autoscaler.", f"Type a count: {slash('scale')} {service.id} {count}"
        )
    low = least if change.min is None else change.min
    high = most if change.max is None else change.max
    if low > high:
        raise Refused(f"min={low} would be over max={high}.", f"It is {least} to {most} now; give both.")
    limits = {"min=": low} if low == high else {"min=": low, "max=": high}
    stops = [one for what, bound in limits.items() for one in limit_cautions(service, bound, what)]
    return PlannedBounds((least, most), (low, high), (*stops, *_moves(count, low, high)))


def _moves(count: int, low: int, high: int) -> tuple[Warning, ...]:
    """A `warn` when the new bounds will move what runs now."""
    if low <= count <= high:
        return ()
    text = f"It runs {count} now; the autoscaler will move it to {low if count < low else high}."
    return (Warning(level="warn", code="moves-count", text=text),)
