"""Worlds made of seeds, played on simulated time (docs/reliability.md). A failing one prints what happened.

To replay one: `python3 dev.py simulate --seed 17`.
"""

import logging
from collections.abc import Iterator

import pytest
import structlog

from tests.simulation.__main__ import quiet
from tests.simulation.world import play

WORLDS, EACH = 200, 10


@pytest.fixture(autouse=True, scope="module")
def silence() -> Iterator[None]:
    """Worlds fail on purpose all the time: their logs would only slow them down."""
    quiet()
    yield
    logging.disable(logging.NOTSET)
    structlog.reset_defaults()


@pytest.mark.parametrize("first", range(0, WORLDS, EACH))
def test_whatever_happens_nothing_is_lost_made_twice_or_told_wrongly(first: int):
    broken = [report for report in map(play, range(first, first + EACH)) if report.broken]
    assert not broken, "\n\n".join(map(str, broken))


def test_a_seed_replays_exactly():
    one, other = play(7), play(7)
    assert (one.acts, one.ended) == (other.acts, other.ended)
