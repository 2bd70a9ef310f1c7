"""A stock kubectl works against the server as it does against a cluster."""

import asyncio
import json
from pathlib import Path

from playground.kubernetes import READER_TOKEN, Running
from tests.playground.kubernetes.driving import (
    IMAGE,
    NAME,
    Kubectl,
    condition_of,
    deployment_of,
    is_settled,
    until,
)
from tests.waiting import HANGS_S

DEPLOY = f"deployment/{NAME}"


async def test_get_prints_the_columns_of_every_kind(kubectl: Kubectl):
    assert f"{NAME}   4/4     4            4" in await kubectl("get", "deploy")
    pods = await kubectl("get", "pods", "-o", "wide")
    assert pods.count("1/1     Running   0") == 4
    assert "node-1" in pods
    assert (await kubectl("get", "rs")).count(NAME) == 4
    assert "/70%   3         20        4" in await kubectl("get", "hpa")
    assert "ScalingReplicaSet" in await kubectl("get", "events", "--sort-by=.lastTimestamp")
    assert "Ready" in await kubectl("get", "nodes")
    everything = await kubectl("get", "all")
    assert "deployment.apps/architect-api" in everything
    assert "horizontalpodautoscaler.autoscaling/architect-api" in everything


async def test_scale_is_followed_by_rollout_status_to_its_end(kubectl: Kubectl, running: Running):
    assert "scaled" in await kubectl("scale", DEPLOY, "--replicas=7")
    assert "successfully rolled out" in await kubectl("rollout", "status", DEPLOY)
    assert deployment_of(running)["status"]["availableReplicas"] == 7
    assert "7/7" in await kubectl("get", "deploy", NAME)


async def test_scale_with_a_wrong_current_count_is_refused(kubectl: Kubectl, running: Running):
    text = await kubectl("scale", DEPLOY, "--replicas=7", "--current-replicas=9", ok=False)
    assert "Expected replicas to be 9, was 4" in text
    await kubectl("scale", DEPLOY, "--replicas=5", "--current-replicas=4")
    assert deployment_of(running)["spec"]["replicas"] == 5


async def test_restart_makes_a_new_revision_and_undo_goes_back(kubectl: Kubectl, running: Running):
    before = deployment_of(running)["spec"]["template"]
    await kubectl("rollout", "restart", DEPLOY)
    await kubectl("rollout", "status", DEPLOY)
    assert "9         release 2.15.0" in await kubectl("rollout", "history", DEPLOY)
    await kubectl("rollout", "undo", DEPLOY)
    await kubectl("rollout", "status", DEPLOY)
    assert deployment_of(running)["spec"]["template"] == before
    history = await kubectl("rollout", "history", DEPLOY)
    assert "10        release 2.15.0" in history
    assert "\n8 " not in history


async def test_undo_to_a_revision_runs_its_image_again(kubectl: Kubectl, running: Running):
    assert f"{IMAGE}:2.14.0" in await kubectl("rollout", "history", DEPLOY, "--revision=6")
    await kubectl("rollout", "undo", DEPLOY, "--to-revision=6")
    await kubectl("rollout", "status", DEPLOY)
    assert deployment_of(running)["spec"]["template"]["spec"]["containers"][0]["image"] == f"{IMAGE}:2.14.0"
    assert "revision 99 in history" in await kubectl("rollout", "undo", DEPLOY, "--to-revision=99", ok=False)


async def test_a_broken_image_stalls_the_rollout_past_its_deadline(kubectl: Kubectl, running: Running):
    await kubectl("set", "image", DEPLOY, f"{NAME}={IMAGE}:3.0.0-broken")
    text = await kubectl("rollout", "status", DEPLOY, ok=False)
    assert "exceeded its progress deadline" in text
    pods = await kubectl("get", "pods")
    assert "ImagePull" in pods
    assert pods.count("1/1     Running") >= 3
    assert condition_of(deployment_of(running), "Available")["status"] == "True"
    assert "Back-off pulling image" in await kubectl("describe", "pod", "-l", f"app={NAME}")


async def test_get_watch_shows_a_rollout_as_it_goes(kubectl: Kubectl, running: Running):
    process = await kubectl.start("get", "deploy", NAME, "-w", "--no-headers")
    assert process.stdout is not None
    first = await asyncio.wait_for(process.stdout.readline(), HANGS_S)
    assert b"4/4" in first
    await kubectl("scale", DEPLOY, "--replicas=6")
    async with asyncio.timeout(HANGS_S):
        while (await process.stdout.readline()).split()[1:4] != [b"6/6", b"6", b"6"]:
            pass
    process.terminate()
    await process.communicate()


async def test_logs_have_tails_prefixes_previous_runs_and_errors(kubectl: Kubectl, running: Running):
    assert len((await kubectl("logs", DEPLOY, "--tail=3")).splitlines()) == 4
    assert "ERROR" in await kubectl("logs", DEPLOY, "--all-containers=true")
    lines = await kubectl("logs", "-l", f"app={NAME}", "--tail=1", "--prefix", "--timestamps")
    assert lines.count(f"[pod/{NAME}-") == 4
    text = await kubectl("logs", DEPLOY, "--previous", ok=False)
    assert f'previous terminated container "{NAME}" in pod' in text


async def test_logs_follow_until_the_pod_ends(kubectl: Kubectl, running: Running):
    pods = (await kubectl("get", "pods", "-o", "name")).split()
    process = await kubectl.start("logs", "-f", pods[0], "--tail=1")
    assert process.stdout is not None
    for _ in range(3):
        assert await asyncio.wait_for(process.stdout.readline(), HANGS_S)
    await kubectl("delete", pods[0])
    await asyncio.wait_for(process.communicate(), HANGS_S)
    assert process.returncode == 0
    await until(lambda: is_settled(running), "the pod replaced")


async def test_top_shows_pods_and_nodes(kubectl: Kubectl):
    pods = await kubectl("top", "pods", "--sort-by=cpu")
    assert pods.count("Mi") == 4
    assert "node-1" in await kubectl("top", "nodes")


async def test_describe_tells_conditions_replica_sets_and_events(kubectl: Kubectl):
    await kubectl("scale", DEPLOY, "--replicas=5")
    text = await kubectl("describe", DEPLOY)
    assert "NewReplicaSetAvailable" in text
    assert "Scaled up replica set" in text
    assert "5 desired" in text
    assert "Min replicas:" in await kubectl("describe", "hpa", NAME)
    assert "Allocatable" in await kubectl("describe", "node", "node-2")


async def test_apply_creates_what_was_deleted_and_changes_what_exists(kubectl: Kubectl, running: Running):
    manifest = json.loads(await kubectl("get", DEPLOY, "-o", "json"))
    for name in ("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"):
        manifest["metadata"].pop(name, None)
    del manifest["status"]
    del manifest["metadata"]["annotations"]
    assert "deleted" in await kubectl("delete", DEPLOY)
    assert "NotFound" in await kubectl("get", DEPLOY, ok=False)
    assert "created" in await kubectl("apply", "-f", "-", stdin=json.dumps(manifest))
    await kubectl("rollout", "status", DEPLOY)
    manifest["spec"]["replicas"] = 5
    manifest["spec"]["template"]["spec"]["containers"][0]["env"][0]["value"] = "debug"
    assert "configured" in await kubectl("apply", "-f", "-", stdin=json.dumps(manifest))
    assert "unchanged" in await kubectl("apply", "-f", "-", stdin=json.dumps(manifest))
    container = deployment_of(running)["spec"]["template"]["spec"]["containers"][0]
    assert [one["name"] for one in container["env"]] == ["LOG_LEVEL", "REDIS_URL", "DATABASE_URL"]
    assert container["env"][0]["value"] == "debug"


async def test_foreground_deletion_waits_for_the_pods(kubectl: Kubectl, running: Running):
    await kubectl("delete", DEPLOY, "--cascade=foreground")
    assert "No resources found" in await kubectl("get", "rs,pods")


async def test_every_kind_of_patch_is_understood(kubectl: Kubectl, running: Running):
    add = '[{"op":"add","path":"/spec/template/spec/containers/0/env/-","value":{"name":"A","value":"1"}}]'
    await kubectl("patch", DEPLOY, "--type=json", "-p", add)
    await kubectl("patch", DEPLOY, "--type=merge", "-p", '{"metadata":{"labels":{"tier":"one"}}}')
    container = {"name": NAME, "env": [{"name": "B", "value": "2"}]}
    named = {"spec": {"template": {"spec": {"containers": [container]}}}}
    await kubectl("patch", DEPLOY, "-p", json.dumps(named))
    item = deployment_of(running)
    names = [one["name"] for one in item["spec"]["template"]["spec"]["containers"][0]["env"]]
    assert set(names) == {"LOG_LEVEL", "REDIS_URL", "DATABASE_URL", "A", "B"}
    assert item["metadata"]["labels"]["tier"] == "one"


async def test_a_server_dry_run_changes_nothing(kubectl: Kubectl, running: Running):
    before = deployment_of(running)
    text = await kubectl("scale", DEPLOY, "--replicas=9", "--dry-run=server")
    assert "dry run" in text
    text = await kubectl("set", "image", DEPLOY, f"{NAME}=x:1", "--dry-run=server", "-o", "json")
    assert json.loads(text)["metadata"]["generation"] == before["metadata"]["generation"] + 1
    assert deployment_of(running) == before


async def test_refusals_are_told_in_kubernetes_words(kubectl: Kubectl, running: Running, tmp_path: Path):
    text = await kubectl("patch", "hpa", NAME, "-p", '{"spec":{"maxReplicas":2}}', ok=False)
    assert "spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`" in text
    reader = Kubectl(running.kubeconfig(tmp_path / "reader", READER_TOKEN), tmp_path)
    text = await reader("scale", DEPLOY, "--replicas=1", ok=False)
    assert 'cannot patch resource "deployments/scale" in API group "apps" in the namespace' in text
    assert "yes" in await reader("auth", "can-i", "get", "pods/log")
    assert "no" in await reader("auth", "can-i", "patch", "deployments", ok=False)
    assert "muster-reader" in await reader("auth", "whoami")
    assert "the server doesn't have a resource type" in await kubectl("get", "jobs", ok=False)


async def test_pause_holds_a_rollout_and_resume_lets_it_go(kubectl: Kubectl, running: Running):
    await kubectl("rollout", "pause", DEPLOY)
    await kubectl("set", "env", DEPLOY, "RATE_LIMIT=100")
    assert deployment_of(running)["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "8"
    await kubectl("rollout", "resume", DEPLOY)
    await kubectl("rollout", "status", DEPLOY)
    assert deployment_of(running)["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "9"
    await kubectl("wait", "--for=condition=available", DEPLOY, "--timeout=60s")
