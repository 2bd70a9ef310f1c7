"""What is kept between starts: found again, given out for so long, and never on another's word."""

import asyncio
from datetime import timedelta

import pytest

from journal.keys import Keys
from journal.opening import Opened
from tests.journal.conftest import Ports
from tests.waiting import HANGS_S

HOUR = timedelta(hours=1)


async def test_what_was_kept_is_found_and_the_newest_counts(ports: Ports):
    assert await ports.kept.find("groups") is None
    await ports.kept.keep("groups", '{"ö": [1, 2]} and more', HOUR)
    await ports.kept.keep("groups", "newer", HOUR)
    await ports.kept.keep("person:U1", "", HOUR)

    assert await ports.kept.find("groups") == "newer"
    assert await ports.kept.find("person:U1") == ""


async def test_what_is_too_old_is_gone(ports: Ports):
    await ports.kept.keep("groups", "soon gone", timedelta(milliseconds=30))
    async with asyncio.timeout(HANGS_S):
        while await ports.kept.find("groups") is not None:
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("forged", ["operators: U0EVE", "0" * 64 + " operators: U0EVE", ""])
async def test_what_somebody_else_wrote_is_not_given_out(opened: Opened, forged: str):
    await opened.client.set(Keys().kept("groups"), forged)
    assert await opened.kept.find("groups") is None


async def test_what_was_kept_under_another_name_is_not_given_out(opened: Opened):
    await opened.kept.keep("person:U0ANA", '{"is_member": true}', HOUR)
    taken = await opened.client.get(Keys().kept("person:U0ANA"))
    await opened.client.set(Keys().kept("person:U0EVE"), taken)

    assert await opened.kept.find("person:U0EVE") is None
