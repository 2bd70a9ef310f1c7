"""What the catalog says of a workload, where it is in the API, and what its objects say of themselves."""

import re
from collections.abc import Mapping
from typing import Any, Literal, Self, cast

from pydantic import ConfigDict, Field, field_validator, model_validator

from backends.kubernetes.kinds import DEPLOYMENT, PATTERN, REVISION, WorkloadKind, kind_named
from model.catalog.schema import Service, Target
from model.images import short
from model.plan import fingerprint

Json = dict[str, Any]

CAUSE = "kubernetes.io/change-cause"
RESTARTED = "kubectl.kubernetes.io/restartedAt"
APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
HASH = "pod-template-hash"
ROLLOUT_HASH = "rollouts-pod-template-hash"


class KubernetesTarget(Target):
    """A Deployment, a StatefulSet, a DaemonSet, or a Rollout of Argo Rollouts."""

    model_config = ConfigDict(json_schema_extra={"not": {"required": ["workload", "deployment"]}})

    kind: Literal["kubernetes"] = "kubernetes"  # pyright: ignore[reportIncompatibleVariableOverride]  # frozen
    cluster: str = Field(description="the context in the kubeconfig")
    namespace: str = Field(description="its namespace")
    workload: str = Field(
        default="",
        description="what it is and its name: `deploy/NAME`, `sts/NAME`, `ds/NAME` or `rollout/NAME`, or the "
        "long `deployment/`, `statefulset/`, `daemonset/`; a Rollout is one of Argo Rollouts",
        json_schema_extra={"pattern": PATTERN},
    )
    deployment: str = Field(
        default="",
        description="a deployment's name, instead of `workload`: as older catalogs say it",
    )
    container: str = Field(
        default="",
        description="the container whose image and variables are changed; not needed where there is only one",
    )
    hpa: bool = Field(default=False, description="not needed any more: autoscalers are found")
    argocd_namespace: str = Field(
        default="",
        description="where Argo CD's Applications are, for Muster to read whether they heal themselves; "
        "`argocd` if empty, and then no right to read them is printed",
    )
    evidence_bucket: str = Field(
        default="", description="the bucket in S3 that `/logs SERVICE save` writes to; none if empty"
    )
    evidence_prefix: str = Field(default="", description="what the keys there begin with")
    evidence_region: str = Field(default="us-east-1", description="the bucket's region")
    evidence_role_arn: str = Field(
        default="", description="the role to take for it; the process's own credentials when empty"
    )

    @field_validator("workload")
    @classmethod
    def _is_known(cls, written: str) -> str:
        if not re.fullmatch(PATTERN, written):
            raise ValueError("a workload is `deploy/NAME`, `sts/NAME`, `ds/NAME` or `rollout/NAME`")
        return written

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if self.workload and self.deployment:
            raise ValueError(
                f"`workload: {self.workload}` and `deployment: {self.deployment}` stand here both; "
                "leave `deployment` out"
            )
        if not self.workload and not self.deployment:
            raise ValueError("`workload` is missing: `deploy/NAME`, `sts/NAME`, `ds/NAME` or `rollout/NAME`")
        return self

    @property
    def of(self) -> WorkloadKind:
        """What it is."""
        return kind_named(self.workload.partition("/")[0]) if self.workload else DEPLOYMENT

    @property
    def extras(self) -> tuple[str, ...]:
        """What has to be installed to reach it."""
        return ("kubernetes", "aws") if self.evidence_bucket else ("kubernetes",)

    @property
    def siblings(self) -> str:
        """The path of the namespace's workloads of its kind."""
        return f"/apis/{self.of.api}/namespaces/{self.namespace}/{self.of.plural}"

    @property
    def path(self) -> str:
        """The path of the workload."""
        return f"{self.siblings}/{self.name}"

    @property
    def holders(self) -> str:
        """The path of what keeps earlier pod templates: ReplicaSets, or ControllerRevisions."""
        return f"/apis/apps/v1/namespaces/{self.namespace}/{self.of.holders}"

    @property
    def pods(self) -> str:
        """The path of the namespace's pods."""
        return f"/api/v1/namespaces/{self.namespace}/pods"

    @property
    def usage(self) -> str:
        """The path of what the namespace's pods use."""
        return f"/apis/metrics.k8s.io/v1beta1/namespaces/{self.namespace}/pods"

    @property
    def events(self) -> str:
        """The path of the namespace's events."""
        return f"/api/v1/namespaces/{self.namespace}/events"

    @property
    def autoscalers(self) -> str:
        """The path of the namespace's HorizontalPodAutoscalers."""
        return f"/apis/autoscaling/v2/namespaces/{self.namespace}/horizontalpodautoscalers"

    @property
    def scaled_objects(self) -> str:
        """The path of the namespace's ScaledObjects, which KEDA defines."""
        return f"/apis/keda.sh/v1alpha1/namespaces/{self.namespace}/scaledobjects"

    @property
    def object_kind(self) -> str:
        """What the API calls it."""
        return self.of.kind

    @property
    def name(self) -> str:
        """Its name."""
        return self.workload.partition("/")[2] or self.deployment


def target_of(service: Service) -> KubernetesTarget:
    """The service's target, which the loader made of this kind."""
    assert isinstance(service.target, KubernetesTarget)
    return service.target


def part(item: Json, *names: str) -> Json:
    """The object at the end of these names; empty where there is none (Kubernetes leaves out or nulls)."""
    for name in names:
        item = cast(Json, item.get(name) or {})
    return item


def entries(item: Json, name: str) -> list[Json]:
    """The list of objects of that name; empty where there is none."""
    return cast(list[Json], item.get(name) or [])


def annotation(item: Json, name: str) -> str:
    """An annotation of an object, empty when it has none of that name."""
    return str(part(item, "metadata", "annotations").get(name, ""))


def revision_of(item: Json) -> str:
    """The revision a deployment is at, or a ReplicaSet holds; empty for none."""
    return annotation(item, REVISION)


def image_of(template: Json, name: str = "") -> str:
    """The image of the container of that name, else of the first, without its registry, as people read it."""
    containers = entries(template["spec"], "containers")
    chosen = next((one for one in containers if one["name"] == name), containers[0])
    return short(str(chosen["image"]).rsplit("/", 1)[-1])


def template_of(item: Json) -> Json:
    """The pod template of a workload or ReplicaSet, without the label that only ReplicaSets add."""
    template = cast(Json, item["spec"]["template"])
    meta = part(template, "metadata")
    labels = {key: value for key, value in part(meta, "labels").items() if key not in (HASH, ROLLOUT_HASH)}
    return {**template, "metadata": {**meta, "labels": labels}}


def template_fingerprint(item: Json) -> str:
    """A fingerprint of the pod template: equal for a deployment and the ReplicaSet of its revision.

    The API server stores no empty lists: a template that is about to be sent counts as it will be read again.
    """
    return fingerprint({"template": _as_stored(item)})


def essence(item: Json) -> str:
    """The same without the stamp of a restart: equal for templates that run the same."""
    template = _as_stored(item)
    notes = {
        key: value for key, value in part(template, "metadata", "annotations").items() if key != RESTARTED
    }
    meta = {**template["metadata"], "annotations": notes}
    told = {key: value for key, value in meta.items() if value}
    return fingerprint({"template": {**template, "metadata": told}})


def _as_stored(item: Json) -> Json:
    template = template_of(item)
    meta = {key: value for key, value in template["metadata"].items() if value}
    return {**template, "metadata": meta, "spec": _without_empty_lists(template["spec"])}


def _without_empty_lists(value: Any) -> Any:
    if isinstance(value, dict):
        named = cast(Json, value).items()
        return {key: _without_empty_lists(one) for key, one in named if one is not None and one != []}
    if isinstance(value, list):
        return [_without_empty_lists(one) for one in cast(list[Any], value)]
    return value


def holds(wanted: object, there: object) -> bool:
    """Whether everything that `wanted` names is so; objects may have more, lists are compared whole."""
    if isinstance(wanted, Mapping):
        known = cast(Mapping[str, object], there if isinstance(there, Mapping) else {})
        return all(holds(value, known.get(key)) for key, value in cast(Mapping[str, object], wanted).items())
    return wanted == there
