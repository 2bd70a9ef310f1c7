"""The private Valkey: one per directory, whoever is killed; nothing acknowledged is lost."""

import asyncio
import os
import signal
import stat
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from journal.embedded import EmbeddedFailed, embedded, start_or_attach, stop
from journal.opening import open_journal
from journal.verify import verify
from model.ports.journal import JournalUnavailable
from tests.journal.builders import commit, write
from tests.journal.conftest import KEY, answers, real_now, until

HOLDER = """
import asyncio, sys
from pathlib import Path
from journal.embedded import embedded
async def main():
    async with embedded(Path(sys.argv[1])) as server:
        print(server.pid, flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""


def is_alive(pid: int) -> bool:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()


async def holder(folder: Path) -> tuple[asyncio.subprocess.Process, int]:
    """Another process that uses the server of a folder, and the server's process id."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        HOLDER,
        str(folder),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    return process, int(await process.stdout.readline())


async def killed(process: asyncio.subprocess.Process) -> None:
    process.kill()
    await process.communicate()


async def test_two_users_of_a_directory_share_one_server(folder):
    async with embedded(folder) as first, embedded(folder) as second:
        assert first == second


async def test_many_who_start_at_the_same_moment_get_one_server(folder):
    servers = await asyncio.gather(*(start_or_attach(folder) for _ in range(8)))
    assert len(set(servers)) == 1
    await stop(folder)


async def test_the_last_user_stops_it(folder):
    async with embedded(folder) as server:
        async with embedded(folder):
            pass
        assert is_alive(server.pid)
    assert not is_alive(server.pid)


@pytest.mark.crash
async def test_a_server_survives_its_killed_user_and_the_next_one_attaches(folder):
    process, pid = await holder(folder)
    await killed(process)
    assert is_alive(pid)
    async with embedded(folder) as server:
        assert server.pid == pid
    await until(lambda: not is_alive(pid))


@pytest.mark.crash
async def test_a_user_in_another_process_keeps_it_alive(folder):
    process, pid = await holder(folder)
    async with embedded(folder) as server:
        assert server.pid == pid
    assert is_alive(pid)
    await killed(process)
    await stop(folder)


@pytest.mark.crash
async def test_a_killed_server_loses_nothing_it_acknowledged(folder):
    acknowledged: list[int] = []
    is_killed = asyncio.Event()

    async def write_until_killed(journal, first: int) -> None:
        for number in range(first, first + 10_000):
            if is_killed.is_set():
                return
            await journal.commit(commit(write("a", number)))
            acknowledged.append(number)

    async with open_journal(None, folder, real_now, KEY) as opened:
        server = await start_or_attach(folder)
        writers = [
            asyncio.create_task(write_until_killed(opened.journal, 10_000 * writer)) for writer in range(5)
        ]
        await until(lambda: len(acknowledged) > 50)
        opened.client.set_retry(Retry(NoBackoff(), 0))
        os.kill(server.pid, signal.SIGKILL)
        is_killed.set()
        ended = await asyncio.gather(*writers, return_exceptions=True)
        # One that was between two commits may find the next server without having missed the first.
        assert [one for one in ended if one is not None and not isinstance(one, JournalUnavailable)] == []
        again = await start_or_attach(folder)
        assert again.pid != server.pid
        stored = [event.data["number"] for event in await opened.journal.read("a")]
        assert set(acknowledged) <= set(stored)
        assert len(stored) == len(set(stored))
        assert (await verify(opened.journal)).ok


@pytest.mark.crash
async def test_a_killed_server_is_started_again_without_being_asked(folder):
    async with embedded(folder) as server:
        os.kill(server.pid, signal.SIGKILL)
        await answers(server.url)
        assert (await start_or_attach(folder)).pid != server.pid


@pytest.mark.crash
async def test_a_claim_survives_a_killed_server(folder):
    same = commit(write("a", 1), claim="request", result="OP-1")
    async with open_journal(None, folder, real_now, KEY) as opened:
        await opened.journal.commit(same)
        os.kill((await start_or_attach(folder)).pid, signal.SIGKILL)
        await start_or_attach(folder)
        assert (await opened.journal.commit(same)).result == "OP-1"


async def test_only_its_owner_may_reach_it(folder):
    async with embedded(folder) as server:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(server.socket.stat().st_mode) == 0o700
        async with Redis.from_url(server.url, decode_responses=True) as client:
            settings = await client.config_get("appendonly", "appendfsync", "port", "maxmemory-policy")
        assert settings == {
            "appendonly": "yes", "appendfsync": "always", "port": "0", "maxmemory-policy": "noeviction"
        }  # fmt: skip


async def test_the_audit_key_is_made_once_and_private(folder):
    async with open_journal(None, folder, real_now) as opened:
        await opened.journal.commit(commit(write("a", 1)))
    async with open_journal(None, folder, real_now) as opened:
        assert (await verify(opened.journal)).ok
        assert len(opened.journal.mac_key) == 64
    assert stat.S_IMODE((folder / "audit.key").stat().st_mode) == 0o600


async def test_a_path_too_long_for_a_socket_is_refused_with_what_to_do(folder):
    with pytest.raises(EmbeddedFailed, match="choose a shorter one"):
        await start_or_attach(folder / ("x" * 100))


async def test_a_server_that_cannot_start_shows_its_log(folder):
    (folder / "appendonlydir").write_text("in the way")
    with pytest.raises(EmbeddedFailed, match="appendonlydir"):
        await start_or_attach(folder)
