"""How fast a slash command is acknowledged, beside a bare Bolt echo and a raw ASGI app, in one run.

python -m benchmarks.acknowledgement
"""

import asyncio
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median

import commands
from benchmarks.load import Measured, load
from benchmarks.servers import SECRET
from bot.cli.manifest import slack_manifest
from bot.clock import utc_now
from journal.embedded import embedded
from playground.environment import Environment, Plan, running_environment

ROOT = Path(__file__).parent.parent
TURNS, ONE, MANY = 7, 60, 300
Asked = tuple[str, int, str]
"""A name, the port that is asked, and what."""

DURABLE = "bolt-before-response-and-commit"
"""Bolt at its fastest that writes one line into the Redis of Muster, on disk before it echoes."""


@asynccontextmanager
async def process(
    *command: str, environment: dict[str, str] | None = None
) -> AsyncIterator[subprocess.Popen[str]]:
    """A child process that ends with the block."""
    child = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield child
    finally:
        child.terminate()
        # What it still prints is read, and what it still asks of this process is answered meanwhile.
        await asyncio.to_thread(child.communicate, timeout=60)


async def port_of(child: subprocess.Popen[str], marker: str = "") -> int:
    """The port that a child prints when it listens."""
    assert child.stdout is not None
    for _ in range(200):
        line = await asyncio.to_thread(child.stdout.readline)
        if marker in line:
            return int(json.loads(line)["port"] if marker else line)
    raise RuntimeError("the server did not start")


async def by_turns(asked: Sequence[Asked]) -> dict[str, list[Measured]]:
    """One caller, then twenty, of each by turns, so that what else the machine does falls on all alike."""
    found: dict[str, list[Measured]] = {}
    for turn in range(TURNS + 1):
        for name, port, text in asked:
            one = await load(port, SECRET, [text] * ONE, 1)
            many = await load(port, SECRET, [text] * MANY, 20)
            if turn:  # the first is to warm up
                found.setdefault(f"{name}, 1 caller", []).append(one)
                found.setdefault(f"{name}, 20 callers", []).append(many)
    return found


def in_town() -> Plan:
    """The playground that Muster is measured in."""
    return Plan(slack_manifest(commands.registry(), "http://127.0.0.1/slack/events"), utc_now)


@asynccontextmanager
async def muster(
    place: Environment, folder: Path, **more: object
) -> AsyncIterator[tuple[subprocess.Popen[str], int]]:
    """A Muster in a process of its own, with its port; `more` settings beside those of the playground."""
    told = {
        **place.settings(),
        "slack_signing_secret": SECRET,
        "data_dir": folder,
        "port": "0",
        "admin_port": "0",
        **more,
    }
    environment = {
        f"MUSTER_{name.upper()}": json.dumps(value) if isinstance(value, dict) else str(value)
        for name, value in told.items()
    }
    command = (str(Path(sys.executable).parent / "muster"), "run")
    async with process(*command, environment=environment) as child:
        yield child, await port_of(child, '"event": "ready"')


def rss_mb(pid: int) -> float:
    """Resident memory of a process, in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def main() -> None:
    """Measure all of them and print a table."""
    memory: dict[str, float] = {}
    asked: list[Asked] = []
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = await stack.enter_async_context(embedded(folder))
        place = await stack.enter_async_context(running_environment(in_town()))
        for kind in ("raw", "bolt", "bolt-before-response", DURABLE):
            started = process(sys.executable, "-m", "benchmarks.servers", kind, server.url)
            child = await stack.enter_async_context(started)
            asked.append((kind, await port_of(child), "list"))
            memory[kind] = rss_mb(child.pid)
        began = time.perf_counter()
        there = muster(place, folder, redis_url=server.url, audit_key=secrets.token_hex(32))
        child, port = await stack.enter_async_context(there)
        start_s = time.perf_counter() - began
        memory["muster"] = rss_mb(child.pid)
        await load(port, SECRET, ["declare SEV2 miyabi-api Benchmark"], 1)
        asked.append(("muster, /incident list", port, "list"))
        asked.append(("muster, /incident note", port, "note a line for the record"))
        show(await by_turns(asked), memory, start_s)


def show(measured: Mapping[str, Sequence[Measured]], memory: Mapping[str, float], start_s: float) -> None:
    """The table: medians over all turns, with ratios to two others of the same turn."""
    head = f"{'what':44} {'p50 ms':>8} {'p95 ms':>8} {'per s':>8}"
    print(f"{head}  {'against bare Bolt':37} against it with a commit")
    for name, turns in measured.items():
        callers = name.rpartition(", ")[2]
        bare_ms, bare_rate = _beside(turns, measured[f"bolt, {callers}"])
        durable_ms, durable_rate = _beside(turns, measured[f"{DURABLE}, {callers}"])
        against = f"{1 / bare_ms:.1f}× faster, {bare_rate:.2f}× the rate"
        beside = f"{durable_ms:.2f}× its p50, {durable_rate:.2f}× its rate"
        wrong = sum(found.wrong for found in turns)
        p50, p95 = median(found.p50_ms for found in turns), median(found.p95_ms for found in turns)
        figures = f"{p50:8.2f} {p95:8.2f} {median(found.per_s for found in turns):8.0f}"
        print(f"{name:44} {figures}  {against:37} {beside}{f'  {wrong} WRONG' if wrong else ''}")
    for name, mb in memory.items():
        print(f"memory of {name}: {mb:.0f} MB ({mb / memory['bolt']:.2f} of bare Bolt)")
    bolt_s = min(_seconds("import slack_bolt.async_app") for _ in range(3))
    print(f"start to ready: {start_s:.2f} s, {start_s / bolt_s:.1f}× `import slack_bolt.async_app`")


def _beside(turns: Sequence[Measured], others: Sequence[Measured]) -> tuple[float, float]:
    """How many times the others' p50, and their rate: the median over the turns."""
    pairs = list(zip(turns, others, strict=True))
    return median(a.p50_ms / b.p50_ms for a, b in pairs), median(a.per_s / b.per_s for a, b in pairs)


def _seconds(code: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    asyncio.run(main())
