"""Aurora clusters, paced: members, who writes, failover, snapshots, restores without instances.

Sources: Amazon RDS API reference (DBCluster, DBClusterMember, FailoverDBCluster, CreateDBInstance,
RestoreDBClusterFromSnapshot, RestoreDBClusterToPointInTime); Aurora User Guide, cluster status, fault
tolerance and endpoints. Its restores set only what is named in SETTABLE.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from playground.aws.cloud import ApiCall, Operation, Region
from playground.aws.modelled import Modelled
from playground.aws.refusal import AwsError
from playground.aws.services import rds
from playground.aws.services.rds import BEHIND, Instance, Rds

ENGINE, VERSION = "aurora-postgresql", "16.4"
DEFAULTS: dict[str, Any] = {
    "BackupRetentionPeriod": 1,
    "DeletionProtection": False,
    "CopyTagsToSnapshot": False,
    "IAMDatabaseAuthenticationEnabled": False,
    "EnabledCloudwatchLogsExports": [],
    "DBClusterParameterGroup": "default.aurora-postgresql16",
    "DBSubnetGroup": "default",
    "TagList": [],
}
"""What RDS sets where a restore does not say (API reference, RestoreDBClusterFromSnapshot)."""

SETTABLE = {
    **{name: name for name in ("BackupRetentionPeriod", "DeletionProtection", "CopyTagsToSnapshot")},
    "DBClusterParameterGroupName": "DBClusterParameterGroup",
    "DBSubnetGroupName": "DBSubnetGroup",
    "EnableIAMDatabaseAuthentication": "IAMDatabaseAuthenticationEnabled",
    "EnableCloudwatchLogsExports": "EnabledCloudwatchLogsExports",
    "Tags": "TagList",
}
"""A restore's parameters, and what DescribeDBClusters calls them."""

LIVED_IN: dict[str, Any] = {
    "BackupRetentionPeriod": 14,
    "DeletionProtection": True,
    "EnabledCloudwatchLogsExports": ["postgresql"],
    "DBClusterParameterGroup": "shop-aurora16",
    "DBSubnetGroup": "shop-private",
    "PreferredMaintenanceWindow": "sun:03:00-sun:04:00",
    "TagList": [{"Key": "team", "Value": "shop"}],
}


@dataclass
class DbCluster:
    """One cluster. tiers: member → promotion tier.

    until: when it is available again, and what it is until then.
    """

    id: str
    writer: str
    group: str
    born: datetime
    until: datetime
    tiers: dict[str, int] = field(default_factory=dict[str, int])
    doing: str = "available"
    next_writer: str = ""
    settings: dict[str, Any] = field(default_factory=dict[str, Any])

    def status(self, now: datetime) -> str:
        """What DescribeDBClusters says of it."""
        return self.doing if now < self.until else "available"


@dataclass
class ClusterSnapshot:
    """One snapshot of a cluster, available from `ready` on."""

    id: str
    cluster: str
    at: datetime
    ready: datetime
    kind: str = "manual"


@dataclass
class Clusters:
    """Everything of one region."""

    held: dict[str, DbCluster] = field(default_factory=dict[str, DbCluster])
    snapshots: dict[str, ClusterSnapshot] = field(default_factory=dict[str, ClusterSnapshot])


def add_cluster(region: Region, now: datetime, id: str, members: dict[str, int], klass: str) -> DbCluster:
    """A cluster in production, its first member the writer. members: name → promotion tier."""
    born = now - timedelta(days=90)
    made = DbCluster(id, next(iter(members)), "sg-shop", born, born, {**members}, settings={**LIVED_IN})
    region.state(Clusters).held[id] = made
    for name in members:
        _member(region, id, name, klass, born, born)
    at = now - timedelta(hours=20)
    daily = ClusterSnapshot(f"rds:{id}-daily", id, at, at, "automated")
    region.state(Clusters).snapshots[daily.id] = daily
    return made


def _member(region: Region, cluster: str, name: str, klass: str, at: datetime, ready: datetime) -> None:
    arn = region.arn("rds", f"db:{name}")
    settings = {"Engine": ENGINE, "EngineVersion": VERSION, "DBClusterIdentifier": cluster}
    made = Instance(name, arn, klass, "sg-shop", at, ready, "creating", settings=settings)
    region.state(Rds).instances[name] = made


def _found(ask: ApiCall, id: str) -> DbCluster:
    found = ask.region.state(Clusters).held.get(id)
    if found is None:
        raise AwsError("DBClusterNotFoundFault", f"DBCluster {id} not found.", 404)
    if found.next_writer and ask.at >= found.until:
        found.writer, found.next_writer = found.next_writer, ""
    return found


def _available(ask: ApiCall, id: str) -> DbCluster:
    found = _found(ask, id)
    if found.status(ask.at) != "available":
        message = f"DB cluster {id} is not in available state."
        raise AwsError("InvalidDBClusterStateFault", message)
    return found


def _shape(ask: ApiCall, one: DbCluster) -> dict[str, Any]:
    domain = f"abc.{ask.region.name}.rds.amazonaws.com"
    return {
        "DBClusterIdentifier": one.id,
        "DBClusterArn": ask.region.arn("rds", f"cluster:{one.id}"),
        "Status": one.status(ask.at),
        "Engine": ENGINE,
        "EngineVersion": VERSION,
        "EngineMode": "provisioned",
        "Endpoint": f"{one.id}.cluster-{domain}",
        "ReaderEndpoint": f"{one.id}.cluster-ro-{domain}",
        "MultiAZ": len(one.tiers) > 1,
        "Port": 5432,
        "ClusterCreateTime": one.born,
        "EarliestRestorableTime": max(one.born, ask.at - timedelta(days=14)),
        "LatestRestorableTime": ask.at - BEHIND,
        **{**DEFAULTS, **one.settings},
        "VpcSecurityGroups": [{"VpcSecurityGroupId": one.group, "Status": "active"}],
        "DBClusterMembers": [
            {
                "DBInstanceIdentifier": name,
                "IsClusterWriter": name == one.writer,
                "PromotionTier": tier,
                "DBClusterParameterGroupStatus": "in-sync",
            }
            for name, tier in one.tiers.items()
        ],
    }


def describe_clusters(ask: ApiCall) -> dict[str, Any]:
    """DescribeDBClusters, of one or all."""
    id = ask.params.get("DBClusterIdentifier")
    ids = [str(id)] if id else list(ask.region.state(Clusters).held)
    return {"DBClusters": [_shape(ask, _found(ask, one)) for one in ids]}


def failover(ask: ApiCall) -> dict[str, Any]:
    """FailoverDBCluster: a reader becomes the writer; without a name the one of the lowest tier."""
    cluster = _available(ask, str(ask.params["DBClusterIdentifier"]))
    readers = sorted((tier, name) for name, tier in cluster.tiers.items() if name != cluster.writer)
    if not readers:
        message = f"Cannot failover cluster {cluster.id} because it has no reader."
        raise AwsError("InvalidDBClusterStateFault", message)
    target = str(ask.params.get("TargetDBInstanceIdentifier") or readers[0][1])
    if target not in {name for _, name in readers}:
        raise AwsError("InvalidDBInstanceState", f"{target} is not a reader of {cluster.id}.")
    if ask.region.state(Rds).instances[target].status(ask.at) != "available":
        raise AwsError("InvalidDBInstanceState", f"{target} is not in available state.")
    cluster.doing, cluster.next_writer = "failing-over", target
    cluster.until = ask.at + ask.region.pace * 2
    return {"DBCluster": _shape(ask, cluster)}


def create_snapshot(ask: ApiCall) -> dict[str, Any]:
    """CreateDBClusterSnapshot; meanwhile the cluster is `backing-up`."""
    cluster = _available(ask, str(ask.params["DBClusterIdentifier"]))
    id, state = str(ask.params["DBClusterSnapshotIdentifier"]), ask.region.state(Clusters)
    if id in state.snapshots:
        raise AwsError("DBClusterSnapshotAlreadyExistsFault", f"The snapshot {id} already exists.")
    cluster.doing, cluster.until = "backing-up", ask.at + ask.region.pace * 2
    state.snapshots[id] = ClusterSnapshot(id, cluster.id, ask.at, cluster.until)
    return {"DBClusterSnapshot": _snapshot_shape(ask, state.snapshots[id])}


def describe_snapshots(ask: ApiCall) -> dict[str, Any]:
    """DescribeDBClusterSnapshots, of a cluster or all."""
    cluster = ask.params.get("DBClusterIdentifier")
    known = ask.region.state(Clusters).snapshots.values()
    chosen = [one for one in known if cluster in {None, one.cluster}]
    return {"DBClusterSnapshots": [_snapshot_shape(ask, one) for one in chosen]}


def _snapshot_shape(ask: ApiCall, one: ClusterSnapshot) -> dict[str, Any]:
    return {
        "DBClusterSnapshotIdentifier": one.id,
        "DBClusterIdentifier": one.cluster,
        "DBClusterSnapshotArn": ask.region.arn("rds", f"cluster-snapshot:{one.id}"),
        "SnapshotCreateTime": one.at,
        "Status": "available" if ask.at >= one.ready else "creating",
        "SnapshotType": one.kind,
        "Engine": ENGINE,
        "EngineVersion": VERSION,
    }


def restore_from_snapshot(ask: ApiCall) -> dict[str, Any]:
    """RestoreDBClusterFromSnapshot: RDS's defaults but for what is given, and no instance at all."""
    snapshot = ask.region.state(Clusters).snapshots.get(str(ask.params["SnapshotIdentifier"]))
    if snapshot is None:
        raise AwsError("DBClusterSnapshotNotFoundFault", "DBClusterSnapshot not found.", 404)
    if ask.at < snapshot.ready:
        raise AwsError("InvalidDBClusterSnapshotStateFault", "The snapshot is not in available state.")
    if not ask.params.get("Engine"):
        raise AwsError("MissingParameter", "The request must contain the parameter Engine.")
    return {"DBCluster": _shape(ask, _restored(ask, {}))}


def restore_to_point_in_time(ask: ApiCall) -> dict[str, Any]:
    """RestoreDBClusterToPointInTime: the source's configuration, but the default security group."""
    source = _found(ask, str(ask.params["SourceDBClusterIdentifier"]))
    at = datetime.fromisoformat(str(ask.params["RestoreToTime"]).replace("Z", "+00:00"))
    if not source.born <= at <= ask.at - BEHIND:
        message = f"The cluster cannot be restored to a time later than {ask.at - BEHIND:%FT%TZ}"
        raise AwsError("InvalidRestoreFault", message)
    return {"DBCluster": _shape(ask, _restored(ask, source.settings))}


def _restored(ask: ApiCall, settings: dict[str, Any]) -> DbCluster:
    id, state = str(ask.params["DBClusterIdentifier"]), ask.region.state(Clusters)
    if id in state.held:
        raise AwsError("DBClusterAlreadyExistsFault", f"DB cluster {id} already exists.")
    groups: list[str] = ask.params.get("VpcSecurityGroupIds") or ["sg-default"]
    given = {SETTABLE[key]: value for key, value in ask.params.items() if key in SETTABLE}
    made = DbCluster(id, "", groups[0], ask.at, ask.at + ask.region.pace * 3, doing="creating")
    made.settings = {**settings, **given}
    state.held[id] = made
    return made


def create_instance(ask: ApiCall) -> dict[str, Any]:
    """CreateDBInstance in a cluster, which has to be available; the first one writes."""
    cluster = _available(ask, str(ask.params["DBClusterIdentifier"]))
    name = str(ask.params["DBInstanceIdentifier"])
    if name in ask.region.state(Rds).instances:
        raise AwsError("DBInstanceAlreadyExists", "DB instance already exists")
    ready = ask.at + ask.region.pace * 3
    _member(ask.region, cluster.id, name, str(ask.params["DBInstanceClass"]), ask.at, ready)
    cluster.tiers[name] = int(ask.params.get("PromotionTier", 1))
    cluster.writer = cluster.writer or name
    made = rds.describe_instances(ApiCall(ask.region, {"DBInstanceIdentifier": name}, ask.at, ask.world))
    return {"DBInstance": made["DBInstances"][0]}


OPERATIONS: dict[str, Operation] = {
    "DescribeDBClusters": describe_clusters,
    "FailoverDBCluster": failover,
    "CreateDBClusterSnapshot": create_snapshot,
    "DescribeDBClusterSnapshots": describe_snapshots,
    "RestoreDBClusterFromSnapshot": restore_from_snapshot,
    "RestoreDBClusterToPointInTime": restore_to_point_in_time,
    "CreateDBInstance": create_instance,
}

RDS = Modelled("rds", "rds", {**rds.OPERATIONS, **OPERATIONS}, rds.seed)
