"""Whether an answer costs the same with a long timeline, and with many open incidents; all in one run.

python -m benchmarks.sizes
"""

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from statistics import median

from backends.registry import target_types
from benchmarks.acknowledgement import in_town, muster
from benchmarks.load import load
from benchmarks.servers import SECRET
from bot.clock import utc_now
from bot.gate import streams
from bot.gate.indexes import of_incident
from journal.drain import Drainer
from journal.opening import Opened, open_journal
from model.catalog_loader import load_catalog
from model.events import Actor, Event, RecordedEvent
from model.incidents.declare import declare
from model.incidents.events import ChannelCreated, Noted, to_event
from model.ports.journal import Commit, Write
from playground.environment import running_environment

CATALOG = Path("examples/catalog")
ROUNDS, EACH = 9, 20
PAGE = 200
"""Events in one commit of the past that is made up."""

SMALL, LONG, MANY = "10 entries, 1 open", "10,000 entries, 1 open", "10 entries, 200 open"
PAST = {SMALL: (1, 10), LONG: (1, 10_000), MANY: (200, 10)}
"""What each Muster finds in its journal: open incidents, all on one service, and entries of each."""

COMPARED = (
    ("timeline incident=INC-1", LONG),
    ("note a line for the record incident=INC-1", LONG),
    ("note a line for the record incident=INC-1", MANY),
    ("show incident=INC-1", MANY),
    ("list", MANY),
    ("/health miyabi-api", MANY),
)


def past(number: int, entries: int) -> Iterator[Event]:
    """An open incident with so many entries; every tenth note is of a minute before."""
    catalog, now = load_catalog(CATALOG, target_types()), utc_now()
    service = catalog.service("miyabi-api")
    assert service is not None
    system = catalog.system_of(service)
    yield from declare(f"INC-{number}", system, service, now, title=f"Slow {number}", severity="SEV2")
    yield to_event(ChannelCreated(channel=f"C0PAST{number}", name=f"inc-{number}"))
    for line in range(entries - 2):
        at = now - timedelta(minutes=1) if line % 10 == 0 else None
        yield to_event(Noted(text=f"Line {line} of what people write down on a long day", at=at, corrects=0))


async def seed(folder: Path, incidents: int, entries: int) -> None:
    """Write a past into a new journal; all of it counts as reacted to."""

    async def pass_over(_: str, __: list[RecordedEvent]) -> None:
        pass

    async with open_journal(None, folder, utc_now) as opened:
        drainer = Drainer(opened.journal, pass_over)
        for number in range(1, incidents + 1):
            await _write(opened, f"INC-{number}", tuple(past(number, entries)))
            await drainer.drain_stream(streams.incident(f"INC-{number}"))


async def _write(opened: Opened, id: str, events: Sequence[Event]) -> None:
    for start in range(0, len(events), PAGE):
        some, now = tuple(events[start : start + PAGE]), utc_now()
        commit = Commit(
            at=now,
            who=Actor(team="T0MUSTER", user="U0ANA", via="slash"),
            writes=(Write(stream=streams.incident(id), events=some),),
            indexes=tuple(of_incident(id, now, some)),
        )
        await opened.journal.commit(commit)


async def main() -> None:
    """Measure by turns, so that what else the machine does falls on all alike, and print ratios."""
    async with AsyncExitStack() as stack:
        place = await stack.enter_async_context(running_environment(in_town()))
        ports: dict[str, int] = {}
        for name, (incidents, entries) in PAST.items():
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            await seed(folder, incidents, entries)
            running = muster(place, folder, budget_looks=1_000_000)
            _, ports[name] = await stack.enter_async_context(running)
        print(f"{'what, with the p50 of each':42} {'':24} {SMALL:>20} {'there':>8}  ratio")
        for text, name in COMPARED:
            await _compare(text, name, ports)


async def _compare(text: str, name: str, ports: dict[str, int]) -> None:
    small_ms: list[float] = []
    large_ms: list[float] = []
    wrong = 0
    for place, took_ms in ((SMALL, small_ms), (name, large_ms)) * (ROUNDS + 1):
        found = await load(ports[place], SECRET, [text] * EACH, 1)
        took_ms.append(found.p50_ms)
        wrong += found.wrong
    small_ms, large_ms = small_ms[1:], large_ms[1:]  # the first of each is to warm up
    ratio = median(large / small for small, large in zip(small_ms, large_ms, strict=True))
    told = f"  {wrong} WRONG" if wrong else ""
    print(f"{text:42} {name:24} {median(small_ms):17.2f} ms {median(large_ms):5.2f} ms  {ratio:.2f}{told}")


if __name__ == "__main__":
    asyncio.run(main())
