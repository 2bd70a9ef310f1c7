"""What must not be seen, injected or done twice by a finger that is in a hurry."""

import asyncio

from journal.audit import Filter, show
from tests.end_to_end.conftest import Stage, everything
from tests.end_to_end.test_incidents import declared


async def test_a_guest_does_not_see_a_plans_exact_calls(stage: Stage):
    await stage.types("U0ANA", "/scale architect-api 6")
    plan = await stage.shows("OP-1 · plan")
    stage.slack.workspace.room(plan["channel"]).members.append("U0GUS")
    await stage.presses("U0GUS", plan, "op.details")
    await stage.whispers("Only full members", "U0GUS")
    assert stage.slack.workspace.views("U0GUS") == []
    [kept] = await show(stage.muster.opened.journal, Filter(user="U0GUS"))
    assert kept["audit"]["line"] == "details OP-1"
    assert kept["audit"]["allowed"] is False


async def test_a_guest_gets_no_form(stage: Stage):
    ack = await stage.slack.as_user("U0GUS").slash("C0INC", "/scale")
    assert "Only full members" in str(ack.body)
    assert stage.slack.workspace.views("U0GUS") == []


async def test_run_pressed_and_its_dialog_sent_three_times_runs_once(stage: Stage):
    await stage.types("U0ANA", "/rollback delivery-standard")
    plan = await stage.shows("OP-1 · plan")
    await asyncio.gather(*(stage.presses("U0ANA", plan, "op.run") for _ in range(3)))
    view = (await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0ANA") or None))[-1]
    assert stage.cloud_changes() == []
    ana = stage.slack.as_user("U0ANA")
    await asyncio.gather(*(ana.submit(view, {"because": "5xx since the deploy"}) for _ in range(3)))
    await stage.shows("OP-1 · ✅ Done")
    assert stage.cloud_changes() == ["UpdateService"]


async def test_the_mention_that_counts_is_musters_own(stage: Stage):
    text = "hey <@U0BEN> please, <@UBOT> scale architect-api 5"
    await stage.slack.as_user("U0ANA").say("C0OPS", text)
    await stage.shows("replicas 4 → 5")


async def test_a_title_can_neither_mention_everyone_in_a_topic_nor_in_a_dialog(stage: Stage):
    room = await declared(stage, "SEV2 miyabi-api Look <!channel> now")
    topic = stage.slack.workspace.room(room).topic
    assert "<!channel>" not in topic
    headline = next(one for one in stage.slack.workspace.messages(room) if "INC-1" in everything(one))
    assert "<!channel>" not in str(headline["blocks"])
