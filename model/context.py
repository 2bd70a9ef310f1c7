"""What a request is decided in: what it acts on, and what a command may look at beside that."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from model.alerts.state import Alert
from model.catalog.schema import Catalog, Service
from model.incidents.opened import OpenIncidents
from model.incidents.state import Incident
from model.language.parameters import ParseContext
from model.language.parse import ParsedCommand
from model.language.registry import Registry
from model.maintenance.state import Maintenance
from model.operations.state import Operation
from model.people import Person
from model.refusal import Refused
from model.runbooks.state import RunbookRun


@dataclass(frozen=True)
class RequestContext:
    """Read-only, as it was when the request came in. Incidents and operations are by id.

    here: the incident whose channel this is. here_unreadable: why it cannot be read, where it cannot.
    recent: this channel's operations, newest first.
    planned: maintenances that are not over, by their start; read only for commands that concern them.
    alerts: those that are named, and where all are wanted, those that fire.
    new_id: for what the command makes, if it makes anything; `OP-0` until it is certain that it does.
    listed: user groups in Slack, handle → id.
    """

    now: datetime
    catalog: Catalog
    registry: Registry
    channel: str
    here: Incident | None = None
    here_unreadable: Refused | None = None
    incidents: Mapping[str, Incident] = field(default_factory=dict[str, Incident])
    open: OpenIncidents = field(default_factory=OpenIncidents)
    operations: Mapping[str, Operation] = field(default_factory=dict[str, Operation])
    recent: tuple[Operation, ...] = ()
    maintenances: Mapping[str, Maintenance] = field(default_factory=dict[str, Maintenance])
    planned: tuple[Maintenance, ...] = ()
    guides: Mapping[str, RunbookRun] = field(default_factory=dict[str, RunbookRun])
    alerts: Mapping[str, Alert] = field(default_factory=dict[str, Alert])
    new_id: str = ""
    listed: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def context(self) -> "CommandContext":
        """What a command may look at beside what it acts on."""
        shown = (self.now, self.catalog, self.registry, self.channel, self.planned, self.new_id)
        return CommandContext(*shown, self.listed, self.alerts)


@dataclass(frozen=True)
class CommandContext:
    """Where and when a command decides. In it nothing can be found that a command could act on.

    planned: maintenances that are not over, which a new one must not run into. new_id: for what it makes.
    listed: user groups in Slack, handle → id. alerts: those that are named, to be told of in an incident.
    """

    now: datetime
    catalog: Catalog
    registry: Registry
    channel: str
    planned: tuple[Maintenance, ...] = ()
    new_id: str = ""
    listed: Mapping[str, str] = field(default_factory=dict[str, str])
    alerts: Mapping[str, Alert] = field(default_factory=dict[str, Alert])


@dataclass(frozen=True)
class Subject:
    """What a request acts on (see `model.subject`): the very thing that the policies are asked about.

    services: the one that is named, all of a system that is, or the one of the incident, operation,
    maintenance or runbook; none where nothing is named, or where the catalog no longer has it.
    """

    services: tuple[Service, ...] = ()
    incident: Incident | None = None
    operation: Operation | None = None
    maintenance: Maintenance | None = None
    guide: RunbookRun | None = None
    alert: Alert | None = None


@dataclass(frozen=True)
class Invocation:
    """One request of one person, with what it acts on and where it was made."""

    person: Person
    request: ParsedCommand
    subject: Subject
    world: CommandContext
    setting: ParseContext

    @property
    def incident(self) -> Incident:
        """The incident that was judged, for a command that takes one."""
        assert self.subject.incident is not None
        return self.subject.incident

    @property
    def operation(self) -> Operation:
        """The operation that was judged."""
        assert self.subject.operation is not None
        return self.subject.operation

    @property
    def maintenance(self) -> Maintenance:
        """The maintenance that was judged."""
        assert self.subject.maintenance is not None
        return self.subject.maintenance

    @property
    def alert(self) -> Alert:
        """The alert that was judged."""
        assert self.subject.alert is not None
        return self.subject.alert

    @property
    def guide(self) -> RunbookRun:
        """The open runbook that was judged."""
        assert self.subject.guide is not None
        return self.subject.guide
