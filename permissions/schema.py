"""The Cedar schema, made from what commands declare, so that a typo in a policy is found at start."""

from collections.abc import Sequence
from dataclasses import dataclass

from model.language.declare import Kind
from model.language.registry import Registry

ROLES = ("engineers", "operators", "incident-commanders")
"""Groups that policies name; owners and people on call are those of the service."""

KINDS = {
    "look": "looks",
    "change": "changes",
    "incident": "incidents",
    "maintenance": "maintenance",
    "operation": "operations",
    "meta": "meta",
    "admin": "admin",
}
"""Kind of a command → the group of actions that policies may name instead of single ones."""

BREAK_GLASS = "break_glass"
"""An action that is no command: whether a person may break the glass now."""

SECRETS = "secrets"
"""An action that is no command: whether a person may see which secrets there are, as fingerprints."""


@dataclass(frozen=True)
class ActionDecl:
    """One action: what policies call it, its usual risk tier (0 to 3), and its kind (see KINDS)."""

    name: str
    tier: int
    kind: str


def actions_of(registry: Registry) -> tuple[ActionDecl, ...]:
    """An action for each command there is."""
    return tuple(
        ActionDecl(command.action, 1 if command.kind is Kind.CHANGE else 0, command.kind.value)
        for command in registry.commands
    )


def schema(actions: Sequence[ActionDecl]) -> str:
    """The schema in Cedar's own notation. Raises ValueError for a kind there is not."""
    unknown = [f"{action.name}: {action.kind}" for action in actions if action.kind not in KINDS]
    if unknown:
        raise ValueError(f"no such kind of action: {', '.join(unknown)}")
    roles = ", ".join(f'"{role}"' for role in ROLES)
    known = [action for action in actions if action.name not in {BREAK_GLASS, SECRETS}]
    declared = "".join(f'action "{action.name}" in ["{KINDS[action.kind]}"] {_APPLIES}\n' for action in known)
    groups = "".join(f'action "{group}";\n' for group in KINDS.values())
    alone = "".join(f'action "{name}" {_APPLIES}\n' for name in (BREAK_GLASS, SECRETS))
    return f"{_ENTITIES.format(roles=roles)}{groups}{declared}{alone}"


def kinds_in(text: str) -> dict[str, str]:
    """Action → its group, as a schema made by `schema` declares them."""
    found: dict[str, str] = {BREAK_GLASS: "", SECRETS: ""}
    for line in text.splitlines():
        if line.startswith('action "') and '" in ["' in line:
            _, name, _, group, *_ = line.split('"')
            found[name] = group
    return found


_ENTITIES = """\
entity Role enum [{roles}];
entity Group;
entity Person in [Role, Group];
entity System {{ owners: Set<Group>, on_call: Set<Group> }};
entity Service in [System] {{ owners: Set<Group>, on_call: Set<Group>, environment: String }};
type Approvals = {{
  // Other people who approved: people on call, owners or operators; of these, owners or operators; operators.
  by_team: Long, by_owners_or_operators: Long, by_operators: Long,
}};
type Facts = {{
  // The request: risk tier 0 to 3, direction ("up", "down", "same"), how many tasks or replicas it moves.
  // others: how many other people must agree, whoever asks.
  tier: Long, direction: String, size: Long, others: Long, has_reason: Bool, is_dry: Bool, is_undo: Bool,
  entry: String,
  // A count: before and after (both 0 where none changes), whether the catalog limits it, whether the new one
  // was typed once more. is_reverted: somebody is known to put the change back by itself.
  count_before: Long, count_after: Long, has_limits: Bool, is_typed: Bool, is_reverted: Bool,
  // The person: Slack has said who it is; a full member; how old the knowledge of groups is: "fresh", "stale"
  // (within the hour) or "unknown". is_stranger: in no workspace that is served, as through Slack Connect.
  is_known: Bool, is_member: Bool, is_stranger: Bool, groups_known: String,
  // The incident on the service, severity 1 (worst) to 9 (none), and the person's role ("ic" …) in it.
  // has_command: is its incident commander, and may change the service by it: one of those who answer for
  // the service (incident commanders, operators, owners, people on call), or made so by one of them.
  // is_mitigation: the change belongs to it, and the person answers for the service or has the command.
  // is_confirmed: somebody who answers for the service acted in it. is_severity_own: the person set it.
  incident: String, severity: Long, role: String, has_command: Bool, is_mitigation: Bool,
  is_confirmed: Bool, is_severity_own: Bool,
  // unreadable: an open incident that may be the service's and that this version of Muster cannot read.
  has_unreadable: Bool, unreadable: String,
  // Circumstances, and in words why not where there is a reason. Where another operation has the target
  // (held_by): whether the change takes back what that one did or lets it go on, or waits until it is over.
  is_frozen: Bool, frozen: String, in_window: Bool, maintenance: String, is_held: Bool, held_by: String,
  goes_back: Bool, is_queued: Bool,
  is_over_limit: Bool, limit: String, hour: Long, weekday: Long,
  // Approval and break-glass.
  approvals: Approvals, is_own_request: Bool, is_approver: Bool, is_glass_broken: Bool,
  fingerprint_matches: Bool, policy_version_matches: Bool,
}};
"""

_APPLIES = "appliesTo { principal: Person, resource: [Service, System], context: Facts };"
