"""The Python kubernetes client, with threads and with asyncio, works against the server."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from kubernetes import aio, client, config, watch
from kubernetes.aio import client as aclient
from kubernetes.aio import config as aconfig
from kubernetes.aio import watch as awatch
from kubernetes.aio.client.exceptions import ApiException as AsyncApiException
from kubernetes.client.exceptions import ApiException

from playground.kubernetes import READER_TOKEN, Running
from tests.playground.kubernetes.driving import IMAGE, NAME, NAMESPACE, is_settled, until
from tests.waiting import HANGS_S


@pytest.fixture
async def api(running: Running) -> AsyncIterator[aclient.ApiClient]:
    """The asyncio client with a bearer token over plain HTTP."""
    settings = aclient.Configuration(host=running.url)
    settings.api_key = {"BearerToken": "Bearer muster-playground-token"}
    async with aclient.ApiClient(settings) as opened:
        yield opened


async def test_the_asyncio_client_scales_and_watches_to_the_end(api: aclient.ApiClient):
    apps = aclient.AppsV1Api(api)
    listed = await apps.list_namespaced_deployment(NAMESPACE, field_selector=f"metadata.name={NAME}")
    await apps.patch_namespaced_deployment_scale(NAME, NAMESPACE, {"spec": {"replicas": 6}})
    watcher = awatch.Watch()
    seen: list[int] = []
    async with asyncio.timeout(HANGS_S):
        async for event in watcher.stream(
            apps.list_namespaced_deployment,
            NAMESPACE,
            resource_version=listed.metadata.resource_version,
            timeout_seconds=60,
        ):
            seen.append(event["object"].status.available_replicas)
            if seen[-1] == 6:
                break
    await watcher.close()
    assert seen == sorted(seen)


async def test_the_asyncio_client_reads_typed_objects(api: aclient.ApiClient):
    apps, core = aclient.AppsV1Api(api), aclient.CoreV1Api(api)
    deployment = await apps.read_namespaced_deployment(NAME, NAMESPACE)
    assert deployment.spec.replicas == deployment.status.ready_replicas == 4
    sets = await apps.list_namespaced_replica_set(NAMESPACE, label_selector=f"app={NAME}")
    revisions = {one.metadata.annotations["deployment.kubernetes.io/revision"] for one in sets.items}
    assert revisions == {"5", "6", "7", "8"}
    pods = await core.list_namespaced_pod(NAMESPACE, label_selector=f"app={NAME}")
    log = await core.read_namespaced_pod_log(pods.items[0].metadata.name, NAMESPACE, tail_lines=2)
    assert len(log.splitlines()) == 2
    events = await core.list_namespaced_event(NAMESPACE, field_selector=f"involvedObject.name={NAME}")
    assert {one.reason for one in events.items} >= {"ScalingReplicaSet", "SuccessfulRescale"}
    hpa = await aclient.AutoscalingV2Api(api).read_namespaced_horizontal_pod_autoscaler(NAME, NAMESPACE)
    assert (hpa.spec.min_replicas, hpa.spec.max_replicas) == (3, 20)
    metrics = await aclient.CustomObjectsApi(api).list_namespaced_custom_object(
        "metrics.k8s.io", "v1beta1", NAMESPACE, "pods", label_selector=f"app={NAME}"
    )
    assert len(metrics["items"]) == 4


async def test_the_asyncio_client_sees_status_bodies_of_refusals(api: aclient.ApiClient):
    apps = aclient.AppsV1Api(api)
    stale = await apps.read_namespaced_deployment(NAME, NAMESPACE)
    await apps.patch_namespaced_deployment(NAME, NAMESPACE, {"metadata": {"labels": {"x": "y"}}})
    stale.spec.replicas = 9
    with pytest.raises(AsyncApiException) as raised:
        await apps.replace_namespaced_deployment(NAME, NAMESPACE, stale)
    assert raised.value.status == 409
    assert "the object has been modified" in raised.value.body


async def test_the_asyncio_client_is_told_that_its_watch_is_too_old(api: aclient.ApiClient):
    apps = aclient.AppsV1Api(api)
    watcher = awatch.Watch()
    with pytest.raises(AsyncApiException) as raised:
        async for _ in watcher.stream(
            apps.list_namespaced_deployment, NAMESPACE, resource_version="1", timeout_seconds=60
        ):
            pass
    assert raised.value.status == 410
    await watcher.close()


async def test_the_asyncio_client_reads_the_kubeconfig(running: Running, tmp_path: Path):
    path = running.kubeconfig(tmp_path / "kubeconfig", READER_TOKEN)
    api = await aconfig.new_client_from_config(str(path))
    async with api:
        pods = await aclient.CoreV1Api(api).list_namespaced_pod(NAMESPACE, limit=3)
        assert len(pods.items) == 3
        assert pods.metadata.remaining_item_count == 1
        rest = await aclient.CoreV1Api(api).list_namespaced_pod(NAMESPACE, _continue=pods.metadata._continue)
        assert len(rest.items) == 1
    assert aio is not None


def _drive_with_threads(path: Path) -> tuple[int, list[str], str]:
    with config.new_client_from_config(str(path)) as api:
        apps = client.AppsV1Api(api)
        item = apps.read_namespaced_deployment(NAME, NAMESPACE)
        item.spec.template.spec.containers[0].image = f"{IMAGE}:2.16.0"
        apps.replace_namespaced_deployment(NAME, NAMESPACE, item)
        images: list[str] = []
        for event in watch.Watch().stream(
            apps.list_namespaced_replica_set, NAMESPACE, timeout_seconds=60, label_selector=f"app={NAME}"
        ):
            found = event["object"]
            if (
                found.status.ready_replicas == 4
                and found.spec.template.spec.containers[0].image != images[-1:]
            ):
                images.append(found.spec.template.spec.containers[0].image)
            if images[-1:] == [f"{IMAGE}:2.16.0"]:
                break
        try:
            apps.read_namespaced_deployment("nope", NAMESPACE)
        except ApiException as error:
            return error.status, images, error.body
        raise AssertionError("found what is not there")


async def test_the_threaded_client_deploys_and_watches(running: Running, tmp_path: Path):
    path = running.kubeconfig(tmp_path / "kubeconfig")
    status, images, body = await asyncio.to_thread(_drive_with_threads, path)
    assert status == 404
    assert '"reason":"NotFound"' in body
    assert images[-1] == f"{IMAGE}:2.16.0"
    await until(lambda: is_settled(running), "the rollout done")
    agents = {call.user_agent.partition("/")[0] for call in running.calls}
    assert agents == {"OpenAPI-Generator"}
    assert "update" in {call.verb for call in running.calls}
