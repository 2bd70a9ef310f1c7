"""Finding what a caller of ECS names: by name, by ARN, or by family and revision."""

from typing import Any

from playground.aws.cloud import Region
from playground.aws.clusters import Cluster, EcsService, Task, TaskDefinition
from playground.aws.refusal import AwsError, client


def cluster_of(region: Region, params: dict[str, Any]) -> Cluster:
    """The cluster that is named, or `default`. Raises ClusterNotFoundException."""
    name = str(params.get("cluster") or "default").rsplit("/", 1)[-1]
    if name not in region.clusters:
        raise AwsError("ClusterNotFoundException", "Cluster not found.")
    return region.clusters[name]


def service_of(region: Region, params: dict[str, Any], key: str = "service") -> EcsService:
    """The service that is named. Raises ClusterNotFoundException, ServiceNotFoundException."""
    reference = str(params.get(key, ""))
    named = {"cluster": reference.split("/")[1], **params} if reference.count("/") == 2 else params
    cluster = cluster_of(region, named)
    name = reference.rsplit("/", 1)[-1]
    if name not in cluster.services:
        raise AwsError("ServiceNotFoundException", "Service not found.")
    return cluster.services[name]


def definition_of(region: Region, reference: str) -> TaskDefinition:
    """A task definition by ARN, `family:revision`, or family (the newest active). Raises ClientException."""
    family, _, revision = reference.rsplit("/", 1)[-1].partition(":")
    known = region.definitions.get(family, [])
    if not revision:
        known = [each for each in known if each.status == "ACTIVE"][-1:]
    found = [each for each in known if not revision or str(each.revision) == revision]
    if not found:
        raise client("Unable to describe task definition.")
    return found[0]


def tasks_of(cluster: Cluster) -> dict[str, tuple[EcsService, Task]]:
    """Every task of a cluster by its id, with the service it belongs to."""
    return {task.id: (service, task) for service in cluster.services.values() for task in service.tasks}
