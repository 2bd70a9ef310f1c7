"""#incidents may be private: Muster sees it where it was invited, and asks for that right only then."""

from pathlib import Path

import commands
from bot.cli.manifest import slack_manifest
from tests.end_to_end.conftest import INCIDENTS, Stage, everything, staged

PRIVATE = {"private_channels": True}
MANIFEST = {"manifest": slack_manifest(commands.registry(), "http://127.0.0.1/slack/events", private=True)}


def hide(stage: Stage, *, invited: bool = True) -> None:
    room = stage.slack.workspace.room(INCIDENTS)
    room.is_private = True
    if not invited:
        room.members.remove("UBOT")


async def test_a_private_incidents_channel_is_found_where_muster_was_invited(tmp_path: Path):
    async with staged(tmp_path, "http", place=MANIFEST, **PRIVATE) as stage:
        hide(stage)
        await stage.types("U0ANA", "/incident declare P1 architect-api It is down")
        await stage.shows("INC-1", INCIDENTS)
        room = await stage.slack.wait_for(lambda: stage.channel("inc-1-"))
        await stage.slack.wait_for(lambda: "U0ANA" in stage.slack.workspace.room(room).members or None)
        await stage.types("U0ANA", "/incident update Identified Bad config next=30m", room)
        await stage.shows("Bad config", INCIDENTS)
        await stage.settles()
        calls = stage.slack.workspace.calls
        assert "missing_scope" not in {call.error for call in calls}
        assert "conversations.list" not in {call.method for call in calls}


async def test_a_private_channel_by_its_id_needs_no_looking_and_no_right(tmp_path: Path):
    async with staged(tmp_path, "http", incidents_channel=INCIDENTS) as stage:
        hide(stage)
        await stage.types("U0ANA", "/incident declare P1 architect-api It is down")
        await stage.shows("INC-1", INCIDENTS)


async def test_without_the_setting_it_is_said_what_to_set_and_the_incident_goes_on(tmp_path: Path):
    async with staged(tmp_path, "http") as stage:
        hide(stage)
        await stage.types("U0ANA", "/incident declare P1 architect-api It is down")
        room = await stage.slack.wait_for(lambda: stage.channel("inc-1-"))
        told = everything(await stage.shows("MUSTER_PRIVATE_CHANNELS=true", room))
        assert "invite Muster" in told


async def test_a_private_channel_that_muster_is_not_in_asks_for_an_invitation(tmp_path: Path):
    async with staged(tmp_path, "http", place=MANIFEST, incidents_channel=INCIDENTS, **PRIVATE) as stage:
        hide(stage, invited=False)
        await stage.types("U0ANA", "/incident declare P1 architect-api It is down")
        room = await stage.slack.wait_for(lambda: stage.channel("inc-1-"))
        await stage.shows("invite Muster", room)
        stage.slack.workspace.room(INCIDENTS).members.append("UBOT")
        await stage.slack.wait_for(lambda: "U0ANA" in stage.slack.workspace.room(room).members or None)
        await stage.types("U0ANA", "/incident update Identified Bad config next=30m", room)
        await stage.shows("Bad config", INCIDENTS)
