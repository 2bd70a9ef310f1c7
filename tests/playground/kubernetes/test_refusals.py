"""What the API server refuses, and in which words."""

import asyncio

import httpx
import pytest

from playground.kubernetes import READER_TOKEN, Running
from tests.playground.kubernetes.driving import (
    APPS,
    DEPLOYMENT,
    HPA,
    MERGE,
    NAME,
    NAMESPACE,
    PODS,
    STRATEGIC,
    admin,
    deployment_of,
    http,
)


def status_of(answer: httpx.Response) -> tuple[int, str]:
    body = answer.json()
    assert body["kind"] == "Status"
    assert body["code"] == answer.status_code
    return answer.status_code, body["reason"]


async def patch(client: httpx.AsyncClient, path: str, body: object, kind: str = MERGE) -> httpx.Response:
    return await client.patch(path, json=body, headers={"Content-Type": kind})


async def test_an_unknown_token_is_unauthorized(running: Running):
    async with http(running, "no-such-token") as client:
        assert status_of(await client.get(DEPLOYMENT)) == (401, "Unauthorized")
    async with httpx.AsyncClient(base_url=running.url) as client:
        assert status_of(await client.get(DEPLOYMENT)) == (401, "Unauthorized")


async def test_the_reader_may_look_and_not_touch(running: Running):
    before = deployment_of(running)
    async with http(running, READER_TOKEN) as client:
        assert (await client.get(DEPLOYMENT)).status_code == 200
        assert status_of(await patch(client, DEPLOYMENT, {"spec": {"replicas": 1}})) == (403, "Forbidden")
        assert status_of(await patch(client, f"{DEPLOYMENT}/scale", {"spec": {"replicas": 1}}))[0] == 403
        assert status_of(await patch(client, HPA, {"spec": {"maxReplicas": 9}}))[0] == 403
        assert status_of(await client.delete(DEPLOYMENT))[0] == 403
    assert deployment_of(running) == before


async def test_musters_account_has_no_more_than_it_needs(running: Running):
    async with http(running) as client:
        assert (await patch(client, DEPLOYMENT, {"spec": {"replicas": 5}})).status_code == 200
        for path in (DEPLOYMENT, HPA):
            assert status_of(await client.delete(path))[0] == 403
        assert status_of(await client.get("/api/v1/nodes"))[0] == 403
        assert status_of(await client.get("/api/v1/pods"))[0] == 403
        assert status_of(await client.get("/api/v1/namespaces/default/pods"))[0] == 403
        assert status_of(await client.post(f"{APPS}/deployments", json={}))[0] == 403


async def test_a_path_without_a_resource_is_not_found(running: Running):
    async with admin(running) as client:
        for path in ("/apis/batch/v1/jobs", "/api/v1/secrets", "/nonsense", f"{DEPLOYMENT}/nonsense", "/"):
            assert status_of(await client.get(path)) == (404, "NotFound"), path


async def test_a_put_over_someone_elses_change_conflicts(running: Running):
    async with admin(running) as client:
        stale = (await client.get(DEPLOYMENT)).json()
        await patch(client, DEPLOYMENT, {"spec": {"replicas": 5}})
        stale["spec"]["replicas"] = 9
        answer = await client.put(DEPLOYMENT, json=stale)
        assert status_of(answer) == (409, "Conflict")
        scale = {"metadata": {"resourceVersion": "1"}, "spec": {"replicas": 9}}
        assert status_of(await patch(client, f"{DEPLOYMENT}/scale", scale)) == (409, "Conflict")
        other = {"metadata": {"uid": "another"}, "spec": {"replicas": 9}}
        assert status_of(await patch(client, DEPLOYMENT, other)) == (409, "Conflict")
    assert deployment_of(running)["spec"]["replicas"] == 5


async def test_of_two_writers_with_one_version_one_wins(running: Running):
    async with admin(running) as client:
        item = (await client.get(DEPLOYMENT)).json()
        bodies = [item | {"spec": item["spec"] | {"replicas": count}} for count in (5, 6, 7)]
        answers = await asyncio.gather(*(client.put(DEPLOYMENT, json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"replicas": -1}, "spec.replicas"),
        ({"selector": {"matchLabels": {"app": "other"}}}, "spec.selector"),
        ({"strategy": {"type": "Sideways"}}, "spec.strategy.type"),
        ({"strategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}}}, "spec.strategy"),
        ({"strategy": {"rollingUpdate": {"maxSurge": "many"}}}, "spec.strategy.rollingUpdate.maxSurge"),
        ({"template": {"spec": {"containers": []}}}, "spec.template.spec.containers"),
        ({"progressDeadlineSeconds": 0}, "spec.progressDeadlineSeconds"),
        ({"strategy": {"type": "Recreate"}}, "spec.strategy.rollingUpdate"),
    ],
)
async def test_an_impossible_deployment_is_invalid_with_its_field(
    running: Running, body: dict[str, object], field: str
):
    before = deployment_of(running)
    async with admin(running) as client:
        answer = await patch(client, DEPLOYMENT, {"spec": body})
    assert status_of(answer) == (422, "Invalid")
    details = answer.json()["details"]
    assert any(cause["field"].startswith(field) for cause in details["causes"])
    assert answer.json()["message"].startswith(f'Deployment.apps "{NAME}" is invalid: ')
    assert deployment_of(running) == before


async def test_a_negative_scale_and_crossed_bounds_are_invalid(running: Running):
    async with admin(running) as client:
        answer = await patch(client, f"{DEPLOYMENT}/scale", {"spec": {"replicas": -1}})
        assert status_of(answer) == (422, "Invalid")
        assert answer.json()["message"] == (
            f'Scale.autoscaling "{NAME}" is invalid: spec.replicas: Invalid value: -1: must be greater than '
            "or equal to 0"
        )
        answer = await patch(client, HPA, {"spec": {"minReplicas": 0}})
        assert status_of(answer) == (422, "Invalid")


@pytest.mark.parametrize(
    "body",
    [
        {"spec": {"replicas": "4"}},
        {"spec": {"replicas": 4.5}},
        {"spec": "no"},
        {"metadata": {"labels": {"a": 1}}},
        {"metadata": {"labels": "no"}},
        {"spec": {"template": {"spec": {"containers": "no"}}}},
        {"spec": {"strategy": []}},
    ],
)
async def test_a_field_of_the_wrong_type_is_a_bad_request(running: Running, body: object):
    before = deployment_of(running)
    async with admin(running) as client:
        answer = await patch(client, DEPLOYMENT, body)
    assert status_of(answer) == (400, "BadRequest")
    assert deployment_of(running) == before


async def test_an_unknown_kind_of_patch_names_those_that_are_known(running: Running):
    async with admin(running) as client:
        answer = await patch(client, DEPLOYMENT, {}, "application/apply-patch+yaml")
        assert status_of(answer) == (415, "UnsupportedMediaType")
        assert STRATEGIC in answer.json()["message"]


async def test_a_json_patch_whose_test_fails_changes_nothing(running: Running):
    before = deployment_of(running)
    operations = [
        {"op": "test", "path": "/spec/replicas", "value": 9},
        {"op": "replace", "path": "/spec/replicas", "value": 1},
    ]
    async with admin(running) as client:
        answer = await patch(client, DEPLOYMENT, operations, "application/json-patch+json")
    assert status_of(answer) == (422, "Invalid")
    assert deployment_of(running) == before


async def test_creating_what_exists_or_where_nothing_is_fails(running: Running):
    async with admin(running) as client:
        item = (await client.get(DEPLOYMENT)).json()
        assert status_of(await client.post(f"{APPS}/deployments", json=item))[0] == 400
        del item["metadata"]["resourceVersion"]
        assert status_of(await client.post(f"{APPS}/deployments", json=item)) == (409, "AlreadyExists")
        item["metadata"]["namespace"] = "nowhere"
        path = "/apis/apps/v1/namespaces/nowhere/deployments"
        assert status_of(await client.post(path, json=item)) == (404, "NotFound")
        path = "/apis/apps/v1/namespaces/default/deployments"
        assert status_of(await client.post(path, json=item)) == (400, "BadRequest")


async def test_deleting_with_another_uid_is_a_conflict(running: Running):
    async with admin(running) as client:
        body = {"preconditions": {"uid": "another"}}
        answer = await client.request("DELETE", DEPLOYMENT, json=body)
        assert status_of(answer) == (409, "Conflict")
        assert (await client.get(DEPLOYMENT)).status_code == 200


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"fieldSelector": "spec.replicas=4"}, 400),
        ({"labelSelector": "a in (b"}, 400),
        ({"limit": "two"}, 400),
        ({"continue": "nonsense"}, 400),
        ({"resourceVersion": "word"}, 400),
        ({"resourceVersion": "99999999"}, 504),
    ],
)
async def test_a_query_that_means_nothing_is_refused(running: Running, query: dict[str, str], code: int):
    async with admin(running) as client:
        assert status_of(await client.get(PODS, params=query))[0] == code


async def test_an_old_continue_token_has_expired(running: Running):
    async with admin(running) as client:
        token = (await client.get(PODS, params={"limit": 2})).json()["metadata"]["continue"]
        await patch(client, DEPLOYMENT, {"spec": {"replicas": 5}})
        running.cluster.store.forget()
        assert len((await client.get(PODS)).json()["items"]) >= 4
        answer = await client.get(PODS, params={"limit": 2, "continue": token})
        assert status_of(answer) == (410, "Expired")


async def test_logs_of_a_container_that_is_not_there_are_a_bad_request(running: Running):
    async with admin(running) as client:
        name = (await client.get(PODS)).json()["items"][0]["metadata"]["name"]
        answer = await client.get(f"{PODS}/{name}/log", params={"container": "sidecar"})
        assert status_of(answer) == (400, "BadRequest")
        assert status_of(await client.get(f"{PODS}/nope/log")) == (404, "NotFound")
        answer = await client.get(f"{PODS}/{name}/log", params={"sinceTime": "yesterday"})
        assert status_of(answer)[0] == 400


async def test_every_call_is_recorded_as_it_came(running: Running):
    async with http(running) as client:
        body = {"spec": {"replicas": 5}}
        await client.patch(
            f"{DEPLOYMENT}/scale",
            json=body,
            params={"fieldManager": "muster"},
            headers={"Content-Type": MERGE, "User-Agent": "muster/1 OP-7"},
        )
    call = running.calls[-1]
    assert (call.method, call.verb, call.path) == ("PATCH", "patch", f"{DEPLOYMENT}/scale")
    assert call.query == {"fieldManager": "muster"}
    assert call.json() == body
    assert call.user_agent == "muster/1 OP-7"
    assert call.user == f"system:serviceaccount:{NAMESPACE}:muster"
