"""Who owns a deployment is found and told; what heals itself is changed with a reason only."""

import copy
from pathlib import Path

import pytest
import yaml

from playground.kubernetes.resources import APPLICATIONS, DEPLOYMENTS
from playground.kubernetes.seed import NAME, NAMESPACE
from tests.end_to_end.conftest import Stage, everything, staged
from tests.end_to_end.rights import printed

TRACKED = {"argocd.argoproj.io/tracking-id": f"shop:apps/Deployment:{NAMESPACE}/{NAME}"}


def marked(stage: Stage, kind: str, marks: dict[str, str]) -> None:
    """The deployment with more labels or annotations."""
    store = stage.town.kubernetes.api.cluster.store
    item = copy.deepcopy(store.get(DEPLOYMENTS, NAMESPACE, NAME))
    item["metadata"][kind] = {**item["metadata"].get(kind, {}), **marks}
    store.replace(DEPLOYMENTS, item, by_client=True)


def application(stage: Stage, **automated: bool) -> None:
    """Argo CD with the application, which syncs by itself."""
    cluster = stage.town.kubernetes.api.cluster
    cluster.installed.add(APPLICATIONS)
    about = {"name": "shop", "namespace": "argocd"}
    cluster.store.add(APPLICATIONS, {"metadata": about, "spec": {"syncPolicy": {"automated": automated}}})


OWNERS = [
    ("annotations", TRACKED, "Argo CD (application shop)", "may put this back at any time"),
    ("labels", {"argocd.argoproj.io/instance": "shop"}, "Argo CD (application shop)", "repository"),
    ("labels", {"kustomize.toolkit.fluxcd.io/name": "apps"}, "Flux (Kustomization apps)", "flux suspend"),
    ("labels", {"helm.toolkit.fluxcd.io/name": "shop"}, "Flux (HelmRelease shop)", "helmrelease shop"),
    ("annotations", {"meta.helm.sh/release-name": "shop"}, "Helm (release shop)", "release's values"),
    ("labels", {"app.kubernetes.io/managed-by": "Helm"}, "Helm (release unnamed)", "next upgrade"),
]


@pytest.mark.parametrize(("kind", "marks", "who", "what"), OWNERS, ids=[one[2] + one[0] for one in OWNERS])
async def test_the_owner_is_told_with_what_it_does_and_what_to_do_for_good(
    stage: Stage, kind: str, marks: dict[str, str], who: str, what: str
):
    marked(stage, kind, marks)
    await stage.types("U0BEN", "/deploy architect-api 2.16.0 because the fix")
    plan = everything(await stage.shows("OP-1 · plan"))
    assert who in plan
    assert what in plan
    assert "For good: change" in plan


async def test_a_mark_that_was_copied_from_another_object_names_no_owner(stage: Stage):
    marked(stage, "annotations", {"argocd.argoproj.io/tracking-id": "shop:apps/Deployment:other/api"})
    await stage.types("U0BEN", "/deploy architect-api 2.16.0 because the fix")
    assert "Argo CD" not in everything(await stage.shows("OP-1 · plan"))


async def test_a_restart_is_put_back_by_nobody(stage: Stage):
    marked(stage, "annotations", TRACKED)
    await stage.types("U0BEN", "/restart architect-api")
    assert "Argo CD" not in everything(await stage.shows("OP-1 · plan"))


def reading_applications() -> str:
    """The printed Roles, and the one that `argocd_namespace` in the catalog adds."""
    role = {"kind": "Role", "metadata": {"name": "muster", "namespace": "argocd"}}
    rule = {"apiGroups": ["argoproj.io"], "resources": ["applications"], "verbs": ["get"]}
    return yaml.safe_dump_all([*yaml.safe_load_all(printed()[1]), {**role, "rules": [rule]}])


@pytest.mark.parametrize(("automated", "asks"), [({"selfHeal": True}, True), ({"prune": True}, False)])
async def test_what_is_known_to_heal_itself_is_changed_with_a_reason(
    tmp_path: Path, automated: dict[str, bool], asks: bool
):
    async with staged(tmp_path, "http", place={"rbac": reading_applications()}) as stage:
        marked(stage, "annotations", TRACKED)
        application(stage, **automated)
        await stage.types("U0BEN", "/scale architect-api 5")
        plan = everything(await stage.shows("OP-1 · plan"))
        assert ("it will put this back within minutes" in plan) is asks
        assert ("Run asks for one" in plan) is asks
        if not asks:
            assert "self-heal is off" in plan
            return
        await stage.types("U0BEN", "/ops run OP-1")
        told = everything(await stage.whispers("needs a reason", "U0BEN"))
        assert "because" in told
        await stage.types("U0BEN", "/ops run OP-1 because the sale starts now")
        await stage.shows("OP-1 · ✅ Done")
