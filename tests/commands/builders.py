"""A world to decide in: the catalog and the story of the incident tests, and operations by hand."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import commands
from model.context import Invocation, RequestContext
from model.incidents.opened import OpenIncidents
from model.incidents.state import Incident
from model.language.parameters import ParseContext
from model.language.parse import parse
from model.operations.state import Operation, Phase, StepState
from model.outcomes import Outcome
from model.people import Person
from model.plan import Amount, Delta, Plan, RiskTier, Scale, Step
from model.subject import find_subject
from tests.model.incidents.builders import ANA, CATALOG, Story

NOW = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
REGISTRY = commands.registry()
SETTING = ParseContext(
    CATALOG,
    "T0MUSTER",
    severities=("SEV1", "SEV2", "SEV3", "SEV4", "P1", "P2", "P3", "P4"),
    statuses=("Investigating", "Identified", "Monitoring", "Resolved"),
)


def incident(id: str = "INC-42") -> Incident:
    return Story.begin().incident.model_copy(update={"id": id})


def operation(id: str = "OP-17", tier: RiskTier = RiskTier.R2, **more: object) -> Operation:
    change = Scale(desired=Amount(how="to", n=6))
    plan = Plan(
        service="architect-api",
        change=change,
        deltas=(Delta(what="replicas", before="2", after="6"),),
        steps=(Step(call="apps:Scale", params={}, says="scale"),),
        tier=tier,
        fingerprint="f1",
        inverse=Scale(desired=Amount(how="to", n=2)),
        undo="Back to 2.",
    )
    return Operation(
        id=id,
        service="architect-api",
        change=change,
        line="/scale architect-api 6",
        channel="C0OPS",
        asked_by=ANA,
        asked_at=NOW,
        phase=Phase.PLANNED,
        plan=plan,
        planned_at=NOW,
        needs=1,
        policy_version="v7",
        steps=(StepState.WAITING,),
    ).model_copy(update=more)


def ended(id: str = "OP-17", **more: object) -> Operation:
    return operation(id, **{"phase": Phase.SUCCEEDED, "steps": (StepState.DONE,), "ended_at": NOW, **more})


def decided(
    line: str,
    *,
    by: Person = ANA,
    here: Incident | None = None,
    open: Iterable[Incident] = (),
    operations: Iterable[Operation] = (),
) -> Outcome:
    """Read a line and decide it, as the gate does. Raises Refused."""
    known = {one.id: one for one in (*open, *([here] if here else []))}
    ran = tuple(operations)
    world = RequestContext(
        now=NOW,
        catalog=CATALOG,
        registry=REGISTRY,
        channel="C0OPS",
        here=here,
        incidents=known,
        open=OpenIncidents.of(known.values()),
        operations={one.id: one for one in ran},
        recent=ran,
        new_id="INC-43",
    )
    setting = replace(SETTING, service=here.service if here else None)
    command, text = REGISTRY.find(line)
    request = parse(command, text, setting)
    subject = find_subject(request, world)
    return command.decide(Invocation(by, request, subject, world.context, setting), **request.values)
