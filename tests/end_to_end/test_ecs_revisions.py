"""ECS: another image and another size of the task, each by a new task definition; scaling activities."""

import pytest

from playground.aws.services.ecr import Registry, digest_of
from tests.end_to_end.conftest import Stage, everything


def running(stage: Stage) -> dict:
    """The task definition that delivery-standard runs, as the cloud has it."""
    services = stage.town.aws.world.region("us-east-1").clusters["ioanyt-prod"].services
    return services["delivery-standard"].primary.definition.body


@pytest.mark.procedure("deploy")
async def test_an_image_is_deployed_by_a_new_revision_and_undo_goes_back(stage: Stage):
    before = running(stage)
    await stage.changes("U0ANA", "/deploy delivery-standard v1.2.5 because the release")
    after = running(stage)
    assert after["containerDefinitions"][0]["image"].endswith("delivery-standard:v1.2.5")
    assert {**after, "containerDefinitions": []} == {**before, "containerDefinitions": []}
    await stage.changes("U0ANA", "/undo OP-1 because of errors", 2)
    assert running(stage) == before


async def test_a_tag_that_is_not_in_the_registry_is_refused_with_those_that_are(stage: Stage):
    await stage.types("U0ANA", "/deploy delivery-standard v1.2.9 because the release")
    shown = everything(await stage.whispers("There is no image", "U0ANA"))
    assert "v1.2.5" in shown
    assert stage.cloud_changes() == []


async def test_a_tag_that_moves_is_deployed_by_its_digest_of_now_and_by_that_digest_itself(stage: Stage):
    region = stage.town.aws.world.region("us-east-1")
    images, at = region.state(Registry).images["delivery-standard"], stage.town.aws.world.now()
    images.append(("main", at))
    digest = digest_of("delivery-standard", "main", at)
    await stage.types("U0ANA", "/deploy delivery-standard main because the fix")
    plan = everything(await stage.shows("OP-1 · plan"))
    assert f"delivery-standard:main → {digest[:19]}… (as of now)" in plan
    await stage.confirms("U0ANA", await stage.shows("OP-1 · plan"))
    await stage.shows("OP-1 · ✅ Done")
    assert running(stage)["containerDefinitions"][0]["image"].endswith(f"delivery-standard@{digest}")
    await stage.changes("U0ANA", "/undo OP-1 because of errors", 2)
    await stage.changes("U0ANA", f"/deploy delivery-standard {digest} because it was not", 3)
    assert running(stage)["containerDefinitions"][0]["image"].endswith(f"delivery-standard@{digest}")


@pytest.mark.procedure("memory")
async def test_tasks_get_more_memory_and_all_else_stays(stage: Stage):
    await stage.changes("U0ANA", "/scale delivery-standard memory=2048 because tasks run out of it")
    assert (running(stage)["memory"], running(stage)["cpu"]) == ("2048", "512")


async def test_a_size_that_fargate_has_not_is_refused_with_the_nearest(stage: Stage):
    await stage.types("U0ANA", "/scale delivery-standard memory=2500 because more")
    shown = everything(await stage.whispers("has no task of 2,500 MiB", "U0ANA"))
    assert "memory=2048" in shown
    assert stage.cloud_changes() == []


async def test_more_memory_than_the_cpu_allows_says_that_it_costs_more(stage: Stage):
    await stage.types("U0ANA", "/scale delivery-standard memory=8192 because a leak")
    shown = everything(await stage.shows("OP-1 · plan"))
    assert "1024 CPU units" in shown
