"""A Multi-AZ instance's standby takes its place: pure.

Sources: Amazon RDS User Guide, rebooting a DB instance and failing over a Multi-AZ DB instance (60 to 120
seconds is typical; the endpoint's name stays); API reference, RebootDBInstance with ForceFailover.
"""

from typing import Any

from backends.rds.plans import Snapshot
from backends.rds.target import Json
from model.catalog.schema import Service
from model.changes import Failover
from model.language.near import shown
from model.plan import Delta, Plan, Progress, RiskTier, Step, Warning
from model.refusal import Refused
from model.slash import slash

CALL = "rds:RebootDBInstance"


def plan_failover(service: Service, change: Failover, seen: Snapshot) -> Plan:
    """The instance is restarted with its standby in its place. Raises Refused where there is no standby."""
    seen.must_be_available(service)
    where, zone = seen.where, str(seen.instance.get("AvailabilityZone", "its zone"))
    if change.to:
        raise Refused(
            f"{service.id} is one instance with a standby, so there is no {shown(change.to)} to choose.",
            "Type it without to=",
            (f"{slash('failover')} {service.id}",),
        )
    if not seen.instance.get("MultiAZ"):
        raise Refused(
            f"{where.instance} is in one zone only (Multi-AZ is off), so nothing can take over.",
            f"To go back to what it held: {slash('history')} {service.id} lists its snapshots.",
        )
    other = str(seen.instance.get("SecondaryAvailabilityZone") or "the standby's zone")
    params: Json = {"DBInstanceIdentifier": where.instance, "ForceFailover": True}
    text = "Every connection is cut, and nobody can connect until the standby runs: 60 to 120 s is typical."
    return Plan(
        service=service.id,
        change=change,
        deltas=(Delta(what="zone", before=zone, after=other),),
        steps=(Step(call=CALL, params=params, says="restart it with the standby in its place"),),
        cautions=(Warning(level="warn", code="cuts-connections", text=text),),
        tier=RiskTier.R2,
        fingerprint=seen.mark,
        goal={"zone": other, "from": zone},
        inverse=Failover(),
        undo=f"Fails over again, back to {zone}, with another cut.",
    )


def failover_progress(goal: dict[str, Any], instance: Json | None, is_fresh: bool) -> Progress:
    """Over when it is available in the other zone. is_fresh: RDS may still say what was before."""
    status = "missing" if instance is None else str(instance["DBInstanceStatus"])
    zone = str((instance or {}).get("AvailabilityZone", ""))
    said = f"It is {status}, in {zone or 'no zone'}."
    if status == "available" and zone == goal["zone"]:
        return Progress(wanted=1, running=1, last_event=said, ok=True)
    if status == "available" and not is_fresh:
        return Progress(ok=False, last_event=said, why=f"It is available, and still in {zone}: no failover.")
    return Progress(wanted=1, starting=1, last_event=said)
