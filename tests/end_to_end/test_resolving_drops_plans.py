"""What of an incident has not begun ends with it; what has begun goes on, and who resolves it hears so."""

from tests.end_to_end.conftest import OPS, Stage, everything
from tests.end_to_end.test_the_record_is_true import declared
from tests.end_to_end.test_ways_out import buttons, crash, image, stage  # noqa: F401  # a fixture

RUNS = {"op.run", "op.approve", "op.cancel"}


async def confirmed(stage: Stage, service: str, severity: str) -> str:  # noqa: F811
    """A serious incident of a service, whose channel its declarer is in; gives the channel."""
    await stage.types("U0ANA", f"/incident declare {severity} {service} Search fails")
    await stage.types("U0ANA", "/incident ack incident=INC-1")
    room = await stage.slack.wait_for(lambda: stage.channel("inc-1-"))
    await stage.slack.wait_for(lambda: "U0ANA" in stage.slack.workspace.room(room).members or None)
    return room


async def test_plans_that_nobody_ran_and_those_that_wait_for_approval_are_dropped(stage: Stage):  # noqa: F811
    room = await confirmed(stage, "delivery-standard", "Medium")
    await stage.types("U0ANA", "/scale delivery-standard 5", room)
    plan = await stage.shows("OP-1 · plan", room)
    await stage.types("U0DEV", "/scale delivery-standard 2 because traffic is low")
    await stage.presses("U0DEV", await stage.shows("OP-2 · plan"), "op.run")
    await stage.shows("OP-2 · waits for approval")
    await stage.types("U0ANA", "/scale delivery-standard 7 dry", room)
    await stage.shows("OP-3 · dry run", room)
    await stage.types("U0ANA", "/incident resolve All is well", room)
    told = everything(await stage.whispers("Dropped, as they had not begun: OP-1, OP-2.", "U0ANA"))
    assert "INC-1 is resolved." in told
    for id, channel in (("OP-1", room), ("OP-2", OPS), ("OP-2", room)):
        over = await stage.shows(f"{id} · dropped: INC-1 is resolved", channel)
        assert not RUNS & set(buttons(over))
        assert "Nothing was changed. To ask again: `/scale delivery-standard" in everything(over)
        await stage.timeline("INC-1", f"{id} dropped")
    await stage.shows("<@U0DEV> OP-2 was not run. INC-1 is resolved.")
    await stage.shows("OP-3 · dry run", room)
    resolved = everything(await stage.shows("All is well", room))
    assert "OP-" not in resolved.partition("Current Actions")[2]
    stage.slack.workspace.room(room).messages[plan["ts"]] = plan  # as a phone shows it that was offline
    await stage.slack.as_user("U0ANA").click(room, plan["ts"], "op.run")
    await stage.whispers("OP-1 is over: dropped", "U0ANA")
    await stage.settles()
    assert stage.cloud_changes() == []
    assert (await stage.muster.opened.verify()).first_bad is None


async def test_an_update_that_resolves_drops_them_too_and_a_reopened_incident_has_none(stage: Stage):  # noqa: F811
    room = await declared(stage)
    await stage.types("U0ANA", "/scale delivery-standard 5", room)
    await stage.shows("OP-1 · plan", room)
    await stage.types("U0ANA", "/incident status Resolved", room)
    await stage.whispers("Dropped, as it had not begun: OP-1.", "U0ANA")
    await stage.shows("OP-1 · dropped: INC-1 is resolved", room)
    await stage.types("U0ANA", "/incident reopen It is back", room)
    await stage.types("U0ANA", "/ops run OP-1", room)
    await stage.whispers("OP-1 is over: dropped", "U0ANA")
    await stage.types("U0ANA", "/incident resolve Well again", room)
    await stage.settles()
    told = [everything(one) for one in stage.slack.workspace.ephemerals("U0ANA")]
    assert sum("Dropped" in one for one in told) == 1


async def test_what_has_begun_goes_on_and_what_waits_for_its_turn_does_not_begin(stage: Stage):  # noqa: F811
    await crash(stage)
    before = image(stage)
    room = await confirmed(stage, "architect-api", "P1")
    await stage.types("U0ANA", "/incident role ic <@U0ANA>", room)
    await stage.types("U0ANA", "/restart architect-api because stuck", room)
    await stage.confirms("U0ANA", await stage.shows("OP-2 · plan", room))
    await stage.shows("OP-1 · superseded by OP-2")
    await stage.types("U0ANA", "/deploy architect-api 2.14.0 queue because the old one", room)
    await stage.confirms("U0ANA", await stage.shows("OP-3 · plan", room))
    await stage.shows("OP-3 · waits", room)
    headline = await stage.shows("*Operations*", room)
    await stage.presses("U0ANA", headline, "incident.resolve")
    told = everything(await stage.whispers("INC-1 is resolved.", "U0ANA"))
    assert "Dropped, as it had not begun: OP-3." in told
    assert "Goes on to its end: OP-2." in told
    await stage.shows("OP-3 · dropped: INC-1 is resolved", room)
    await stage.shows("<@U0ANA> OP-3 was not run. INC-1 is resolved.", room)
    stage.town.faults.switch("deploy-fails", False)
    await stage.shows("OP-2 · ✅ Done", room)
    await stage.settles()
    assert image(stage) == before
