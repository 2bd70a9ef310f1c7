"""A release that crashes holds its service for minutes: what people do meanwhile, and who comes next."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from playground.kubernetes.resources import DEPLOYMENTS
from playground.kubernetes.seed import NAME, NAMESPACE
from tests.end_to_end.conftest import OPS, PASSED, Stage, everything, keep_or_compare, label_of, staged

CRASHING = "/deploy architect-api 2.16.0 because the fix for search"


@pytest.fixture
async def stage(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncGenerator[Stage]:
    """Watched for as long as in production."""
    async with staged(tmp_path, "http", watch_longest_s=1800) as playing:
        yield playing
    if request.node.stash.get(PASSED, False):
        keep_or_compare(request, playing.exchange)


def image(stage: Stage) -> str:
    """What the cluster is told to run."""
    item = stage.town.kubernetes.api.cluster.store.get(DEPLOYMENTS, NAMESPACE, NAME)
    return item["spec"]["template"]["spec"]["containers"][0]["image"].rpartition(":")[2]


def buttons(message: dict) -> list[str]:
    """The action ids of a message, in their order."""
    blocks = message.get("blocks") or []
    return [one["action_id"] for block in blocks for one in block.get("elements", []) if "action_id" in one]


async def crash(stage: Stage) -> dict:
    """Deploy what crashes on start, and has time for it; gives the message once it says so."""
    store = stage.town.kubernetes.api.cluster.store
    patient = store.get(DEPLOYMENTS, NAMESPACE, NAME)
    patient["spec"]["progressDeadlineSeconds"] = 1_000_000  # of the playground, where all is quick
    store.replace(DEPLOYMENTS, patient, by_client=True)
    stage.town.faults.switch("deploy-fails", True)
    await stage.types("U0BEN", CRASHING)
    await stage.confirms("U0BEN", await stage.shows("OP-1 · plan"))
    return await stage.shows("CrashLoopBackOff")


async def presses_offer(stage: Stage, who: str, refusal: str, label: str) -> None:
    """Press what a refusal offers, by what stands on it."""
    told = await stage.whispers(refusal, who)
    (action,) = [one for one in buttons(told) if label_of(told, one) == label]
    await stage.presses(who, told, action)


async def superseded(stage: Stage, who: str, line: str, number: int, channel: str = OPS) -> dict:
    """Somebody ends OP-1 by this line, and then it no longer crashes; gives the message once it is done."""
    await stage.types(who, line, channel)
    await stage.confirms(who, await stage.shows(f"OP-{number} · plan", channel))
    await stage.shows(f"OP-1 · superseded by OP-{number}")
    stage.town.faults.switch("deploy-fails", False)
    return await stage.shows(f"OP-{number} · ✅ Done", channel)


async def test_what_fails_offers_the_way_out_first_and_says_since_when_and_until_when(stage: Stage):
    failing = await crash(stage)
    assert buttons(failing) == ["op.abort", "op.stop-watching", "op.details"]
    assert label_of(failing, "op.abort") == "Abort and undo"
    assert "Since <!date^" in everything(failing)
    assert "watched until <!date^" in everything(failing)
    assert "Running for" not in everything(failing)


@pytest.mark.procedure("ways-out")
async def test_abort_and_undo_takes_back_what_is_still_running(stage: Stage):
    before = image(stage)
    failing = await crash(stage)
    await stage.presses("U0BEN", failing, "op.abort")
    plan = await stage.shows("OP-2 · plan")
    assert "*Supersedes* OP-1, which ends when this starts" in everything(plan)
    assert image(stage) == "2.16.0"
    await stage.confirms("U0BEN", plan)
    sure = (await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0BEN") or None))[-1]
    await stage.slack.as_user("U0BEN").submit(sure, {"because": "it crashes"})
    await stage.shows("OP-1 · superseded by OP-2")
    stage.town.faults.switch("deploy-fails", False)
    await stage.shows("OP-2 · ✅ Done")
    assert image(stage) == before
    over = await stage.shows("OP-1 · taken back by OP-2")
    assert "Last seen: " in everything(over)
    assert not {"op.abort", "op.stop-watching"} & set(buttons(over))


@pytest.mark.procedure("ways-out")
@pytest.mark.parametrize("line", ["/rollback architect-api because it crashes", "/undo because it crashes"])
async def test_a_rollback_or_an_undo_supersedes_it(stage: Stage, line: str):
    before = image(stage)
    await crash(stage)
    done = await superseded(stage, "U0BEN", line, 2)
    assert image(stage) == before
    await stage.shows("OP-1 · taken back by OP-2" if "undo" in line else "OP-1 · superseded by OP-2")
    assert "op.undo" in buttons(done)


async def test_any_other_change_is_told_how_to_go_back_or_come_next(stage: Stage):
    await crash(stage)
    refused = await stage.types("U0BEN", "/restart architect-api because try again")
    assert "OP-1 is changing architect-api right now" in str(refused.body)
    assert "/undo OP-1" in str(refused.body)
    assert "add `queue`" in str(refused.body)
    await presses_offer(stage, "U0BEN", "OP-1 is changing", "Come next")
    await stage.shows("It comes next, once OP-1 is over")


async def test_what_belongs_to_an_incident_is_planned_in_its_channel_by_one_press(stage: Stage):
    await stage.types("U0ANA", "/incident declare P1 architect-api Search is down")
    await stage.types("U0ANA", "/incident ack incident=INC-1")
    room = await stage.slack.wait_for(lambda: stage.channel("inc-1-"))
    await stage.settles()
    refused = await stage.types("U0BEN", "/restart architect-api because stuck")
    assert "only changes that belong to it are made now" in str(refused.body)
    await presses_offer(stage, "U0BEN", "only changes that belong to it", "Plan it for INC-1")
    plan = await stage.shows("OP-1 · plan", room)
    assert "because stuck" in everything(plan)
    await stage.whispers(f"OP-1: taken; it shows in <#{room}>", "U0BEN")
    assert not [one for one in stage.slack.workspace.messages(OPS) if "OP-1" in everything(one)]


@pytest.mark.procedure("ways-out")
async def test_the_incident_commander_supersedes_it_with_any_change(stage: Stage):
    await crash(stage)
    await stage.types("U0ANA", "/incident declare P1 architect-api Search is down")
    await stage.types("U0ANA", "/incident role ic <@U0ANA> incident=INC-1")
    room = await stage.slack.wait_for(lambda: stage.channel("inc-1-"))
    people = stage.slack.workspace.room(room).members
    await stage.slack.wait_for(lambda: "U0ANA" in people)
    await superseded(stage, "U0ANA", "/deploy architect-api 2.14.0 because I trust that one", 2, room)
    assert image(stage) == "2.14.0"


@pytest.mark.procedure("ways-out")
async def test_stop_watching_frees_the_target_and_keeps_what_was_seen(stage: Stage):
    failing = await crash(stage)
    await stage.presses("U0BEN", failing, "op.stop-watching")
    over = await stage.shows("OP-1 · ❔ Outcome unknown")
    assert "<@U0BEN> stopped watching it" in everything(over)
    assert "Last seen: " in everything(over)
    assert "CrashLoopBackOff" in everything(over)
    assert "op.undo" in buttons(over)
    stage.town.faults.switch("deploy-fails", False)
    await stage.changes("U0BEN", "/restart architect-api because try again", 2)


@pytest.mark.procedure("ways-out")
async def test_who_asks_to_come_next_is_run_when_the_target_is_free(stage: Stage):
    await crash(stage)
    await stage.types("U0BEN", "/scale architect-api min=4 max=12 queue because more load")
    plan = await stage.shows("OP-2 · plan")
    assert "It comes next, once OP-1 is over" in everything(plan)
    await stage.confirms("U0BEN", plan)
    waits = await stage.shows("OP-2 · waits")
    assert "It comes next, as soon as OP-1 is over" in everything(waits)
    assert "op.cancel" in buttons(waits)
    stage.town.faults.switch("deploy-fails", False)
    await stage.shows("OP-1 · ✅ Done")
    await stage.shows("OP-2 · ✅ Done")


async def test_who_came_next_confirms_again_where_the_plan_is_another_one(stage: Stage):
    await crash(stage)
    await stage.types("U0BEN", "/deploy architect-api 2.14.0 queue because the old one")
    await stage.confirms("U0BEN", await stage.shows("OP-2 · plan"))
    waits = await stage.shows("OP-2 · waits")
    await superseded(stage, "U0BEN", "/undo OP-1 because it crashes", 3)
    anew = await stage.shows("OP-2 · plan")
    assert anew["ts"] == waits["ts"]
    assert image(stage) != "2.14.0"


async def test_one_comes_next_at_a_time(stage: Stage):
    await crash(stage)
    await stage.types("U0BEN", "/restart architect-api queue because once more")
    await stage.shows("OP-2 · plan")
    await stage.types("U0BEN", "/deploy architect-api 2.14.0 queue because the old one")
    told = everything(await stage.whispers("OP-3 · Not possible", "U0BEN"))
    assert "OP-2 comes next on architect-api already" in told
    assert "/ops cancel OP-2" in told


async def test_what_is_over_or_has_not_begun_is_neither_aborted_nor_left_unwatched(stage: Stage):
    await stage.types("U0BEN", "/restart architect-api because stuck")
    plan = await stage.shows("OP-1 · plan")
    for verb in ("abort", "stop-watching"):
        refused = await stage.types("U0BEN", f"/ops {verb} OP-1")
        assert "has not started" in str(refused.body)
        assert "/ops cancel OP-1" in str(refused.body)
    await stage.confirms("U0BEN", plan)
    await stage.shows("OP-1 · ✅ Done")
    for verb in ("abort", "stop-watching"):
        refused = await stage.types("U0BEN", f"/ops {verb} OP-1")
        assert "OP-1 is over already" in str(refused.body)


async def test_who_has_no_right_to_the_service_neither_supersedes_nor_frees_it(stage: Stage):
    failing = await crash(stage)
    changes = stage.cloud_changes()
    for action in ("op.abort", "op.stop-watching"):
        await stage.presses("U0EVE", failing, action)
        await stage.whispers("You may not run", "U0EVE")
    refused = await stage.types("U0EVE", "/rollback architect-api because it crashes")
    assert "You may not run" in str(refused.body)
    assert stage.cloud_changes() == changes
    await stage.shows("CrashLoopBackOff")
