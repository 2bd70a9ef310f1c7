"""ElastiCache: one cluster and its snapshots."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from playground.aws.cloud import ApiCall, Cloud, Operation
from playground.aws.modelled import Modelled
from playground.aws.refusal import AwsError


@dataclass
class Snapshot:
    """One snapshot, available from `ready` on."""

    name: str
    cluster: str
    at: datetime
    ready: datetime


@dataclass
class Cache:
    """Everything of one region. clusters: id → when it is available again."""

    clusters: dict[str, datetime] = field(default_factory=dict[str, datetime])
    snapshots: dict[str, Snapshot] = field(default_factory=dict[str, Snapshot])


def _known(ask: ApiCall, id: str) -> Cache:
    state = ask.region.state(Cache)
    if id not in state.clusters:
        raise AwsError("CacheClusterNotFound", f"CacheCluster not found: {id}", 404)
    return state


def describe_clusters(ask: ApiCall) -> dict[str, Any]:
    """DescribeCacheClusters of one cluster."""
    id = str(ask.params.get("CacheClusterId") or next(iter(ask.region.state(Cache).clusters), ""))
    until = _known(ask, id).clusters[id]
    return {
        "CacheClusters": [
            {
                "CacheClusterId": id,
                "CacheClusterStatus": "snapshotting" if ask.at < until else "available",
                "CacheNodeType": "cache.t3.micro",
                "Engine": "redis",
                "EngineVersion": "7.0.7",
                "NumCacheNodes": 1,
                "SnapshotRetentionLimit": 0,
            }
        ]
    }


def create_snapshot(ask: ApiCall) -> dict[str, Any]:
    """CreateSnapshot of an available cluster."""
    id, name = str(ask.params.get("CacheClusterId")), str(ask.params["SnapshotName"])
    state = _known(ask, id)
    if ask.at < state.clusters[id]:
        raise AwsError("InvalidCacheClusterState", "The cache cluster is not in the available state.")
    if name in state.snapshots:
        raise AwsError("SnapshotAlreadyExistsFault", f"Snapshot already exists: {name}")
    ready = ask.at + ask.region.pace * 2
    state.snapshots[name] = Snapshot(name, id, ask.at, ready)
    state.clusters[id] = ready
    return {"Snapshot": _shape(ask, state.snapshots[name])}


def describe_snapshots(ask: ApiCall) -> dict[str, Any]:
    """DescribeSnapshots of one cluster, or all."""
    id = ask.params.get("CacheClusterId")
    known = ask.region.state(Cache).snapshots.values()
    return {"Snapshots": [_shape(ask, one) for one in known if id in {None, one.cluster}]}


def _shape(ask: ApiCall, one: Snapshot) -> dict[str, Any]:
    return {
        "SnapshotName": one.name,
        "CacheClusterId": one.cluster,
        "SnapshotStatus": "available" if ask.at >= one.ready else "creating",
        "SnapshotSource": "manual",
        "NodeSnapshots": [{"CacheNodeId": "0001", "CacheSize": "4 MB", "SnapshotCreateTime": one.at}],
    }


OPERATIONS: dict[str, Operation] = {
    "DescribeCacheClusters": describe_clusters,
    "CreateSnapshot": create_snapshot,
    "DescribeSnapshots": describe_snapshots,
}


def seed(world: Cloud) -> None:
    """The cache of the Miyabi development environment, and a snapshot of last week."""
    state, at = world.region("us-west-2").state(Cache), world.now() - timedelta(days=7)
    state.clusters["miyabi-cache-dev"] = at
    name = f"miyabi-cache-snapshot-{at:%Y%m%d}"
    state.snapshots[name] = Snapshot(name, "miyabi-cache-dev", at, at)


ELASTICACHE = Modelled("elasticache", "elasticache", OPERATIONS, seed)
