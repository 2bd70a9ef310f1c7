"""What clouds have to grant: the least that the configured catalog needs."""

import json
from collections import defaultdict

import yaml

from backends.registry import backends, target_types
from bot.clock import utc_now
from bot.compose import backend_settings
from bot.settings import Settings
from model.backend import Grant
from model.catalog_loader import load_catalog


def iam_policies(settings: Settings) -> dict[str, str]:
    """An IAM policy document for each AWS account, with the actions and resources of its services.

    What the catalog gives no account stands in each of them, or under `*` when there is no other.
    """
    grants = [one for one in _grants(settings) if not _is_rbac(one.actions[0])]
    accounts = {_account(arn) for one in grants for arn in one.on} - {"*"} or {"*"}
    return {account: _document(grants, account) for account in sorted(accounts)}


def _document(grants: list[Grant], account: str) -> str:
    """One statement for each set of resources, the same actions never twice on the same."""
    by_resource: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for one in grants:
        own = tuple(sorted(arn for arn in one.on if _account(arn) in {"*", account}))
        if own:
            by_resource[own] |= set(one.actions)
    statements = [
        {"Sid": f"Muster{number}", "Effect": "Allow", "Action": sorted(actions), "Resource": list(on)}
        for number, (on, actions) in enumerate(sorted(by_resource.items()), 1)
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)


def _account(arn: str) -> str:
    """The account in an ARN; `*` where it has none, as those of buckets."""
    parts = arn.split(":")
    return (parts[4] if len(parts) > 4 else "") or "*"


def rbac_roles(settings: Settings) -> str:
    """A Kubernetes Role for each namespace, from rules written `group/resource:verb`."""
    verbs: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in (one for one in _grants(settings) if _is_rbac(one.actions[0])):
        for namespace in one.on:
            for action in one.actions:
                resource, _, verb = action.rpartition(":")
                verbs[namespace, resource].add(verb)
    roles = [_role(namespace, verbs) for namespace in sorted({namespace for namespace, _ in verbs})]
    return yaml.safe_dump_all(roles, sort_keys=False)


def _role(namespace: str, verbs: dict[tuple[str, str], set[str]]) -> dict[str, object]:
    own = sorted((name, allowed) for (place, name), allowed in verbs.items() if place == namespace)
    rules = [
        {"apiGroups": [_group(name)], "resources": [name.split("/", 1)[1]], "verbs": sorted(allowed)}
        for name, allowed in own
    ]
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": "muster", "namespace": namespace},
        "rules": rules,
    }


def _grants(settings: Settings) -> list[Grant]:
    catalog = load_catalog(settings.catalog, target_types())
    kinds = backends(backend_settings(settings, utc_now))
    parts = (part for service in catalog.services for part in service.parts)
    return [grant for part in parts for grant in kinds[part.target.kind].grants(part) if grant.actions]


def _is_rbac(call: str) -> bool:
    return "/" in call


def _group(name: str) -> str:
    group = name.split("/", 1)[0]
    return "" if group == "core" else group
