"""A StatefulSet and a DaemonSet, from a line in Slack to the cluster and back."""

import re
import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import yaml

from bot.cli.grants import rbac_roles
from bot.settings import Settings
from playground.kubernetes.resources import DAEMONSETS, STATEFULSETS, Resource
from tests.end_to_end.conftest import CATALOG, Stage, everything, staged
from tests.playground.kubernetes.workloads import AGENT, DB, SPACE, seeded


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


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncGenerator[Stage]:
    catalog = catalog_with_workloads(tmp_path / "catalog")
    place = {"rbac": rbac_roles(Settings(catalog=catalog))}
    async with staged(tmp_path, "http", place=place, catalog=catalog) as playing:
        seeded(playing.town.kubernetes.api.cluster)
        yield playing


def image(stage: Stage, kind: Resource, name: str) -> str:
    item = stage.town.kubernetes.api.cluster.store.get(kind, SPACE, name)
    return item["spec"]["template"]["spec"]["containers"][0]["image"].rpartition(":")[2]


@pytest.mark.parametrize(("kind", "name"), [(STATEFULSETS, DB), (DAEMONSETS, AGENT)])
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
