"""Every event is handed over, in order, to one handler at a time, whoever fails or dies."""

import asyncio
import random
import sys
import time
from collections import Counter, defaultdict
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from journal.aside import KILLED, listed, resume, tell_nobody
from journal.drain import Drainer
from journal.redis import RedisJournal
from journal.stream_lock import LockPace
from model.events import RecordedEvent
from tests.journal.builders import commit, write
from tests.journal.conftest import KEY, opened_on, real_now, until

QUICK = LockPace(
    life=timedelta(seconds=3),  # a loop on a busy machine may stand for a second, and must keep its turn
    first_delay=timedelta(milliseconds=20),
    longest_delay=timedelta(seconds=1),
)


class Seen:
    """A handler that keeps what it was given; `hurt` may raise before it does."""

    def __init__(self, hurt=None) -> None:
        self.by_stream: dict[str, list[int]] = defaultdict(list)
        self.at_work: Counter[str] = Counter()
        self.most_at_work = 0
        self.calls = 0
        self.hurt = hurt

    async def __call__(self, stream: str, events: list[RecordedEvent]) -> None:
        self.calls += 1
        self.at_work[stream] += 1
        self.most_at_work = max(self.most_at_work, self.at_work[stream])
        try:
            await asyncio.sleep(0)
            if self.hurt:
                await self.hurt(stream, events)
            self.by_stream[stream] += [event.version for event in events]
        finally:
            self.at_work[stream] -= 1


@asynccontextmanager
async def draining(opened, handle, *, journal=None, works=True, aside=tell_nobody):
    """A replica with its own drainer."""
    async with AsyncExitStack() as stack:
        drainer = Drainer(journal or opened.journal, handle, QUICK, aside)
        if works:
            await stack.enter_async_context(drainer.running(every=timedelta(milliseconds=50)))
        yield drainer


def another(opened) -> RedisJournal:
    """A journal as another replica has it: it shares nothing but the server."""
    return RedisJournal(opened.client, real_now, KEY)


async def test_a_wake_up_hands_over_what_was_committed(opened):
    seen = Seen()
    async with draining(opened, seen) as drainer:
        await opened.journal.commit(commit(write("a", 1, 2)))
        drainer.wake("a")
        await until(lambda: seen.by_stream["a"] == [1, 2])
        await opened.journal.commit(commit(write("a", 3)))
        drainer.wake("a")
        await until(lambda: seen.by_stream["a"] == [1, 2, 3])
    assert seen.calls == 2


async def test_what_nobody_was_woken_for_is_found_by_the_reconciler(opened):
    seen = Seen()
    await opened.journal.commit(commit(write("a", *range(1, 251))))
    async with draining(opened, seen):
        await until(lambda: len(seen.by_stream["a"]) == 250)
    assert seen.by_stream["a"] == list(range(1, 251))
    assert seen.calls == 3


async def test_two_replicas_hand_over_concurrent_commits_once_and_in_order(opened):
    seen = Seen()
    other = another(opened)
    async with draining(opened, seen) as one, draining(opened, seen, journal=other) as two:

        async def commits(journal, number: int) -> None:
            stream = f"s{number % 3}"
            await journal.commit(commit(write(stream, number, number)))
            for drainer in random.sample([one, two], k=2):
                drainer.wake(stream)

        await asyncio.gather(*(commits(random.choice([opened.journal, other]), n) for n in range(90)))
        await until(lambda: sum(map(len, seen.by_stream.values())) >= 180)
    assert dict(seen.by_stream) == {f"s{n}": list(range(1, 61)) for n in range(3)}
    assert seen.most_at_work == 1


async def test_no_wake_up_is_lost_when_a_commit_meets_the_end_of_a_drain(opened):
    """Without a worker or a reconciler, only the wake-ups carry the events."""
    seen = Seen()
    async with draining(opened, seen, works=False) as drainer:
        for number in range(1, 301):
            await opened.journal.commit(commit(write("a", number)))
            drainer.wake("a")
        await until(lambda: len(seen.by_stream["a"]) == 300)
    assert seen.by_stream["a"] == list(range(1, 301))


async def test_a_failing_handler_gets_the_same_events_again_and_skips_none(opened):
    failures = 0

    async def thrice(stream: str, events: list[RecordedEvent]) -> None:
        nonlocal failures
        failures += 1
        if failures <= 3:
            raise RuntimeError("Slack is away")

    seen = Seen(thrice)
    async with draining(opened, seen) as drainer:
        await opened.journal.commit(commit(write("a", 1)))
        drainer.wake("a")
        await until(lambda: failures >= 1)
        await opened.journal.commit(commit(write("a", 2)))
        drainer.wake("a")
        await until(lambda: seen.by_stream["a"] == [1, 2])
    assert failures in (4, 5)


async def test_a_failing_stream_waits_longer_each_time_and_holds_up_no_other(opened):
    times: list[float] = []

    async def always(stream: str, events: list[RecordedEvent]) -> None:
        if stream == "bad":
            times.append(time.monotonic())
            raise RuntimeError("no")

    seen = Seen(always)
    async with draining(opened, seen) as drainer:
        await opened.journal.commit(commit(write("bad", 1), write("good", 1)))
        drainer.wake("bad")
        await until(lambda: times)
        for _ in range(20):
            drainer.wake("bad")
        drainer.wake("good")
        await until(lambda: seen.by_stream["good"] == [1])
        await until(lambda: len(times) >= 5)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert all(gap >= 0.018 * 2**n for n, gap in enumerate(gaps[:4]))


DYING = """
import asyncio, sys
from pathlib import Path
from journal.drain import Drainer
from journal.opening import open_journal
from tests.journal.builders import commit, write
from tests.journal.conftest import KEY, real_now
from tests.journal.test_drain import QUICK

async def handle(stream, events):
    print("at work", flush=True)
    await asyncio.sleep(60)

async def main():
    async with open_journal(None, Path(sys.argv[1]), real_now, KEY) as opened:
        drainer = Drainer(opened.journal, handle, QUICK)
        await opened.journal.commit(commit(write("a", 1)))
        drainer.wake("a")
        await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.crash
async def test_another_replica_takes_over_from_one_that_was_killed_at_work(folder):
    seen = Seen()
    dying = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", DYING, str(folder)), stdout=asyncio.subprocess.PIPE, cwd=Path.cwd()
    )
    assert await dying.stdout.readline() == b"at work\n"
    async with opened_on("embedded", folder) as opened, draining(opened, seen):
        dying.kill()
        await dying.communicate()
        await until(lambda: seen.by_stream["a"] == [1])
    assert seen.calls == 1


async def test_a_slow_handler_keeps_its_turn(opened):
    async def slow(stream: str, events: list[RecordedEvent]) -> None:
        await asyncio.sleep(QUICK.life.total_seconds() * 2)

    seen = Seen(slow)
    async with draining(opened, seen) as one, draining(opened, seen, journal=another(opened)):
        await opened.journal.commit(commit(write("a", 1)))
        one.wake("a")
        await until(lambda: seen.by_stream["a"] == [1])
    assert seen.calls == 1


async def test_a_stopped_drainer_gives_its_turn_back_at_once(opened):
    started = asyncio.Event()

    async def waits(stream: str, events: list[RecordedEvent]) -> None:
        started.set()
        await asyncio.sleep(3600)

    async with draining(opened, Seen(waits)) as drainer:
        await opened.journal.commit(commit(write("a", 1)))
        drainer.wake("a")
        await started.wait()
    assert await opened.client.get(opened.journal.keys.turn("drain:a")) is None


async def test_a_handler_starts_by_the_wake_up_and_waits_for_no_look(folder):
    """There is no look here that it could wait for."""
    seen = Seen()
    async with opened_on("embedded", folder) as opened, draining(opened, seen, works=False) as drainer:
        for number in range(1, 51):
            await opened.journal.commit(commit(write("a", number)))
            drainer.wake("a")
            await until(lambda number=number: len(seen.by_stream["a"]) == number)
    assert seen.calls == 50


async def test_what_was_begun_three_times_without_an_end_is_set_aside_and_taken_up_by_name(opened):
    """As after three kills: the turn runs out each time, and nobody says that it ended."""
    told: list[tuple[str, str]] = []

    async def tell(name: str, why: str) -> None:
        told.append((name, why))

    keys = opened.journal.keys
    await opened.journal.commit(commit(write("bad", 1), write("good", 1)))
    await opened.client.hset(keys.begun, "drain:bad", 3)
    seen = Seen()
    async with draining(opened, seen, aside=tell) as drainer:
        await until(lambda: seen.by_stream["good"] == [1] and told)
        assert told == [("drain:bad", KILLED)]
        await opened.journal.commit(commit(write("bad", 2)))
        await drainer.drain_stream("bad")
        assert seen.by_stream["bad"] == []
        assert [one.name for one in await listed(opened.journal)] == ["drain:bad"]
        assert await resume(opened.journal, "drain:bad")
        await until(lambda: seen.by_stream["bad"] == [1, 2])
        assert await listed(opened.journal) == []
        assert not await resume(opened.journal, "drain:bad")
    assert told == [("drain:bad", KILLED)]


async def test_what_fails_twelve_times_in_a_row_is_set_aside_with_its_cause(opened):
    told: list[tuple[str, str]] = []

    async def tell(name: str, why: str) -> None:
        told.append((name, why))

    async def always(stream: str, events: list[RecordedEvent]) -> None:
        raise RuntimeError("password=hunter2 is refused")

    await opened.client.hset(opened.journal.keys.setbacks, "drain:bad", "11 0 RuntimeError: earlier")
    await opened.journal.commit(commit(write("bad", 1)))
    async with draining(opened, Seen(always), aside=tell):
        await until(lambda: told)
    assert told == [("drain:bad", "RuntimeError: password=[secret removed] is refused")]
