"""What a command may look at, read before it decides; and what it may answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from model.catalog import Catalog, Service
from model.change import Change
from model.incidents.opened import OpenIncidents
from model.incidents.state import Incident
from model.language.parameters import Setting
from model.language.parse import Request
from model.language.registry import Registry
from model.maintenance.events import MaintenanceEvent
from model.maintenance.state import Maintenance
from model.operations.events import OperationEvent
from model.operations.state import Operation
from model.people import Person
from model.question import Question
from model.recorded import Event
from model.runbooks.events import GuideEvent
from model.runbooks.state import Guide


@dataclass(frozen=True)
class World:
    """Read-only, as it was when the request came in. Incidents and operations are by id.

    here: the incident whose channel this is. recent: this channel's operations, newest first.
    planned: maintenances that are not over, by their start; read only for commands that concern them.
    new_id: for what the command makes, if it makes anything.
    listed: user groups in Slack, handle → id.
    """

    now: datetime
    catalog: Catalog
    registry: Registry
    channel: str
    here: Incident | None = None
    incidents: Mapping[str, Incident] = field(default_factory=dict[str, Incident])
    open: OpenIncidents = field(default_factory=OpenIncidents)
    operations: Mapping[str, Operation] = field(default_factory=dict[str, Operation])
    recent: tuple[Operation, ...] = ()
    maintenances: Mapping[str, Maintenance] = field(default_factory=dict[str, Maintenance])
    planned: tuple[Maintenance, ...] = ()
    guides: Mapping[str, Guide] = field(default_factory=dict[str, Guide])
    new_id: str = ""
    listed: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def context(self) -> "CommandContext":
        """What a command may look at beside what it acts on."""
        shown = (self.now, self.catalog, self.registry, self.channel, self.planned, self.new_id)
        return CommandContext(*shown, self.listed)


@dataclass(frozen=True)
class CommandContext:
    """Where and when a command decides. In it nothing can be found that a command could act on.

    planned: maintenances that are not over, which a new one must not run into. new_id: for what it makes.
    listed: user groups in Slack, handle → id.
    """

    now: datetime
    catalog: Catalog
    registry: Registry
    channel: str
    planned: tuple[Maintenance, ...] = ()
    new_id: str = ""
    listed: Mapping[str, str] = field(default_factory=dict[str, str])


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
    guide: Guide | None = None


@dataclass(frozen=True)
class Ask:
    """One request of one person, with what it acts on and where it was made."""

    person: Person
    request: Request
    subject: Subject
    world: CommandContext
    setting: Setting

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
    def guide(self) -> Guide:
        """The open runbook that was judged."""
        assert self.subject.guide is not None
        return self.subject.guide


@dataclass(frozen=True)
class Propose:
    """Plan a change of a target; it is carried out only after someone confirms."""

    service: Service
    change: Change
    undoes: str = ""


@dataclass(frozen=True)
class Press:
    """Something happens to an operation that exists."""

    operation: Operation
    events: tuple[OperationEvent, ...]


@dataclass(frozen=True)
class Tend:
    """Something happens to an incident; `incident` is None when it is declared now."""

    id: str
    incident: Incident | None
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Upkeep:
    """Something happens to a maintenance; `maintenance` is None when it is scheduled now."""

    id: str
    service: str
    maintenance: Maintenance | None
    events: tuple[MaintenanceEvent, ...]


@dataclass(frozen=True)
class Walk:
    """Something happens to a runbook that people walk through; `guide` is None when it is opened now."""

    id: str
    guide: Guide | None
    events: tuple[GuideEvent, ...]


@dataclass(frozen=True)
class Look:
    """Read a target through its backends and show what was found.

    others: services that are asked the same; of_system: because a whole system was asked about.
    """

    question: Question
    service: Service
    others: tuple[Service, ...] = ()
    of_system: bool = False


@dataclass(frozen=True)
class Administer:
    """Something about Muster itself that its operators decide; `says` is what the asker is told."""

    stream: str
    event: Event
    says: str


@dataclass(frozen=True)
class Show:
    """Show what the journal knows: `incident`, `incidents`, `timeline`, `maintenances`, `runbooks`, `help`.

    service: whose runbooks. page: 1 is the newest. allowed: actions the asker may take somewhere, for
    help; the gate fills it in.
    """

    what: str
    incident: Incident | None = None
    page: int = 1
    service: Service | None = None
    allowed: frozenset[str] = frozenset()


Outcome = Propose | Press | Tend | Upkeep | Walk | Administer | Look | Show
