"""Rollouts of Argo Rollouts, from a line in Slack to the cluster: steps, pauses, promotion, abort."""

import copy
import shutil
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli.grants import rbac_roles
from bot.settings import Settings
from playground.kubernetes.autoscaler import LOAD
from playground.kubernetes.defaults import with_defaults
from playground.kubernetes.resources import HPAS, REPLICASETS, ROLLOUTS
from tests.end_to_end.conftest import CATALOG, Stage, everything, staged
from tests.playground.kubernetes.rollouts import PAY, WEB, rollout, seeded_rollouts
from tests.playground.kubernetes.workloads import SPACE, image


def catalog_with_rollouts(folder: Path) -> Path:
    """The example's catalog with shop-web and shop-pay beside architect-api."""
    shutil.copytree(CATALOG, folder)
    file = folder / "architect.yaml"
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    api = next(one for one in data["services"] if one["id"] == "architect-api")
    place = {"kind": "kubernetes", "cluster": "architect", "namespace": SPACE}
    kept = {key: api[key] for key in ("source", "environment", "owners", "on_call")}
    for name in (WEB, PAY):
        target = {**place, "workload": f"rollout/{name}"}
        data["services"].append({**kept, "id": name, "name": name, "target": target})
    file.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return folder


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncGenerator[Stage]:
    catalog = catalog_with_rollouts(tmp_path / "catalog")
    place = {"rbac": rbac_roles(Settings(catalog=catalog))}
    async with staged(tmp_path, "http", place=place, catalog=catalog) as playing:
        seeded_rollouts(playing.town.kubernetes.api.cluster)
        for name in (WEB, PAY):
            await phase(playing, name, "Healthy")
        yield playing


def status(stage: Stage, name: str = WEB) -> dict[str, Any]:
    return rollout(stage.town.kubernetes.api.cluster, name).get("status", {})


async def phase(stage: Stage, name: str, wanted: str) -> None:
    await stage.slack.wait_for(lambda: status(stage, name).get("phase") == wanted or None)


def tag(stage: Stage, name: str = WEB) -> str:
    item = rollout(stage.town.kubernetes.api.cluster, name)
    return item["spec"]["template"]["spec"]["containers"][0]["image"].rpartition(":")[2]


def serving(stage: Stage, name: str = WEB) -> dict[str, int]:
    """Pods that are asked for, by tag."""
    sets = stage.town.kubernetes.api.cluster.store.every(REPLICASETS, SPACE)
    return {
        one["spec"]["template"]["spec"]["containers"][0]["image"].rpartition(":")[2]: one["spec"]["replicas"]
        for one in sets
        if one["metadata"]["name"].startswith(f"{name}-") and one["spec"]["replicas"]
    }


def edits(stage: Stage, name: str, **spec: object) -> None:
    """Somebody changes the Rollout past Muster."""
    store = stage.town.kubernetes.api.cluster.store
    item = copy.deepcopy(store.get(ROLLOUTS, SPACE, name))
    item["spec"] |= spec
    store.replace(ROLLOUTS, item, by_client=True)


def patched(stage: Stage) -> list[str]:
    """What Muster sent to the status of Rollouts, in its order."""
    calls = stage.town.kubernetes.calls
    return [one.body.decode() for one in calls if one.verb == "patch" and one.path.endswith("/status")]


async def paused(stage: Stage, name: str = WEB) -> str:
    """Deploy 1.1 and wait for its first pause; gives what the message says then."""
    await stage.types("U0BEN", f"/deploy {name} 1.1 because the fix")
    await stage.confirms("U0BEN", await stage.shows("OP-1 · plan"))
    return everything(await stage.shows("Paused: waits for promotion"))


async def test_a_canary_says_its_step_its_weight_and_how_it_goes_on(stage: Stage):
    await stage.types("U0BEN", f"/deploy {WEB} 1.1 dry")
    plan = everything(await stage.shows("dry run"))
    assert "It goes through 6 steps: 25%, pause, 50%, pause 40, 75%, pause." in plan
    assert f"waits for /promote {WEB}" in plan
    await stage.types("U0BEN", f"/deploy {WEB} 1.1 because the fix")
    await stage.confirms("U0BEN", await stage.shows("OP-2 · plan"))
    said = everything(await stage.shows("Paused: waits for promotion"))
    assert "Step 2 of 6, weight 25%." in said
    assert f"/promote {WEB}" in said
    assert f"/promote {WEB} full" in said
    assert serving(stage) == {"1.0": 3, "1.1": 1}


async def test_a_promotion_takes_over_the_watch_and_goes_on_to_the_next_pause_and_to_the_end(stage: Stage):
    await paused(stage)
    await stage.types("U0BEN", f"/promote {WEB} because the canary is fine")
    plan = everything(await stage.shows("OP-2 · plan"))
    assert "canary of revision 2 step 2 of 6, weight 25% → step 3 of 6, weight 50%" in plan
    assert "*Supersedes* OP-1" in plan
    await stage.confirms("U0BEN", await stage.shows("OP-2 · plan"))
    await stage.shows("OP-1 · superseded by OP-2")
    await stage.shows("OP-2 · ✅ Done")
    assert status(stage)["currentStepIndex"] == 5
    assert serving(stage) == {"1.0": 1, "1.1": 3}
    await stage.changes("U0BEN", f"/promote {WEB} because all is fine", 3)
    assert serving(stage) == {"1.1": 4}
    assert len(patched(stage)) == 2
    assert all('"pauseConditions": null' in one for one in patched(stage))


async def test_a_full_promotion_leaves_out_what_is_left_and_says_so(stage: Stage):
    await paused(stage)
    await stage.types("U0BEN", f"/promote {WEB} full because the fix is urgent")
    plan = everything(await stage.shows("OP-2 · plan"))
    assert "5 of 6 steps are left out: pause, 50%, pause 40, 75%, pause" in plan
    await stage.confirms("U0BEN", await stage.shows("OP-2 · plan"))
    await stage.shows("OP-2 · ✅ Done")
    assert (serving(stage), status(stage)["phase"]) == ({"1.1": 4}, "Healthy")


async def test_abort_and_undo_gives_all_traffic_back_and_leaves_it_healthy(stage: Stage):
    await paused(stage)
    await stage.presses("U0BEN", await stage.shows("Paused: waits for promotion"), "op.abort")
    plan = everything(await stage.shows("OP-2 · plan"))
    assert "`kubernetes:PatchRolloutStatus`, `kubernetes:PatchRollout`" in plan
    assert "It goes back to the stable version at once, without steps." in plan
    await stage.presses("U0BEN", await stage.shows("OP-2 · plan"), "op.run")
    sure = (await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0BEN") or None))[-1]
    await stage.slack.as_user("U0BEN").submit(sure, {"because": "it is slower"})
    await stage.shows("OP-1 · taken back by OP-2")
    await stage.shows("OP-2 · ✅ Done")
    assert any('"abort"' in one for one in patched(stage))
    assert (tag(stage), serving(stage), status(stage)["phase"]) == ("1.0", {"1.0": 4}, "Healthy")


async def test_a_rollback_under_way_goes_to_the_stable_version_and_its_undo_deploys_again(stage: Stage):
    await paused(stage)
    await stage.changes("U0BEN", f"/rollback {WEB} because it is slower", 2)
    assert (tag(stage), serving(stage)) == ("1.0", {"1.0": 4})
    await stage.types("U0BEN", "/undo OP-2 because it was not")
    plan = everything(await stage.shows("OP-3 · plan"))
    assert f"{WEB}:1.0 → {WEB}:1.1" in plan.replace("*", "")
    assert "It goes through 6 steps" in plan


async def test_once_through_a_rollback_takes_the_steps_and_history_knows_the_stable_one(stage: Stage):
    await paused(stage)
    await stage.changes("U0BEN", f"/promote {WEB} full because the fix", 2)
    await stage.types("U0BEN", f"/rollback {WEB} because it is slower")
    plan = everything(await stage.shows("OP-3 · plan"))
    assert "revision 2 → 1" in plan
    assert "It goes through 6 steps" in plan
    assert "configuration" not in plan
    await stage.confirms("U0BEN", await stage.shows("OP-3 · plan"))
    await stage.shows("Paused: waits for promotion")
    await stage.types("U0BEN", f"/history {WEB}")
    shown = everything(await stage.whispers("*Versions*", "U0BEN"))
    assert "stable, the one that serves" in shown
    await stage.types("U0BEN", f"/health {WEB}")
    shown = everything(await stage.whispers("stable version", "U0BEN"))
    assert "Step 2 of 6, weight 25%. Paused: waits for promotion" in shown


async def test_blue_green_waits_beside_the_old_one_until_it_is_promoted(stage: Stage):
    said = await paused(stage, PAY)
    assert "The new version stands beside the one that serves." in said
    assert serving(stage, PAY) == {"1.0": 4, "1.1": 4}
    await stage.types("U0BEN", f"/promote {PAY} because it answers")
    plan = everything(await stage.shows("OP-2 · plan"))
    assert "serves revision 1 → revision 2" in plan
    await stage.confirms("U0BEN", await stage.shows("OP-2 · plan"))
    await stage.shows("OP-2 · ✅ Done")
    assert status(stage, PAY)["blueGreen"]["activeSelector"] == status(stage, PAY)["currentPodHash"]


async def test_it_is_restarted_scaled_and_configured(stage: Stage):
    before = status(stage)["stableRS"]
    await stage.changes("U0BEN", f"/restart {WEB} because stuck")
    assert (
        status(stage)["restartedAt"] == rollout(stage.town.kubernetes.api.cluster, WEB)["spec"]["restartAt"]
    )
    assert status(stage)["stableRS"] == before
    await stage.changes("U0BEN", f"/scale {WEB} 5 because more visitors", 2)
    assert serving(stage) == {"1.0": 5}
    await stage.types("U0BEN", f"/config {PAY} set RATE_LIMIT=100 because DDoS")
    await stage.confirms("U0BEN", await stage.shows("OP-3 · plan"))
    await stage.shows("Paused: waits for promotion")
    await stage.changes("U0BEN", f"/promote {PAY} because it answers", 4)
    item = rollout(stage.town.kubernetes.api.cluster, PAY)
    (container,) = item["spec"]["template"]["spec"]["containers"]
    assert {"name": "RATE_LIMIT", "value": "100"} in container["env"]
    assert container["image"] == image(PAY, "1.0")


async def test_an_autoscaler_that_points_at_it_is_found(stage: Stage):
    reference = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": WEB}
    about = {"name": "by-load", "namespace": SPACE, "annotations": {LOAD: "4"}}
    spec = {"scaleTargetRef": reference, "minReplicas": 2, "maxReplicas": 8}
    hpa = with_defaults(HPAS, {"metadata": about, "spec": spec})
    stage.town.kubernetes.api.cluster.store.add(HPAS, hpa)
    await stage.types("U0BEN", f"/scale {WEB} 6 because more visitors")
    plan = everything(await stage.shows("OP-1 · plan"))
    assert "HorizontalPodAutoscaler by-load keeps 2 to 8" in plan


async def test_what_crashes_is_told_with_the_way_out_and_what_is_aborted_elsewhere_has_failed(stage: Stage):
    edits(stage, WEB, progressDeadlineSeconds=1_000_000)
    await stage.types("U0BEN", f"/deploy {WEB} broken because a typo")
    await stage.confirms("U0BEN", await stage.shows("OP-1 · plan"))
    await stage.shows("ErrImagePull")
    store = stage.town.kubernetes.api.cluster.store
    item = copy.deepcopy(store.get(ROLLOUTS, SPACE, WEB))
    item["status"]["abort"] = True
    store.replace(ROLLOUTS, item)
    ended = everything(await stage.shows("OP-1 · 🔴 Failed"))
    assert "RolloutAborted: Rollout aborted update to revision 2" in ended
    await stage.types("U0BEN", f"/promote {WEB} because I insist")
    told = everything(await stage.whispers("was aborted", "U0BEN"))
    assert f"/rollback {WEB}" in told


@pytest.mark.parametrize(
    ("line", "said", "instead"),
    [
        (f"/promote {WEB} because it is fine", "revision 1 is all of it", f"/deploy {WEB} VERSION"),
        (f"/promote {WEB} full because it is fine", "revision 1 is all of it", f"/deploy {WEB} VERSION"),
        ("/promote architect-api because it is fine", "is a Deployment", "/health architect-api"),
        (f"/restart {WEB} --hard because stuck", "Only a deployment is restarted hard", f"/restart {WEB}"),
    ],
)
async def test_what_cannot_be_promoted_says_why_and_what_to_type(
    stage: Stage, line: str, said: str, instead: str
):
    await stage.types("U0BEN", line)
    told = everything(await stage.whispers(said, "U0BEN"))
    assert instead in told
    assert stage.cloud_changes() == []


async def test_one_that_takes_its_pods_from_a_deployment_says_that_it_is_not_handled(stage: Stage):
    store = stage.town.kubernetes.api.cluster.store
    item = copy.deepcopy(store.remove(ROLLOUTS, SPACE, WEB))
    del item["spec"]["template"]
    item["spec"]["workloadRef"] = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "shop"}
    store.add(ROLLOUTS, item)
    await stage.types("U0BEN", f"/deploy {WEB} 1.1 because the fix")
    told = everything(await stage.whispers("takes its pods from Deployment shop (workloadRef)", "U0BEN"))
    assert "has its own template" in told
