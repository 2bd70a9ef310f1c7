"""The right that an effect hangs on, by whatever words it was asked for."""

from collections.abc import Iterable

from model.catalog.schema import Service
from model.context import Subject
from model.outcomes import (
    Administer,
    Outcome,
    ProposeChange,
    RunQuery,
    UpdateIncident,
    UpdateMaintenance,
    UpdateOperation,
    UpdateRunbookRun,
)

ACTIONS = {
    "alert.ignored": "alert.ignore",
    "aside.resumed": "resume",
    "group.trusted": "trust",
    "incident.acknowledged": "incident.ack",
    "incident.alert_linked": "incident.link",
    "incident.declared": "incident.declare",
    "incident.escalated": "incident.escalate",
    "incident.handoff_declined": "incident.decline",
    "incident.handoff_offered": "incident.handoff",
    "incident.noted": "incident.note",
    "incident.paged": "incident.page",
    "incident.postmortem_drafted": "incident.postmortem",
    "incident.promised": "incident.promise",
    "incident.reopened": "incident.reopen",
    "incident.resolved": "incident.resolve",
    "incident.role_assigned": "incident.role",
    "incident.severity_changed": "incident.sev",
    "incident.started": "incident.started",
    "incident.status_changed": "incident.status",
    "incident.task_added": "incident.task",
    "incident.task_done": "incident.task-done",
    "incident.ticked": "incident.tick",
    "incident.updated": "incident.update",
    "maintenance.cancelled": "maintenance.cancel",
    "maintenance.done": "maintenance.done",
    "maintenance.scheduled": "maintenance.schedule",
    "maintenance.started": "maintenance.start",
    "maintenance.ticked": "maintenance.tick",
    "oncall.swapped": "oncall.swap",
    "op.approved": "approve",
    "op.cancelled": "cancel",
    "op.confirmed": "run",
    "op.watch_stopped": "stop-watching",
}
"""Event that a person causes → the action that policies call it by."""


class Misjudged(Exception):
    """A command acts on something else than what was judged: a mistake of ours, and nothing is done."""


def actions_of(outcome: Outcome) -> tuple[str, ...]:
    """What policies have to be asked about an outcome, besides what was typed."""
    match outcome:
        case UpdateIncident() | UpdateMaintenance() | UpdateOperation():
            return tuple(dict.fromkeys(ACTIONS[one.type] for one in outcome.events if one.type in ACTIONS))
        case Administer():
            return (ACTIONS[outcome.event.type],)
        case _:
            return ()


def services_of(outcome: Outcome) -> tuple[Service, ...]:
    """The services that an outcome reads or changes."""
    match outcome:
        case ProposeChange():
            return (outcome.service,)
        case RunQuery():
            return (outcome.service, *outcome.others)
        case _:
            return ()


def must_be_of(outcome: Outcome, subject: Subject) -> None:
    """Raises Misjudged for an outcome on another incident, operation, maintenance or runbook."""
    made: Iterable[tuple[object, object]]
    match outcome:
        case UpdateIncident(incident=incident) if incident is not None:
            made = ((incident, subject.incident),)
        case UpdateOperation(operation=operation):
            made = ((operation, subject.operation),)
        case UpdateMaintenance(maintenance=maintenance) if maintenance is not None:
            made = ((maintenance, subject.maintenance),)
        case UpdateRunbookRun(guide=guide) if guide is not None:
            made = ((guide, subject.guide),)
        case ProposeChange(undoes=undone) if undone:
            made = ((undone, subject.operation.id if subject.operation else None),)
        case _:
            made = ()
    for acted, judged in made:
        if acted != judged:
            raise Misjudged(f"{acted} was acted on, and {judged} judged")
