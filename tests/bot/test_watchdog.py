"""A loop that stands is noticed while it stands, and the code that holds it is named."""

import asyncio
import threading

from structlog.testing import capture_logs

from bot.watchdog import watched
from tests.waiting import HANGS_S


def hold_the_loop(until: threading.Event) -> None:
    assert until.wait(HANGS_S)


async def test_the_code_that_holds_the_loop_is_named_once():
    noticed = threading.Event()
    with capture_logs() as said:

        def look() -> None:
            while not any(one["event"] == "the loop stands" for one in said):
                if noticed.wait(0.05):
                    return
            noticed.set()

        looking = threading.Thread(target=look)
        with watched(stood_s=0.3):
            looking.start()
            hold_the_loop(noticed)
            await asyncio.sleep(0)
        looking.join()
    [stood] = [one for one in said if one["event"] == "the loop stands"]
    assert any("hold_the_loop" in line for line in stood["code"])


async def test_a_loop_that_turns_is_left_alone():
    with capture_logs() as said, watched(stood_s=5):
        for _ in range(5):
            await asyncio.sleep(0.1)
    assert said == []
