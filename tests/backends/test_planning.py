"""What plans of every kind have in common: counts, bounds, limits, tiers and directions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.catalog.schema import Limits
from model.plan import Amount, CapacityBounds, Direction, RiskTier
from model.planning import (
    count_cautions,
    direction_of,
    limit_cautions,
    new_bounds,
    range_cautions,
    resolved,
    tier_of,
)
from model.refusal import Refused
from tests.backends.systems import service

MIYABI = service("miyabi-dev")
COUNTS = st.integers(0, 500)


@given(COUNTS, st.sampled_from(["to", "up", "down", "times"]), COUNTS)
def test_a_count_is_resolved_to_zero_or_more_or_refused(current: int, how: str, n: int):
    amount = Amount.model_validate({"how": how, "n": n})
    try:
        assert resolved(MIYABI, amount, current) >= 0
    except Refused as refused:
        assert amount.of(current) < 0
        assert "/scale miyabi-dev 0" in refused.instead


@given(COUNTS, COUNTS)
def test_less_is_never_a_smaller_risk_than_more(before: int, after: int):
    tier, direction = tier_of(before, after), direction_of(before, after)
    assert (direction is Direction.DOWN) == (after < before)
    assert (tier >= RiskTier.R2) == (after < before)
    assert (tier is RiskTier.R3) == (after == 0 < before)


@given(COUNTS)
def test_only_counts_outside_the_hard_limits_are_stopped(count: int):
    limits = MIYABI.limits
    assert limits is not None
    stopped = bool(limit_cautions(MIYABI, count))
    assert stopped == (not limits.hard_min <= count <= limits.hard_max)


@given(COUNTS, COUNTS, COUNTS)
def test_what_the_autoscaler_would_move_is_warned_of_with_bounds_that_hold_it(count: int, a: int, b: int):
    least, most = sorted((a, b))
    cautions = range_cautions(count, least, most)
    assert bool(cautions) == (not least <= count <= most)
    if cautions:
        assert cautions[0].instead.endswith(f"min={min(least, count)} max={max(most, count)}")


def test_without_autoscaler_the_runbooks_usual_range_is_a_note():
    outside, inside = count_cautions(MIYABI, 6, (None, None)), count_cautions(MIYABI, 3, (None, None))
    assert [(one.level, one.code) for one in outside] == [("note", "soft-limit")]
    assert "miyabi-infrastructure.md" in outside[0].text
    assert inside == ()


def test_a_service_without_limits_is_not_stopped():
    free = MIYABI.model_copy(update={"limits": None})
    assert count_cautions(free, 10_000, (None, None)) == ()


def test_limits_that_allow_one_count_only_stop_all_others():
    limits = Limits(source="test", hard_min=1, hard_max=1)
    fixed = MIYABI.model_copy(update={"limits": limits})
    assert limit_cautions(fixed, 1) == ()
    assert limit_cautions(fixed, 2)[0].instead == "Type /scale miyabi-dev 1"


@given(COUNTS, COUNTS, st.none() | COUNTS, st.none() | st.integers(1, 500), COUNTS)
def test_bounds_are_put_back_by_their_inverse(a: int, b: int, low: int | None, high: int | None, count: int):
    least, most = min(a, b), max(a, b, 1)
    try:
        bounds = new_bounds(MIYABI, CapacityBounds(min=low, max=high), (least, most), count)
    except Refused:
        assert (least if low is None else low) > (most if high is None else high)
        return
    if bounds.inverse is None:
        assert bounds.is_same
        assert bounds.size == 0
        return
    back = new_bounds(MIYABI, bounds.inverse, bounds.after, count)
    assert back.after == (least, most)
    assert {one.what for one in bounds.deltas} <= {"minimum", "maximum"}


@pytest.mark.parametrize(
    ("change", "direction"),
    [
        (CapacityBounds(min=3), Direction.UP),
        (CapacityBounds(max=3), Direction.DOWN),
        (CapacityBounds(min=1, max=8), Direction.DOWN),
        (CapacityBounds(min=2, max=4), Direction.SAME),
    ],
)
def test_bounds_go_down_when_either_end_does(change: CapacityBounds, direction: Direction):
    assert new_bounds(MIYABI, change, (2, 4), 3).direction is direction


def test_half_of_the_bounds_that_crosses_the_other_half_is_refused_with_what_there_is():
    with pytest.raises(Refused, match="It is 2 to 4 now"):
        new_bounds(MIYABI, CapacityBounds(min=5), (2, 4), 3)
