"""Programs that the playground borrows are found, run while we live, and are named when they are missing."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from playground.programs import NotHere, WouldNotStart, find, place, running
from tests.waiting import HANGS_S

SLEEP = "import os, time; print(os.getpid(), 'here', flush=True); time.sleep(60)"
FULL = "raise SystemExit('the disk is full')"


async def ready() -> bool:
    return True


async def never() -> bool:
    return False


async def until(is_so, what: str) -> None:
    async with asyncio.timeout(HANGS_S):
        while not is_so():
            await asyncio.sleep(0.01)
    assert is_so(), what


def lives(pid: int) -> bool:
    """Whether the process is there and not only waiting to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_program_that_is_not_installed_is_named_with_how_to_get_it():
    with pytest.raises(NotHere, match="nonesuch is not installed; on Debian: apt-get install none-such"):
        find("nonesuch", "none-such")


def test_the_last_folder_that_has_a_program_goes_before_the_path(tmp_path):
    for version in ("15", "16", "17"):
        (tmp_path / version).mkdir()
    for version in ("15", "16"):
        (tmp_path / version / "sh").touch(0o755)
    assert find("sh", "dash", [tmp_path / one for one in ("15", "16", "17")]) == tmp_path / "16" / "sh"
    assert find("sh", "dash", [tmp_path / "17"]).name == "sh"


async def test_a_program_ends_with_its_block_and_its_folder_with_it():
    async with place("test") as where:
        async with running(
            where, sys.executable, "-c", f"import os; print(os.getpid()); {SLEEP}", answers=ready
        ):
            await until(lambda: "here" in where.log_end(), "it runs")
            pid = int(where.log_end().split()[0])
            assert lives(pid)
        assert not lives(pid)
    assert not where.folder.exists()


async def test_a_program_that_ends_by_itself_says_what_it_wrote():
    async with place("test") as where:
        with pytest.raises(WouldNotStart, match="the disk is full"):
            async with running(where, sys.executable, "-c", FULL, answers=never):
                pass


async def test_a_command_that_fails_says_what_it_wrote():
    async with place("test") as where:
        with pytest.raises(WouldNotStart, match="no such table"):
            where.run(sys.executable, "-c", "raise SystemExit('no such table')")


async def test_a_file_for_a_program_is_readable_by_its_user_only():
    async with place("test") as where:
        assert where.write("secret", "x").stat().st_mode & 0o777 == 0o600
        assert where.folder.stat().st_mode & 0o777 == 0o700


PARENT = """
import asyncio, sys
from playground.programs import place, running
async def ready(): return True
async def main():
    async with place("test") as where:
        program = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
        async with running(where, sys.executable, "-c", program, answers=ready):
            while not where.log.read_text():
                await asyncio.sleep(0.01)
            print(where.folder, where.log.read_text().strip(), flush=True)
            await asyncio.sleep(60)
asyncio.run(main())
"""


@pytest.mark.skipif(not Path("/proc").exists(), reason="needs /proc to see whether a process lives")
async def test_a_program_does_not_outlive_us_when_we_are_killed():
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    with parent:
        assert parent.stdout is not None
        folder, pid = (await asyncio.to_thread(parent.stdout.readline)).split()
        assert lives(int(pid))
        os.kill(parent.pid, signal.SIGKILL)
    await until(lambda: not lives(int(pid)), "the program has ended")
    await until(lambda: not Path(folder).exists(), "its folder is gone")
