"""The hard restart: deleted and created again, with nothing lost, or not at all."""

import json

import pytest

from bot.clock import utc_now
from model.plan import (
    Restart,
)
from model.ports.backend import BackendError, Fault
from model.refusal import Refused
from playground.kubernetes import ADMIN_TOKEN
from playground.kubernetes.resources import DEPLOYMENTS, PODS
from tests.backends.cluster import ARCHITECT, SPACE, Cluster, codes, on, watched


async def test_a_hard_restart_is_refused_to_an_account_that_could_only_do_half_of_it(cluster: Cluster):
    with pytest.raises(Refused, match="may not delete deployments"):
        await cluster.backend.plan(ARCHITECT, Restart(hard=True))
    assert cluster.writes() == ["create"]  # the question whether it may


async def test_a_hard_restart_keeps_manifest_revisions_and_pods_meanwhile(cluster: Cluster):
    admin = on(cluster.running, ADMIN_TOKEN)
    before, kept = cluster.deployment(), cluster.revisions()
    plan = await admin.plan(ARCHITECT, Restart(hard=True))
    assert codes(plan)["hard"] == "warn"
    assert [step.call for step in plan.steps] == [
        "kubernetes:DeleteDeployment",
        "kubernetes:CreateDeployment",
    ]
    delete, create = plan.steps
    assert await admin.has_applied(ARCHITECT, delete, "OP-1-0", utc_now()) is False
    await admin.apply(ARCHITECT, delete, "OP-1-0")
    await admin.apply(ARCHITECT, delete, "OP-1-0")
    assert await admin.has_applied(ARCHITECT, delete, "OP-1-0", utc_now()) is True
    assert await admin.has_applied(ARCHITECT, create, "OP-1-1", utc_now()) is False
    assert cluster.revisions() == kept
    assert len(cluster.running.cluster.store.every(PODS, SPACE)) == 4
    await admin.apply(ARCHITECT, create, "OP-1-1")
    await admin.apply(ARCHITECT, create, "OP-1-1")
    assert await admin.has_applied(ARCHITECT, create, "OP-1-1", utc_now()) is True
    assert (await watched(admin, plan))[-1].ok is True
    after = cluster.deployment()
    await admin.close()
    assert after["metadata"]["uid"] != before["metadata"]["uid"]
    assert after["metadata"]["labels"] == before["metadata"]["labels"]
    assert {**after["spec"], "template": 0} == {**before["spec"], "template": 0}
    assert after["spec"]["template"]["spec"] == before["spec"]["template"]["spec"]
    assert kept <= cluster.revisions()


async def test_a_hard_restart_that_cannot_create_says_what_is_left(cluster: Cluster):
    admin = on(cluster.running, ADMIN_TOKEN)
    plan = await admin.plan(ARCHITECT, Restart(hard=True))
    await admin.apply(ARCHITECT, plan.steps[0], "OP-1-0")
    await admin.close()
    with pytest.raises(BackendError, match="pods are left and go on") as denied:
        await cluster.backend.apply(ARCHITECT, plan.steps[1], "OP-1-1")
    assert denied.value.fault is Fault.DENIED
    assert "kubectl" in denied.value.next


async def test_a_deployment_that_an_operator_owns_is_not_deleted(cluster: Cluster):
    admin = on(cluster.running, ADMIN_TOKEN)
    item = json.loads(json.dumps(cluster.deployment()))
    item["metadata"]["finalizers"] = ["example.com/keeper"]
    cluster.running.cluster.store.replace(DEPLOYMENTS, item)
    with pytest.raises(Refused, match=r"finalizer example\.com/keeper"):
        await admin.plan(ARCHITECT, Restart(hard=True))
    await admin.close()
