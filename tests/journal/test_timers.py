"""Timers ring once, at their time, and survive every kill."""

import asyncio
import os
import signal
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import pytest

from journal.embedded import start_or_attach
from journal.stream_lock import LockPace
from journal.timers import AHEAD, Timers
from tests.journal.conftest import opened_on, real_now, until
from tests.waiting import HANGS_S

QUICK = LockPace(life=timedelta(seconds=3), first_delay=timedelta(milliseconds=20))
SOON = timedelta(seconds=2)
"""Far enough that a busy machine has moved or cancelled a timer before."""


@asynccontextmanager
async def ringing(opened, fired, *, works=True):
    """A replica with its own timers."""
    async with AsyncExitStack() as stack:
        timers = Timers(opened.journal, fired, QUICK)
        if works:
            await stack.enter_async_context(timers.running(every=timedelta(milliseconds=100)))
        yield timers


class Fired:
    def __init__(self, failures: int = 0) -> None:
        self.calls = []
        self.early = []
        self.failures = failures

    async def __call__(self, key, payload) -> None:
        self.calls.append((key, payload))
        if len(self.calls) <= self.failures:
            raise RuntimeError("Slack is away")


async def test_a_timer_rings_once_with_its_payload_and_not_early(opened):
    fired = Fired()
    at = real_now() + SOON
    async with ringing(opened, fired) as timers, ringing(opened, fired):
        await timers.set("update:1", at, {"incident": "INC-1"})
        await until(lambda: fired.calls)
        assert real_now() >= at
        await until_gone(timers, "update:1")
        await timers.set("update:2", real_now())
        await until(lambda: ("update:2", None) in fired.calls)
        assert fired.calls == [("update:1", {"incident": "INC-1"}), ("update:2", None)]


async def test_a_timer_in_the_past_rings_at_once(opened):
    fired = Fired()
    async with ringing(opened, fired) as timers:
        await timers.set("late", real_now() - timedelta(hours=1))
        await until(lambda: fired.calls == [("late", None)])


async def test_a_cancelled_timer_does_not_ring_and_a_moved_one_rings_at_its_new_time(opened):
    fired = Fired()
    async with ringing(opened, fired) as timers:
        await timers.set("cancelled", real_now() + SOON)
        await timers.set("moved", real_now() + SOON, "old")
        moved = real_now() + SOON * 1.5
        await timers.set("moved", moved, "new")
        await timers.cancel("cancelled")
        await until(lambda: fired.calls)
        assert real_now() >= moved
    assert fired.calls == [("moved", "new")]


async def test_a_failing_timer_rings_again_until_it_is_handled(opened):
    fired = Fired(failures=2)
    async with ringing(opened, fired) as timers:
        await timers.set("a", real_now())
        await until(lambda: len(fired.calls) == 3)
        await until_gone(timers, "a")


async def until_gone(timers, key: str) -> None:
    async with asyncio.timeout(HANGS_S):
        while await timers.due(key):
            await asyncio.sleep(0.01)


async def test_a_far_timer_waits_in_the_journal(opened):
    fired = Fired()
    async with ringing(opened, fired) as timers:
        far = real_now().replace(microsecond=0) + AHEAD * 2
        await timers.set("far", far)
        assert await timers.due("far") == far
        await timers.reconcile()
    assert fired.calls == []


async def test_a_payload_that_is_no_json_rings_without_and_holds_up_no_other(opened):
    fired = Fired()
    async with ringing(opened, fired, works=False) as timers:
        await timers.set("bad", real_now())
        await timers.set("good", real_now(), 1)
    await opened.client.hset(opened.journal.keys.payloads, "bad", "\x80\x04\x95pickled")
    async with ringing(opened, fired):
        await until(lambda: sorted(key for key, _ in fired.calls) == ["bad", "good"])
    assert dict(fired.calls) == {"bad": None, "good": 1}


@pytest.mark.crash
async def test_a_timer_survives_a_killed_server(folder):
    fired = Fired()
    async with opened_on("embedded", folder) as opened:
        async with ringing(opened, fired, works=False) as timers:
            await timers.set("a", real_now() + SOON, 1)
        os.kill((await start_or_attach(folder)).pid, signal.SIGKILL)
        await start_or_attach(folder)
        async with ringing(opened, fired):
            await until(lambda: fired.calls == [("a", 1)])
