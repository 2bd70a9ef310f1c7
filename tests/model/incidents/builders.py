"""Systems as the runbooks describe them, people, and a story that becomes an incident."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from model.catalog.schema import Catalog, Environment, Service, Target
from model.catalog.system import Escalation, EscalationLevel, SeverityLevel, SeverityScheme, System, Template
from model.events import Actor, Event, RecordedEvent
from model.incidents.declare import declare
from model.incidents.events import IncidentEvent, to_event
from model.incidents.state import Incident, fold
from model.people import Person

START = datetime(2026, 11, 20, 22, 10, tzinfo=UTC)
ANA = Person(team="T0MUSTER", user="U0ANA")
BEN = Person(team="T0MUSTER", user="U0BEN")


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


def _level(id: str, means: str, within: timedelta | None, rank: int) -> SeverityLevel:
    return SeverityLevel(id=id, means=means, respond_within=within, rank=rank)


SEV = SeverityScheme(
    source="miyabi-web-api.md §6.1",
    levels=(
        _level("SEV1", "Complete outage", minutes(15), 1),
        _level("SEV2", "Major degradation", minutes(30), 2),
        _level("SEV3", "Minor impact", minutes(120), 3),
        _level("SEV4", "Low impact", minutes(1440), 4),
    ),
)
PRIORITY = SeverityScheme(
    source="architect-api.md",
    levels=(
        _level("P1", "API completely down", minutes(5), 1),
        _level("P2", "High error rate", minutes(15), 2),
        _level("P3", "High latency", minutes(60), 3),
        _level("P4", "", None, 4),
    ),
)
MATRIX = Escalation(
    source="architect-api.md, Escalation Matrix",
    levels=(
        EscalationLevel(name="Level 1", who=("Engineer On-Call",)),
        EscalationLevel(name="Level 2", who=("Manager", "Lead Engineer"), after=minutes(5)),
        EscalationLevel(name="Level 3", who=("Director", "VP Engineering"), after=minutes(15)),
        EscalationLevel(
            name="Level 4", who=("Declare outage",), after=minutes(30), only=("P1",), until="resolved"
        ),
    ),
)
MIYABI = System(source="miyabi-web-api.md", id="miyabi-web", name="Miyabi Web API", severities=SEV)
ARCHITECT = System(
    source="architect-api.md",
    id="architect",
    name="Architect Dashboard API",
    severities=PRIORITY,
    escalation=MATRIX,
    template=Template(
        source="architect-api.md",
        id="architect",
        file="architect.txt.j2",
        text="",
        statuses=("INVESTIGATING", "IDENTIFIED", "RESOLVED"),
    ),
    links={"status_page": "https://status.example.com"},
)
SILENT = System(
    source="miyabi-infrastructure.md",
    id="miyabi-infra",
    name="Miyabi Infrastructure",
    severities=SeverityScheme(source="silent", defined=False),
)


def a_service(id: str, name: str, system: System) -> Service:
    return Service(
        source=system.source,
        id=id,
        name=name,
        system=system.id,
        environment=Environment.PRODUCTION,
        owners="owners",
        on_call="on-call",
        target=Target(kind="none"),
    )


MIYABI_API = a_service("miyabi-api", "Miyabi API", MIYABI)
ARCHITECT_API = a_service("architect-api", "Architect Dashboard API", ARCHITECT)
MIYABI_DEV = a_service("miyabi-dev", "Miyabi dev", SILENT)
CATALOG = Catalog(systems=(MIYABI, ARCHITECT, SILENT), services=(MIYABI_API, ARCHITECT_API, MIYABI_DEV))


def declared(
    system: System = MIYABI,
    service: Service = MIYABI_API,
    title: str = "Elevated 5xx",
    severity: str = "SEV2",
) -> tuple[Event, ...]:
    return declare("INC-42", system, service, START, title=title, severity=severity, channel="C0OPS")


@dataclass
class Story:
    """An incident as it goes on: events put in at a time, by a person."""

    records: list[RecordedEvent] = field(default_factory=list[RecordedEvent])

    @classmethod
    def begin(
        cls,
        system: System = MIYABI,
        service: Service = MIYABI_API,
        title: str = "Elevated 5xx",
        severity: str = "SEV2",
    ) -> "Story":
        return cls().then(declared(system, service, title, severity), at=START)

    def then(
        self, events: Iterable[Event | IncidentEvent], at: datetime | None = None, by: Person = ANA
    ) -> "Story":
        who = Actor(team=by.team, user=by.user, via="slash")
        for given in events:
            event = given if isinstance(given, Event) else to_event(given)
            at = at or self.records[-1].at
            version = len(self.records) + 1
            self.records.append(
                RecordedEvent(
                    stream="inc:INC-42", version=version, at=at, who=who, type=event.type, data=event.data
                )
            )
        return self

    @property
    def incident(self) -> Incident:
        incident = fold(self.records)
        assert incident is not None
        return incident
