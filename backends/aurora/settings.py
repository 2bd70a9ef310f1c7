"""A cluster's settings, as a restore has to be given them: pure.

A restore from a snapshot takes over nothing that is not given, and one to a point in time all but the
security groups (Amazon RDS API reference, RestoreDBClusterFromSnapshot and RestoreDBClusterToPointInTime).
"""

from typing import Any, cast

from backends.aurora.snapshot import Snapshot
from backends.aurora.target import Json
from model.plan import Warning

_GIVEN = (
    ("DBSubnetGroupName", "DBSubnetGroup"),
    ("DBClusterParameterGroupName", "DBClusterParameterGroup"),
    ("Port", "Port"),
    ("EnableIAMDatabaseAuthentication", "IAMDatabaseAuthenticationEnabled"),
    ("EnableCloudwatchLogsExports", "EnabledCloudwatchLogsExports"),
    ("DeletionProtection", "DeletionProtection"),
    ("CopyTagsToSnapshot", "CopyTagsToSnapshot"),
    ("StorageType", "StorageType"),
    ("NetworkType", "NetworkType"),
    ("BackupRetentionPeriod", "BackupRetentionPeriod"),
    ("PreferredBackupWindow", "PreferredBackupWindow"),
    ("ServerlessV2ScalingConfiguration", "ServerlessV2ScalingConfiguration"),
)
"""A restore's parameters, and what DescribeDBClusters calls them."""

_NOT_GIVEN = (
    ("PreferredMaintenanceWindow", "maintenance window"),
    ("HttpEndpointEnabled", "Data API"),
    ("GlobalClusterIdentifier", "global database"),
    ("AssociatedRoles", "associated roles"),
)
"""What Muster gives no restore, and ModifyDBCluster or another call sets afterwards."""


def given(cluster: Json) -> Json:
    """The parameters of a restore that make it like this cluster."""
    found: Json = {to: cluster[key] for to, key in _GIVEN if cluster.get(key) not in (None, "", [])}
    attached = cast(list[Json], cluster.get("VpcSecurityGroups") or [])
    found["VpcSecurityGroupIds"] = [str(one["VpcSecurityGroupId"]) for one in attached]
    tags = [one for one in cast(list[Json], cluster.get("TagList") or []) if _is_ours(one)]
    return {**found, "Tags": tags} if tags else found


def instance_given(instance: Json) -> Json:
    """The parameters of CreateDBInstance that make it like this one of a cluster."""
    groups = cast(list[Json], instance.get("DBParameterGroups") or [])
    more: dict[str, Any] = {
        "DBParameterGroupName": groups[0].get("DBParameterGroupName") if groups else None,
        "PubliclyAccessible": instance.get("PubliclyAccessible"),
    }
    return {key: value for key, value in more.items() if value is not None}


def differing(seen: Snapshot) -> tuple[Warning, ...]:
    """What a restored cluster will not have that the one in use has."""
    told = [words for key, words in _NOT_GIVEN if seen.cluster.get(key)]
    if len(seen.members) > 1:
        told.insert(0, f"{len(seen.members)} instances: it gets one, so no reader takes over")
    if not told:
        return ()
    text = f"It will not have what {seen.where.cluster} has: {'; '.join(told)}."
    return (Warning(level="warn", code="not-given", text=text),)


def _is_ours(tag: Json) -> bool:
    return not str(tag["Key"]).startswith("aws:")
