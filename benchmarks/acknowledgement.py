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
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import commands
from benchmarks.load import Measured, load
from benchmarks.servers import SECRET
from bot.cli.manifest import slack_manifest
from bot.clock import utc_now
from journal.embedded import embedded
from playground.environment import Environment, Plan, running_environment

ROOT = Path(__file__).parent.parent
ONE, MANY = 300, 2000
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


async def rounds(name: str, port: int, secret: str, text: str) -> list[tuple[str, Measured]]:
    """Warm up, then one caller, then twenty."""
    await load(port, secret, [text] * 50, 4)
    one = await load(port, secret, [text] * ONE, 1)
    many = await load(port, secret, [text] * MANY, 20)
    return [(f"{name}, 1 caller", one), (f"{name}, 20 callers", many)]


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
    rows: list[tuple[str, Measured]] = []
    memory: dict[str, float] = {}
    for kind in ("raw", "bolt", "bolt-before-response"):
        async with process(sys.executable, "-m", "benchmarks.servers", kind) as child:
            port = await port_of(child)
            memory[kind] = rss_mb(child.pid)
            rows += await rounds(kind, port, SECRET, "list")
    with tempfile.TemporaryDirectory() as folder:
        async with embedded(Path(folder)) as server, running_environment(in_town()) as place:
            async with process(sys.executable, "-m", "benchmarks.servers", DURABLE, server.url) as child:
                rows += await rounds(DURABLE, await port_of(child), SECRET, "list")
            began = time.perf_counter()
            there = {"redis_url": server.url, "audit_key": secrets.token_hex(32)}
            async with muster(place, Path(folder), **there) as (child, port):
                start_s = time.perf_counter() - began
                memory["muster"] = rss_mb(child.pid)
                await load(port, SECRET, ["declare SEV2 miyabi-api Benchmark"], 1)
                rows += await rounds("muster, /incident list", port, SECRET, "list")
                rows += await rounds("muster, /incident note", port, SECRET, "note a line for the record")
    show(rows, memory, start_s)


def show(rows: list[tuple[str, Measured]], memory: dict[str, float], start_s: float) -> None:
    """The table, with ratios to bare Bolt of the same run."""
    measured = dict(rows)
    print(
        f"{'what':44} {'p50 ms':>8} {'p95 ms':>8} {'per s':>8}  against bare Bolt{'':20} against it durable"
    )
    for name, found in rows:
        callers = name.rpartition(", ")[2]
        bare, durable = measured[f"bolt, {callers}"], measured[f"{DURABLE}, {callers}"]
        ratio = f"{bare.p50_ms / found.p50_ms:.1f}× faster, {found.per_s / bare.per_s:.2f}× the rate"
        beside = f"{found.p50_ms / durable.p50_ms:.2f}× its p50, {found.per_s / durable.per_s:.2f}× its rate"
        wrong = f"  {found.wrong} WRONG" if found.wrong else ""
        figures = f"{found.p50_ms:8.2f} {found.p95_ms:8.2f} {found.per_s:8.0f}"
        print(f"{name:44} {figures}  {ratio:37} {beside}{wrong}")
    for name, mb in memory.items():
        print(f"memory of {name}: {mb:.0f} MB ({mb / memory['bolt']:.2f} of bare Bolt)")
    bolt_s = min(_seconds("import slack_bolt.async_app") for _ in range(3))
    print(f"start to ready: {start_s:.2f} s, {start_s / bolt_s:.1f}× `import slack_bolt.async_app`")


def _seconds(code: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    asyncio.run(main())
