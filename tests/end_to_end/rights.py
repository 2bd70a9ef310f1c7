"""Muster is bound to the rights it prints, and what no test uses is not printed."""

from functools import cache
from itertools import chain
from pathlib import Path

import pytest
import yaml

from bot.cli.grants import iam_policies, rbac_roles
from bot.settings import Settings
from bot.slack.methods import methods
from playground.aws import Rights
from playground.environment import Environment

CATALOG = Path(__file__).parents[2] / "examples" / "catalog"
USED = pytest.StashKey[set[str]]()

UNUSED_ON_PURPOSE: dict[str, str] = {
    "iam:PassRole": "no call of its own: ECS checks it when a task definition names roles",
    "ecs:TagResource": "no call of its own: ECS checks it when a task definition is registered with tags",
    "elasticloadbalancing:SetWebACL": "no call of its own: WAF checks it when a web ACL is associated",
    "logs:StopQuery": "a query is stopped when it has run for a minute, which tests/backends shows",
}
UNUSED_ON_PURPOSE |= {
    f"slack:conversations.{one}": "a lost answer is looked for, which tests/bot/slack shows"
    for one in ("history", "replies")
}
"""Granted and not called by any end-to-end test, each with why it is printed all the same."""


@cache
def printed() -> tuple[tuple[str, ...], str]:
    """What `muster manifest iam` and `rbac` print for the catalog of the examples."""
    settings = Settings(catalog=CATALOG)
    return tuple(chain.from_iterable(iam_policies(settings).values())), rbac_roles(settings)


def used_in(town: Environment) -> set[str]:
    """Every action that Muster called, in both clouds; a call that was denied fails the test."""
    mine = [call for call in town.aws.calls if call.principal == "muster"]
    denied = [f"{call.name} on {call.resources}" for call in mine if call.error.startswith("AccessDenied")]
    assert denied == [], "the printed IAM policy does not allow it"
    slack = [call for call in town.slack.workspace.calls if call.method != "apps.connections.open"]
    refused = sorted({call.method for call in slack if call.error == "missing_scope"})
    assert refused == [], "the printed manifest has no scope for it"
    assert {call.method for call in slack} <= methods(), "bot/slack/methods.py has a row for each method"
    rules = {call.rule for call in town.kubernetes.calls if call.rule and "reviews" not in call.rule}
    clouds = {name for call in mine for name in (call.name, *call.also)} | rules
    return clouds | {f"slack:{call.method}" for call in slack}


def allowed() -> set[str]:
    """Every action that the printed documents allow."""
    iam, rbac = printed()
    rules = {
        f"{group or 'core'}/{resource}:{verb}"
        for role in yaml.safe_load_all(rbac)
        if role["kind"] == "Role"
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
    return set(Rights.of(iam).actions) | rules | {f"slack:{one}" for one in methods()}


def never_used(used: set[str]) -> list[str]:
    """What is granted and no test called."""
    return sorted(allowed() - used - set(UNUSED_ON_PURPOSE))
