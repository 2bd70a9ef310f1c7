"""How rollouts move: bounds, order, deadlines, history and the autoscaler."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.kubernetes import Running
from playground.kubernetes.resources import DEPLOYMENTS, HPAS, PODS, REPLICASETS
from playground.kubernetes.rollout import RolloutBounds, Size, next_new, next_old, proportional
from tests.playground.kubernetes.driving import (
    DEPLOYMENT,
    HPA,
    IMAGE,
    MERGE,
    NAME,
    NAMESPACE,
    STRATEGIC,
    admin,
    condition_of,
    deployment_of,
    is_settled,
    until,
)  # fmt: skip
from tests.playground.kubernetes.driving import (
    PODS as POD_PATH,
)


async def patch(running: Running, path: str, body: dict[str, Any], kind: str = MERGE) -> dict[str, Any]:
    async with admin(running) as client:
        answer: httpx.Response = await client.patch(path, json=body, headers={"Content-Type": kind})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def deploy(running: Running, tag: str) -> None:
    container = {"name": NAME, "image": f"{IMAGE}:{tag}"}
    body = {"spec": {"template": {"spec": {"containers": [container]}}}}
    await patch(running, DEPLOYMENT, body, STRATEGIC)


def statuses(running: Running) -> Iterator[dict[str, Any]]:
    """Every status the deployment had, oldest first."""
    for change in running.cluster.store.since(0 or running.cluster.store.forgotten, DEPLOYMENTS):
        yield change.after["status"]


def sets_by_revision(running: Running) -> dict[int, dict[str, Any]]:
    sets = running.cluster.store.every(REPLICASETS, NAMESPACE)
    return {int(one["metadata"]["annotations"]["deployment.kubernetes.io/revision"]): one for one in sets}


async def test_a_rollout_never_leaves_its_bounds(running: Running):
    await until(lambda: is_settled(running), "a settled start")
    running.cluster.store.forget()
    await deploy(running, "2.16.0")
    await until(lambda: is_settled(running), "the rollout done")
    for status in statuses(running):
        assert status.get("replicas", 0) <= 5
        assert status.get("availableReplicas", 0) >= 3
    assert len(list(statuses(running))) > 4


async def test_a_rollout_tells_its_conditions_in_order(running: Running):
    await until(lambda: is_settled(running), "a settled start")
    running.cluster.store.forget()
    await deploy(running, "2.16.0")
    await until(lambda: is_settled(running), "the rollout done")
    reasons = [condition_of({"status": status}, "Progressing")["reason"] for status in statuses(running)]
    order = list(dict.fromkeys(reasons))
    assert order == [
        "NewReplicaSetAvailable",
        "NewReplicaSetCreated",
        "ReplicaSetUpdated",
        "NewReplicaSetAvailable",
    ] or order == ["NewReplicaSetAvailable", "NewReplicaSetCreated", "ReplicaSetUpdated"]
    assert reasons[-1] == "NewReplicaSetAvailable"


async def test_generation_moves_with_the_spec_and_not_with_labels(running: Running):
    before = deployment_of(running)["metadata"]["generation"]
    await patch(running, DEPLOYMENT, {"metadata": {"labels": {"x": "y"}}})
    assert deployment_of(running)["metadata"]["generation"] == before
    await patch(running, DEPLOYMENT, {"spec": {"replicas": 5}})
    assert deployment_of(running)["metadata"]["generation"] == before + 1
    await until(lambda: is_settled(running), "the generation observed")


async def test_writing_the_same_again_is_no_write(running: Running):
    await until(lambda: is_settled(running), "a settled start")
    before = deployment_of(running)["metadata"]["resourceVersion"]
    answer = await patch(running, DEPLOYMENT, {"spec": {"replicas": 4}})
    assert answer["metadata"]["resourceVersion"] == before


async def test_going_back_reuses_the_old_replica_set_with_a_new_revision(running: Running):
    old = sets_by_revision(running)[7]
    template = json.loads(json.dumps(old["spec"]["template"]))
    del template["metadata"]["labels"]["pod-template-hash"]
    await patch(running, DEPLOYMENT, {"spec": {"template": template}})
    await until(lambda: is_settled(running), "the rollback done")
    sets = sets_by_revision(running)
    assert sets[9]["metadata"]["name"] == old["metadata"]["name"]
    assert sets[9]["metadata"]["annotations"]["deployment.kubernetes.io/revision-history"] == "7"
    assert 7 not in sets
    assert deployment_of(running)["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "9"


async def test_history_beyond_its_limit_is_dropped_oldest_first(running: Running):
    await patch(running, DEPLOYMENT, {"spec": {"revisionHistoryLimit": 2}})
    await until(lambda: sorted(sets_by_revision(running)) == [6, 7, 8], "revision 5 gone")


async def test_a_deployment_that_fails_stalls_and_recovers_when_undone(running: Running):
    running.faults.switch("deploy-fails", True)
    await deploy(running, "2.16.0")
    await until(
        lambda: (
            condition_of(deployment_of(running), "Progressing").get("reason") == "ProgressDeadlineExceeded"
        ),
        "the deadline exceeded",
    )
    waiting = [
        state["waiting"]["reason"]
        for pod in running.cluster.store.every(PODS, NAMESPACE)
        for one in pod["status"].get("containerStatuses", [])
        if "waiting" in (state := one["state"])
    ]
    assert deployment_of(running)["status"]["availableReplicas"] == 3
    assert set(waiting) <= {"CrashLoopBackOff", "ContainerCreating"}
    running.faults.switch("deploy-fails", False)
    await until(lambda: is_settled(running), "pods that recover")
    assert condition_of(deployment_of(running), "Progressing")["reason"] == "NewReplicaSetAvailable"


async def test_a_crashed_container_has_logs_of_its_last_run_and_a_restart_count(running: Running):
    running.faults.switch("deploy-fails", True)
    await deploy(running, "2.16.0")

    def crashed() -> dict[str, Any] | None:
        for pod in running.cluster.store.every(PODS, NAMESPACE):
            status = (pod["status"].get("containerStatuses") or [{}])[0]
            if status.get("state", {}).get("waiting", {}).get("reason") == "CrashLoopBackOff":
                return pod
        return None

    pod = await until(crashed, "a pod in CrashLoopBackOff")
    status = pod["status"]["containerStatuses"][0]
    assert status["restartCount"] >= 1
    assert status["lastState"]["terminated"]["exitCode"] == 1
    async with admin(running) as client:
        path = f"{POD_PATH}/{pod['metadata']['name']}/log"
        assert "FATAL" in (await client.get(path, params={"previous": "true"})).text
        events = (await client.get(f"/api/v1/namespaces/{NAMESPACE}/events")).json()["items"]
    assert any(one["reason"] == "BackOff" and one["type"] == "Warning" for one in events)


async def test_a_resize_in_a_stalled_rollout_keeps_the_shares(running: Running):
    await deploy(running, "3.0.0-broken")
    await until(
        lambda: 9 in sets_by_revision(running) and sets_by_revision(running)[8]["spec"]["replicas"] == 3
    )
    await patch(running, f"{DEPLOYMENT}/scale", {"spec": {"replicas": 8}})
    await until(lambda: deployment_of(running)["status"].get("availableReplicas") == 6, "old pods added")
    assert sets_by_revision(running)[8]["spec"]["replicas"] == 6


async def test_replicas_outside_the_bounds_are_pulled_inside(running: Running):
    await patch(running, f"{DEPLOYMENT}/scale", {"spec": {"replicas": 25}})
    await until(lambda: deployment_of(running)["spec"]["replicas"] == 20, "20 replicas")
    await patch(running, HPA, {"spec": {"maxReplicas": 6}})
    await until(lambda: deployment_of(running)["spec"]["replicas"] == 6, "6 replicas")
    await patch(running, f"{DEPLOYMENT}/scale", {"spec": {"replicas": 1}})
    await until(lambda: deployment_of(running)["spec"]["replicas"] == 3, "3 replicas")


async def test_the_autoscaler_leaves_a_stopped_deployment_alone(running: Running):
    await patch(running, f"{DEPLOYMENT}/scale", {"spec": {"replicas": 0}})
    await until(lambda: not running.cluster.store.every(PODS, NAMESPACE), "no pods")

    def is_disabled() -> bool:
        hpa = running.cluster.store.get(HPAS, NAMESPACE, NAME)
        return condition_of(hpa, "ScalingActive").get("reason") == "ScalingDisabled"

    await until(is_disabled, "scaling disabled")
    assert deployment_of(running)["spec"]["replicas"] == 0
    await patch(running, f"{DEPLOYMENT}/scale", {"spec": {"replicas": 4}})
    await until(lambda: is_settled(running), "4 replicas again")


async def test_recreate_ends_every_old_pod_before_it_starts_a_new_one(running: Running):
    await patch(running, DEPLOYMENT, {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}})
    await until(lambda: is_settled(running), "a settled start")
    running.cluster.store.forget()
    await deploy(running, "2.16.0")
    await until(lambda: is_settled(running), "the rollout done")
    for status in statuses(running):
        assert status.get("updatedReplicas", 0) in (0, status.get("replicas", 0))


@pytest.mark.parametrize("manager", ["muster", "someone-else"])
async def test_managed_fields_tell_who_set_what(running: Running, manager: str):
    path = f"{DEPLOYMENT}/scale?fieldManager={manager}"
    await patch(running, path, {"spec": {"replicas": 6}})
    entries = deployment_of(running)["metadata"]["managedFields"]
    entry = next(one for one in entries if one["manager"] == manager)
    assert entry["fieldsV1"] == {"f:spec": {"f:replicas": {}}}
    assert entry["subresource"] == "scale"
    await patch(running, f"{DEPLOYMENT}?fieldManager=other", {"spec": {"replicas": 7}})
    managers = {one["manager"] for one in deployment_of(running)["metadata"]["managedFields"]}
    assert managers == {"other"}


async def test_a_dry_run_answers_what_would_be_and_stores_nothing(running: Running):
    await until(lambda: is_settled(running), "a settled start")
    before = deployment_of(running)
    answer = await patch(running, f"{DEPLOYMENT}?dryRun=All", {"spec": {"replicas": 9}})
    assert answer["spec"]["replicas"] == 9
    assert answer["metadata"]["generation"] == before["metadata"]["generation"] + 1
    assert deployment_of(running) is before


wanted = st.integers(0, 30)


@given(desired=wanted, surge=st.integers(0, 10), unavailable=st.integers(0, 10), had=st.integers(0, 30))
def test_healthy_rollouts_end_and_stay_in_bounds(desired: int, surge: int, unavailable: int, had: int):
    unavailable = min(max(unavailable, int(surge == 0)), desired)
    bounds = RolloutBounds(desired, surge, unavailable)
    new, old = 0, had
    for _ in range(200):
        grown = next_new(bounds, Size(new, new), [Size(old, old)])
        assert grown + old <= max(bounds.most, had + new)
        new = grown
        (old,) = next_old(bounds, Size(new, new), [Size(old, old)])
        assert new + old >= min(bounds.least_available, had)
        if (new, old) == (desired, 0):
            return
    raise AssertionError("the rollout never ends")


@given(
    desired=wanted,
    surge=st.integers(1, 10),
    sizes=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=4),
)
def test_unhealthy_old_pods_go_first_and_available_ones_are_kept(
    desired: int, surge: int, sizes: list[tuple[int, int]]
):
    bounds = RolloutBounds(desired, surge, 0)
    old = [Size(max(pair), min(pair)) for pair in sizes]
    after = next_old(bounds, Size(0, 0), old)
    kept = sum(min(size.available, count) for size, count in zip(old, after, strict=True))
    assert kept >= min(desired, sum(size.available for size in old))


@given(desired=wanted, sizes=st.lists(st.integers(1, 20), min_size=2, max_size=4))
def test_a_resize_gives_out_exactly_what_there_is(desired: int, sizes: list[int]):
    shares = proportional(RolloutBounds(desired, 2, 1), sizes)
    assert sum(shares) == (desired + 2 if desired else 0)
    assert min(shares) >= 0
