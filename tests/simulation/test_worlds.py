"""Worlds made of seeds, played on simulated time: see docs/reliability.md. A failing one prints what happened.

To replay one: `python3 dev.py simulate --seed 17`.
"""

import pytest

from tests.simulation.world import play

WORLDS, EACH = 200, 10


@pytest.mark.parametrize("first", range(0, WORLDS, EACH))
def test_whatever_happens_nothing_is_lost_made_twice_or_told_wrongly(first: int):
    broken = [report for report in map(play, range(first, first + EACH)) if report.broken]
    assert not broken, "\n\n".join(map(str, broken))


def test_a_seed_replays_exactly():
    one, other = play(7), play(7)
    assert (one.acts, one.ended) == (other.acts, other.ended)
