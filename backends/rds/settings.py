"""An instance's settings, as a restore has to be given them and as two instances are compared: pure.

A restore takes over nothing that is not given: RDS puts its own defaults, such as a single zone (Amazon RDS
User Guide, restoring to a DB instance; API reference, RestoreDBInstanceFromDBSnapshot).
"""

from typing import Any, cast

from backends.rds.target import Json
from model.plan import Warning

GP3_OWN_FROM = 400
"""GiB from which on gp3 takes IOPS and throughput of one's own (Amazon RDS User Guide, gp3 storage)."""

_PLAIN = (
    ("DBInstanceClass", "class"),
    ("MultiAZ", "Multi-AZ"),
    ("PubliclyAccessible", "public access"),
    ("StorageType", "storage type"),
    ("DeletionProtection", "deletion protection"),
    ("CopyTagsToSnapshot", "tags copied to snapshots"),
    ("CACertificateIdentifier", "certificate authority"),
    ("AutoMinorVersionUpgrade", "minor upgrades by itself"),
    ("LicenseModel", "licence"),
    ("NetworkType", "network type"),
    ("DedicatedLogVolume", "log volume of its own"),
    ("BackupRetentionPeriod", "backup retention in days"),
    ("PreferredBackupWindow", "backup window"),
)
_NOT_GIVEN = (
    ("PreferredMaintenanceWindow", "maintenance window"),
    ("MaxAllocatedStorage", "most storage it grows to, GiB"),
    ("MonitoringInterval", "enhanced monitoring, seconds"),
    ("PerformanceInsightsEnabled", "Performance Insights"),
)
"""What no restore takes, and only ModifyDBInstance sets afterwards."""


def given(instance: Json) -> Json:
    """The parameters of a restore that make it like this instance."""
    found: Json = {key: instance[key] for key, _ in _PLAIN if instance.get(key) not in (None, "")}
    found["VpcSecurityGroupIds"] = _groups(instance)
    if tags := _tags(instance):
        found["Tags"] = tags
    more = {
        "DBSubnetGroupName": _part(instance, "DBSubnetGroup").get("DBSubnetGroupName"),
        "DBParameterGroupName": _first(instance, "DBParameterGroups").get("DBParameterGroupName"),
        "OptionGroupName": _first(instance, "OptionGroupMemberships").get("OptionGroupName"),
        "Port": _part(instance, "Endpoint").get("Port"),
        "EnableIAMDatabaseAuthentication": instance.get("IAMDatabaseAuthenticationEnabled"),
        "EnableCloudwatchLogsExports": instance.get("EnabledCloudwatchLogsExports"),
    }
    if _takes_iops(instance):
        more |= {"Iops": instance.get("Iops"), "StorageThroughput": instance.get("StorageThroughput")}
    return found | {key: value for key, value in more.items() if value not in (None, "", [])}


def missing(instance: Json) -> tuple[Warning, ...]:
    """A `warn` that names what this instance has and no restore can be given."""
    told = [f"{words} ({_shown(instance[key])})" for key, words in _NOT_GIVEN if instance.get(key)]
    if not told:
        return ()
    text = f"A restore cannot be given: {', '.join(told)}. Compare before the swap."
    return (Warning(level="warn", code="not-given", text=text),)


def differing(instance: Json, new: Json) -> tuple[Warning, ...]:
    """A `warn` for what differs between the one in use and what takes its place, or that nothing does."""
    before, after = _all(instance), _all(new)
    told = [
        f"{words} {_shown(before.get(words))} → {_shown(after.get(words))}"
        for words in before | after
        if before.get(words) != after.get(words)
    ]
    if not told:
        text = "Its settings are those of the one in use, as far as RDS tells them."
        return (Warning(level="note", code="same-settings", text=text),)
    text = f"What comes in has other settings: {'; '.join(told)}."
    instead = "Change them on the restored instance first, where they matter."
    return (Warning(level="warn", code="other-settings", text=text, instead=instead),)


def _all(instance: Json) -> dict[str, Any]:
    """Every setting that is compared, by its words."""
    found = {words: instance.get(key) for key, words in (*_PLAIN, *_NOT_GIVEN)}
    found |= {
        "security groups": sorted(_groups(instance)),
        "subnet group": _part(instance, "DBSubnetGroup").get("DBSubnetGroupName"),
        "parameter group": _first(instance, "DBParameterGroups").get("DBParameterGroupName"),
        "option group": _first(instance, "OptionGroupMemberships").get("OptionGroupName"),
        "tags": sorted(f"{one['Key']}={one['Value']}" for one in _tags(instance)),
        "port": _part(instance, "Endpoint").get("Port"),
        "IAM authentication": instance.get("IAMDatabaseAuthenticationEnabled"),
        "log exports": sorted(cast(list[str], instance.get("EnabledCloudwatchLogsExports") or [])),
        "IOPS": instance.get("Iops"),
        "storage, GiB": instance.get("AllocatedStorage"),
    }
    return {words: value for words, value in found.items() if value not in (None, "", [], 0, False)}


def _takes_iops(instance: Json) -> bool:
    kind = str(instance.get("StorageType", ""))
    size = int(instance.get("AllocatedStorage", 0))
    return kind.startswith("io") or (kind == "gp3" and size >= GP3_OWN_FROM)


def _groups(instance: Json) -> list[str]:
    attached = cast(list[Json], instance.get("VpcSecurityGroups") or [])
    return [str(one["VpcSecurityGroupId"]) for one in attached]


def _tags(instance: Json) -> list[Json]:
    """Those that people gave; AWS's own (`aws:…`) nobody may give."""
    found = cast(list[Json], instance.get("TagList") or [])
    return [one for one in found if not str(one["Key"]).startswith("aws:")]


def _part(instance: Json, key: str) -> Json:
    return cast(Json, instance.get(key) or {})


def _first(instance: Json, key: str) -> Json:
    found = cast(list[Json], instance.get(key) or [])
    return found[0] if found else cast(Json, {})


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, cast(list[object], value))) or "none"
    if value is None or isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
