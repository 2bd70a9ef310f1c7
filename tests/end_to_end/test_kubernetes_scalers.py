"""What scales a deployment by itself is found, warned of, and waited for."""

import copy
from pathlib import Path

import yaml

from playground.kubernetes.autoscaler import LOAD
from playground.kubernetes.resources import DEPLOYMENTS, HPAS, SCALED_OBJECTS, Json
from playground.kubernetes.seed import NAME, NAMESPACE
from tests.end_to_end.conftest import Stage, everything, staged
from tests.end_to_end.rights import printed


def replicas(stage: Stage) -> int:
    return stage.town.kubernetes.api.cluster.store.get(DEPLOYMENTS, NAMESPACE, NAME)["spec"]["replicas"]


def autoscaler(stage: Stage, name: str, load: int | None = None) -> None:
    """The one autoscaler there is: of this name, keeping 3 to 20, whose load asks for so many pods."""
    store = stage.town.kubernetes.api.cluster.store
    made = copy.deepcopy(store.remove(HPAS, NAMESPACE, NAME))
    made["metadata"] = {"name": name, "namespace": NAMESPACE}
    made["metadata"]["annotations"] = {} if load is None else {LOAD: str(load)}
    store.add(HPAS, made)


def scaled_object(stage: Stage, **spec: object) -> None:
    """KEDA in the place of the autoscaler."""
    cluster = stage.town.kubernetes.api.cluster
    cluster.store.remove(HPAS, NAMESPACE, NAME)
    cluster.installed.add(SCALED_OBJECTS)
    about = {"name": "by-queue", "namespace": NAMESPACE}
    cluster.store.add(SCALED_OBJECTS, {"metadata": about, "spec": {"scaleTargetRef": {"name": NAME}, **spec}})


async def test_an_autoscaler_of_any_name_is_found_and_bounds_are_offered(stage: Stage):
    autoscaler(stage, "by-cpu", load=4)
    await stage.slack.wait_for(lambda: status_of(stage, "by-cpu").get("desiredReplicas") == 4 or None)
    await stage.types("U0BEN", "/scale architect-api 6 because a campaign")
    plan = everything(await stage.shows("OP-1 · plan"))
    assert "HorizontalPodAutoscaler by-cpu keeps 3 to 20 and wants 4 now" in plan
    assert "it will set 6 back" in plan
    assert "/scale architect-api min=6 max=20" in plan


async def test_a_count_that_the_autoscaler_sets_back_is_not_called_done(stage: Stage):
    autoscaler(stage, "by-cpu", load=4)
    await stage.types("U0BEN", "/scale architect-api 6 because a campaign")
    await stage.confirms("U0BEN", await stage.shows("OP-1 · plan"))
    ended = everything(await stage.shows("OP-1 · 🔴 Failed"))
    assert "HorizontalPodAutoscaler by-cpu set replicas back to 4" in ended
    assert "/scale architect-api min=6 max=20" in ended
    assert replicas(stage) == 4


async def test_a_count_that_is_not_fought_is_done_after_one_look_of_the_autoscaler(stage: Stage):
    autoscaler(stage, "by-cpu")
    await stage.changes("U0BEN", "/scale architect-api 6 because a campaign")
    assert replicas(stage) == 6


async def test_the_bounds_that_are_offered_hold(stage: Stage):
    autoscaler(stage, "by-cpu", load=4)
    await stage.changes("U0BEN", "/scale architect-api min=6 max=20 because a campaign")
    await stage.slack.wait_for(lambda: replicas(stage) == 6 or None)


async def test_bounds_of_keda_are_changed_where_keda_keeps_them(stage: Stage):
    scaled_object(stage, maxReplicaCount=8)
    await stage.changes("U0BEN", "/scale architect-api min=5 because a campaign")
    kept = stage.town.kubernetes.api.cluster.store.get(SCALED_OBJECTS, NAMESPACE, "by-queue")
    assert (kept["spec"]["minReplicaCount"], kept["spec"]["maxReplicaCount"]) == (5, 8)
    await stage.slack.wait_for(lambda: replicas(stage) == 5 or None)
    await stage.types("U0BEN", "/health architect-api")
    assert "keeps 5 to 8" in everything(await stage.whispers("autoscaler", "U0BEN"))


async def test_without_any_autoscaler_bounds_are_refused_with_what_to_type(stage: Stage):
    stage.town.kubernetes.api.cluster.store.remove(HPAS, NAMESPACE, NAME)
    await stage.types("U0BEN", "/scale architect-api min=5 max=9 because a campaign")
    told = everything(await stage.whispers("No autoscaler points at architect-api", "U0BEN"))
    assert "/scale architect-api 4" in told


def without(resource: str) -> str:
    """The printed Roles of a cluster where this kind was not granted."""
    roles = list(yaml.safe_load_all(printed()[1]))
    for role in (one for one in roles if one["kind"] == "Role"):
        role["rules"] = [rule for rule in role["rules"] if resource not in rule["resources"]]
    return yaml.safe_dump_all(roles)


async def test_autoscalers_that_may_not_be_listed_are_a_caution_and_no_crash(tmp_path: Path):
    place = {"rbac": without("horizontalpodautoscalers")}
    async with staged(tmp_path, "http", place=place) as stage:
        await stage.types("U0BEN", "/scale architect-api 6 because a campaign")
        plan = everything(await stage.shows("OP-1 · plan"))
        assert "may not list horizontalpodautoscalers" in plan
        assert "muster manifest rbac" in plan
        await stage.types("U0BEN", "/scale architect-api min=5 max=9 because a campaign")
        await stage.whispers("OP-2 · Not possible", "U0BEN")
        await stage.types("U0BEN", "/health architect-api")
        await stage.whispers("4 of 4 available", "U0BEN")


def status_of(stage: Stage, name: str) -> Json:
    return stage.town.kubernetes.api.cluster.store.get(HPAS, NAMESPACE, name)["status"]
