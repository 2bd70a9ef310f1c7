"""Going back to what ran: once, further back by name, by Muster's own journal where the cloud forgot."""

from datetime import timedelta

from tests.end_to_end.conftest import Stage, everything
from tests.end_to_end.test_operations import function


def delivery(stage: Stage):
    """The ECS service delivery-standard, as the cloud has it."""
    return stage.town.aws.world.region("us-east-1").clusters["ioanyt-prod"].services["delivery-standard"]


def forget(stage: Stage) -> None:
    """All deployments of delivery-standard become older than ECS remembers."""
    for record in delivery(stage).records:
        record.created_at -= timedelta(days=91)


async def refused(stage: Stage, user: str, line: str) -> str:
    await stage.types(user, line)
    return everything(await stage.whispers("Already rolled back", user))


async def test_a_second_rollback_of_a_function_names_the_first_and_the_way_further_back(stage: Stage):
    await stage.changes("U0ANA", "/rollback miyabi-api because 5xx since the deploy")
    said = await refused(stage, "U0ANA", "/rollback miyabi-api because still 5xx")
    assert "by OP-1 (14 → 13)" in said
    assert "/rollback miyabi-api 12" in said
    assert "/undo OP-1" in said
    assert "op.run" not in str(await stage.whispers("Already rolled back", "U0ANA"))
    assert stage.cloud_changes() == ["UpdateAlias"]


async def test_a_second_rollback_on_ecs_does_not_deploy_the_bad_version_again(stage: Stage):
    await stage.changes("U0ANA", "/rollback delivery-standard because 5xx since the deploy")
    said = await refused(stage, "U0ANA", "/rollback delivery-standard because still 5xx")
    assert "by OP-1 (42 → 41)" in said
    assert "/rollback delivery-standard 39" in said
    assert stage.cloud_changes() == ["UpdateService"]


async def test_a_second_rollback_on_kubernetes_says_so_whatever_number_the_revision_has(stage: Stage):
    await stage.changes("U0BEN", "/rollback architect-api because errors")
    said = await refused(stage, "U0BEN", "/rollback architect-api because still errors")
    assert "by OP-1 (" in said


async def test_further_back_by_name_is_an_ordinary_rollback(stage: Stage):
    await stage.changes("U0ANA", "/rollback miyabi-api because 5xx since the deploy")
    finished = await stage.changes("U0ANA", "/rollback miyabi-api 12 because still 5xx", 2)
    assert "version 13 → version 12" in everything(finished)


async def test_after_somebody_else_deployed_it_is_an_ordinary_rollback(stage: Stage):
    await stage.changes("U0ANA", "/rollback miyabi-api because 5xx since the deploy")
    function(stage).aliases["production"].version = "14"
    await stage.types("U0ANA", "/rollback miyabi-api because 5xx again")
    assert "version 14 → version 13" in everything(await stage.shows("OP-2 · plan"))


async def test_once_the_rollback_was_taken_back_one_may_go_back_again(stage: Stage):
    await stage.changes("U0ANA", "/rollback miyabi-api because 5xx since the deploy")
    await stage.changes("U0ANA", "/undo OP-1 because it was something else", 2)
    await stage.types("U0ANA", "/rollback miyabi-api because it was the deploy")
    assert "version 14 → version 13" in everything(await stage.shows("OP-3 · plan"))


async def test_a_function_goes_back_to_what_muster_knows_to_have_run(stage: Stage):
    tokyo = stage.town.aws.world.region("ap-northeast-1")
    tokyo.functions["miyabi-api-staging"].aliases["staging"].version = "9"
    await stage.changes("U0ANA", "/deploy miyabi-api-staging 16 because the release")
    await stage.types("U0ANA", "/rollback miyabi-api-staging because 5xx since the deploy")
    plan = everything(await stage.shows("OP-2 · plan"))
    assert "version 16 → version 9" in plan
    assert "Muster's own has: OP-1 replaced it" in plan


async def test_where_ecs_forgot_what_ran_muster_knows_what_it_deployed(stage: Stage):
    await stage.changes("U0ANA", "/deploy delivery-standard v1.2.5 because the release")
    stage.town.aws.config.unknown.add("ecs:ListServiceDeployments")
    await stage.types("U0ANA", "/rollback delivery-standard because 5xx since the deploy")
    plan = everything(await stage.shows("OP-2 · plan"))
    assert "delivery-standard:43 → delivery-standard:42" in plan
    assert "Muster's own has: OP-1 replaced it" in plan
    await stage.types("U0ANA", "/history delivery-standard")
    assert "as OP-1 says, not the cloud" in everything(await stage.whispers("*Versions*", "U0ANA"))
    undone = await stage.changes("U0ANA", "/undo OP-1 because of errors", 3)
    assert "never deployed" not in everything(undone)
    assert delivery(stage).primary.definition.arn.endswith(":42")


async def test_where_nobody_knows_what_ran_it_is_the_newest_earlier_revision_and_says_so(stage: Stage):
    forget(stage)
    await stage.types("U0ANA", "/rollback delivery-standard because 5xx since the deploy")
    plan = everything(await stage.shows("OP-1 · plan"))
    assert "delivery-standard:42 → delivery-standard:41" in plan
    assert "nobody knows that it ran" in plan
