"""Puts the question to the policies: who, what, on which service, in which circumstances."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot import streams
from bot.folds import Folds
from bot.slack.directory import Directory
from model.calendar import in_window, is_frozen
from model.catalog import Catalog, Service
from model.change import Direction, Plan, RiskTier
from model.incidents.state import Incident
from model.language.declare import Kind
from model.language.registry import Registry
from model.maintenance.state import Maintenance
from model.operations.state import Operation
from model.people import Person
from model.recorded import Held, Journal, Leases
from permissions import Decision, Facts, Policies, Question

SERIOUS = 2
"""Severity ranks up to this one (SEV1, SEV2; P1, P2) close a service to unrelated changes."""


@dataclass(frozen=True)
class Asked:
    """What a question is about, besides person and time. `approvals` are people who agreed so far.

    is_of_incident: it acts on the incident itself, which no other one on the service stands for.
    """

    action: str
    entry: str
    channel: str = ""
    service: Service | None = None
    incident: Incident | None = None
    is_of_incident: bool = False
    tier: RiskTier = RiskTier.R0
    direction: Direction = Direction.SAME
    size: int = 0
    others: int = 0
    because: bool = False
    dry: bool = False
    break_glass: bool = False
    approvals: tuple[Person, ...] = ()
    is_own: bool = False
    needs_from: tuple[str, ...] = ()
    holds: str = ""
    fingerprint_matches: bool = True
    policy_version_matches: bool = True


def of_press(action: str, operation: Operation, person: Person, service: Service | None, entry: str) -> Asked:
    """What is asked when someone presses on an operation: about the operation itself, as it is planned."""
    asked = Asked(
        action=action,
        entry=entry,
        channel=operation.channel,
        service=service,
        is_own=person in (operation.asked_by, operation.confirmed_by),
    )
    if operation.plan is None or action == "cancel":
        return asked
    return replace(
        asked,
        tier=operation.plan.tier,
        direction=operation.plan.direction,
        size=operation.plan.size,
        others=operation.plan.others,
        because=bool(operation.because),
        break_glass=operation.break_glass,
        approvals=operation.approved_by,
        needs_from=operation.needs_from,
        holds=operation.id,
    )


class Judge:
    """Gathers the facts and asks. Every entry point passes here, and execution passes here again."""

    def __init__(
        self,
        policies: Policies,
        catalog: Catalog,
        directory: Directory,
        journal: Journal,
        leases: Leases,
        incidents: Folds[Incident],
        maintenances: Folds[Maintenance],
        clock: Callable[[], datetime],
    ) -> None:
        self._maintenances = maintenances
        self.policies, self._catalog, self._directory = policies, catalog, directory
        self._journal, self._leases, self._incidents, self._clock = journal, leases, incidents, clock

    async def of_plan(
        self,
        operation: Operation,
        service: Service,
        plan: Plan,
        by: Person | None = None,
        entry: str = "slash",
    ) -> Decision:
        """May this operation, with the approvals it has, be run by whoever asked (or by `by`)?"""
        asked = Asked(
            action=operation.change.action,
            entry=entry,
            channel=operation.channel,
            service=service,
            tier=plan.tier,
            direction=plan.direction,
            size=plan.size,
            others=plan.others,
            because=bool(operation.because),
            dry=operation.dry,
            break_glass=operation.break_glass,
            approvals=operation.approved_by,
            holds=operation.id,
        )
        return await self.ask(by or operation.confirmed_by or operation.asked_by, asked)

    async def ask(
        self, person: Person, asked: Asked, open_incidents: Iterable[Incident] | None = None
    ) -> Decision:
        """The policies' decision, with its reason in words."""
        return self.policies.decide(await self._question(person, asked, open_incidents))

    async def _question(
        self, person: Person, asked: Asked, open_incidents: Iterable[Incident] | None
    ) -> Question:
        if open_incidents is None:
            open_incidents = await self._open()
        if asked.service is not None and not asked.is_of_incident:
            asked = replace(asked, incident=self._related(asked, asked.service, open_incidents))
        holder, maintenance = None, None
        if asked.service and asked.tier:
            reading = (self._leases.holder(asked.service.id), self._running(asked.service))
            holder, maintenance = await asyncio.gather(*reading)
        standing = await self._directory.standing(person)
        approvals = [(one, (await self._directory.standing(one)).groups) for one in asked.approvals]
        return Question(
            person=person,
            groups=standing.groups,
            groups_known=standing.known,
            is_member=standing.is_member,
            action=asked.action,
            service=asked.service,
            system=self._system(asked),
            context=self._facts(person, asked, holder, maintenance, tuple(approvals)),
        )

    def _related(self, asked: Asked, service: Service, open_incidents: Iterable[Incident]) -> Incident | None:
        """The channel's incident if it covers the service, else whichever open one does."""
        here = asked.incident
        if here is not None and here.is_open and service.id in covered(self._catalog, here):
            return here
        return covering(self._catalog, service, open_incidents)

    async def anywhere(self, person: Person, registry: Registry) -> frozenset[str]:
        """Actions that the person may take on at least one service, with approvals if need be."""
        allowed: set[str] = set()
        open_incidents = await self._open()
        for command in registry.commands:
            on = self._catalog.services if command.service else (None,)
            tier = RiskTier.R1 if command.kind is Kind.CHANGE else RiskTier.R0
            for service in on:
                asked = Asked(action=command.action, entry="slash", service=service, tier=tier, because=True)
                if self.policies.may(await self._question(person, asked, open_incidents)):
                    allowed.add(command.action)
                    break
        return frozenset(allowed)

    def _system(self, asked: Asked) -> str:
        if asked.service:
            return asked.service.system
        return asked.incident.system if asked.incident else ""

    def _facts(
        self,
        person: Person,
        asked: Asked,
        holder: Held | None,
        maintenance: Maintenance | None,
        approvals: tuple[tuple[Person, frozenset[str]], ...],
    ) -> Facts:
        now = self._clock()
        system = self._catalog.system_of(asked.service) if asked.service else None
        frozen = is_frozen(system, now) if system else None
        incident = asked.incident
        return Facts(
            tier=int(asked.tier),
            direction=asked.direction,
            size=asked.size,
            others=asked.others,
            because=asked.because,
            incident=incident.id if incident else None,
            incident_severity_rank=incident.rank if incident else None,
            role=role_of(incident, person),
            is_mitigation=is_mitigation(incident, person, asked.channel),
            frozen=frozen.says if frozen else None,
            in_window=maintenance is not None or bool(system and in_window(system, now)),
            maintenance=maintenance.id if maintenance and maintenance.is_announced else None,
            lease_held_by_other=holder.holder if holder and holder.holder != asked.holds else None,
            approvals=approvals,
            needs_from=asked.needs_from,
            break_glass=asked.break_glass,
            entry=asked.entry,
            requester_is_approver=asked.is_own,
            fingerprint_matches=asked.fingerprint_matches,
            policy_version_matches=asked.policy_version_matches,
            dry=asked.dry,
            at=now,
        )

    async def _running(self, service: Service) -> Maintenance | None:
        """The maintenance of the service that runs, within the time that was announced."""
        id = await self._journal.lookup(streams.RUNNING_MAINTENANCE, service.id)
        found = await self._maintenances.get(id) if id else None
        return found if found is not None and found.covers(self._clock()) else None

    async def _open(self) -> list[Incident]:
        ids = await self._journal.members(streams.OPEN_INCIDENTS)
        return list((await self._incidents.many(ids)).values())


def covering(catalog: Catalog, service: Service, incidents: Iterable[Incident]) -> Incident | None:
    """The worst open incident on the service or on one that depends on it."""
    related = [one for one in incidents if one.is_open and service.id in covered(catalog, one)]
    return min(related, key=lambda one: (one.rank, one.declared_at), default=None)


def covered(catalog: Catalog, incident: Incident) -> frozenset[str]:
    """The incident's service and what that depends on."""
    service = catalog.service(incident.service)
    return frozenset({incident.service, *(service.depends_on if service else ())})


def role_of(incident: Incident | None, person: Person) -> str | None:
    """The person's role in the incident, the incident commander's first."""
    if incident is None:
        return None
    return next((role for role, holder in incident.roles.items() if holder == person), None)


def is_mitigation(incident: Incident | None, person: Person, channel: str) -> bool:
    """A change asked for in the incident's own channel, or by its incident commander anywhere."""
    return incident is not None and (channel == incident.channel != "" or incident.ic == person)
