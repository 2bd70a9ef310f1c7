"""Plans for how long a log group is kept, from what was read: pure."""

from typing import Literal

from backends.cloudwatch_logs.target import LogsTarget
from model.catalog.schema import Service
from model.changes import Retain
from model.plan import Delta, Direction, Plan, RiskTier, Step, Warning, fingerprint
from model.refusal import Refused
from model.slash import slash

Kept = int | Literal["forever"]

ALLOWED = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""The days that PutRetentionPolicy takes (CloudWatch Logs API reference)."""


def plan_retain(service: Service, change: Retain, kept: Kept) -> Plan:
    """Kept for so many days, or for ever. Raises Refused for days that AWS does not have."""
    wanted = change.days
    if wanted != "forever" and wanted not in ALLOWED:
        near = sorted(ALLOWED, key=lambda days: abs(days - wanted))[:2]
        raise Refused(
            f"CloudWatch cannot keep logs for {wanted} days.",
            f"The nearest it has are {min(near)} and {max(near)}.",
            tuple(f"{slash('logs')} {service.id} retain {days}" for days in sorted(near)),
        )
    is_shorter = _days(wanted) < _days(kept)
    step = _step(service, wanted)
    return Plan(
        service=service.id,
        change=change,
        deltas=(Delta(what="logs are kept", before=in_days(kept), after=in_days(wanted)),),
        steps=() if wanted == kept else (step,),
        cautions=_cautions(wanted) if is_shorter else (),
        tier=RiskTier.R2 if is_shorter else RiskTier.R1,
        direction=Direction.SAME if wanted == kept else Direction.DOWN if is_shorter else Direction.UP,
        fingerprint=mark(kept),
        goal={"kept": wanted},
        inverse=None if wanted == kept else Retain(days=kept),
        undo=f"Keeps them {_for(kept)} again." + (" What is deleted by then is gone." if is_shorter else ""),
    )


def kept_anyway(service: Service, kept: Kept) -> Refused:
    """Why there is nothing to save: restarts and scaling leave CloudWatch's logs alone."""
    what = f"CloudWatch keeps the logs of {service.id} by itself, {_for(kept)}, whatever happens to it."
    longer = next((days for days in ALLOWED if days >= 30 and days > _days(kept)), None)
    if longer is None:
        return Refused(what, f"Read them with {slash('logs')} {service.id}.")
    return Refused(what, "As evidence, keep them longer.", (f"{slash('logs')} {service.id} retain {longer}",))


def mark(kept: Kept) -> str:
    """The fingerprint of the group's configuration."""
    return fingerprint({"kept": kept})


def in_days(kept: Kept) -> str:
    """`30 days`, `1 day` or `forever`."""
    return f"{kept} day{'' if kept == 1 else 's'}" if isinstance(kept, int) else kept


def _for(kept: Kept) -> str:
    return f"for {in_days(kept)}" if isinstance(kept, int) else kept


def _step(service: Service, wanted: Kept) -> Step:
    group = LogsTarget.of(service).group
    if wanted == "forever":
        says = f"Delete nothing of {group}"
        return Step(call="logs:DeleteRetentionPolicy", params={"logGroupName": group}, says=says)
    params = {"logGroupName": group, "retentionInDays": wanted}
    says = f"Keep {group} for {in_days(wanted)}"
    return Step(call="logs:PutRetentionPolicy", params={**params}, says=says)


def _cautions(wanted: Kept) -> tuple[Warning, ...]:
    text = f"AWS deletes what is older than {in_days(wanted)}, and no undo brings it back."
    return (Warning(level="warn", code="deletes", text=text, instead="Save what is evidence first."),)


def _days(kept: Kept) -> float:
    return kept if isinstance(kept, int) else float("inf")
