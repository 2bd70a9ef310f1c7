"""How a database instance is: its status, what is pending, and who may reach it."""

from collections.abc import Sequence
from typing import Any, cast

from backends.rds.plans import Snapshot
from backends.rds.target import Json
from model.catalog.schema import Service
from model.health import Check, Health, Verdict
from model.slash import slash

_WELL = frozenset({"available", "backing-up"})
_DOWN = frozenset({"stopped", "stopping", "failed", "storage-full", "inaccessible-encryption-credentials"})
WORLD = frozenset({"0.0.0.0/0", "::/0"})


def signs(instance: Json, groups: Sequence[Json]) -> tuple[Check, ...]:
    """The instance's own signs, and one for each of its security groups."""
    status = str(instance["DBInstanceStatus"])
    verdict = Verdict.OK if status in _WELL else Verdict.DOWN if status in _DOWN else Verdict.DEGRADED
    why = "" if verdict is Verdict.OK else f"{instance['DBInstanceIdentifier']} is {status}"
    engine = f"{instance['Engine']} {instance.get('EngineVersion', '')}".strip()
    found = [
        Check(name="instance", value=f"{status}, {instance['DBInstanceClass']}", verdict=verdict, why=why),
        Check(name="engine", value=f"{engine}, {instance['AllocatedStorage']} GiB", verdict=Verdict.OK),
    ]
    pending = cast(dict[str, Any], instance.get("PendingModifiedValues") or {})
    if pending:
        said = ", ".join(f"{name} {value}" for name, value in pending.items())
        waits = "it is being changed" if status == "modifying" else "it waits for the maintenance window"
        found.append(
            Check(
                name="pending",
                value=said,
                verdict=Verdict.DEGRADED,
                why=f"{waits}: {said}",
            )
        )
    replicas = cast(list[str], instance.get("ReadReplicaDBInstanceIdentifiers") or [])
    if replicas:
        found.append(Check(name="read replicas", value=", ".join(replicas), verdict=Verdict.OK))
    return (*found, *(_group(one) for one in groups))


def half_swapped(service: Service, seen: Snapshot) -> Health:
    """Between the two renames of a swap nothing has the name: down, and what to type."""
    where = seen.where
    why = (
        f"no instance has the name {where.instance}: half swapped. Type "
        f"{slash('restore')} {service.id} --swap"
    )
    states = {where.old: seen.instance, **seen.others}
    found = (
        Check(name="instance", value="none has the name", verdict=Verdict.DOWN, why=why),
        *(
            Check(name=name, value=str(one["DBInstanceStatus"]), verdict=Verdict.OK)
            for name, one in states.items()
        ),
    )
    return Health(service=service.id, verdict=Verdict.DOWN, reason=why, signs=found)


def _group(group: Json) -> Check:
    """Who may reach it; the whole world may not."""
    sources = [source for rule in cast(list[Json], group["IpPermissions"]) for source in _sources(rule)]
    is_open = any(source.split(" ")[0] in WORLD for source in sources)
    said = ", ".join(sources) or "nobody"
    return Check(
        name=f"security group {group['GroupName']}",
        value=f"lets in {said}",
        verdict=Verdict.DEGRADED if is_open else Verdict.OK,
        why=f"{group['GroupName']} is open to the world" if is_open else "",
    )


def _sources(rule: Json) -> list[str]:
    port = f"on {rule['FromPort']}" if rule.get("FromPort") is not None else "on every port"
    named = [str(one["CidrIp"]) for one in _entries(rule, "IpRanges")]
    named += [str(one["CidrIpv6"]) for one in _entries(rule, "Ipv6Ranges")]
    named += [str(one.get("Description") or one["GroupId"]) for one in _entries(rule, "UserIdGroupPairs")]
    return [f"{one} {port}" for one in named]


def _entries(rule: Json, name: str) -> list[Json]:
    return cast(list[Json], rule.get(name) or [])
