"""How long one durable commit takes on the embedded server, alone and with many callers."""

import argparse
import asyncio
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from redis.asyncio import Redis

from journal.embedded import embedded
from journal.redis import RedisJournal
from model.recorded import Commit, Event, IndexChange, Who, Write

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _commit(caller: int, number: int) -> Commit:
    return Commit(
        at=NOW,
        who=Who(team="T1", user=f"U{caller}", via="slash"),
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


async def main() -> None:
    """Print one line per number of callers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commits", type=int, default=4000)
    commits = parser.parse_args().commits
    with tempfile.TemporaryDirectory() as folder:
        async with (
            embedded(Path(folder)) as server,
            Redis.from_url(server.url, decode_responses=True) as client,
        ):
            journal = RedisJournal(client, lambda: NOW, b"benchmark")
            await _measure(journal, 20, 400, 10_000)
            print(await _measure(journal, 1, commits // 4, 1_000))
            print(await _measure(journal, 20, commits, 0))


if __name__ == "__main__":
    asyncio.run(main())
