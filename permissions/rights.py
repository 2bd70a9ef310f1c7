"""Who may do what, as the policies themselves answer: a table for people to read."""

from typing import get_args

from permissions.examples import ExampleContext, Who, asked_by
from permissions.policies import Policies

COLUMNS: dict[str, tuple[str, ExampleContext]] = {
    "look (R0)": ("logs", ExampleContext()),
    "restart, scale up (R1)": ("restart", ExampleContext(tier=1, direction="up", because=True)),
    "roll back, deploy, limits (R2)": ("rollback", ExampleContext(tier=2, because=True)),
    "stop, flush, swap, restore (R3)": ("scale", ExampleContext(tier=3, because=True)),
    "the same with broken glass": ("scale", ExampleContext(tier=3, because=True, break_glass=True)),
    "declare an incident": ("incident.declare", ExampleContext()),
    "update it": ("incident.update", ExampleContext()),
    "end it": ("incident.resolve", ExampleContext()),
}
"""What is asked, of a service in production, with a reason: the action and its facts."""

PEOPLE: dict[Who, str] = {
    "guest": "guest, stranger, bot, deactivated account",
    "member": "full member of the workspace",
    "engineer": "engineer",
    "owner": "owner of the service",
    "on-call": "on call for the service",
    "operator": "operator (SRE)",
    "commander": "incident commander by group",
    "ic": "leads its incident, given by an operator",
    "self-made ic": "leads its incident by their own word",
}


def rights(policies: Policies) -> list[tuple[str, ...]]:
    """Rows of the table, the header first: `yes`, what approvals it takes, or `–`."""
    assert set(PEOPLE) == set(get_args(Who))
    plain = policies.with_plain_roles()
    rows = [("who", *COLUMNS)]
    for who, called in PEOPLE.items():
        rows.append((called, *(_cell(plain, who, *asked) for asked in COLUMNS.values())))
    return rows


def _cell(policies: Policies, who: Who, action: str, facts: ExampleContext) -> str:
    decision = policies.decide(asked_by(policies, who, action, facts))
    if decision.allowed:
        return "yes"
    if decision.needs is None:
        return "–"
    return "1 other" if decision.needs.count == 1 else f"{decision.needs.count} others"
