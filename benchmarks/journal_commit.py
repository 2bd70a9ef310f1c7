"""How long one durable commit takes on the embedded server, and how soon after it a reaction starts."""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from journal.drain import Drainer
from journal.opening import Opened, open_journal
from journal.redis import RedisJournal
from model.events import Actor, Event, RecordedEvent
from model.ports.journal import Commit, Committed, IndexChange, Write

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _now() -> datetime:
    return datetime.now(UTC)


def _commit(caller: int, number: int) -> Commit:
    return Commit(
        at=NOW,
        who=Actor(team="T1", user=f"U{caller}", via="slash"),
        claim=f"request-{caller}-{number}",
        result=f"OP-{number}",
        writes=(
            Write(
                stream=f"op:{caller}-{number}",
                expect=0,
                events=(Event(type="operation.proposed", data={"service": "api", "to": 6, "why": "x" * 99}),),
            ),
            Write(stream=f"target:{caller}", events=(Event(type="target.proposed", data={"op": number}),)),
        ),
        indexes=(IndexChange(op="add", index="ops", key=f"op:{caller}-{number}", score=number),),
        audit={"decision": "allow", "policy": "on-call-may-scale", "request": "/scale api 6"},
    )


async def _caller(journal: RedisJournal, caller: int, commits: int, took_s: list[float]) -> None:
    for number in range(commits):
        began = time.perf_counter()
        await journal.commit(_commit(caller, number))
        took_s.append(time.perf_counter() - began)


async def _measure(journal: RedisJournal, callers: int, commits: int, first: int) -> str:
    took_s: list[float] = []
    began = time.perf_counter()
    await asyncio.gather(*(_caller(journal, first + i, commits // callers, took_s) for i in range(callers)))
    rate = len(took_s) / (time.perf_counter() - began)
    return f"{callers:>3} callers: p50 {statistics.median(took_s) * 1000:.2f} ms, {rate:,.0f} commits/s"


async def _measure_drain(opened: Opened, commits: int) -> str:
    """20 callers commit while every event of theirs is handled; the time from commit to handler."""
    committed: dict[str, float] = {}
    began_s: list[float] = []

    async def handle(stream: str, events: list[RecordedEvent]) -> None:
        began_s.append(time.perf_counter() - committed[stream])

    async def caller(drainer: Drainer, caller: int) -> None:
        for number in range(commits // 20):
            done = await opened.journal.commit(_commit(caller, number))
            assert isinstance(done, Committed)
            for stream in done.versions:
                committed[stream] = time.perf_counter()
                drainer.wake(stream)

    drainer = Drainer(opened.journal, handle)
    async with drainer.running():
        await caller(drainer, 99)
        await asyncio.sleep(1)
        alone = statistics.median(began_s)
        began = time.perf_counter()
        await asyncio.gather(*(caller(drainer, i) for i in range(20)))
        rate = commits / (time.perf_counter() - began)
    return f"commit to handler: p50 {alone * 1000:.2f} ms; {rate:,.0f} commits/s by 20 callers, all handled"


@asynccontextmanager
async def _fresh() -> AsyncGenerator[Opened]:
    with tempfile.TemporaryDirectory() as folder:
        async with open_journal(None, Path(folder), _now) as opened:
            yield opened


async def main() -> None:
    """Print one line per number of callers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commits", type=int, default=4000)
    commits = parser.parse_args().commits
    async with _fresh() as opened:
        await _measure(opened.journal, 20, 400, 10_000)
        print(await _measure(opened.journal, 1, commits // 4, 1_000))
        print(await _measure(opened.journal, 20, commits, 0))
    async with _fresh() as opened:
        print(await _measure_drain(opened, commits))


if __name__ == "__main__":
    asyncio.run(main())
