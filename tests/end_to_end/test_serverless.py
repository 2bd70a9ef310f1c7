"""A deployment of the Serverless Framework put back from Slack, and what happens when it fails."""

import pytest

from playground.aws.deployments import STACK, STAMPS, template_of
from playground.aws.services.cloudformation import Stack, Stacks
from tests.end_to_end.conftest import Stage, everything

OLDEST, BEFORE, NOW = (str(stamp) for stamp in STAMPS)


def stack(stage: Stage) -> Stack:
    return stage.town.aws.world.region("us-east-1").state(Stacks).held[STACK]


@pytest.mark.procedure("versions")
async def test_stored_deployments_are_listed_with_the_one_that_runs(stage: Stage):
    await stage.types("U0EVE", "/history brutal-patches-api")
    shown = everything(await stage.whispers(BEFORE, "U0EVE"))
    assert NOW in shown
    assert OLDEST in shown
    assert "v0.1.9" not in shown


@pytest.mark.procedure("rollback")
async def test_the_deployment_before_is_applied_again_and_undone(stage: Stage):
    finished = await stage.changes("U0EVE", "/rollback brutal-patches-api because 5xx since the deploy")
    assert f"{NOW} (2025-11-20T10:00Z) → {BEFORE}" in everything(finished)
    assert stage.cloud_changes() == ["UpdateStack"]
    assert stack(stage).running(stage.town.aws.config.now()) == template_of(STAMPS[1])
    await stage.changes("U0EVE", "/undo OP-1 because it was something else", 2)
    assert stack(stage).running(stage.town.aws.config.now()) == template_of(STAMPS[2])


async def test_a_rollback_that_cloudformation_takes_back_says_which_resource_failed(stage: Stage):
    stage.town.faults.switch("deploy-fails", True)
    await stage.types("U0EVE", "/rollback brutal-patches-api because 5xx")
    await stage.presses("U0EVE", await stage.shows("OP-1 · plan"), "op.run")
    failed = everything(await stage.shows("took the update back"))
    assert "MainLambdaFunction" in failed


async def test_a_timestamp_that_is_not_kept_is_told_with_those_that_are(stage: Stage):
    await stage.types("U0EVE", "/rollback brutal-patches-api 1700000000000 because 5xx")
    assert BEFORE in everything(await stage.whispers("has no deployment 1700000000000", "U0EVE"))


async def test_the_function_keeps_what_functions_have(stage: Stage):
    await stage.changes("U0EVE", "/scale brutal-patches-api memory=2048 because out of memory")
    functions = stage.town.aws.world.region("us-east-1").functions
    assert functions["brutal-patches-api-prod-main"].latest.settings["MemorySize"] == 2048
    await stage.types("U0EVE", "/config brutal-patches-api")
    shown = everything(await stage.whispers("brutal-patches-api-prod-main, $LATEST", "U0EVE"))
    assert "2,048 MiB" in shown
    assert "JWT_SECRET" in shown
    await stage.types("U0EVE", "/deploy brutal-patches-api 2 because new")
    assert "npm run deploy:prod" in everything(await stage.whispers("builds as it deploys", "U0EVE"))
