"""ECS: images and sizes by a new task definition, which keeps everything else of the one that runs."""

import copy

import pytest

from model.changes import Deploy, Memory
from model.plan import Direction, Rollback
from model.ports.backend import BackendError, Fault
from model.refusal import Refused
from tests.backends.conftest import Cloud, applied, watched
from tests.backends.systems import service

DELIVERY = service("delivery-standard")
NAMED = DELIVERY.model_copy(
    update={"target": DELIVERY.target.model_copy(update={"container": "delivery-standard"})}
)
"""The same, with the container that it is about."""


def family(cloud: Cloud):
    return cloud.running.world.region("us-east-1").definitions["delivery-standard"]


def running(cloud: Cloud):
    """The task definition that the service runs."""
    services = cloud.running.world.region("us-east-1").clusters["ioanyt-prod"].services
    return services["delivery-standard"].primary.definition


def sidecar(cloud: Cloud, own: int, beside: int, reserved: int | None = None) -> None:
    """Give the container a limit of its own, and another one beside it."""
    containers = running(cloud).body["containerDefinitions"]
    containers[0]["memory"] = own
    if reserved is not None:
        containers[0]["memoryReservation"] = reserved
    containers.append({"name": "otel", "image": "otel:1", "memory": beside, "essential": False})


async def test_a_new_revision_has_another_image_and_all_else_as_it_was(cloud: Cloud):
    before = running(cloud)
    was = copy.deepcopy(before.body)
    since = cloud.clock()
    plan = await applied(cloud.ecs, DELIVERY, Deploy(version="v1.2.5"))
    assert [step.call for step in plan.steps] == ["ecs:RegisterTaskDefinition", "ecs:UpdateService"]
    assert plan.inverse == Rollback(version=f"{before.family}:{before.revision}")
    assert (await watched(cloud.ecs, DELIVERY, plan, since))[-1].ok is True
    was["containerDefinitions"][0]["image"] = running(cloud).body["containerDefinitions"][0]["image"]
    assert running(cloud).body == was
    assert was["containerDefinitions"][0]["image"].endswith("delivery-standard:v1.2.5")
    assert running(cloud).revision == family(cloud)[-1].revision


async def test_tags_of_ours_go_with_it_and_those_of_aws_stay_behind(cloud: Cloud):
    running(cloud).tags[:] = [
        {"key": "team", "value": "delivery"},
        {"key": "aws:cloudformation:stack-name", "value": "ecs"},
        {"key": "cost", "value": "42"},
    ]
    await applied(cloud.ecs, DELIVERY, Deploy(version="v1.2.5"))
    assert family(cloud)[-1].tags == [{"key": "cost", "value": "42"}, {"key": "team", "value": "delivery"}]


async def test_a_call_made_twice_registers_once(cloud: Cloud):
    plan = await cloud.ecs.plan(DELIVERY, Deploy(version="v1.2.5"))
    before, since = len(family(cloud)), cloud.clock()
    assert await cloud.ecs.has_applied(DELIVERY, plan.steps[0], "OP-1-0", since) is False
    for _ in range(2):
        await cloud.ecs.apply(DELIVERY, plan.steps[0], "OP-1-0")
    assert len(family(cloud)) == before + 1
    assert await cloud.ecs.has_applied(DELIVERY, plan.steps[0], "OP-1-0", since) is True
    assert await cloud.ecs.has_applied(DELIVERY, plan.steps[1], "OP-1-1", since) is False


async def test_a_revision_that_someone_registered_meanwhile_is_not_deployed(cloud: Cloud):
    plan = await cloud.ecs.plan(DELIVERY, Deploy(version="v1.2.5"))
    await cloud.ecs.apply(DELIVERY, plan.steps[0], "OP-1-0")
    other = await cloud.ecs.plan(DELIVERY, Deploy(version="v1.2.3"))
    await cloud.ecs.apply(DELIVERY, other.steps[0], "OP-2-0")
    with pytest.raises(BackendError, match="no longer the newest") as refused:
        await cloud.ecs.apply(DELIVERY, plan.steps[1], "OP-1-1")
    assert refused.value.fault is Fault.CONFLICT


async def test_a_tag_that_is_not_in_the_registry_is_refused(cloud: Cloud):
    with pytest.raises(Refused, match="There is no image") as refused:
        await cloud.ecs.plan(DELIVERY, Deploy(version="v1.2.9"))
    assert "v1.2.5" in refused.value.instead


async def test_a_digest_that_is_not_in_the_registry_is_refused_with_tags_that_are(cloud: Cloud):
    with pytest.raises(Refused, match="There is no image") as refused:
        await cloud.ecs.plan(DELIVERY, Deploy(version=f"sha256:{'a' * 64}"))
    assert "v1.2.5" in refused.value.instead


async def test_the_image_it_runs_is_no_change(cloud: Cloud):
    image = running(cloud).body["containerDefinitions"][0]["image"]
    plan = await cloud.ecs.plan(DELIVERY, Deploy(version=image.rpartition(":")[2]))
    assert plan.changes_nothing


async def test_more_memory_is_watched_until_it_runs_and_the_inverse_goes_back(cloud: Cloud):
    before, since = running(cloud), cloud.clock()
    plan = await applied(cloud.ecs, DELIVERY, Memory(mib=2048))
    assert plan.direction is Direction.UP
    assert (await watched(cloud.ecs, DELIVERY, plan, since))[-1].ok is True
    assert running(cloud).body == {**before.body, "memory": "2048"}
    assert plan.inverse == Rollback(version=f"{before.family}:{before.revision}")


async def test_a_containers_own_limit_moves_by_as_much_and_leaves_room_for_the_others(cloud: Cloud):
    sidecar(cloud, own=768, beside=256)
    await applied(cloud.ecs, NAMED, Memory(mib=2048))
    made = family(cloud)[-1].body
    assert [one["memory"] for one in made["containerDefinitions"]] == [2048 - 256, 256]


async def test_which_container_is_meant_has_to_be_said_where_there_are_several(cloud: Cloud):
    sidecar(cloud, own=768, beside=256)
    with pytest.raises(Refused, match="Add `container`"):
        await cloud.ecs.plan(DELIVERY, Deploy(version="v1.2.5"))


async def test_less_than_a_container_reserves_is_refused(cloud: Cloud):
    running(cloud).body.update(cpu="256")
    sidecar(cloud, own=768, beside=256, reserved=512)
    with pytest.raises(Refused, match=r"less than the 512 MiB it needs.*768 MiB or more"):
        await cloud.ecs.plan(NAMED, Memory(mib=512))


async def test_a_size_that_fargate_has_not_is_refused_with_the_nearest(cloud: Cloud):
    with pytest.raises(Refused, match="has no task of 2,500 MiB") as refused:
        await cloud.ecs.plan(DELIVERY, Memory(mib=2500))
    assert refused.value.suggestions == (
        "/scale delivery-standard memory=2048",
        "/scale delivery-standard memory=3072",
    )
