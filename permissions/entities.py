"""From a question to what Cedar is asked: a principal with groups, a resource with owners, facts."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from functools import lru_cache
from typing import Any

import cedarpy

from model.catalog.schema import Catalog, Service
from permissions.query import Approval, AuthorizationContext, AuthorizationQuery
from permissions.schema import ROLES

Json = dict[str, Any]

_NO_SEVERITY = 9


class RoleBindings:
    """Which groups stand for which roles, and who answers for what.

    `roles`: group handle → role. Without a catalog a group of the role's own name has the role.
    """

    def __init__(self, catalog: Catalog | None = None) -> None:
        said = catalog.people.roles if catalog else {}
        self.roles: Mapping[str, str] = said or {role: role for role in ROLES}
        self._services: Sequence[Service] = catalog.services if catalog else ()

    def handles(self, role: str) -> tuple[str, ...]:
        """The groups that have a role."""
        return tuple(handle for handle, its in self.roles.items() if its == role)

    def owners(self, question: AuthorizationQuery) -> tuple[str, ...]:
        """Groups of the owners of the service, or of every service of the system; of nothing, nobody's."""
        return tuple(dict.fromkeys(service.owners for service in self._of(question)))

    def on_call(self, question: AuthorizationQuery) -> tuple[str, ...]:
        """Groups on call for the service, or for every service of the system; of nothing, nobody's."""
        return tuple(dict.fromkeys(service.on_call for service in self._of(question)))

    def answering(self, question: AuthorizationQuery) -> tuple[str, ...]:
        """Groups of the people who answer for it: owners, on call, operators and incident commanders."""
        everywhere = (*self.handles("operators"), *self.handles("incident-commanders"))
        return tuple(dict.fromkeys((*self.owners(question), *self.on_call(question), *everywhere)))

    def answers(self, groups: frozenset[str], services: Iterable[Service]) -> bool:
        """Whether someone in these groups answers for one of the services."""
        everywhere = (*self.handles("operators"), *self.handles("incident-commanders"))
        of_services = (handle for service in services for handle in (service.owners, service.on_call))
        return not groups.isdisjoint({*everywhere, *of_services})

    def _of(self, question: AuthorizationQuery) -> Sequence[Service]:
        if question.service is not None:
            return (question.service,)
        return [one for one in self._services if one.system == question.system]


def entities(question: AuthorizationQuery, circle: RoleBindings, group: str) -> cedarpy.Entities:
    """The entities of one question, parsed; `group` is the action's own."""
    service = question.service
    return _parsed(
        question.person.id,
        question.groups,
        frozenset(circle.roles[handle] for handle in question.groups if handle in circle.roles),
        (question.action, group),
        (service.id, service.environment.value) if service else None,
        service.system if service else question.system,
        circle.owners(question),
        circle.on_call(question),
    )


@lru_cache(maxsize=4096)
def _parsed(
    person: str,
    groups: frozenset[str],
    roles: frozenset[str],
    action: tuple[str, str],
    service: tuple[str, str] | None,
    system: str,
    owners: tuple[str, ...],
    on_call: tuple[str, ...],
) -> cedarpy.Entities:
    """Parsing costs more than deciding, and the same people ask about the same services."""
    member_of = [*(_uid("Group", handle) for handle in groups), *(_uid("Role", role) for role in roles)]
    attributes: Json = {"owners": _groups(owners), "on_call": _groups(on_call)}
    resource: Json = {"uid": _uid("System", system), "attrs": attributes, "parents": []}
    if service is not None:
        attributes["environment"] = service[1]
        resource |= {"uid": _uid("Service", service[0]), "parents": [_uid("System", system)]}
    known: list[Json] = [
        {"uid": _uid("Person", person), "attrs": {}, "parents": member_of},
        {
            "uid": _uid("Action", action[0]),
            "attrs": {},
            "parents": [_uid("Action", action[1])] if action[1] else [],
        },
        resource,
    ]
    return cedarpy.Entities.from_json_str(json.dumps(known))  # pyright: ignore[reportUnknownMemberType] - cedarpy


def request(question: AuthorizationQuery, circle: RoleBindings, used: frozenset[str]) -> Json:
    """Principal, action, resource and context of one question, of the facts only those that are used."""
    facts = context(question, circle)
    return {
        "principal": _uid("Person", question.person.id),
        "action": _uid("Action", question.action),
        "resource": _resource_uid(question),
        "context": {name: fact for name, fact in facts.items() if name in used},
    }


def context(question: AuthorizationQuery, circle: RoleBindings) -> Json:
    """The facts as the schema declares them."""
    facts = question.context
    at = facts.at.astimezone(UTC)
    command = has_command(question, circle)
    counts = command or _answers(question.groups, question, circle)
    return {
        "tier": int(facts.tier),
        "direction": str(facts.direction),
        "size": facts.size,
        "others": facts.others,
        "has_reason": facts.because,
        "is_dry": facts.dry,
        "is_undo": facts.is_undo,
        "count_before": facts.count_before,
        "count_after": facts.count_after,
        "has_limits": facts.has_limits,
        "is_typed": facts.is_typed,
        "is_reverted": facts.is_reverted,
        "entry": facts.entry,
        "is_known": question.is_known,
        "is_member": question.is_member,
        "is_stranger": question.is_stranger,
        "groups_known": question.groups_known,
        "incident": facts.incident or "",
        "severity": facts.incident_severity_rank or _NO_SEVERITY,
        "role": facts.role or "",
        "has_command": command,
        "is_mitigation": facts.is_mitigation and counts,
        "is_confirmed": facts.is_confirmed,
        "is_severity_own": facts.is_severity_own,
        "is_frozen": facts.frozen is not None,
        "frozen": facts.frozen or "",
        "in_window": facts.in_window,
        "maintenance": facts.maintenance or "",
        "has_unreadable": facts.unreadable is not None,
        "unreadable": facts.unreadable or "",
        "is_held": facts.lease_held_by_other is not None,
        "held_by": facts.lease_held_by_other or "",
        "goes_back": facts.goes_back,
        "is_queued": facts.queue,
        "is_over_limit": facts.hard_limit_stop is not None,
        "limit": facts.hard_limit_stop or "",
        "hour": at.hour,
        "weekday": at.weekday(),
        "approvals": _approvals(question, circle),
        "is_own_request": facts.requester_is_approver,
        "is_approver": _is_approver(question.groups, facts),
        "is_glass_broken": facts.break_glass,
        "fingerprint_matches": facts.fingerprint_matches,
        "policy_version_matches": facts.policy_version_matches,
    }


def has_command(question: AuthorizationQuery, circle: RoleBindings) -> bool:
    """Whether the role of incident commander counts for changes, by who has it or by who gave it.

    Anyone may take the role, so by itself it opens nothing.
    """
    facts = question.context
    if facts.role != "ic":
        return False
    given = (groups for giver, groups in facts.role_given_by if giver != question.person)
    return any(_answers(groups, question, circle) for groups in (question.groups, *given))


def _answers(groups: frozenset[str], question: AuthorizationQuery, circle: RoleBindings) -> bool:
    return not groups.isdisjoint(circle.answering(question))


def _approvals(question: AuthorizationQuery, circle: RoleBindings) -> dict[str, int]:
    """Other people, each counted once, by what they are to the service."""
    others = _others(question)
    if not others:
        return {"by_team": 0, "by_owners_or_operators": 0, "by_operators": 0}
    operators = set(circle.handles("operators"))
    owners = operators | set(circle.owners(question))
    team = owners | set(circle.on_call(question))
    return {
        "by_team": sum(1 for groups in others if groups & team),
        "by_owners_or_operators": sum(1 for groups in others if groups & owners),
        "by_operators": sum(1 for groups in others if groups & operators),
    }


def _others(question: AuthorizationQuery) -> list[frozenset[str]]:
    by_person: dict[str, Approval] = {approval[0].id: approval for approval in question.context.approvals}
    return [groups for person, groups in by_person.values() if person != question.person]


def _is_approver(groups: frozenset[str], facts: AuthorizationContext) -> bool:
    return not facts.needs_from or bool(groups & set(facts.needs_from))


def _resource_uid(question: AuthorizationQuery) -> Json:
    if question.service is not None:
        return _uid("Service", question.service.id)
    return _uid("System", question.system)


def _groups(handles: Sequence[str]) -> list[Json]:
    return [{"__entity": _uid("Group", handle)} for handle in handles]


def _uid(type: str, id: str) -> Json:
    return {"type": type, "id": id}
