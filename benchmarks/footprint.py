"""What an installation takes: megabytes, packages, memory of an idle process, and time from start to ready.

python -m benchmarks.footprint

It builds the wheel and installs it, with the versions of the lock file, into environments of their own.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import commands
from benchmarks.acknowledgement import ROOT, port_of, process, rss_mb
from bot.cli.manifest import slack_manifest
from bot.clock import utc_now
from playground.environment import Plan, running_environment

ROUNDS = 7
INSTALLS = {"all": ["all"], "all but kubernetes and charts": ["aws", "postgres"], "no extra": []}
"""What is measured → its extras; the first is also run."""

TARGETS_MB = {"all": 350, "all but kubernetes and charts": 120}


def uv(*arguments: str) -> None:
    """Run uv quietly."""
    found = shutil.which("uv") or str(ROOT / ".tools" / "bin" / "uv")
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    subprocess.run([found, "--quiet", *arguments], cwd=ROOT, env=environment, check=True)


def install(folder: Path, wheel: Path, extras: Sequence[str]) -> Path:
    """A virtual environment with the wheel and these extras; gives its interpreter."""
    needs = folder.with_suffix(".txt")
    told = ["--frozen", "--no-dev", "--no-emit-workspace", "--no-hashes", "--output-file", str(needs)]
    uv("export", *told, *(word for extra in extras for word in ("--extra", extra)))
    uv("venv", "--python", sys.executable, str(folder))
    python = folder / "bin" / "python"
    uv("pip", "install", "--python", str(python), "--requirement", str(needs))
    uv("pip", "install", "--python", str(python), "--no-deps", str(wheel))
    return python


def size(python: Path) -> tuple[float, float, int]:
    """MB (10⁶ bytes) of the packages as they are downloaded, MB with compiled bytecode, and their number."""
    (packages,) = (python.parent.parent / "lib").glob("python*/site-packages")
    found = len(list(packages.glob("*.dist-info")))
    plain = _mb(packages)
    subprocess.run([python, "-m", "compileall", "-q", str(packages)], check=False, stdout=subprocess.DEVNULL)
    return plain, _mb(packages), found


def _mb(folder: Path) -> float:
    return sum(file.lstat().st_size for file in folder.rglob("*") if not file.is_dir()) / 1e6


def _cpu_s() -> float:
    """CPU seconds of the children that have ended."""
    times = os.times()
    return times.children_user + times.children_system


async def imported(python: Path) -> tuple[float, float]:
    """Seconds and CPU seconds of `import slack_bolt.async_app`."""
    began, used = time.perf_counter(), _cpu_s()
    subprocess.run([python, "-c", "import slack_bolt.async_app"], cwd="/", check=True)
    return time.perf_counter() - began, _cpu_s() - used


async def started(python: Path, environment: dict[str, str]) -> tuple[float, float, float]:
    """Seconds from start to ready, CPU seconds until then, and MB a second later."""
    began = time.perf_counter()
    async with process(str(python.parent / "muster"), "run", environment=environment) as child:
        await port_of(child, '"event": "ready"')
        ready_s = time.perf_counter() - began
        ticks = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        await asyncio.sleep(1)
        return ready_s, sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK"), rss_mb(child.pid)


async def bolt_mb(python: Path) -> float:
    """MB of a bare Bolt echo."""
    async with process(str(python), "-m", "benchmarks.servers", "bolt") as child:
        await port_of(child)
        await asyncio.sleep(1)
        return rss_mb(child.pid)


async def run(python: Path, folder: Path) -> None:
    """Measure a process of it, beside bare Bolt, one after the other in turns; the least counts."""
    plan = Plan(slack_manifest(commands.registry(), "http://127.0.0.1/slack/events"), utc_now)
    bolts, starts, memory = [], [], await bolt_mb(python)
    async with running_environment(plan) as place:
        told = {**place.settings(), "data_dir": folder, "port": "0", "admin_port": "0"}
        told["catalog"] = ROOT / "examples" / "catalog"
        environment = {
            f"MUSTER_{name.upper()}": json.dumps(value) if isinstance(value, dict) else str(value)
            for name, value in told.items()
        }
        for _ in range(ROUNDS):
            bolts.append(await imported(python))
            starts.append(await started(python, environment))
    least_s, least_cpu = (min(column) for column in zip(*bolts, strict=True))
    ready_s, ready_cpu, mb = (min(column) for column in zip(*starts, strict=True))
    print(f"memory idle: {mb:.0f} MB, {mb / memory:.2f}× a bare Bolt echo ({memory:.0f} MB)")
    print(f"start to ready: {ready_s:.2f} s, {ready_s / least_s:.1f}× `import slack_bolt.async_app`")
    print(f"CPU until ready: {ready_cpu:.2f} s, {ready_cpu / least_cpu:.1f}× that of the import")


async def main() -> None:
    """Print sizes, then memory and start."""
    with tempfile.TemporaryDirectory(prefix="muster-footprint-") as name:
        folder = Path(name)
        uv("build", "--wheel", "--out-dir", str(folder))
        (wheel,) = folder.glob("*.whl")
        pythons: list[Path] = []
        for number, (what, extras) in enumerate(INSTALLS.items()):
            pythons.append(install(folder / f"venv{number}", wheel, extras))
            plain, compiled, count = size(pythons[-1])
            wanted = f", target {TARGETS_MB[what]} MB" if what in TARGETS_MB else ""
            print(f"{what}: {count} packages, {plain:.0f} MB, {compiled:.0f} MB with bytecode{wanted}")
        await run(pythons[0], folder / "data")


if __name__ == "__main__":
    asyncio.run(main())
