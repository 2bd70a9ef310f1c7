"""What happens to a commit when the server is full, frozen, away, or has replicas."""

import asyncio
import os
import signal
import socket
from datetime import timedelta

import pytest

from journal.embedded import start_or_attach
from journal.opening import open_journal
from journal.redis import RedisJournal
from journal.verify import verify
from model.ports.journal import Committed, JournalUnavailable
from tests.journal.builders import add, commit, put, write
from tests.journal.conftest import KEY, answers, opened_on, real_now, redis_server
from tests.waiting import HANGS_S


async def test_a_full_server_refuses_whole_commits(opened):
    await opened.client.config_set("maxmemory", 1)
    indexes = (put("m", "k", "v"), add("z", "k", 1))
    with pytest.raises(JournalUnavailable, match="maxmemory"):
        await opened.journal.commit(commit(write("a", 1), write("b", 1), indexes=indexes))
    await opened.client.config_set("maxmemory", 0)
    assert await opened.journal.heads(["a", "b"]) == [0, 0]
    assert (await verify(opened.journal)).ok


async def test_a_frozen_server_is_said_to_be_away_and_repeating_the_claim_is_safe(folder):
    same = commit(write("a", 1), claim="request", result="OP-1")
    async with opened_on("embedded", folder) as opened:
        server = await start_or_attach(folder)
        os.kill(server.pid, signal.SIGSTOP)
        try:
            async with asyncio.timeout(HANGS_S):
                with pytest.raises(JournalUnavailable, match="does not answer"):
                    await opened.journal.commit(same)
        finally:
            os.kill(server.pid, signal.SIGCONT)
        await opened.journal.commit(same)
        assert len(await opened.journal.read("a")) == 1


async def test_a_lost_answer_does_not_double_a_commit_without_a_claim(folder):
    """redis-py sends a command again when the connection broke before the answer."""
    async with opened_on("embedded", folder) as opened:
        run = opened.journal.wire.run

        async def run_twice(*args):
            await run(*args)
            return await run(*args)

        opened.journal.wire.run = run_twice
        assert await opened.journal.commit(commit(write("a", 1))) == Committed(versions={"a": 1})
        assert await opened.journal.commit(commit(write("a", 2))) == Committed(versions={"a": 2})
        assert (await verify(opened.journal)).ok


async def test_a_cancelled_commit_leaves_the_journal_usable(opened):
    for _ in range(20):
        task = asyncio.create_task(opened.journal.commit(commit(write("a", 1))))
        await asyncio.sleep(0.0005)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    version = (await opened.journal.commit(commit(write("a", 1)))).versions["a"]
    assert len(await opened.journal.read("a")) == version
    assert (await verify(opened.journal)).ok


async def test_two_replicas_of_the_bot_extend_one_chain(opened):
    other = RedisJournal(opened.client, real_now, KEY)
    writers = [opened.journal, other] * 20
    outcomes = await asyncio.gather(*(w.commit(commit(write("a", 1), write("b", 1))) for w in writers))
    assert sorted(outcome.versions["a"] for outcome in outcomes) == list(range(1, 41))
    assert (await verify(opened.journal)).ok


async def test_a_commit_that_no_replica_confirms_is_said_to_be_unconfirmed(opened):
    journal = RedisJournal(opened.client, real_now, KEY, replicas=1, replica_wait=timedelta(milliseconds=20))
    await journal.refresh()
    assert await journal.commit(commit(write("a", 1))) == Committed(versions={"a": 1}, confirmed=False)


async def test_a_commit_that_a_replica_confirms_is_said_to_be_confirmed(folder):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "first").mkdir()
    (folder / "second").mkdir()
    async with (
        redis_server(folder / "first", "--port", str(port), "--repl-diskless-sync-delay", "0") as url,
        redis_server(folder / "second", "--replicaof", f"127.0.0.1 {port}") as replica_url,
        open_journal(url, folder / "bot", real_now, KEY, replicas=1) as opened,
    ):
        async with asyncio.timeout(HANGS_S):
            while not (await opened.journal.commit(commit(write("a", 1)))).confirmed:
                await answers(replica_url)
        assert (await opened.journal.commit(commit(write("b", 1)))).confirmed


async def test_a_log_set_back_while_the_bot_was_down_is_found_by_the_kept_anchor(folder):
    async with opened_on("redis-server", folder) as opened:
        await opened.journal.commit(commit(write("a", 1)))
        await opened.client.flushall()
    async with redis_server(folder) as url, open_journal(url, folder, real_now, KEY, strict=False) as opened:
        assert (await verify(opened.journal)).ok
        verdict = await opened.verify()
        assert (verdict.ok, verdict.first_bad.where) == (False, "entry 1")


async def test_scripts_that_the_server_forgot_are_sent_again_alone_and_together(opened):
    await opened.client.script_flush()
    await opened.journal.commit(commit(write("a", 1)))
    await opened.client.script_flush()
    await asyncio.gather(*(opened.journal.commit(commit(write(f"s{n}", 1))) for n in range(20)))
    assert await opened.journal.heads([f"s{n}" for n in range(20)]) == [1] * 20


async def test_under_load_one_refused_commit_does_not_refuse_its_neighbours(opened):
    await opened.client.set(opened.journal.keys.stream("broken"), "not a stream")
    commits = [commit(write("broken" if n == 10 else f"s{n}", 1)) for n in range(20)]
    outcomes = await asyncio.gather(*map(opened.journal.commit, commits), return_exceptions=True)
    assert [n for n, outcome in enumerate(outcomes) if not isinstance(outcome, Committed)] == [10]
    assert isinstance(outcomes[10], JournalUnavailable)


async def test_when_the_server_goes_away_under_load_every_commit_is_told(folder):
    async with opened_on("embedded", folder) as opened:
        server = await start_or_attach(folder)
        tasks = [asyncio.create_task(opened.journal.commit(commit(write(f"s{n}", 1)))) for n in range(50)]
        os.kill(server.pid, signal.SIGKILL)
        done, pending = await asyncio.wait(tasks, timeout=HANGS_S)
        assert not pending
        assert all(
            isinstance(task.exception() or task.result(), JournalUnavailable | Committed) for task in done
        )
        await answers(opened.url)
        kept = [n for n, task in enumerate(tasks) if not task.exception()]
        assert await opened.journal.heads([f"s{n}" for n in kept]) == [1] * len(kept)
        assert (await verify(opened.journal)).ok


async def test_a_damaged_anchor_is_reported_and_stops_nothing(folder):
    (folder / "audit.anchor").write_text("[1")
    async with opened_on("embedded", folder) as opened:
        await opened.journal.commit(commit(write("a", 1)))
        assert (await opened.verify()).first_bad.where == str(opened.anchor)
    assert (folder / "audit.anchor").read_text() == "[1"
