"""Help is eight tasks; one command's help is asked for in any way; `/incident` alone is a way in."""

import pytest

from tests.end_to_end.conftest import OPS, Stage, everything, label_of


async def test_help_is_eight_tasks_with_a_button_each_that_opens_the_form(stage: Stage):
    await stage.types("U0ANA", "/ops help")
    shown = await stage.whispers("What you may type here", "U0ANA")
    tasks = [block for block in shown["blocks"] if block.get("accessory")]
    assert len(tasks) == 8
    assert len(everything(shown)) < 1000, "a phone's screen"
    await stage.presses("U0ANA", {**shown, "channel": OPS}, "line.ask.0")
    view = (await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0ANA") or None))[-1]
    assert view["title"]["text"] == "Declare an incident"
    assert label_of(shown, "line.ask.0") == "Declare"


async def test_a_guest_is_shown_no_task_that_he_may_not_do(stage: Stage):
    await stage.types("U0GUS", "/ops help", "C0INC")
    await stage.slack.wait_for(lambda: stage.slack.workspace.ephemerals("U0GUS") or None)
    assert "Something is wrong" not in str(stage.slack.workspace.ephemerals("U0GUS"))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/ops help all", "All that you may type here"),
        ("/ops help scale", "the autoscaler's minimum"),
        ("/scale help", "the autoscaler's minimum"),
        ("/scale --help", "the autoscaler's minimum"),
        ("/incident help", "/incident: what you may type"),
        ("/incident declare --help", "what is wrong, in a few words"),
        ("/config miyabi-api set help", None),
        ("/ops help config set", "KEY=VALUE"),
        ("/ops help /incident ack", "Acknowledge an incident"),
        ("/ops help inciden ack", "`/ops help incident ack`"),
    ],
)
async def test_the_help_of_one_command_is_asked_for_in_any_way(stage: Stage, typed: str, told: str | None):
    await stage.types("U0ANA", typed)
    if told is not None:
        await stage.whispers(told, "U0ANA")
        return
    await stage.slack.wait_for(lambda: stage.slack.workspace.ephemerals("U0ANA") or None)
    assert "what you may type" not in str(stage.slack.workspace.ephemerals("U0ANA"))


async def test_the_help_of_what_one_may_not_run_says_so(stage: Stage):
    await stage.types("U0EVE", "/ops help trust")
    await stage.whispers("You may not run `trust`", "U0EVE")


async def test_incident_alone_is_the_form_and_in_its_channel_the_incident(stage: Stage):
    await stage.types("U0ANA", "/incident")
    view = (await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0ANA") or None))[-1]
    assert view["title"]["text"] == "Declare an incident"
    await stage.types("U0ANA", "/incident declare SEV2 miyabi-api Elevated 5xx")
    room = await stage.slack.wait_for(lambda: stage.channel("inc-1"))
    await stage.slack.wait_for(lambda: "U0ANA" in stage.slack.workspace.room(room).members or None)
    await stage.shows("INC-1", room)
    await stage.types("U0ANA", "/incident", room)
    shown = await stage.whispers("INC-1", "U0ANA")
    assert "incident.update" in str(shown["blocks"])
    assert "incident.resolve" in str(shown["blocks"])


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("/incident assign ic @ana", "/incident role ic @ana"),
        ("/incident close It is over", "/incident resolve It is over"),
        ("/incident new SEV2 miyabi-api Slow", "/incident declare SEV2 miyabi-api Slow"),
        ("/incident retro", "/incident postmortem"),
    ],
)
async def test_what_other_tools_call_it_is_answered_with_the_whole_line(stage: Stage, typed: str, line: str):
    await stage.types("U0ANA", typed)
    shown = everything(await stage.whispers("Here it is", "U0ANA"))
    assert f"`{line}`" in shown
