"""What the catalog says of a workload: what it is, and which of its containers is changed."""

import copy
import shutil
from pathlib import Path

import pytest
from pydantic import ValidationError

from backends.kubernetes import KubernetesTarget
from backends.registry import target_types
from model.catalog_loader import CatalogErrors, load_catalog
from model.changes import Configure, Deploy
from model.refusal import Refused
from playground.kubernetes.defaults import with_defaults
from playground.kubernetes.resources import DEPLOYMENTS
from tests.backends.cluster import ARCHITECT, Cluster, applied

EXAMPLE = Path(__file__).parents[2] / "examples" / "catalog"
PLACE = {"cluster": "architect", "namespace": "shop"}


@pytest.mark.parametrize(
    ("written", "kind", "path"),
    [
        ("sts/db", "StatefulSet", "statefulsets/db"),
        ("statefulset/db", "StatefulSet", "statefulsets/db"),
        ("ds/agent", "DaemonSet", "daemonsets/agent"),
        ("daemonset/agent", "DaemonSet", "daemonsets/agent"),
        ("deploy/api", "Deployment", "deployments/api"),
        ("deployment/api", "Deployment", "deployments/api"),
    ],
)
def test_a_workload_is_written_short_or_long(written: str, kind: str, path: str):
    target = KubernetesTarget.model_validate({**PLACE, "workload": written})
    assert target.object_kind == kind
    assert target.path == f"/apis/apps/v1/namespaces/shop/{path}"


def test_an_older_catalogs_deployment_is_the_same_workload():
    old = KubernetesTarget.model_validate({**PLACE, "deployment": "api"})
    assert old.path == KubernetesTarget.model_validate({**PLACE, "workload": "deploy/api"}).path


@pytest.mark.parametrize("written", ["pod/api", "api", "sts/", "sts/My DB"])
def test_another_kind_or_no_name_is_refused_with_what_may_stand_there(written: str):
    with pytest.raises(ValidationError, match="sts/NAME"):
        KubernetesTarget.model_validate({**PLACE, "workload": written})


def test_both_at_once_is_a_mistake_of_the_catalog_at_its_line(tmp_path: Path):
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    text = (EXAMPLE / "architect.yaml").read_text(encoding="utf-8")
    both = text.replace("deployment: architect-api", "deployment: architect-api\n      workload: sts/db")
    (tmp_path / "architect.yaml").write_text(both, encoding="utf-8")
    with pytest.raises(CatalogErrors) as error:
        load_catalog(tmp_path, target_types())
    line = next(number for number, one in enumerate(both.splitlines(), 1) if one == "    target:")
    assert f"architect.yaml:{line}" in str(error.value) or f"architect.yaml:{line + 1}" in str(error.value)
    assert "leave `deployment` out" in str(error.value)


def with_sidecar(cluster: Cluster) -> None:
    """A second container stands first, as an injected proxy may."""
    item = copy.deepcopy(cluster.deployment())
    proxy = {"name": "proxy", "image": "registry.example.com/proxy:1.0"}
    item["spec"]["template"]["spec"]["containers"].insert(0, proxy)
    cluster.edit(**with_defaults(DEPLOYMENTS, item)["spec"])


async def test_of_several_containers_the_catalogs_is_changed_and_the_plan_names_it(cluster: Cluster):
    with_sidecar(cluster)
    target = ARCHITECT.target.model_copy(update={"container": "architect-api"})
    service = ARCHITECT.model_copy(update={"target": target})
    plan = await cluster.backend.plan(service, Deploy(version="2.16.0"))
    assert plan.deltas[0].what == "image of architect-api"
    await cluster.backend.apply(service, plan.steps[0], "OP-1-0")
    plan = await cluster.backend.plan(service, Configure(set={"RATE_LIMIT": "100"}))
    assert "of architect-api" in plan.steps[0].says
    await cluster.backend.apply(service, plan.steps[0], "OP-2-0")
    proxy, api = cluster.deployment()["spec"]["template"]["spec"]["containers"]
    assert (proxy["image"], "env" in proxy) == ("registry.example.com/proxy:1.0", False)
    assert api["image"].endswith(":2.16.0")
    assert {"name": "RATE_LIMIT", "value": "100"} in api["env"]


async def test_of_several_containers_none_is_guessed_and_their_names_are_told(cluster: Cluster):
    with_sidecar(cluster)
    for change in (Deploy(version="2.16.0"), Configure(set={"A": "1"})):
        with pytest.raises(Refused, match="2 containers") as refused:
            await applied(cluster.backend, change)
        assert "container: proxy" in refused.value.instead
        assert "container: architect-api" in refused.value.instead
