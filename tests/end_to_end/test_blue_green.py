"""ECS's own blue/green, linear and canary: watched stage by stage, done when the bake is over."""

from datetime import timedelta

import pytest

from playground.aws.clusters import EcsService
from tests.end_to_end.conftest import Stage, everything

BLUE_GREEN = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 20}
CANARY = {"canaryPercent": 5.0, "canaryBakeTimeInMinutes": 15}
LINEAR = {"stepPercent": 25.0, "stepBakeTimeInMinutes": 5}
FOR_EVER, AT_ONCE = timedelta(hours=1), timedelta()
DEPLOYS = "/deploy delivery-standard v1.2.5 because the release"


def service(stage: Stage) -> EcsService:
    return stage.town.aws.world.region("us-east-1").clusters["ioanyt-prod"].services["delivery-standard"]


def minute(stage: Stage, lasts: timedelta) -> None:
    """How long a minute of a bake takes from now on."""
    stage.town.aws.world.region("us-east-1").rollout.minute = lasts


def shifts(stage: Stage, **configuration: object) -> None:
    service(stage).configuration.update(configuration)


def image(stage: Stage) -> str:
    return service(stage).primary.definition.containers[0]["image"]


async def begun(stage: Stage, says: str) -> dict:
    """A release is under way and has come so far."""
    await stage.types("U0ANA", DEPLOYS)
    await stage.confirms("U0ANA", await stage.shows("OP-1 · plan"))
    return await stage.shows(says)


PLANS = [
    (BLUE_GREEN, "ECS deploys it blue/green", "all traffic moves at once", "takes 20 min and more"),
    (
        {"strategy": "CANARY", "bakeTimeInMinutes": 10, "canaryConfiguration": CANARY},
        "ECS deploys it canary",
        "5 % of traffic for 15 min, then all of it",
        "takes 25 min and more",
    ),
    (
        {"strategy": "LINEAR", "bakeTimeInMinutes": 10, "linearConfiguration": LINEAR},
        "ECS deploys it linear",
        "25 % more of traffic every 5 min",
        "takes 25 min and more",
    ),
]


@pytest.mark.parametrize(("configuration", "what", "how", "long"), PLANS, ids=[one[1] for one in PLANS])
async def test_the_plan_says_how_traffic_moves_and_how_long_it_takes(
    stage: Stage, configuration: dict[str, object], what: str, how: str, long: str
):
    shifts(stage, **configuration)
    await stage.types("U0ANA", DEPLOYS)
    plan = everything(await stage.shows("OP-1 · plan"))
    assert what in plan
    assert how in plan
    assert long in plan


async def test_it_is_done_when_the_bake_is_over_and_no_earlier(stage: Stage):
    shifts(stage, **BLUE_GREEN)
    minute(stage, FOR_EVER)
    baking = everything(await begun(stage, "blue is kept while it bakes, until about"))
    assert "Done" not in baking
    assert len(service(stage).deployments) == 2
    minute(stage, AT_ONCE)
    await stage.shows("OP-1 · ✅ Done")
    assert len(service(stage).deployments) == 1


async def test_the_share_that_a_canary_has_is_told(stage: Stage):
    shifts(stage, strategy="CANARY", bakeTimeInMinutes=0, canaryConfiguration=CANARY)
    minute(stage, FOR_EVER)
    await begun(stage, "Production traffic is moving to green (5 % so far)")
    minute(stage, AT_ONCE)
    await stage.shows("OP-1 · ✅ Done")


async def test_a_pause_hook_is_told_with_where_to_go(stage: Stage):
    shifts(stage, **BLUE_GREEN)
    minute(stage, AT_ONCE)
    await stage.types("U0ANA", DEPLOYS)
    plan = await stage.shows("OP-1 · plan")
    # the deployment that the change makes is the next one
    paused = stage.town.aws.world.region("us-east-1").rollout
    paused.paused_at = "POST_TEST_TRAFFIC_SHIFT"
    await stage.confirms("U0ANA", plan)
    await stage.shows("A pause hook holds it: continue or roll back in ECS")
    service(stage).records[0].paused_at = ""
    await stage.shows("OP-1 · ✅ Done")


async def test_a_rollback_during_the_bake_stops_the_deployment(stage: Stage):
    before = image(stage)
    shifts(stage, **BLUE_GREEN)
    minute(stage, FOR_EVER)
    await begun(stage, "blue is kept while it bakes")
    await stage.types("U0ANA", "/rollback delivery-standard because errors")
    plan = await stage.shows("OP-2 · plan")
    assert "it only gets its traffic back" in everything(plan)
    await stage.confirms("U0ANA", plan)
    await stage.shows("OP-2 · ✅ Done")
    assert image(stage) == before
    assert len(stage.town.aws.made("StopServiceDeployment")) == 1
    assert service(stage).records[0].status == "ROLLBACK_SUCCESSFUL"


async def test_abort_and_undo_of_a_blue_green_deployment_stops_it(stage: Stage):
    before = image(stage)
    shifts(stage, **BLUE_GREEN)
    minute(stage, FOR_EVER)
    await begun(stage, "blue is kept while it bakes")
    await stage.types("U0ANA", "/ops abort OP-1 because errors")
    await stage.confirms("U0ANA", await stage.shows("OP-2 · plan"))
    await stage.shows("OP-2 · ✅ Done")
    assert image(stage) == before
    assert len(stage.town.aws.made("StopServiceDeployment")) == 1


async def test_a_deployment_that_someone_rolls_back_is_told_as_rolled_back(stage: Stage):
    shifts(stage, **BLUE_GREEN)
    minute(stage, FOR_EVER)
    await begun(stage, "blue is kept while it bakes")
    record = service(stage).records[0]
    record.status, record.reason = "ROLLBACK_REQUESTED", "A CloudWatch alarm went off."
    record.rollback = {"reason": record.reason}
    service(stage).is_steady = False
    failed = everything(await stage.shows("OP-1 · 🔴 Failed"))
    assert "ECS rolled it back to delivery-standard:42: A CloudWatch alarm went off." in failed
