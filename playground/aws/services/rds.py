"""RDS, paced: instances that are made, modified, renamed and failed over, and their snapshots.

Its clusters are in `rds_clusters`.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from playground.aws.cloud import ApiCall, Cloud, Operation, Region
from playground.aws.refusal import AwsError
from playground.aws.services.ec2 import add_group

VERSION = "15.8"
CLASSES = (
    *(f"db.t3.{size}" for size in ("micro", "small", "medium", "large")),
    *(f"db.t4g.{size}" for size in ("micro", "small", "medium", "large", "xlarge")),
    *(f"db.r6g.{size}" for size in ("large", "xlarge", "2xlarge")),
)
DEFAULTS: dict[str, Any] = {
    "BackupRetentionPeriod": 1,
    "MultiAZ": False,
    "PubliclyAccessible": True,
    "StorageType": "gp2",
    "DeletionProtection": False,
    "CopyTagsToSnapshot": False,
    "IAMDatabaseAuthenticationEnabled": False,
    "EnabledCloudwatchLogsExports": [],
    "TagList": [],
}
"""What RDS sets where a restore does not say (API reference; public access by the subnet group's VPC)."""

_ALIKE = (
    *("MultiAZ", "PubliclyAccessible", "StorageType", "DeletionProtection", "CopyTagsToSnapshot"),
    *("BackupRetentionPeriod", "DBParameterGroupName", "OptionGroupName"),
)
SETTABLE = {
    **{name: name for name in _ALIKE},
    "EnableIAMDatabaseAuthentication": "IAMDatabaseAuthenticationEnabled",
    "EnableCloudwatchLogsExports": "EnabledCloudwatchLogsExports",
    "Tags": "TagList",
}
"""A restore's parameters, and what DescribeDBInstances calls them."""

LIVED_IN: dict[str, Any] = {
    "BackupRetentionPeriod": 7,
    "MultiAZ": True,
    "PubliclyAccessible": False,
    "StorageType": "gp3",
    "DeletionProtection": True,
    "EnabledCloudwatchLogsExports": ["postgresql"],
    "MonitoringInterval": 60,
    "TagList": [{"Key": "team", "Value": "miyabi"}, {"Key": "aws:createdBy", "Value": "Root:1125"}],
}
"""How an instance in production is set up."""

BEHIND = timedelta(minutes=5)
"""How far behind now the latest restorable time is."""

STEPS = 3
"""Paces that making or modifying an instance takes."""


@dataclass
class Instance:
    """One instance. until: when it is available again, and what it is until then.

    zones: where it is and where its standby is. moves: they change places once it is available.
    """

    id: str
    arn: str
    klass: str
    group: str
    born: datetime
    until: datetime
    doing: str = "available"
    pending: dict[str, Any] = field(default_factory=dict[str, Any])
    next_class: str = ""
    next_id: str = ""
    source: str = ""
    zones: str = "ac"
    moves: bool = False
    settings: dict[str, Any] = field(default_factory=dict[str, Any])

    def status(self, now: datetime) -> str:
        """What DescribeDBInstances says of it."""
        return self.doing if now < self.until else "available"


@dataclass
class Snapshot:
    """One snapshot, available from `ready` on."""

    id: str
    instance: str
    at: datetime
    ready: datetime
    kind: str = "manual"


@dataclass
class Rds:
    """Everything of one region."""

    instances: dict[str, Instance] = field(default_factory=dict[str, Instance])
    snapshots: dict[str, Snapshot] = field(default_factory=dict[str, Snapshot])


def _pace(ask: ApiCall) -> timedelta:
    return ask.region.pace * STEPS


def _settled(ask: ApiCall) -> dict[str, Instance]:
    """The region's instances, with every change made whose time has come."""
    known = ask.region.state(Rds).instances
    for one in [each for each in known.values() if ask.at >= each.until]:
        if one.moves:
            one.zones, one.moves = one.zones[::-1], False
        if one.next_class:
            one.klass, one.next_class = one.next_class, ""
            one.pending.pop("DBInstanceClass", None)
        if one.next_id:
            del known[one.id]
            for replica in (each for each in known.values() if each.source == one.id):
                replica.source = one.next_id
            one.id, one.next_id, one.arn = one.next_id, "", ask.region.arn("rds", f"db:{one.next_id}")
            known[one.id] = one
    return known


def _found(ask: ApiCall, id: str) -> Instance:
    found = _settled(ask).get(id)
    if found is None:
        raise AwsError("DBInstanceNotFound", f"DBInstance {id} not found.", 404)
    return found


def _available(ask: ApiCall, id: str) -> Instance:
    found = _found(ask, id)
    if found.status(ask.at) != "available":
        message = f"Database instance {id} is not in available state."
        raise AwsError("InvalidDBInstanceState", message)
    return found


def _shape(ask: ApiCall, one: Instance) -> dict[str, Any]:
    children = [
        each.id for each in ask.region.state(Rds).instances.values() if each.source == one.id and one.id
    ]
    return {
        "DBInstanceIdentifier": one.id,
        "DBInstanceArn": one.arn,
        "DBInstanceClass": one.klass,
        "Engine": "postgres",
        "EngineVersion": VERSION,
        "DBInstanceStatus": one.status(ask.at),
        "MasterUsername": "miyabi_user",
        "DBName": "miyabi",
        "Endpoint": {"Address": f"{one.id}.abc.{ask.region.name}.rds.amazonaws.com", "Port": 5432},
        "AllocatedStorage": 100,
        "StorageEncrypted": True,
        "InstanceCreateTime": one.born,
        **{**DEFAULTS, **one.settings},
        "LatestRestorableTime": ask.at - BEHIND,
        "AvailabilityZone": f"{ask.region.name}{one.zones[0]}",
        # only of one with a standby (API reference, DBInstance)
        **(
            {"SecondaryAvailabilityZone": f"{ask.region.name}{one.zones[1]}"}
            if one.settings.get("MultiAZ")
            else {}
        ),
        "PendingModifiedValues": one.pending,
        "VpcSecurityGroups": [{"VpcSecurityGroupId": one.group, "Status": "active"}],
        "DBSubnetGroup": {"DBSubnetGroupName": "miyabi-private"},
        "DBParameterGroups": [
            {
                "DBParameterGroupName": one.settings.get("DBParameterGroupName", "default.postgres15"),
                "ParameterApplyStatus": "in-sync",
            }
        ],
        "OptionGroupMemberships": [
            {
                "OptionGroupName": one.settings.get("OptionGroupName", "default:postgres-15"),
                "Status": "in-sync",
            }
        ],
        "ReadReplicaDBInstanceIdentifiers": children,
        **({"ReadReplicaSourceDBInstanceIdentifier": one.source} if one.source else {}),
    }


def describe_instances(ask: ApiCall) -> dict[str, Any]:
    """DescribeDBInstances, of one or all."""
    id = ask.params.get("DBInstanceIdentifier")
    ids = [str(id)] if id else list(_settled(ask))
    found = [_shape(ask, _found(ask, one)) for one in ids]
    filters: list[dict[str, Any]] = ask.params.get("Filters") or []
    for one in filters:
        if one["Name"] != "db-cluster-id":
            raise AwsError("InvalidParameterValue", f"Unrecognized filter name: {one['Name']}")
        found = [each for each in found if each.get("DBClusterIdentifier") in one["Values"]]
    return {"DBInstances": found}


def describe_snapshots(ask: ApiCall) -> dict[str, Any]:
    """DescribeDBSnapshots, by instance or by its own name."""
    known = ask.region.state(Rds).snapshots
    id, instance = ask.params.get("DBSnapshotIdentifier"), ask.params.get("DBInstanceIdentifier")
    if id and id not in known:
        raise AwsError("DBSnapshotNotFound", f"DBSnapshot {id} not found.", 404)
    chosen = [known[str(id)]] if id else [one for one in known.values() if instance in {None, one.instance}]
    return {"DBSnapshots": [_snapshot_shape(ask, one) for one in chosen]}


def _snapshot_shape(ask: ApiCall, one: Snapshot) -> dict[str, Any]:
    is_ready = ask.at >= one.ready
    return {
        "DBSnapshotIdentifier": one.id,
        "DBInstanceIdentifier": one.instance,
        "DBSnapshotArn": ask.region.arn("rds", f"snapshot:{one.id}"),
        "SnapshotCreateTime": one.at,
        "Status": "available" if is_ready else "creating",
        "PercentProgress": 100 if is_ready else 40,
        "SnapshotType": one.kind,
        "AllocatedStorage": 100,
        "Engine": "postgres",
    }


def create_snapshot(ask: ApiCall) -> dict[str, Any]:
    """CreateDBSnapshot of an available instance."""
    instance = _available(ask, str(ask.params["DBInstanceIdentifier"]))
    id, state = str(ask.params["DBSnapshotIdentifier"]), ask.region.state(Rds)
    if id in state.snapshots:
        message = f"Cannot create the snapshot because a snapshot with the identifier {id} already exists."
        raise AwsError("DBSnapshotAlreadyExists", message)
    state.snapshots[id] = Snapshot(id, instance.id, ask.at, ask.at + _pace(ask))
    return {"DBSnapshot": _snapshot_shape(ask, state.snapshots[id])}


def restore_from_snapshot(ask: ApiCall) -> dict[str, Any]:
    """RestoreDBInstanceFromDBSnapshot into an instance that is not there yet."""
    state, id = ask.region.state(Rds), str(ask.params["DBInstanceIdentifier"])
    snapshot = state.snapshots.get(str(ask.params["DBSnapshotIdentifier"]))
    if snapshot is None:
        raise AwsError("DBSnapshotNotFound", "DBSnapshot not found.", 404)
    if ask.at < snapshot.ready:
        raise AwsError("InvalidDBSnapshotState", "The snapshot is not in available state.")
    return {"DBInstance": _shape(ask, _restored(ask, id))}


def restore_to_point_in_time(ask: ApiCall) -> dict[str, Any]:
    """RestoreDBInstanceToPointInTime: up to five minutes ago (its API reference)."""
    source = _available(ask, str(ask.params["SourceDBInstanceIdentifier"]))
    at = datetime.fromisoformat(str(ask.params["RestoreTime"]).replace("Z", "+00:00"))
    if not source.born <= at <= ask.at - BEHIND:
        message = f"The specified instance cannot be restored to a time later than {ask.at - BEHIND:%FT%TZ}"
        raise AwsError("InvalidParameterValue", message)
    return {"DBInstance": _shape(ask, _restored(ask, str(ask.params["TargetDBInstanceIdentifier"])))}


def _restored(ask: ApiCall, id: str) -> Instance:
    """An instance with what was given, and RDS's own defaults for all else: nothing is taken over."""
    tags: list[dict[str, Any]] = ask.params.get("Tags") or []
    for tag in tags:
        if str(tag["Key"]).startswith("aws:"):  # reserved (Amazon RDS User Guide, tagging)
            raise AwsError("InvalidParameterValue", "Tag keys beginning with aws: are reserved.")
    groups: list[str] = ask.params.get("VpcSecurityGroupIds") or [""]
    made = _add(ask, id, str(ask.params.get("DBInstanceClass") or "db.t3.micro"), groups[0])
    made.settings = {SETTABLE[key]: value for key, value in ask.params.items() if key in SETTABLE}
    return made


def create_replica(ask: ApiCall) -> dict[str, Any]:
    """CreateDBInstanceReadReplica."""
    source = _available(ask, str(ask.params["SourceDBInstanceIdentifier"]))
    made = _add(ask, str(ask.params["DBInstanceIdentifier"]), source.klass, source.group)
    made.source = source.id
    return {"DBInstance": _shape(ask, made)}


def _add(ask: ApiCall, id: str, klass: str, group: str) -> Instance:
    known = _settled(ask)
    if id in known:
        raise AwsError("DBInstanceAlreadyExists", "DB instance already exists")
    arn = ask.region.arn("rds", f"db:{id}")
    known[id] = Instance(id, arn, klass, group, ask.at, ask.at + _pace(ask), "creating")
    return known[id]


def modify_instance(ask: ApiCall) -> dict[str, Any]:
    """ModifyDBInstance: another class or name, begun at once or (without ApplyImmediately) pending."""
    found = _available(ask, str(ask.params["DBInstanceIdentifier"]))
    klass, name = ask.params.get("DBInstanceClass"), ask.params.get("NewDBInstanceIdentifier")
    if klass and klass not in CLASSES:
        raise AwsError(
            "InvalidParameterCombination", f"RDS does not support creating a DB instance with {klass}."
        )
    if name and name in _settled(ask):
        raise AwsError("DBInstanceAlreadyExists", "DB instance already exists")
    found.pending |= {"DBInstanceClass": klass} if klass else {}
    if not ask.params.get("ApplyImmediately"):
        found.pending |= {"DBInstanceIdentifier": name} if name else {}
        return {"DBInstance": _shape(ask, found)}
    found.until = ask.at + _pace(ask)
    if klass:
        found.next_class, found.doing = str(klass), "modifying"
    if name:
        found.next_id, found.doing = str(name), "renaming"
    return {"DBInstance": _shape(ask, found)}


def reboot_instance(ask: ApiCall) -> dict[str, Any]:
    """RebootDBInstance; with ForceFailover the standby takes its place (its API reference)."""
    found = _available(ask, str(ask.params["DBInstanceIdentifier"]))
    if ask.params.get("ForceFailover"):
        if not found.settings.get("MultiAZ"):
            message = "Reboot with failover is only possible for a Multi-AZ DB instance."
            raise AwsError("InvalidParameterCombination", message)
        found.moves = True
    found.doing, found.until = "rebooting", ask.at + ask.region.pace
    return {"DBInstance": _shape(ask, found)}


def orderable_options(ask: ApiCall) -> dict[str, Any]:
    """DescribeOrderableDBInstanceOptions of a class, or of all."""
    wanted = ask.params.get("DBInstanceClass")
    known = [one for one in CLASSES if wanted in {None, one}]
    is_ours = ask.params.get("EngineVersion") in {None, VERSION}
    shown = [
        {"Engine": "postgres", "EngineVersion": VERSION, "DBInstanceClass": one} for one in known if is_ours
    ]
    return {"OrderableDBInstanceOptions": shown}


OPERATIONS: dict[str, Operation] = {
    "DescribeDBInstances": describe_instances,
    "DescribeDBSnapshots": describe_snapshots,
    "CreateDBSnapshot": create_snapshot,
    "RestoreDBInstanceFromDBSnapshot": restore_from_snapshot,
    "RestoreDBInstanceToPointInTime": restore_to_point_in_time,
    "CreateDBInstanceReadReplica": create_replica,
    "ModifyDBInstance": modify_instance,
    "RebootDBInstance": reboot_instance,
    "DescribeOrderableDBInstanceOptions": orderable_options,
}


def seed(world: Cloud) -> None:
    """The two databases of the Miyabi runbooks, with automated and manual snapshots."""
    _seed(world.region("ap-northeast-1"), world.now(), "miyabi-db", "db.t4g.medium", "miyabi-lambda-sg")
    _seed(world.region("us-west-2"), world.now(), "miyabi-db-dev", "db.t3.micro", "miyabi-ecs-sg-dev")


def _seed(region: Region, now: datetime, id: str, klass: str, source: str) -> None:
    state, born = region.state(Rds), now - timedelta(days=90)
    group = add_group(region, f"{id}-sg", 5432, source)
    made = Instance(id, region.arn("rds", f"db:{id}"), klass, group, born, born, settings={**LIVED_IN})
    state.instances[id] = made
    for days, kind, name in ((20, "manual", f"{id}-pre-migration"), (1, "automated", f"rds:{id}-daily")):
        at = now - timedelta(days=days, hours=3)
        state.snapshots[name] = Snapshot(name, id, at, at, kind)
