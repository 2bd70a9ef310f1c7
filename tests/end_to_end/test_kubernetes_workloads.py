"""A StatefulSet and a DaemonSet, from a line in Slack to the cluster and back."""

import re
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import yaml

from bot.cli.grants import rbac_roles
from bot.settings import Settings
from playground.kubernetes import MUSTER_TOKEN
from playground.kubernetes.autoscaler import LOAD
from playground.kubernetes.defaults import with_defaults
from playground.kubernetes.resources import DAEMONSETS, HPAS, STATEFULSETS, Resource
from tests.end_to_end.conftest import CATALOG, Stage, everything, staged
from tests.playground.kubernetes.workloads import AGENT, DB, SPACE, seeded

BOTH = pytest.mark.parametrize(("kind", "name"), [(STATEFULSETS, DB), (DAEMONSETS, AGENT)])


def catalog_with_workloads(folder: Path) -> Path:
    """The example's catalog with search-db and log-agent beside architect-api."""
    shutil.copytree(CATALOG, folder)
    file = folder / "architect.yaml"
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    api = next(one for one in data["services"] if one["id"] == "architect-api")
    place = {"kind": "kubernetes", "cluster": "architect", "namespace": SPACE}
    kept = {key: api[key] for key in ("source", "environment", "owners", "on_call")}
    for name, workload in ((DB, f"sts/{DB}"), (AGENT, f"ds/{AGENT}")):
        data["services"].append({**kept, "id": name, "name": name, "target": {**place, "workload": workload}})
    file.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return folder


@asynccontextmanager
async def with_workloads(folder: Path, **more: object) -> AsyncGenerator[Stage]:
    """Muster with the rights that it prints for this catalog and these settings."""
    catalog = catalog_with_workloads(folder / "catalog")
    place = {"rbac": rbac_roles(Settings.model_validate({"catalog": catalog, **more}))}
    async with staged(folder, "http", place=place, catalog=catalog, **more) as playing:
        seeded(playing.town.kubernetes.api.cluster)
        yield playing


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncGenerator[Stage]:
    async with with_workloads(tmp_path) as playing:
        yield playing


def container(stage: Stage, kind: Resource, name: str) -> dict:
    item = stage.town.kubernetes.api.cluster.store.get(kind, SPACE, name)
    return item["spec"]["template"]["spec"]["containers"][0]


def image(stage: Stage, kind: Resource, name: str) -> str:
    return container(stage, kind, name)["image"].rpartition(":")[2]


def variables(stage: Stage, kind: Resource, name: str) -> dict[str, str]:
    return {one["name"]: one["value"] for one in container(stage, kind, name).get("env", [])}


def autoscaler(stage: Stage, load: int) -> None:
    """One of another name that points at search-db, keeping 2 to 8, whose load asks for so many pods."""
    about = {"name": "by-load", "namespace": SPACE, "annotations": {LOAD: str(load)}}
    reference = {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": DB}
    spec = {"scaleTargetRef": reference, "minReplicas": 2, "maxReplicas": 8}
    hpa = with_defaults(HPAS, {"metadata": about, "spec": spec})
    stage.town.kubernetes.api.cluster.store.add(HPAS, hpa)


def rules(stage: Stage, plural: str) -> set[str]:
    """The verbs that Muster used on this kind, subresources too."""
    calls = {one.rule for one in stage.town.kubernetes.calls}
    return {one for one in calls if one.startswith((f"apps/{plural}:", f"apps/{plural}/"))}


@BOTH
async def test_an_image_is_deployed_and_rolled_back(stage: Stage, kind: Resource, name: str):
    await stage.changes("U0BEN", f"/deploy {name} 1.1 because the fix")
    assert image(stage, kind, name) == "1.1"
    await stage.changes("U0BEN", f"/restart {name} because stuck", 2)
    await stage.changes("U0BEN", f"/rollback {name} because slower", 3)
    assert image(stage, kind, name) == "1.0"


async def test_a_statefulset_is_scaled(stage: Stage):
    await stage.changes("U0BEN", f"/scale {DB} 4 because more search")
    store = stage.town.kubernetes.api.cluster.store
    assert store.get(STATEFULSETS, SPACE, DB)["status"]["readyReplicas"] == 4


async def test_a_daemonset_has_no_count_and_says_what_to_type(stage: Stage):
    await stage.types("U0BEN", f"/scale {AGENT} 5 because more")
    told = everything(await stage.whispers("runs once on each node", "U0BEN"))
    assert f"/restart {AGENT}" in told
    assert stage.cloud_changes() == []


async def test_a_broken_pod_of_a_statefulset_has_to_go_by_hand_and_the_plan_says_so(stage: Stage):
    store = stage.town.kubernetes.api.cluster.store
    await stage.slack.wait_for(
        lambda: store.get(STATEFULSETS, SPACE, DB)["status"].get("readyReplicas") == 3 or None
    )
    await stage.types("U0BEN", f"/deploy {DB} broken because a typo")
    await stage.confirms("U0BEN", await stage.shows("OP-1 · plan"))
    await stage.shows("ErrImagePull")
    await stage.types("U0BEN", f"/rollback {DB} because it is broken")
    plan = everything(await stage.shows("OP-2 · plan"))
    assert re.search(rf"kubectl delete pod {DB}-2 -n {SPACE}", plan)


@BOTH
async def test_a_variable_is_set_taken_back_by_undo_and_taken_away(stage: Stage, kind: Resource, name: str):
    before = variables(stage, kind, name)
    await stage.changes("U0BEN", f"/config {name} set RATE_LIMIT=100 because DDoS")
    assert variables(stage, kind, name) == {**before, "RATE_LIMIT": "100"}
    await stage.changes("U0BEN", "/undo OP-1 because it is over", 2)
    assert variables(stage, kind, name) == before
    await stage.changes("U0BEN", f"/config {name} unset LOG_LEVEL because the default will do", 3)
    assert variables(stage, kind, name) == {}
    await stage.changes("U0BEN", f"/config {name} set LOG_LEVEL=info because it will not", 4)
    assert variables(stage, kind, name) == before


@BOTH
async def test_the_undo_of_a_deploy_returns_to_the_template_that_ran(stage: Stage, kind: Resource, name: str):
    await stage.changes("U0BEN", f"/deploy {name} 1.1 because the fix")
    await stage.changes("U0BEN", "/undo OP-1 because it is slower", 2)
    assert image(stage, kind, name) == "1.0"
    await stage.changes("U0BEN", "/undo OP-2 because it was not", 3)
    assert image(stage, kind, name) == "1.1"


@BOTH
async def test_history_lists_what_its_controller_revisions_keep(stage: Stage, kind: Resource, name: str):
    await stage.changes("U0BEN", f"/deploy {name} 1.1 because the fix")
    await stage.types("U0BEN", f"/history {name}")
    shown = everything(await stage.whispers("*Versions*", "U0BEN"))
    newest, oldest = (shown.index(f"{name}:{tag}") for tag in ("1.1", "1.0"))
    assert newest < oldest
    assert "OP-1" in shown
    await stage.changes("U0BEN", f"/rollback {name} 1 because it is slower", 2)
    assert image(stage, kind, name) == "1.0"
    await stage.types("U0BEN", "/undo OP-2 because it was not")
    plan = everything(await stage.shows("OP-3 · plan"))
    assert f"{name}:1.0 → {name}:1.1" in plan.replace("*", "")


@BOTH
async def test_a_revision_that_is_not_kept_is_refused_with_those_that_are(
    stage: Stage, kind: Resource, name: str
):
    await stage.changes("U0BEN", f"/deploy {name} 1.1 because the fix")
    await stage.types("U0BEN", f"/rollback {name} 7 because it is slower")
    told = everything(await stage.whispers("keeps no revision 7", "U0BEN"))
    assert f"`1` ({name}:1.0)" in told


async def test_an_autoscaler_of_a_statefulset_is_found_and_a_fought_count_is_not_called_done(stage: Stage):
    autoscaler(stage, load=3)
    await stage.types("U0BEN", f"/scale {DB} 5 because more search")
    plan = everything(await stage.shows("OP-1 · plan"))
    assert "HorizontalPodAutoscaler by-load keeps 2 to 8" in plan
    await stage.confirms("U0BEN", await stage.shows("OP-1 · plan"))
    ended = everything(await stage.shows("OP-1 · 🔴 Failed"))
    assert "HorizontalPodAutoscaler by-load set replicas back to 3" in ended
    await stage.changes("U0BEN", f"/scale {DB} min=5 max=8 because more search", 2)
    store = stage.town.kubernetes.api.cluster.store
    await stage.slack.wait_for(lambda: store.get(STATEFULSETS, SPACE, DB)["spec"]["replicas"] == 5 or None)


@BOTH
async def test_a_hard_restart_is_refused_with_the_restart_there_is(stage: Stage, kind: Resource, name: str):
    await stage.types("U0BEN", f"/restart {name} --hard because stuck")
    told = everything(await stage.whispers("Only a deployment is restarted hard", "U0BEN"))
    assert f"/restart {name}" in told
    assert stage.cloud_changes() == []


async def test_where_hard_restarts_are_off_all_else_goes_on_with_fewer_rights(tmp_path: Path):
    async with with_workloads(tmp_path, hard_restarts=False) as stage:
        await stage.types("U0BEN", "/restart architect-api --hard because stuck")
        told = everything(await stage.whispers("MUSTER_HARD_RESTARTS", "U0BEN"))
        assert "/restart architect-api" in told
        assert stage.cloud_changes() == []
        await stage.changes("U0BEN", "/restart architect-api because stuck", 2)
        await stage.changes("U0BEN", f"/restart {DB} because stuck", 3)
        await stage.changes("U0BEN", f"/restart {AGENT} because stuck", 4)


async def test_the_printed_rights_are_for_these_names_and_all_of_them_are_used(stage: Stage, tmp_path: Path):
    await stage.types("U0BEN", f"/health {DB}")
    await stage.whispers(f"{DB} is", "U0BEN")  # whatever it is: its pods may be starting
    await stage.changes("U0BEN", f"/scale {DB} 4 because more search")
    await stage.changes("U0BEN", f"/restart {DB} because stuck", 2)
    await stage.changes("U0BEN", f"/restart {AGENT} because stuck", 3)
    printed = rbac_roles(Settings(catalog=tmp_path / "catalog"))
    for plural, name in ((STATEFULSETS.plural, DB), (DAEMONSETS.plural, AGENT)):
        mine = [
            rule
            for role in yaml.safe_load_all(printed)
            for rule in role.get("rules", ())
            if rule["resources"][0].partition("/")[0] == plural
        ]
        assert {name for rule in mine for name in rule["resourceNames"]} == {name}
        granted = {f"apps/{rule['resources'][0]}:{verb}" for rule in mine for verb in rule["verbs"]}
        assert granted == rules(stage, plural)


async def test_a_statefulset_that_is_not_in_the_catalog_is_out_of_reach(stage: Stage):
    """What the Role does not name is refused, whichever way it is asked for."""
    url, token = stage.town.kubernetes.url, MUSTER_TOKEN
    path = f"/apis/apps/v1/namespaces/{SPACE}/statefulsets"
    async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {token}"}) as client:
        assert (await client.get(f"{path}/{DB}")).status_code == 200
        assert (await client.get(f"{path}/other")).status_code == 403
        assert (await client.get(path)).status_code == 403
        assert (await client.delete(f"{path}/{DB}")).status_code == 403
