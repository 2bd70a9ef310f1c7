"""Worlds made of seeds, played on simulated time (docs/reliability.md). A failing one prints what happened.

To replay one: `python3 dev.py simulate --seed 17`.
"""

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot.clock import utc_now
from bot.open_journal import journal_of
from bot.settings import Settings
from model.ports.journal import Commit, Committed
from tests.simulation.__main__ import quiet
from tests.simulation.world import play, played

WORLDS, EACH = 200, 10


@pytest.fixture(autouse=True, scope="module")
def silence() -> Iterator[None]:
    """Worlds fail on purpose all the time: their logs would only slow them down.

    What was configured comes back as it was: a logger in use keeps the processors that it first met.
    """
    before = structlog.get_config()
    quiet()
    yield
    logging.disable(logging.NOTSET)
    structlog.configure(**before)


@pytest.mark.parametrize("first", range(0, WORLDS, EACH))
def test_whatever_happens_nothing_is_lost_made_twice_or_told_wrongly(first: int):
    broken = [report for report in map(play, range(first, first + EACH)) if report.broken]
    assert not broken, "\n\n".join(map(str, broken))


def test_the_audit_log_of_a_world_verifies(tmp_path: Path):
    """What was committed in worlds is committed to a real journal: all of it is taken, sealed and found."""

    async def replayed(seed: int, folder: Path, commits: list[Commit]) -> None:
        async with journal_of(Settings(data_dir=folder), utc_now) as opened:
            for one in commits:
                assert isinstance(await opened.journal.commit(one), Committed), f"seed {seed}: {one}"
            assert (await opened.verify()).first_bad is None, f"seed {seed}"

    for seed in range(2):
        world = played(seed)
        asyncio.run(replayed(seed, tmp_path / str(seed), world.durable.journal.commits))


def test_a_seed_replays_exactly():
    one, other = play(7), play(7)
    assert (one.acts, one.ended) == (other.acts, other.ended)
