"""What a command may look at, read before it decides; and what it may answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from model.catalog import Catalog, Service
from model.change import Change
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
from model.refusal import Refused
from model.runbooks.events import GuideEvent
from model.runbooks.state import Guide


@dataclass(frozen=True)
class World:
    """Read-only, as it was when the request came in. Incidents and operations are by id.

    here: the incident whose channel this is. recent: this channel's operations, newest first.
    planned: maintenances that are not over, by their start; read only for commands that concern them.
    new_id: for what the command makes, if it makes anything.
    """

    now: datetime
    catalog: Catalog
    registry: Registry
    channel: str
    here: Incident | None = None
    incidents: Mapping[str, Incident] = field(default_factory=dict[str, Incident])
    open: tuple[Incident, ...] = ()
    operations: Mapping[str, Operation] = field(default_factory=dict[str, Operation])
    recent: tuple[Operation, ...] = ()
    maintenances: Mapping[str, Maintenance] = field(default_factory=dict[str, Maintenance])
    planned: tuple[Maintenance, ...] = ()
    guides: Mapping[str, Guide] = field(default_factory=dict[str, Guide])
    new_id: str = ""

    def operation(self, id: str) -> Operation:
        """The operation of that id. Raises Refused for one that is not known."""
        if id not in self.operations:
            raise Refused(f"There is no operation {id}.", "Its id stands on its message, such as OP-17.")
        return self.operations[id]

    def incident(self, id: str | None) -> Incident:
        """The incident of that id, else this channel's, else the only open one.

        Raises Refused that lists what may be meant; it never picks one of several.
        """
        if id is not None:
            if id not in self.incidents:
                raise Refused(f"There is no incident {id}.", "Type /incident list to see the open ones.")
            return self.incidents[id]
        if self.here is not None:
            return self.here
        if not self.open:
            raise Refused(
                "There is no open incident.", "Declare one: /incident declare SEVERITY SERVICE TITLE"
            )
        if len(self.open) == 1:
            return self.open[0]
        listed = ", ".join(f"{one.id} ({one.title})" for one in self.open[:5])
        raise Refused(
            f"There are {len(self.open)} open incidents: {listed}.",
            "Type it in the incident's own channel, or add incident=INC-…",
        )

    def maintenance(self, id: str | None) -> Maintenance:
        """The maintenance of that id, else the only one that is not over.

        Raises Refused that lists what may be meant; it never picks one of several.
        """
        if id is not None:
            if id not in self.maintenances:
                raise Refused(
                    f"There is no maintenance {id}.", "Type /maintenance list to see what is planned."
                )
            return self.maintenances[id]
        if not self.planned:
            raise Refused(
                "No maintenance is planned.", "Plan one: /maintenance schedule SERVICE START DURATION"
            )
        if len(self.planned) == 1:
            return self.planned[0]
        listed = ", ".join(f"{one.id} ({one.service})" for one in self.planned[:5])
        raise Refused(f"There are {len(self.planned)} maintenances planned: {listed}.", "Add the id: MNT-…")

    def guide(self, id: str) -> Guide:
        """The open runbook of that id. Raises Refused for one that is not known."""
        if id not in self.guides:
            raise Refused(f"There is no open runbook {id}.", "Open one: /runbook SERVICE NAME")
        return self.guides[id]


@dataclass(frozen=True)
class Ask:
    """One request of one person, with the world it is made in."""

    person: Person
    request: Request
    world: World
    setting: Setting


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


Outcome = Propose | Press | Tend | Upkeep | Walk | Look | Show
