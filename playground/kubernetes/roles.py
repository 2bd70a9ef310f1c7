"""Accounts made of the Roles that `muster manifest rbac` prints."""

from typing import Any, cast

import yaml

from playground.kubernetes.access import Account, Rule
from playground.kubernetes.seed import ACCOUNTS, MUSTER_TOKEN


def accounts(roles: str) -> dict[str, Account]:
    """The accounts of the playground, Muster's with just these Roles if there are any."""
    if not roles:
        return dict(ACCOUNTS)
    return {**ACCOUNTS, MUSTER_TOKEN: account_of(roles, ACCOUNTS[MUSTER_TOKEN].user)}


def account_of(roles: str, user: str) -> Account:
    """The account that has just these Roles, each in its own namespace. Raises yaml.YAMLError.

    Other documents, such as the account itself and what binds the Roles to it, are passed over.
    """
    rules: list[Rule] = []
    for role in cast(list[dict[str, Any]], list(yaml.safe_load_all(roles))):
        if role["kind"] != "Role":
            continue
        namespace = str(role["metadata"]["namespace"])
        for rule in cast(list[dict[str, list[str]]], role["rules"]):
            groups, resources, verbs = rule["apiGroups"], rule["resources"], rule["verbs"]
            names = tuple(rule.get("resourceNames", ()))
            rules.append(Rule(tuple(groups), tuple(resources), tuple(verbs), namespace, names))
    return Account(user, tuple(rules))
