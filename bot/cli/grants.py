"""What clouds have to grant: the least that the configured catalog needs."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from backends.registry import backends, target_types
from bot.clock import utc_now
from bot.configured import backend_settings
from bot.settings import Settings
from model.catalog_loader import load_catalog
from model.ports.backend import Grant

LONGEST = 6144
"""Characters of a managed policy, white space not counted (IAM and STS quotas)."""

_EMPTY = len('{"Version":"2012-10-17","Statement":[]}')

Statement = dict[str, Any]
Allowed = tuple[tuple[str, ...], tuple[str, ...]]
"""Actions, and the resources that all of them are allowed on."""


def iam_policies(settings: Settings) -> dict[str, tuple[str, ...]]:
    """The IAM policy documents for each AWS account, with the actions and resources of its services.

    Each is short enough for a managed policy; a role takes ten. What the catalog gives no account stands
    with each of them, or under `*` when there is no other.
    """
    grants = [one for one in _grants(settings) if not _is_rbac(one.actions[0])]
    accounts = {_account(arn) for one in grants for arn in one.on} - {"*"} or {"*"}
    return {account: documents(grants, account) for account in sorted(accounts)}


def documents(grants: Iterable[Grant], account: str) -> tuple[str, ...]:
    """What the grants allow in an account, in as few documents as it takes."""
    actions: dict[str, set[str]] = defaultdict(set)
    for one in grants:
        for arn in one.on:
            if _account(arn) in {"*", account}:
                actions[arn] |= set(one.actions)
    resources: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for arn, allowed in sorted(actions.items()):
        resources[tuple(sorted(allowed))].append(arn)
    whole = [(allowed, tuple(on)) for allowed, on in sorted(resources.items())]
    pages: list[list[Statement]] = [[]]
    for statement in (_statement(part) for one in whole for part in _fitting(one)):
        if _EMPTY + sum(_size(one) + 1 for one in [*pages[-1], statement]) > LONGEST:
            pages.append([])
        pages[-1].append(statement)
    return tuple(json.dumps({"Version": "2012-10-17", "Statement": page}, indent=2) for page in pages)


def _fitting(whole: Allowed) -> Iterator[Allowed]:
    """The same in parts of which each fits into a document."""
    actions, on = whole
    if _EMPTY + _size(_statement(whole)) <= LONGEST:
        yield whole
    elif len(on) > 1:
        yield from _fitting((actions, on[: len(on) // 2]))
        yield from _fitting((actions, on[len(on) // 2 :]))
    else:
        yield from _fitting((actions[: len(actions) // 2], on))
        yield from _fitting((actions[len(actions) // 2 :], on))


def _statement(allowed: Allowed) -> Statement:
    actions, on = allowed
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(on)}


def _size(statement: Statement) -> int:
    return len("".join(json.dumps(statement).split()))


def _account(arn: str) -> str:
    """The account in an ARN; `*` where it has none, as those of buckets."""
    parts = arn.split(":")
    return (parts[4] if len(parts) > 4 else "") or "*"


def rbac_roles(settings: Settings, home: str = "muster") -> str:
    """A service account in the namespace `home`, and for each namespace of the catalog a Role bound to it.

    Rules are written `group/resource:verb`; those for one object are narrowed to its name.
    """
    verbs: _Verbs = defaultdict(set)
    for one in (one for one in _grants(settings) if _is_rbac(one.actions[0])):
        for namespace in one.on:
            for action in one.actions:
                resource, _, verb = action.rpartition(":")
                verbs[namespace, resource, one.names].add(verb)
    account = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "muster", "namespace": home},
    }
    documents: list[dict[str, object]] = []
    for namespace in sorted({namespace for namespace, _, _ in verbs}):
        documents += [_role(namespace, verbs), _binding(namespace, home)]
    return yaml.safe_dump_all([account, *documents] if documents else [], sort_keys=False)


_Verbs = dict[tuple[str, str, tuple[str, ...]], set[str]]
"""Namespace, `group/resource` and the names it is for → verbs."""


def _role(namespace: str, verbs: _Verbs) -> dict[str, object]:
    named: dict[tuple[str, tuple[str, ...]], set[str]] = defaultdict(set)
    for (place, resource, names), allowed in verbs.items():
        if place == namespace:
            named[resource, tuple(sorted(allowed)) if names else ()].update(names)
    rules: list[dict[str, object]] = []
    for (resource, allowed), names in sorted(named.items()):
        rule = {"apiGroups": [_group(resource)], "resources": [resource.split("/", 1)[1]]}
        all_of_them = sorted(verbs.get((namespace, resource, ()), ()))
        narrowed = {"resourceNames": sorted(names)} if names else {}
        rules.append({**rule, **narrowed, "verbs": list(allowed) if names else all_of_them})
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": "muster", "namespace": namespace},
        "rules": rules,
    }


def _binding(namespace: str, home: str) -> dict[str, object]:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "muster", "namespace": namespace},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "muster"},
        "subjects": [{"kind": "ServiceAccount", "name": "muster", "namespace": home}],
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
