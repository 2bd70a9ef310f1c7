"""The kinds of object this API server knows, and what may be done with each."""

from dataclasses import dataclass
from typing import Any, cast

Json = dict[str, Any]
"""A decoded JSON object, as it travels."""


def part(item: Json, *path: str) -> Json:
    """The object below a path; empty where there is none or null."""
    for name in path:
        item = cast("Json | None", item.get(name)) or {}
    return item


def entries(item: Json, name: str) -> list[Json]:
    """The list of objects of this name; empty where there is none or null."""
    return cast("list[Json] | None", item.get(name)) or []


def texts(item: Json, name: str) -> list[str]:
    """The list of strings of this name; empty where there is none or null."""
    return cast("list[str] | None", item.get(name)) or []


READ = ("get", "list", "watch")
ALL = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True)
class Resource:
    """One kind, as discovery describes it; `subresources` are the last path parts it answers to."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool = True
    verbs: tuple[str, ...] = ALL
    short: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        """`apps/v1`, or `v1` for the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def group_resource(self) -> str:
        """`deployments.apps`, as error messages name it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def group_kind(self) -> str:
        """`Deployment.apps`, as validation messages name it."""
        return f"{self.kind}.{self.group}" if self.group else self.kind

    @property
    def list_kind(self) -> str:
        """The kind of a list of these."""
        return f"{self.kind}List"


DEPLOYMENTS = Resource(
    "apps", "v1", "deployments", "Deployment", short=("deploy",), categories=("all",),
    subresources=("scale", "status"),
)  # fmt: skip
REPLICASETS = Resource(
    "apps", "v1", "replicasets", "ReplicaSet", short=("rs",), categories=("all",),
    subresources=("scale", "status"),
)  # fmt: skip
STATEFULSETS = Resource(
    "apps", "v1", "statefulsets", "StatefulSet", short=("sts",), categories=("all",),
    subresources=("scale", "status"),
)  # fmt: skip
DAEMONSETS = Resource(
    "apps", "v1", "daemonsets", "DaemonSet", short=("ds",), categories=("all",), subresources=("status",)
)
CONTROLLERREVISIONS = Resource("apps", "v1", "controllerrevisions", "ControllerRevision")
PODS = Resource(
    "", "v1", "pods", "Pod", short=("po",), categories=("all",), subresources=("log", "status")
)  # fmt: skip
EVENTS = Resource("", "v1", "events", "Event", short=("ev",))
NAMESPACES = Resource("", "v1", "namespaces", "Namespace", False, READ, short=("ns",))
NODES = Resource("", "v1", "nodes", "Node", False, READ, short=("no",))
HPAS = Resource(
    "autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", short=("hpa",),
    categories=("all",), subresources=("status",),
)  # fmt: skip
SCALED_OBJECTS = Resource("keda.sh", "v1alpha1", "scaledobjects", "ScaledObject", short=("so",))
APPLICATIONS = Resource("argoproj.io", "v1alpha1", "applications", "Application", short=("app",))
ROLLOUTS = Resource(
    "argoproj.io", "v1alpha1", "rollouts", "Rollout", short=("ro",), subresources=("scale", "status")
)
CUSTOM = (SCALED_OBJECTS, APPLICATIONS, ROLLOUTS)
"""Kinds that others define: served only where their definition is installed, by default nowhere.

Source: the documentation of custom resources; before that their paths answer 404, to whoever may ask.
"""
POD_METRICS = Resource("metrics.k8s.io", "v1beta1", "pods", "PodMetrics", True, ("get", "list"))
NODE_METRICS = Resource("metrics.k8s.io", "v1beta1", "nodes", "NodeMetrics", False, ("get", "list"))
ACCESS_REVIEWS = Resource(
    "authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", False, ("create",)
)
SELF_REVIEWS = Resource(
    "authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview", False, ("create",)
)

RESOURCES = (
    PODS,
    EVENTS,
    NAMESPACES,
    NODES,
    DEPLOYMENTS,
    REPLICASETS,
    STATEFULSETS,
    DAEMONSETS,
    CONTROLLERREVISIONS,
    HPAS,
    POD_METRICS,
    NODE_METRICS,
    ACCESS_REVIEWS,
    SELF_REVIEWS,
)
WORKLOADS = (DEPLOYMENTS, REPLICASETS, STATEFULSETS, DAEMONSETS, ROLLOUTS)
"""What owns pods, by itself or by what it owns."""
STORED = (*dict.fromkeys((PODS, EVENTS, NAMESPACES, NODES, *WORKLOADS, CONTROLLERREVISIONS, HPAS, *CUSTOM)),)


def find(group: str, version: str, plural: str) -> Resource | None:
    """The resource served at this group, version and path part."""
    for resource in (*RESOURCES, *CUSTOM):
        if (resource.group, resource.version, resource.plural) == (group, version, plural):
            return resource
    return None
