"""Puts the question to the policies: who, what, on which service, in which circumstances."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.gate import streams
from bot.gate.incident_facts import (
    SERIOUS,
    is_confirmed,
    is_mitigation,
    preferred,
    related,
    role_of,
    unreadable_anywhere,
    unreadable_on,
)
from bot.gate.open_incidents import OpenIncidentsReader
from bot.gate.projections import Projection
from bot.gate.targets import TargetHolder, Targets
from bot.slack.membership import Age, Standing, oldest
from model.catalog.calendar import in_window, is_frozen
from model.catalog.schema import Catalog, Service
from model.incidents.opened import OpenIncidents
from model.incidents.state import Incident
from model.language.declare import Kind
from model.language.registry import Registry
from model.maintenance.state import Maintenance
from model.operations.held import goes_back
from model.operations.state import Operation
from model.people import Person
from model.plan import Direction, Plan, RiskTier
from model.ports.journal import Journal, Leases
from permissions import Approval, AuthorizationContext, AuthorizationQuery, Decision, Policies


@dataclass(frozen=True)
class AuthorizationRequest:
    """What a question is about, besides person and time. `approvals` are people who agreed so far.

    is_of_incident: it acts on the incident itself, which no other one on the service stands for.
    direction: None while there is no plan. change: what policies call the change that a press is about.
    holds: the operation that may have the target without being in its own way. supersedes: the one that
    its plan says it ends.
    """

    action: str
    entry: str
    channel: str = ""
    service: Service | None = None
    incident: Incident | None = None
    is_of_incident: bool = False
    tier: RiskTier = RiskTier.R0
    direction: Direction | None = None
    change: str = ""
    size: int = 0
    others: int = 0
    because: bool = False
    dry: bool = False
    break_glass: bool = False
    approvals: tuple[Person, ...] = ()
    is_own: bool = False
    needs_from: tuple[str, ...] = ()
    holds: str = ""
    supersedes: str = ""
    queue: bool = False
    is_undo: bool = False
    counts: tuple[int, int] = (0, 0)
    is_typed: bool = False
    is_reverted: bool = False
    fingerprint_matches: bool = True
    policy_version_matches: bool = True


def of_press(
    action: str, operation: Operation, person: Person, service: Service | None, entry: str
) -> AuthorizationRequest:
    """What is asked when someone presses on an operation: about the operation itself, as it is planned."""
    asked = AuthorizationRequest(
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
        change=operation.change.action,
        size=operation.plan.size,
        others=operation.plan.others,
        because=bool(operation.because),
        break_glass=operation.break_glass,
        approvals=operation.approved_by,
        needs_from=operation.needs_from,
        holds=operation.id,
        supersedes=operation.supersedes,
        queue=operation.queue,
        is_undo=bool(operation.undoes),
        counts=operation.plan.counts,
        is_typed=is_typed(operation, operation.plan),
        is_reverted=bool(operation.plan.reverted_by),
    )


class Authorizer:
    """Gathers the facts and asks. Every entry point passes here, and execution passes here again."""

    def __init__(
        self,
        policies: Policies,
        catalog: Catalog,
        standing: Standing,
        journal: Journal,
        leases: Leases,
        opened: OpenIncidentsReader,
        maintenances: Projection[Maintenance],
        operations: Projection[Operation],
        clock: Callable[[], datetime],
    ) -> None:
        self._maintenances, self._targets = maintenances, Targets(leases, operations)
        self.policies, self._catalog, self._standing = policies, catalog, standing
        self._journal, self._opened, self._clock = journal, opened, clock

    async def of_plan(
        self,
        operation: Operation,
        service: Service,
        plan: Plan,
        by: Person | None = None,
        entry: str = "slash",
    ) -> Decision:
        """May this operation, with the approvals it has, be run by whoever asked (or by `by`)?"""
        asked = AuthorizationRequest(
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
            supersedes=operation.supersedes,
            queue=operation.queue,
            is_undo=bool(operation.undoes),
            counts=plan.counts,
            is_typed=is_typed(operation, plan),
            is_reverted=bool(plan.reverted_by),
        )
        return await self.ask(by or operation.confirmed_by or operation.asked_by, asked)

    async def is_full_member(self, person: Person) -> bool:
        """Whether Slack has said that the person is one; the policies tell why anybody else is refused."""
        standing = await self._standing(person)
        return standing.is_member and standing.is_known

    async def fallen(self, operation: Operation) -> tuple[Person, ...]:
        """Who approved and could not any more: no full member, or in none of the groups that may."""
        approvals = await _Groups(self._standing).of(operation.approved_by)
        may = set(operation.needs_from)
        return tuple(person for person, groups in approvals if not groups & may)

    async def ask(
        self, person: Person, asked: AuthorizationRequest, open_incidents: OpenIncidents | None = None
    ) -> Decision:
        """The policies' decision, with its reason in words."""
        return self.policies.decide(await self._question(person, asked, open_incidents))

    async def _question(
        self, person: Person, asked: AuthorizationRequest, open_incidents: OpenIncidents | None
    ) -> AuthorizationQuery:
        if open_incidents is None:
            open_incidents = await self._opened.now()
        groups = _Groups(self._standing)
        is_sure, unreadable = False, None
        if asked.service is not None and asked.tier and open_incidents.unreadable:
            unreadable = unreadable_on(self._catalog, asked.service, open_incidents)
            if unreadable_anywhere(self._catalog, open_incidents):
                # It may be about this one: somebody else looks, too, before anything is changed.
                asked = replace(asked, others=max(asked.others, 1))
        if asked.service is not None and not asked.is_of_incident:
            asked, is_sure = await self._weighed(person, asked, asked.service, open_incidents, groups)
        held, maintenance = None, None
        if asked.service and asked.tier:
            reading = (
                self._targets.held(asked.service.id, asked.holds, asked.supersedes),
                self._running(asked.service),
            )
            held, maintenance = await asyncio.gather(*reading)
        standing = await self._standing(person)
        facts = self._facts(person, asked, held, maintenance)
        approvals = await groups.of(asked.approvals)
        given_by = await groups.of(_givers(asked.incident, facts.role))
        relieving = await self._relieving(maintenance, person, groups)
        others: list[Age] = [groups.ages[one] for one, _ in (*approvals, *given_by)]
        return AuthorizationQuery(
            person=person,
            groups=standing.groups,
            groups_known=oldest(standing.known, *others),
            is_known=standing.is_known,
            is_member=standing.is_member,
            is_stranger=standing.is_stranger,
            action=asked.action,
            service=asked.service,
            system=self._system(asked),
            context=replace(
                facts,
                approvals=approvals,
                role_given_by=given_by,
                is_confirmed=is_sure,
                unreadable=unreadable,
                maintenance=relieving,
            ),
        )

    async def _weighed(
        self,
        person: Person,
        asked: AuthorizationRequest,
        service: Service,
        open_incidents: OpenIncidents,
        groups: "_Groups",
    ) -> tuple[AuthorizationRequest, bool]:
        """The question with the incident it is weighed by, and whether that one is confirmed."""
        found = related(self._catalog, service, open_incidents)
        sure: dict[str, bool] = {}
        for one, only_if_sure in preferred(found, asked.incident, person, asked.channel):
            if one.id not in sure:
                sure[one.id] = await self._is_confirmed(one, service, groups)
            if sure[one.id] or not only_if_sure:
                return replace(asked, incident=one), sure[one.id]
        return replace(asked, incident=None), False

    async def _is_confirmed(self, incident: Incident, service: Service, groups: "_Groups") -> bool:
        """Whether someone had a hand in it who answers for it or for the service."""
        await groups.of(incident.acted)
        of_it, circle = self._catalog.service(incident.service), self.policies.circle
        services = (service, of_it) if of_it else (service,)
        return is_confirmed(incident, lambda one: circle.answers(groups.known[one], services))

    async def unconfirmed(self, service: Service) -> tuple[Incident, ...]:
        """Serious open incidents here that hold nothing back: nobody who answers for them acted."""
        groups = _Groups(self._standing)
        found = related(self._catalog, service, await self._opened.now())
        serious = [one for one in found if one.rank <= SERIOUS]
        return tuple([one for one in serious if not await self._is_confirmed(one, service, groups)])

    async def unreadable(self) -> str | None:
        """An open incident of which nobody can say here which service it is about."""
        return unreadable_anywhere(self._catalog, await self._opened.now())

    async def _relieving(
        self, maintenance: Maintenance | None, person: Person, groups: "_Groups"
    ) -> str | None:
        """The maintenance that spares this person approvals; one of their own making does so late."""
        if maintenance is None:
            return None
        planner, service = maintenance.scheduled_by, self._catalog.service(maintenance.service)
        ((_, handles),) = await groups.of((planner,))
        still_may = service is not None and self.policies.circle.answers(handles, (service,))
        by_another = planner != person and still_may
        return maintenance.id if maintenance.relieves(by_another=by_another) else None

    async def anywhere(self, person: Person, registry: Registry) -> frozenset[str]:
        """Actions that the person may take on at least one service, with approvals if need be."""
        allowed: set[str] = set()
        open_incidents = await self._opened.now()
        for command in registry.commands:
            on = self._catalog.services if command.service else (None,)
            tier = RiskTier.R1 if command.kind is Kind.CHANGE else RiskTier.R0
            for service in on:
                asked = AuthorizationRequest(
                    action=command.action, entry="slash", service=service, tier=tier, because=True
                )
                if self.policies.may(await self._question(person, asked, open_incidents)):
                    allowed.add(command.action)
                    break
        return frozenset(allowed)

    def _system(self, asked: AuthorizationRequest) -> str:
        if asked.service:
            return asked.service.system
        return asked.incident.system if asked.incident else ""

    def _facts(
        self,
        person: Person,
        asked: AuthorizationRequest,
        held: TargetHolder | None,
        maintenance: Maintenance | None,
    ) -> AuthorizationContext:
        now = self._clock()
        system = self._catalog.system_of(asked.service) if asked.service else None
        frozen = is_frozen(system, now) if system else None
        incident = asked.incident
        return AuthorizationContext(
            tier=int(asked.tier),
            direction=asked.direction or Direction.SAME,
            size=asked.size,
            others=_others(asked),
            because=asked.because,
            incident=incident.id if incident else None,
            incident_severity_rank=incident.rank if incident else None,
            role=role_of(incident, person),
            is_severity_own=incident is not None and incident.severity_set_by == person,
            is_mitigation=is_mitigation(incident, person, asked.channel),
            frozen=frozen.says if frozen else None,
            in_window=maintenance is not None or bool(system and in_window(system, now)),
            lease_held_by_other=held.by if held else None,
            goes_back=_goes_back(asked, held),
            queue=asked.queue,
            needs_from=asked.needs_from,
            break_glass=asked.break_glass,
            entry=asked.entry,
            requester_is_approver=asked.is_own,
            fingerprint_matches=asked.fingerprint_matches,
            policy_version_matches=asked.policy_version_matches,
            dry=asked.dry,
            is_undo=asked.is_undo,
            count_before=asked.counts[0],
            count_after=asked.counts[1],
            has_limits=asked.service is not None and asked.service.limits is not None,
            is_typed=asked.is_typed,
            is_reverted=asked.is_reverted,
            at=now,
        )

    async def _running(self, service: Service) -> Maintenance | None:
        """The maintenance of the service that runs, within the time that was announced."""
        id = await self._journal.lookup(streams.RUNNING_MAINTENANCE, service.id)
        found = await self._maintenances.get(id) if id else None
        return found if found is not None and found.covers(self._clock()) else None


class _Groups:
    """Which groups people are in now; whoever is no full member any more is in none. Asked once for each."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self.known: dict[Person, frozenset[str]] = {}
        self.ages: dict[Person, Age] = {}

    async def of(self, people: Iterable[Person]) -> tuple[Approval, ...]:
        """Each person with their groups."""
        asked = tuple(people)
        new = [person for person in dict.fromkeys(asked) if person not in self.known]
        found = await asyncio.gather(*(self._standing(person) for person in new))
        for person, standing in zip(new, found, strict=True):
            self.known[person] = standing.groups if standing.is_member else frozenset()
            self.ages[person] = standing.known
        return tuple((person, self.known[person]) for person in asked)


def _givers(incident: Incident | None, role: str | None) -> tuple[Person, ...]:
    """Everybody who gave the incident commander that role; other roles open nothing."""
    return incident.givers.get("ic", ()) if incident is not None and role == "ic" else ()


def _goes_back(asked: AuthorizationRequest, held: TargetHolder | None) -> bool:
    """Whether what is asked takes back what the operation that has the target did."""
    if held is None or held.operation is None:
        return False
    action = asked.change or asked.action
    return goes_back(action, asked.direction, held.operation, is_undo=asked.is_undo)


def is_typed(operation: Operation, plan: Plan) -> bool:
    """Whether the plan's new count was typed once more."""
    return operation.typed == str(plan.counts[1])


def _others(asked: AuthorizationRequest) -> int:
    """How many others must agree: what the change itself takes, or more where the catalog says so."""
    return max(asked.others, asked.service.others_for(asked.tier) if asked.service else 0)
