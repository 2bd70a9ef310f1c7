"""Who has to act is mentioned, in the thread of the change; an edit would wake nobody."""

from tests.end_to_end.conftest import OPS, Stage, everything


async def test_an_approval_is_asked_for_by_a_reply_that_mentions_who_can_give_it(stage: Stage):
    await stage.types("U0DEV", "/scale delivery-standard 2 because traffic is low")
    plan = await stage.shows("OP-1 · plan")
    await stage.presses("U0DEV", plan, "op.run")
    asked = await stage.shows("asks you to approve OP-1")
    assert asked["thread_ts"] == plan["ts"]
    assert "<!subteam^" in everything(asked)
    assert "because traffic is low" in everything(asked)
    await stage.presses("U0SAM", asked, "op.approve")
    settled = await stage.shows("OP-1: approved by <@U0SAM>")
    assert settled["ts"] == asked["ts"]
    assert "'action_id'" not in str(settled)


async def test_an_approval_that_is_not_needed_any_more_is_not_asked_for(stage: Stage):
    await stage.types("U0DEV", "/scale delivery-standard 2 because traffic is low")
    await stage.presses("U0DEV", await stage.shows("OP-1 · plan"), "op.run")
    asked = await stage.shows("asks you to approve OP-1")
    await stage.types("U0DEV", "/ops cancel OP-1")
    settled = await stage.shows("OP-1 asks for no approval any more")
    assert settled["ts"] == asked["ts"]


async def test_who_asked_is_told_in_the_thread_that_it_went_badly(stage: Stage):
    stage.town.faults.switch("deploy-fails", True)
    await stage.types("U0ANA", "/rollback delivery-standard because errors")
    await stage.confirms("U0ANA", await stage.shows("OP-1 · plan"))
    told = await stage.shows("<@U0ANA> 🔴 OP-1 has failed")
    card = next(one for one in stage.slack.workspace.messages(OPS) if one["ts"] == told["thread_ts"])
    assert "OP-1" in everything(card)


async def test_what_went_well_at_once_is_said_once(stage: Stage):
    await stage.changes("U0BEN", "/scale architect-api 6")
    await stage.settles()
    assert len([one for one in stage.slack.workspace.messages(OPS) if "OP-1" in everything(one)]) == 1
