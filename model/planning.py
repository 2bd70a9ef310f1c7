"""What plans of every kind have in common: counts, limits, tiers and directions."""

from model.catalog import Service
from model.change import Amount, Caution, Direction, RiskTier
from model.refusal import Refused


def resolved(service: Service, desired: Amount, current: int) -> int:
    """The count that is asked for. Raises Refused below zero."""
    wanted = desired.of(current)
    if wanted < 0:
        raise Refused(
            f"{desired} from {current} is below zero.",
            f"It runs {current}; to stop it, type /scale {service.id} 0",
        )
    return wanted


def tier_of(before: int, after: int) -> RiskTier:
    """To zero is R3, down is R2, up is R1 (design: permissions)."""
    if after == 0 and before > 0:
        return RiskTier.R3
    return RiskTier.R2 if after < before else RiskTier.R1


def direction_of(before: int, after: int) -> Direction:
    """Which way the count moves."""
    if after == before:
        return Direction.SAME
    return Direction.UP if after > before else Direction.DOWN


def limit_cautions(service: Service, count: int) -> tuple[Caution, ...]:
    """A `stop` outside the catalog's hard limits; they are what no permission overrides."""
    limits = service.limits
    if limits is None or limits.hard_min <= count <= limits.hard_max:
        return ()
    allowed = f"from {limits.hard_min} to {limits.hard_max}"
    nearest = limits.hard_max if count > limits.hard_max else limits.hard_min
    return (
        Caution(
            level="stop",
            code="hard-limit",
            text=f"{service.id} may run {allowed}, and {count} is outside ({limits.source}).",
            instead=f"Type /scale {service.id} {nearest}",
        ),
    )


def range_cautions(count: int, least: int | None, most: int | None) -> tuple[Caution, ...]:
    """A `warn` when the autoscaler will move the count back into its own range."""
    if least is None or most is None or least <= count <= most:
        return ()
    return (
        Caution(
            level="warn",
            code="autoscaler",
            text=f"The autoscaler keeps {least} to {most} and will move {count} back.",
            instead=f"Widen it first: min={min(least, count)} max={max(most, count)}",
        ),
    )
