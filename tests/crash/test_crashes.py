"""Nothing acknowledged is lost and nothing is done twice, wherever the process dies."""

import asyncio
import os
import signal

import pytest

from tests.crash.conftest import Bot, Clock
from tests.end_to_end.conftest import INCIDENTS, OPS, Stage, everything
from tests.waiting import HANGS_S

pytestmark = pytest.mark.crash


def operations(stage: Stage, channel: str = OPS) -> list[dict]:
    return [one for one in stage.slack.workspace.messages(channel) if "OP-" in everything(one)]


async def test_killed_after_the_acknowledgement_and_before_the_post(bot: Bot, stage: Stage):
    stage.town.faults.switch("cloud-slow", True)
    assert (await stage.types("U0ANA", "/scale architect-api 6")).status == 200
    bot.kill()
    stage.town.faults.switch("cloud-slow", False)
    await bot.start()
    await stage.shows("OP-1 · plan")
    assert len(operations(stage)) == 1


async def test_killed_right_after_declaring(bot: Bot, stage: Stage):
    assert (
        await stage.types("U0ANA", "/incident declare SEV2 miyabi-api Elevated 5xx", INCIDENTS)
    ).status == 200
    bot.kill()
    await bot.start()
    room = await stage.slack.wait_for(lambda: stage.channel("inc-1-"))
    await stage.shows("Incident commander", room)
    await stage.shows("Elevated 5xx", INCIDENTS)
    await stage.slack.wait_for(lambda: stage.slack.workspace.room(room).pins or None)
    rooms = [one for one in stage.slack.workspace.rooms.values() if one.name.startswith("inc-1-")]
    headlines = [
        one for one in stage.slack.workspace.messages(room) if "Incident commander" in everything(one)
    ]
    assert (len(rooms), len(headlines)) == (1, 1)


async def test_killed_while_a_cloud_call_is_on_its_way(bot: Bot, stage: Stage):
    await stage.types("U0ANA", "/scale delivery-standard 6")
    plan = await stage.shows("OP-1 · plan")
    stage.town.faults.switch("cloud-slow", True)
    await stage.presses("U0ANA", plan, "op.run")
    await stage.slack.wait_for(lambda: True if "UpdateService" in str(stage.town.aws.calls[-3:]) else None)
    bot.kill()
    stage.town.faults.switch("cloud-slow", False)
    await bot.start()
    finished = await stage.shows("✅ Done")
    assert finished["ts"] == plan["ts"]
    assert stage.desired() == 6


async def test_killed_while_watching(bot: Bot, stage: Stage, clock: Clock):
    await stage.types("U0ANA", "/scale architect-api 12")
    plan = await stage.shows("OP-1 · plan")
    clock.hold()
    await stage.presses("U0ANA", plan, "op.run")
    await stage.shows("of 12 running")
    bot.kill()
    await bot.start()
    clock.go_on()
    finished = await stage.shows("✅ Done")
    assert finished["ts"] == plan["ts"]
    assert len(stage.cloud_changes()) == 1
    assert len(operations(stage)) == 1


async def test_killed_while_approval_is_pending(bot: Bot, stage: Stage):
    await stage.types("U0DEV", "/rollback delivery-standard because errors")
    plan = await stage.shows("OP-1 · plan")
    await stage.presses("U0DEV", plan, "op.run")
    waiting = await stage.shows("waits for approval")
    bot.kill()
    await bot.start()
    await stage.presses("U0SAM", waiting, "op.approve")
    await stage.shows("✅ Done")
    assert stage.cloud_changes() == ["UpdateService"]


async def test_the_journals_server_is_killed(bot: Bot, stage: Stage):
    await stage.types("U0ANA", "/scale architect-api 6")
    plan = await stage.shows("OP-1 · plan")
    os.kill(bot.journal_pid(), signal.SIGKILL)
    async with asyncio.timeout(HANGS_S):
        while "op.run" in str(operations(stage)):
            await stage.presses("U0ANA", plan, "op.run")
            await asyncio.sleep(0.5)
    await stage.shows("✅ Done")
    assert len(stage.cloud_changes()) == 1


async def test_both_are_killed(bot: Bot, stage: Stage, clock: Clock):
    await stage.types("U0ANA", "/scale architect-api 10")
    plan = await stage.shows("OP-1 · plan")
    clock.hold()
    await stage.presses("U0ANA", plan, "op.run")
    await stage.shows("of 10 running")
    journal = bot.journal_pid()
    bot.kill()
    os.kill(journal, signal.SIGKILL)
    await bot.start()
    clock.go_on()
    await stage.shows("✅ Done")
    assert len(stage.cloud_changes()) == 1


async def test_an_orphaned_journal_is_attached_to(bot: Bot, stage: Stage):
    journal = bot.journal_pid()
    bot.kill()
    await bot.start()
    assert bot.journal_pid() == journal
    await stage.types("U0ANA", "/scale architect-api 6")
    await stage.shows("OP-1 · plan")


async def test_another_bot_sees_to_its_end_what_a_killed_one_began(
    bot: Bot, other: Bot, stage: Stage, clock: Clock
):
    await stage.types("U0ANA", "/scale architect-api 14")
    plan = await stage.shows("OP-1 · plan")
    clock.hold()
    await stage.presses("U0ANA", plan, "op.run")
    await stage.shows("of 14 running")
    await other.start()
    bot.kill()
    clock.go_on()
    finished = await stage.shows("✅ Done")
    assert finished["ts"] == plan["ts"]
    assert len(stage.cloud_changes()) == 1
    assert len(operations(stage)) == 1


async def test_of_two_bots_each_does_what_the_other_does_not(bot: Bot, other: Bot, stage: Stage):
    """Plans are asked for at one and run at the other; every change is made and shown once."""
    await other.start()
    lines = ["/scale architect-api 6", "/scale delivery-standard 6", "/scale miyabi-dev 3"]
    for line in lines:
        assert (await stage.types("U0ANA", line)).status == 200
    plans = [await stage.shows(f"OP-{number} · plan") for number in (1, 2, 3)]
    bot.answers()
    await asyncio.gather(*(stage.presses("U0ANA", plan, "op.run") for plan in plans))
    for number in (1, 2, 3):
        await stage.shows(f"OP-{number} · ✅ Done")
    aws, kubernetes = stage.cloud_changes()[:2], stage.cloud_changes()[2:]
    assert aws == ["UpdateService"] * 2
    assert [one.split("/")[-1] for one in kubernetes] == ["scale"]
    assert len(operations(stage)) == 3
