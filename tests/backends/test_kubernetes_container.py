"""A deployment's container: another image, other variables, and what its logs keep."""

import gzip
import json
from datetime import timedelta

import pytest

from backends.kubernetes import Kubernetes
from backends.kubernetes.container import tag_of, tagged
from backends.kubernetes.log_lines import read
from backends.kubernetes.pods import used
from backends.kubernetes.target import target_of
from bot.clock import utc_now
from model.changes import Configure, Deploy, SaveLogs
from model.ports.backend import BackendError, Fault
from model.queries import ConfigQuery, LogsQuery
from model.refusal import Refused
from playground.kubernetes.resources import PODS
from tests.backends.cluster import ARCHITECT, NAME, SPACE, Cluster, applied, watched
from tests.backends.conftest import Cloud
from tests.backends.test_kubernetes_api import saying, speaking

PLAIN_SECRET = "https://reports:correct-horse@reports.example.com"


def container(cluster: Cluster) -> dict:
    return cluster.deployment()["spec"]["template"]["spec"]["containers"][0]


def variables(cluster: Cluster) -> dict:
    return {one["name"]: one.get("value") for one in container(cluster)["env"]}


def edited(cluster: Cluster, name: str, value: str) -> None:
    """Add a variable as someone else would."""
    template = json.loads(json.dumps(cluster.deployment()["spec"]["template"]))
    template["spec"]["containers"][0]["env"].append({"name": name, "value": value})
    cluster.edit(template=template)


async def test_an_image_is_set_and_all_else_of_the_container_stays(cluster: Cluster):
    before = container(cluster)
    since = utc_now()
    plan = await applied(cluster.backend, Deploy(version="2.16.0"))
    assert plan.inverse == Deploy(version="2.15.0", as_written=True)
    assert (await watched(cluster.backend, plan, utc_now() - since))[-1].ok is True
    assert container(cluster) == {**before, "image": tagged(before["image"], "2.16.0")}


async def test_the_image_it_runs_is_no_change(cluster: Cluster):
    assert (await cluster.backend.plan(ARCHITECT, Deploy(version="2.15.0"))).changes_nothing


async def test_an_image_over_someone_elses_change_is_left_alone(cluster: Cluster):
    plan = await cluster.backend.plan(ARCHITECT, Deploy(version="2.16.0"))
    edited(cluster, "FEATURE", "on")
    with pytest.raises(BackendError, match="Someone changed") as refused:
        await cluster.backend.apply(ARCHITECT, plan.steps[0], "OP-1-0")
    assert refused.value.fault is Fault.CONFLICT


@pytest.mark.parametrize(
    ("image", "version", "after"),
    [
        ("registry:5000/team/api:1.2", "1.3", "registry:5000/team/api:1.3"),
        ("registry:5000/team/api", "1.3", "registry:5000/team/api:1.3"),
        ("api@sha256:ab", "1.3", "api:1.3"),
        ("api:1.2", "sha256:cd", "api@sha256:cd"),
    ],
)
def test_a_tag_is_set_whatever_the_image_is_called(image: str, version: str, after: str):
    assert tagged(image, version) == after
    assert tag_of(after) == version


async def test_variables_are_merged_and_the_inverse_takes_new_ones_away(cluster: Cluster):
    before = variables(cluster)
    plan = await applied(cluster.backend, Configure(set={"RATE_LIMIT": "100", "LOG_LEVEL": "debug"}))
    assert variables(cluster) == {**before, "RATE_LIMIT": "100", "LOG_LEVEL": "debug"}
    assert plan.inverse == Configure(set={"LOG_LEVEL": "info"}, unset=("RATE_LIMIT",))
    assert plan.inverse is not None
    await applied(cluster.backend, plan.inverse)
    assert variables(cluster) == before


async def test_a_variable_from_a_secret_is_not_replaced_by_a_plain_one(cluster: Cluster):
    with pytest.raises(Refused, match="comes from a Secret"):
        await cluster.backend.plan(ARCHITECT, Configure(set={"DATABASE_URL": "postgres://x"}))


async def test_a_variable_that_holds_a_secret_under_a_plain_name_is_in_no_plan(cluster: Cluster):
    edited(cluster, "REPORTS", PLAIN_SECRET)
    with pytest.raises(Refused, match="REPORTS is a secret") as refused:
        await cluster.backend.plan(ARCHITECT, Configure(set={"REPORTS": "https://reports.example.com"}))
    plan = await cluster.backend.plan(ARCHITECT, Configure(unset=("REPORTS",)))
    assert plan.inverse is None
    assert "kept" in plan.undo
    told = await cluster.backend.answer(ARCHITECT, ConfigQuery(), utc_now())
    said = plan.model_dump_json() + str(refused.value) + refused.value.instead + told.model_dump_json()
    assert "correct-horse" not in said


async def test_a_variable_that_is_not_there_cannot_be_taken_away(cluster: Cluster):
    with pytest.raises(Refused, match="has no variable"):
        await cluster.backend.plan(ARCHITECT, Configure(unset=("NOTHING",)))


async def test_the_nearest_variable_is_offered_unless_it_is_a_secret(cluster: Cluster):
    with pytest.raises(Refused) as plain:
        await cluster.backend.plan(ARCHITECT, Configure(unset=("LOG_LEVELS",)))
    assert plain.value.instead == "Did you mean `LOG_LEVEL`?"
    with pytest.raises(Refused) as secret:
        await cluster.backend.plan(ARCHITECT, Configure(unset=("DATABASE_URLS",)))
    assert "DATABASE_URL" not in secret.value.instead


def test_a_line_with_a_form_feed_in_it_is_one_line():
    raw = b"2026-03-04T12:00:00.123456789Z page 1\x0cpage 2\n2026-03-04T12:00:01Z next\n"
    assert [one.text for one in read(raw, "x")] == ["page 1\x0cpage 2", "next"]


async def test_what_prepares_a_pod_is_read_too(cluster: Cluster):
    store = cluster.running.cluster.store
    pod = json.loads(json.dumps(store.every(PODS, SPACE)[0]))
    pod["spec"]["initContainers"] = [{"name": "migrate", "image": "migrate:1"}]
    pod["status"]["initContainerStatuses"] = [{"name": "migrate", "restartCount": 0}]
    store.replace(PODS, pod, by_client=False)
    cluster.running.cluster.logs.of(pod["metadata"]["uid"], "migrate").print(utc_now(), "ERROR migration 12")
    now = utc_now()
    asked = LogsQuery(
        pattern="migration 12", since=now - timedelta(hours=1), until=now + timedelta(seconds=1)
    )
    found = await cluster.backend.answer(ARCHITECT, asked, now + timedelta(seconds=1))
    assert "/migrate ERROR migration 12" in found.text


@pytest.mark.parametrize("status", [404, 503])
async def test_a_metrics_server_that_is_down_is_named(status: int):
    async with speaking(saying(status, b'{"message": "the server is currently unable"}')) as api:
        with pytest.raises(BackendError, match="metrics server does not answer") as error:
            await used(api, target_of(ARCHITECT), f"app={NAME}")
    assert "metrics-server" in error.value.next


async def test_evidence_has_every_line_and_not_only_the_newest(
    cluster: Cluster, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("backends.kubernetes.pods.TAIL", 2)
    pods = cluster.running.cluster.store.every(PODS, SPACE)
    uid = next(one["metadata"]["uid"] for one in pods)
    for number in range(9):
        cluster.running.cluster.logs.of(uid, NAME).print(utc_now(), f"ERROR line {number}")
    api = cluster.backend._api(ARCHITECT)  # the same server
    backend = Kubernetes(lambda name: api, utc_now, 0.1, cloud.clock.sleep, cloud.clients)
    plan = await applied(backend, SaveLogs(name="all"))
    assert (await watched(backend, plan))[-1].ok is True
    place = {"Bucket": "architect-evidence", "Key": plan.steps[0].params["Key"]}
    kept = await cloud.clients.call("s3", "us-east-1", "", "get_object", **place)
    text = gzip.decompress(kept["Body"].read()).decode()
    assert [number for number in range(9) if f"ERROR line {number}" not in text] == []
    with pytest.raises(Refused, match="evidence called"):
        await backend.plan(ARCHITECT, SaveLogs(name="all"))
