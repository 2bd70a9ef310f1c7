"""What a command may answer: a change to propose, an update of what is under way, a query, a display."""

from dataclasses import dataclass
from datetime import datetime

from model.catalog.schema import Service
from model.events import Event
from model.incidents.state import Incident
from model.maintenance.events import MaintenanceEvent
from model.maintenance.state import Maintenance
from model.operations.events import OperationEvent
from model.operations.state import Operation
from model.people import Person
from model.plan import Change
from model.queries import Query
from model.runbooks.events import RunbookRunEvent
from model.runbooks.state import RunbookRun


@dataclass(frozen=True)
class ProposeChange:
    """Plan a change of a target; it is carried out only after someone confirms."""

    service: Service
    change: Change
    undoes: str = ""


@dataclass(frozen=True)
class UpdateOperation:
    """Something happens to an operation that exists."""

    operation: Operation
    events: tuple[OperationEvent, ...]


@dataclass(frozen=True)
class UpdateIncident:
    """Something happens to an incident; `incident` is None when it is declared now."""

    id: str
    incident: Incident | None
    events: tuple[Event, ...]


@dataclass(frozen=True)
class UpdateMaintenance:
    """Something happens to a maintenance; `maintenance` is None when it is scheduled now."""

    id: str
    service: str
    maintenance: Maintenance | None
    events: tuple[MaintenanceEvent, ...]


@dataclass(frozen=True)
class UpdateRunbookRun:
    """Something happens to a runbook that people walk through; `guide` is None when it is opened now."""

    id: str
    guide: RunbookRun | None
    events: tuple[RunbookRunEvent, ...]


@dataclass(frozen=True)
class RunQuery:
    """Read a target through its backends and show what was found.

    others: services that are asked the same; of_system: because a whole system was asked about.
    """

    question: Query
    service: Service
    others: tuple[Service, ...] = ()
    of_system: bool = False


@dataclass(frozen=True)
class MakeReport:
    """Count what the incidents since a moment came to; `system` is empty for all."""

    id: str
    since: datetime
    system: str = ""


@dataclass(frozen=True)
class Administer:
    """Something about Muster itself that its operators decide; `says` is what the asker is told."""

    stream: str
    event: Event
    says: str


@dataclass(frozen=True)
class Display:
    """Show what the journal knows: `incident`, `incidents`, `timeline`, `text`, `runbooks`, `help` and so on.

    service: whose runbooks. page: 1 is the newest. about: words whose help is wanted. allowed: actions the
    asker may take somewhere, for help; the gate fills it in. person, since: who asks what they missed, and
    from when on, where they say so.
    """

    what: str
    incident: Incident | None = None
    page: int = 1
    since: datetime | None = None
    person: Person | None = None
    service: Service | None = None
    about: str = ""
    allowed: frozenset[str] = frozenset()


Outcome = (
    ProposeChange
    | UpdateOperation
    | UpdateIncident
    | UpdateMaintenance
    | UpdateRunbookRun
    | Administer
    | RunQuery
    | MakeReport
    | Display
)
