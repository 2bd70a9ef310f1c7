"""What can happen to an incident; each event is kept in the stream `inc:<id>`."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, TypeAdapter

from model.incidents.alert_events import AlertChanged, AlertLinked
from model.incidents.handoff_events import HandoffDeclined, HandoffOffered
from model.incidents.on_call_events import LevelsTold, OnCallFound
from model.incidents.pager_events import PageSeen
from model.incidents.task_events import TaskAdded, TaskDone, TaskDue
from model.people import Person
from model.plan import Value
from model.vocabulary import Vocabulary

Role = Literal["ic", "comms", "scribe"]
EffectName = Literal[
    "channel",
    "topic",
    "invite",
    "headline",
    "pin",
    "announce",
    "tell",
    "escalate",
    "post",
    "page",
    "on_call",
    "document",
]
Ending = Literal["resolved", "cancelled", "false alarm"]
Item = Literal["acknowledge", "assess", "communicate", "investigate", "mitigate", "resolve", "document"]


class Declared(Value):
    """Someone declared it; what the catalog said then is kept, so that later edits do not rewrite it.

    scheme: the system whose severities hold, empty where no runbook defines any. rank: 1 is the worst.
    respond_by: None where the runbook gives no clock. channel: where it was asked for.
    """

    type: Literal["incident.declared"] = "incident.declared"
    next_update_at: AwareDatetime | None = None
    id: str
    title: str
    severity: str
    rank: int = Field(9, ge=1, le=9)
    respond_by: AwareDatetime | None = None
    system: str
    scheme: str = ""
    service: str
    service_name: str
    statuses: tuple[str, ...] = Field(min_length=2)
    channel: str = ""


class ChannelCreated(Value):
    """The incident has a channel of its own: Slack's id and its name without `#`."""

    type: Literal["incident.channel_created"] = "incident.channel_created"
    channel: str
    name: str


class Acknowledged(Value):
    """Someone answered: the response clock stops."""

    type: Literal["incident.acknowledged"] = "incident.acknowledged"


class SeverityChanged(Value):
    """Another severity of the service's own scheme; its response clock starts at the change."""

    type: Literal["incident.severity_changed"] = "incident.severity_changed"
    was: str
    severity: str
    rank: int = Field(9, ge=1, le=9)
    respond_by: AwareDatetime | None = None
    because: str = ""


class StatusChanged(Value):
    """Another status of the template, without words of its own. It is posted."""

    type: Literal["incident.status_changed"] = "incident.status_changed"
    was: str
    status: str


class Updated(Value):
    """What people are told. It is posted. Empty fields leave what was said before as it is.

    status: empty when it stays. next_update_at: None when nothing is promised.
    """

    type: Literal["incident.updated"] = "incident.updated"
    text: str
    status: str = ""
    next_update_at: AwareDatetime | None = None
    impact: str = ""
    affected: str = ""
    customers: str = ""
    eta: str = ""
    actions: tuple[str, ...] = ()


class Promised(Value):
    """The next update is promised for then, or for no time, without an update."""

    type: Literal["incident.promised"] = "incident.promised"
    next_update_at: AwareDatetime | None = None


class Started(Value):
    """When it began, where that was not when it was declared; a later word takes an earlier one's place."""

    type: Literal["incident.started"] = "incident.started"
    at: AwareDatetime


class Noted(Value):
    """For the record only. `at` back-dates it; `corrects` is the number of the entry it sets right.

    removes: that entry should not have been written; it stays in the record, struck out.
    """

    type: Literal["incident.noted"] = "incident.noted"
    text: str
    at: AwareDatetime | None = None
    corrects: int = Field(0, ge=0)
    removes: bool = False


class RoleAssigned(Value):
    """A person takes a role; the one who had it no longer has it.

    handed_by: from whose hands, where it was offered; else whoever is the event's `who` gave it.
    """

    type: Literal["incident.role_assigned"] = "incident.role_assigned"
    role: Role
    person: Person
    handed_by: Person | None = None


class OperationLinked(Value):
    """An operation on the incident's service came to a phase worth a line in the timeline.

    summary: what changes, in plain words without markup, id or phase: `desired count 2 → 6`.
    """

    type: Literal["incident.operation_linked"] = "incident.operation_linked"
    operation: str
    service: str
    phase: str
    summary: str
    is_over: bool = False


class ServiceChecked(Value):
    """Someone looked at the incident's service, or at what it depends on, and this is what was found.

    line: the command as it was read; found: one line of plain text.
    """

    type: Literal["incident.looked"] = "incident.looked"
    look: str
    line: str
    found: str


class StepFailed(Value):
    """An effect in the outside world did not work; the incident stands, and shows it."""

    type: Literal["incident.step_failed"] = "incident.step_failed"
    step: EffectName
    why: str = ""
    will_retry: bool = True


class StepRecovered(Value):
    """An effect that had failed has worked after all."""

    type: Literal["incident.step_recovered"] = "incident.step_recovered"
    step: EffectName


class Resolved(Value):
    """It is over. It is posted. `status` is the template's own last word for it.

    ended: how; what was cancelled or a false alarm was no incident, and its status says so.
    """

    type: Literal["incident.resolved"] = "incident.resolved"
    status: str
    ended: Ending = "resolved"
    text: str = ""


class Reopened(Value):
    """It was not over. It is posted."""

    type: Literal["incident.reopened"] = "incident.reopened"
    status: str
    text: str = ""


class NextUpdateDue(Value):
    """The promised update is due soon: a reminder."""

    type: Literal["incident.next_update_due"] = "incident.next_update_due"
    promised: AwareDatetime


class NextUpdateOverdue(Value):
    """The promised time has passed without an update."""

    type: Literal["incident.next_update_overdue"] = "incident.next_update_overdue"
    promised: AwareDatetime


class ResponseOverdue(Value):
    """Nobody acknowledged within the response time of the severity."""

    type: Literal["incident.response_overdue"] = "incident.response_overdue"
    due: AwareDatetime


class Escalated(Value):
    """Nobody answered for so long that the next level of the escalation matrix is told."""

    type: Literal["incident.escalated"] = "incident.escalated"
    level: str
    who: tuple[str, ...]
    due: AwareDatetime


class Paged(Value):
    """Someone pages a team by its handle; the alert is resolved with the incident.

    person: id of a person who is paged instead, in Slack alone; team is empty then.
    """

    type: Literal["incident.paged"] = "incident.paged"
    team: str
    text: str = ""
    person: str = ""


class PageTaken(Value):
    """The pager has taken alerts. teams: those paged by `/incident page`; is_own: the incident's own, too."""

    type: Literal["incident.page_taken"] = "incident.page_taken"
    teams: tuple[str, ...] = ()
    is_own: bool = False


class PostmortemDrafted(Value):
    """Someone asked for the post-mortem document, made of the timeline as it was then."""

    type: Literal["incident.postmortem_drafted"] = "incident.postmortem_drafted"


class Ticked(Value):
    """An item of the checklist is done."""

    type: Literal["incident.ticked"] = "incident.ticked"
    item: Item


IncidentEvent = Annotated[
    Declared
    | ChannelCreated
    | Acknowledged
    | SeverityChanged
    | StatusChanged
    | Updated
    | Promised
    | Started
    | Noted
    | RoleAssigned
    | OperationLinked
    | ServiceChecked
    | StepFailed
    | StepRecovered
    | Resolved
    | Reopened
    | NextUpdateDue
    | NextUpdateOverdue
    | ResponseOverdue
    | Escalated
    | Paged
    | PageTaken
    | PostmortemDrafted
    | Ticked
    | OnCallFound
    | LevelsTold
    | PageSeen
    | AlertLinked
    | AlertChanged
    | TaskAdded
    | TaskDone
    | TaskDue
    | HandoffOffered
    | HandoffDeclined,
    Field(discriminator="type"),
]

POSTED = frozenset({"incident.status_changed", "incident.updated", "incident.resolved", "incident.reopened"})
"""Types of event that are posted in the service's communication template, one post each."""

VOCABULARY: Vocabulary[IncidentEvent] = Vocabulary(TypeAdapter(IncidentEvent))
to_event, from_recorded = VOCABULARY.to_event, VOCABULARY.from_recorded
