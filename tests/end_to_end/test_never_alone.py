"""Nobody makes true alone what opens a change that they could not have made otherwise."""

import pytest

from tests.end_to_end.conftest import INCIDENTS, OPS, Stage, everything


async def leads(stage: Stage, user: str, severity: str, giver: str = "") -> str:
    """Someone declares an incident on miyabi-api and leads it; gives its channel."""
    await stage.types(user, f"/incident declare {severity} miyabi-api Down", INCIDENTS)
    room = await stage.slack.wait_for(lambda: stage.channel("inc-1-"))
    await stage.slack.wait_for(lambda: user in stage.slack.workspace.room(room).members or None)
    if giver and giver not in stage.slack.workspace.room(room).members:
        stage.slack.workspace.room(room).members.append(giver)
    await stage.types(giver or user, f"/incident role ic <@{user}>", room)
    await stage.timeline("INC-1", "Incident commander")
    return room


@pytest.mark.parametrize("severity", ["SEV1", "SEV4"])
@pytest.mark.parametrize(
    "line",
    [
        "/scale miyabi-api reserved=0 break-glass because customers are down",
        "/scale miyabi-api reserved=5 because customers are down",
        "/config miyabi-api set RUST_LOG=debug because customers are down",
        "/rollback miyabi-api because customers are down",
    ],
)
async def test_a_role_one_gave_oneself_in_an_incident_one_declared_opens_nothing(
    stage: Stage, severity, line
):
    room = await leads(stage, "U0EVE", severity)
    told = str((await stage.types("U0EVE", line, room)).body)
    assert "You may not run" in told
    assert "by that alone you change nothing of miyabi-api" in told
    assert "give you the role" in told
    assert stage.cloud_changes() == []


async def test_who_leads_by_the_gift_of_an_operator_may_mitigate(stage: Stage):
    room = await leads(stage, "U0EVE", "SEV1", "U0SAM")
    await stage.types("U0EVE", "/config miyabi-api set RUST_LOG=debug because we see nothing", room)
    plan = await stage.shows("OP-1 · plan", room)
    assert "*Approval*" not in everything(plan)
    await stage.presses("U0EVE", plan, "op.run")
    await stage.shows("OP-1 · ✅ Done", room)


async def test_an_owner_who_leads_at_night_needs_nobody_for_the_way_back(stage: Stage):
    room = await leads(stage, "U0CHI", "SEV2")
    await stage.types("U0CHI", "/rollback miyabi-api because 5xx since the deploy", room)
    plan = await stage.shows("OP-1 · plan", room)
    assert "*Approval*" not in everything(plan)
    await stage.presses("U0CHI", plan, "op.run")
    await stage.shows("OP-1 · ✅ Done", room)


async def test_an_incident_that_nobody_answers_for_locks_no_service(stage: Stage):
    await stage.types("U0EVE", "/incident declare P1 architect-api Down", INCIDENTS)
    await stage.slack.wait_for(lambda: stage.channel("inc-1-"))
    await stage.types("U0BEN", "/restart architect-api", OPS)
    plan = everything(await stage.shows("OP-1 · plan"))
    assert "Nobody who answers for it has acknowledged it, so it holds nothing back" in plan
    await stage.types("U0BEN", "/incident ack incident=INC-1", INCIDENTS)
    await stage.timeline("INC-1", "Acknowledged")
    told = str((await stage.types("U0BEN", "/scale architect-api 6", OPS)).body)
    assert "only changes that belong to it are made now" in told
