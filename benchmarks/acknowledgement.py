"""How fast a slash command is acknowledged, beside a bare Bolt echo and a raw ASGI app, in one run.

python -m benchmarks.acknowledgement
"""

import asyncio
import json
import os
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
from playground.environment import Plan, running_environment

ROOT = Path(__file__).parent.parent
ONE, MANY = 300, 2000


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
        child.wait(10)


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
    plan = Plan(slack_manifest(commands.registry(), "http://127.0.0.1/slack/events"), utc_now)
    with tempfile.TemporaryDirectory() as folder:
        async with running_environment(plan) as place:
            told = {
                **place.settings(),
                "slack_signing_secret": SECRET,
                "data_dir": folder,
                "port": "0",
                "admin_port": "0",
            }
            environment = {
                f"MUSTER_{name.upper()}": json.dumps(value) if isinstance(value, dict) else str(value)
                for name, value in told.items()
            }
            began = time.perf_counter()
            command = (str(Path(sys.executable).parent / "muster"), "run")
            async with process(*command, environment=environment) as child:
                port = await port_of(child, '"event": "ready"')
                start_s = time.perf_counter() - began
                memory["muster"] = rss_mb(child.pid)
                await load(port, SECRET, ["declare SEV2 miyabi-api Benchmark"], 1)
                rows += await rounds("muster, /incident list", port, SECRET, "list")
                rows += await rounds("muster, /incident note", port, SECRET, "note a line for the record")
    show(rows, memory, start_s)


def show(rows: list[tuple[str, Measured]], memory: dict[str, float], start_s: float) -> None:
    """The table, with ratios to bare Bolt of the same run."""
    measured = dict(rows)
    base = {"1": measured["bolt, 1 caller"], "20": measured["bolt, 20 callers"]}
    print(f"{'what':40} {'p50 ms':>8} {'p95 ms':>8} {'per s':>8}  against bare Bolt")
    for name, found in rows:
        bare = base["20" if "20 callers" in name else "1"]
        ratio = f"{bare.p50_ms / found.p50_ms:.1f}× faster, {found.per_s / bare.per_s:.2f}× the rate"
        wrong = f"  {found.wrong} WRONG" if found.wrong else ""
        print(f"{name:40} {found.p50_ms:8.2f} {found.p95_ms:8.2f} {found.per_s:8.0f}  {ratio}{wrong}")
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
