"""Runs the examples that stand beside the policies: people × actions × services → what is expected."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import product
from typing import Literal, cast

from pydantic import Field

from model.catalog.calendar import in_window, is_frozen
from model.catalog.fields import CatalogModel
from model.catalog.problems import Diagnostic, did_you_mean
from model.catalog.reading import read_part
from model.catalog.schema import Environment, Service, Target
from model.catalog.source import Source, read_source
from model.catalog.system import ChangeFreeze, SeverityScheme, System
from model.people import Person
from permissions.policies import Policies
from permissions.query import Approval, AuthorizationContext, AuthorizationQuery, Decision

Who = Literal[
    "member", "guest", "engineer", "owner", "on-call", "operator", "commander", "ic", "self-made ic"
]
"""Who people are in examples. `commander`: in the group of incident commanders.

`ic`: an engineer who is incident commander of the incident on the service, made so by an operator;
`self-made ic`: one who took the role without being asked.
"""


class ExampleContext(CatalogModel):
    """The facts an example sets; the others are as on a quiet day."""

    tier: int = 0
    direction: str = "same"
    others: int = 0
    because: bool = False
    dry: bool = False
    severity: int | None = None
    is_mitigation: bool = False
    is_confirmed: bool = True
    is_severity_own: bool = False
    break_glass: bool = False
    maintenance: str | None = None
    held_by: str | None = None
    unreadable: str | None = None
    limit: str | None = None
    is_own: bool = False
    is_undo: bool = False
    goes_back: bool = False
    queue: bool = False
    count_before: int = 0
    count_after: int = 0
    has_limits: bool = False
    is_typed: bool = False
    is_reverted: bool = False
    needs_from: tuple[str, ...] = ()
    fingerprint_matches: bool = True
    policy_version_matches: bool = True


class Example(CatalogModel):
    """One example; what it neither allows nor lets be approved has to be denied.

    do: actions, or groups of them (`looks`, `changes` …); all that there are if left out.
    approval: action, or group of them → such as `1 of on-call, owners, operators`.
    """

    says: str
    who: tuple[Who, ...]
    on: tuple[Environment, ...] = (Environment.PRODUCTION,)
    do: tuple[str, ...] = ()
    at: str = "2026-02-10T12:00:00Z"
    groups_known: Literal["fresh", "stale", "unknown"] = "fresh"
    is_known: bool = True
    is_stranger: bool = False
    approved_by: tuple[Who, ...] = ()
    facts: ExampleContext = ExampleContext()
    allow: tuple[str, ...] = ()
    approval: dict[str, str] = Field({}, description="action or group → who has to approve")


@dataclass
class _Run:
    """One check over all files."""

    policies: Policies
    shown: set[str] = field(default_factory=set[str])


def check_examples(policies: Policies) -> list[Diagnostic]:
    """Every example that the policies do not bear out, and every policy that no example shows.

    Examples speak of roles; which groups have them is the catalog's affair and plays no part.
    """
    policies = policies.with_plain_roles()
    run = _Run(policies)
    problems: list[Diagnostic] = []
    for file in sorted(policies.folder.glob("*.examples.yaml")):
        source = read_source(file)
        problems += [*_checked(run, source), *source.problems]
    for policy in policies.all:
        if policy.id not in run.shown:
            what = "no example shows what it does; write one in a *.examples.yaml beside it."
            problems.append(Diagnostic(policy.file, policy.line, policy.id, what))
    return problems


def _checked(run: _Run, source: Source) -> Iterator[Diagnostic]:
    listed = source.data
    if not isinstance(listed, list):
        yield source.problem((), "has to be a list of examples.")
        return
    for index, one in enumerate(cast(list[object], listed)):
        example = read_part(source, Example, one, (index,))
        if example is None:
            continue
        for what, suggestion in (*_unknown(run, example), *_broken(run, example)):
            yield source.problem((index,), f"{example.says} {what}", suggestion)


def _unknown(run: _Run, example: Example) -> Iterator[tuple[str, str]]:
    known = {*run.policies.kinds, *run.policies.kinds.values()}
    for name in (*example.do, *example.allow, *example.approval):
        if name not in known:
            yield f"there is no action `{name}`.", did_you_mean(name, known)


def _broken(run: _Run, example: Example) -> Iterator[tuple[str, str]]:
    allowed = set(_actions(run, example.allow))
    asked = _actions(run, example.do) or list(run.policies.kinds)
    for who, action, environment in product(example.who, asked, example.on):
        question = _question(run.policies, example, who, action, environment)
        decision = run.policies.decide(question, is_told=False)
        run.shown.update((decision.policy, *decision.determined_by))
        expected = "allow" if action in allowed else _approval(run, example, action)
        found = _outcome(run.policies, decision)
        if found != expected:
            case = f"{who} × {action} × {environment}"
            why = run.policies.decide(question).reason
            yield f"{case}: expected {expected}, and it is {found} ({why})", ""


def _approval(run: _Run, example: Example, action: str) -> str:
    """Who has to approve an action, by its own name or that of its group."""
    by_group = example.approval.get(run.policies.kinds[action], "deny")
    return example.approval.get(action, by_group)


def _actions(run: _Run, names: tuple[str, ...]) -> list[str]:
    kinds = run.policies.kinds
    return [action for action, kind in kinds.items() if action in names or kind in names]


def _outcome(policies: Policies, decision: Decision) -> str:
    if decision.allowed:
        return "allow"
    if decision.needs is None:
        return "deny"
    role_of = {"some-owners": "owners", "some-on-call": "on-call"}
    names = [role_of.get(handle) or policies.circle.roles[handle] for handle in decision.needs.groups]
    return f"{decision.needs.count} of {', '.join(dict.fromkeys(names))}"


def asked_by(policies: Policies, who: Who, action: str, facts: ExampleContext) -> AuthorizationQuery:
    """The question of one of the people of examples, about a service in production."""
    example = Example(says="asked", who=(who,), facts=facts, approval={})
    return _question(policies, example, who, action, Environment.PRODUCTION)


def _question(
    policies: Policies, example: Example, who: Who, action: str, environment: Environment
) -> AuthorizationQuery:
    service = Service(
        id=f"some-{environment}",
        name=environment,
        system="some-system",
        environment=environment,
        owners="some-owners",
        on_call="some-on-call",
        target=Target(kind="any"),
        source="an example",
    )
    return AuthorizationQuery(
        person=_ASKER,
        groups=_groups(policies, who),
        groups_known=example.groups_known,
        is_known=example.is_known,
        is_member=who != "guest",
        is_stranger=example.is_stranger,
        action=action,
        service=service,
        system=service.system,
        context=_facts(policies, example, who),
    )


def _facts(policies: Policies, example: Example, who: Who) -> AuthorizationContext:
    said = example.facts
    at = datetime.fromisoformat(example.at).astimezone(UTC)
    freeze = is_frozen(_SYSTEM, at)
    leads = who in {"ic", "self-made ic"}
    severity = said.severity or (1 if leads else None)
    return AuthorizationContext(
        at=at,
        tier=said.tier,
        direction=said.direction,
        others=said.others,
        because=said.because,
        incident="INC-1" if severity else None,
        incident_severity_rank=severity,
        role="ic" if leads else None,
        role_given_by=_givers(policies, who),
        is_confirmed=severity is not None and said.is_confirmed,
        is_severity_own=said.is_severity_own,
        is_mitigation=said.is_mitigation or leads,
        frozen=freeze.says if freeze else None,
        in_window=said.maintenance is not None or in_window(_SYSTEM, at),
        maintenance=said.maintenance,
        lease_held_by_other=said.held_by,
        unreadable=said.unreadable,
        hard_limit_stop=said.limit,
        approvals=tuple(
            (Person(team="T0", user=f"UOTHER{n}"), _groups(policies, other))
            for n, other in enumerate(example.approved_by)
        ),
        needs_from=said.needs_from,
        break_glass=said.break_glass,
        requester_is_approver=said.is_own,
        is_undo=said.is_undo,
        goes_back=said.goes_back,
        queue=said.queue,
        count_before=said.count_before,
        count_after=said.count_after,
        has_limits=said.has_limits,
        is_typed=said.is_typed,
        is_reverted=said.is_reverted,
        fingerprint_matches=said.fingerprint_matches,
        policy_version_matches=said.policy_version_matches,
        dry=said.dry,
    )


def _givers(policies: Policies, who: Who) -> tuple[Approval, ...]:
    match who:
        case "ic":
            return ((Person(team="T0", user="UGIVER"), _groups(policies, "operator")),)
        case "self-made ic":
            return ((_ASKER, _groups(policies, who)),)
        case _:
            return ()


def _groups(policies: Policies, who: Who) -> frozenset[str]:
    roles = {
        "engineer": "engineers",
        "ic": "engineers",
        "self-made ic": "engineers",
        "operator": "operators",
        "commander": "incident-commanders",
    }
    match who:
        case "owner":
            return frozenset({"some-owners"})
        case "on-call":
            return frozenset({"some-on-call"})
        case _:
            return frozenset(policies.circle.handles(roles.get(who, ""))[:1])


_ASKER = Person(team="T0", user="UASKER")
_SYSTEM = System(
    id="some-system",
    name="Some system",
    source="an example",
    severities=SeverityScheme(source="an example", defined=False),
    freezes=(
        ChangeFreeze(source="an example", rule="quarter-end-week", says="Change freeze at a quarter's end"),
    ),
)
