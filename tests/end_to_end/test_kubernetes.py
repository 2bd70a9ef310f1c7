"""The Architect API on Kubernetes: logs, usage, another image, another variable, logs kept as evidence."""

import asyncio
import copy
import gzip

import boto3
import pytest

from playground.kubernetes.resources import DEPLOYMENTS, HPAS, PODS
from playground.kubernetes.seed import NAME, NAMESPACE
from tests.end_to_end.conftest import Stage, everything


def container(stage: Stage) -> dict:
    """The deployment's container, as the cluster has it."""
    item = stage.town.kubernetes.api.cluster.store.get(DEPLOYMENTS, NAMESPACE, NAME)
    return item["spec"]["template"]["spec"]["containers"][0]


def variables(stage: Stage) -> dict[str, str | None]:
    return {one["name"]: one.get("value") for one in container(stage).get("env", [])}


def bounds(stage: Stage) -> tuple[int, int]:
    """The least and the most replicas that the autoscaler keeps."""
    spec = stage.town.kubernetes.api.cluster.store.get(HPAS, NAMESPACE, NAME)["spec"]
    return spec["minReplicas"], spec["maxReplicas"]


@pytest.mark.procedure("deploy")
async def test_another_image_rolls_out_and_undo_puts_the_old_one_back(stage: Stage):
    before = container(stage)["image"]
    await stage.changes("U0BEN", "/deploy architect-api 2.16.0 because the fix for search")
    assert container(stage)["image"].endswith("architect-api:2.16.0")
    await stage.changes("U0BEN", "/undo OP-1 because it is slower", 2)
    assert container(stage)["image"] == before


@pytest.mark.procedure("config-set")
async def test_a_variable_is_merged_with_the_others_and_taken_back_by_undo(stage: Stage):
    before = variables(stage)
    await stage.changes("U0BEN", "/config architect-api set RATE_LIMIT=100 because DDoS")
    assert variables(stage) == {**before, "RATE_LIMIT": "100"}
    await stage.changes("U0BEN", "/undo OP-1 because it is over", 2)
    assert variables(stage) == before


async def test_a_secret_does_not_go_into_a_deployment_and_is_shown_nowhere(stage: Stage):
    ack = await stage.types("U0BEN", "/config architect-api set JWT_SECRET=hunter2hunter2 because rotate")
    assert "JWT_SECRET" in str(ack.body)
    assert "hunter2" not in str(ack.body)
    assert stage.cloud_changes() == []


@pytest.mark.procedure("top-pods")
async def test_what_each_pod_uses_is_shown(stage: Stage):
    await stage.types("U0BEN", "/metrics architect-api cpu")
    shown = everything(await stage.shows("4 pods use"))
    pods = stage.town.kubernetes.api.cluster.store.every(PODS, NAMESPACE)
    assert [one for one in pods if one["metadata"]["name"].removeprefix("architect-api-") in shown] == pods


@pytest.mark.procedure("container-logs")
async def test_lines_of_all_pods_are_found_by_words(stage: Stage):
    await stage.types("U0BEN", "/logs architect-api GET --since 1d")
    shown = everything(await stage.shows("of 4 pods"))
    assert "GET /" in shown


async def test_lines_are_found_by_a_regular_expression(stage: Stage):
    await stage.types("U0BEN", "/logs architect-api /GET|POST/ --since 1d")
    await stage.shows("of 4 pods")


async def test_a_pattern_that_does_not_compile_is_refused_with_what_to_type(stage: Stage):
    await stage.types("U0BEN", "/logs architect-api /(ERROR/ --since 1h")
    shown = everything(await stage.shows("does not compile"))
    assert "without slashes" in shown


@pytest.mark.procedure("pods")
async def test_pods_that_fail_are_named_with_the_reason(stage: Stage):
    stage.town.faults.switch("deploy-fails", True)
    await stage.types("U0BEN", "/restart architect-api because stuck")
    await stage.presses("U0BEN", await stage.shows("OP-1 · plan"), "op.run")
    await stage.shows("exit code 1 (Error)")
    await stage.types("U0BEN", "/health architect-api")
    await stage.whispers("exit code 1 (Error)", "U0BEN")


@pytest.mark.procedure("hpa")
async def test_the_autoscalers_bounds_are_among_the_signs(stage: Stage):
    await stage.types("U0BEN", "/health architect-api")
    shown = everything(await stage.whispers("autoscaler", "U0BEN"))
    assert "keeps" in shown


@pytest.mark.procedure("bounds")
async def test_bounds_of_a_deployments_autoscaler_are_set_and_put_back(stage: Stage):
    before = bounds(stage)
    await stage.changes("U0BEN", "/scale architect-api min=4 max=12 because a campaign")
    assert bounds(stage) == (4, 12)
    await stage.changes("U0BEN", "/undo OP-1 because it is over", 2)
    assert bounds(stage) == before


async def test_logs_are_kept_as_evidence_before_the_pods_go(stage: Stage):
    await stage.changes("U0BEN", "/logs architect-api save before-restart")
    s3 = boto3.client(
        "s3",
        endpoint_url=stage.town.aws.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    place = {"Bucket": "architect-evidence", "Key": "logs/before-restart.log.gz"}
    kept = await asyncio.to_thread(lambda: s3.get_object(**place)["Body"].read())
    assert "GET /" in gzip.decompress(kept).decode()


async def test_what_a_deployment_is_configured_with_is_shown_without_secrets(stage: Stage):
    await stage.types("U0BEN", "/config architect-api")
    shown = everything(await stage.whispers("variables", "U0BEN"))
    assert "Variables" in shown


@pytest.mark.procedure("hard-restart")
async def test_a_hard_restart_keeps_what_can_be_rolled_back_to(stage: Stage):
    await stage.changes("U0BEN", "/restart architect-api --hard because complete service failure")
    await stage.types("U0BEN", "/history architect-api")
    shown = everything(await stage.whispers("*Versions*", "U0BEN"))
    assert "2.14.2" in shown
    await stage.changes("U0BEN", "/rollback architect-api 7 because it was the release", 2)
    assert container(stage)["image"].endswith(":2.14.2")


@pytest.mark.parametrize("version", ["main", "sha-abcdef", "sha256:" + "0123456789abcdef" * 4])
async def test_a_tag_without_digits_and_a_digest_are_deployed(stage: Stage, version: str):
    await stage.changes("U0BEN", f"/deploy architect-api {version} because the fix")
    joint = "@" if version.startswith("sha256:") else ":"
    assert container(stage)["image"].endswith(f"architect-api{joint}{version}")


async def test_a_tag_with_a_space_is_refused_with_what_to_type(stage: Stage):
    ack = await stage.types("U0BEN", "/deploy architect-api my tag because the fix")
    assert "a tag has no spaces" in str(ack.body)
    assert stage.cloud_changes() == []


async def test_pods_that_crash_alike_are_told_once_with_their_count_and_warnings_are_yellow(stage: Stage):
    store = stage.town.kubernetes.api.cluster.store
    item = copy.deepcopy(store.get(DEPLOYMENTS, NAMESPACE, NAME))
    item["spec"]["strategy"] = {"type": "Recreate"}
    item["spec"]["template"]["spec"]["containers"][0]["env"].append({"name": "NEW", "value": "1"})
    stage.town.faults.switch("deploy-fails", True)
    store.replace(DEPLOYMENTS, item, by_client=True)

    def crashing() -> list[str]:
        pods = [one for one in store.every(PODS, NAMESPACE) if "deletionTimestamp" not in one["metadata"]]
        return [one["metadata"]["name"] for one in pods if "CrashLoopBackOff" in str(one["status"])]

    await stage.slack.wait_for(lambda: len(crashing()) == 4 or None)
    await stage.types("U0BEN", "/health architect-api")
    shown = everything(await stage.whispers("4 pods, ", "U0BEN"))
    assert "failing pods" not in shown
    assert "🟡 warning · last of" in shown
