"""What clouds have to grant: the least that the configured catalog needs."""

import json
from collections import defaultdict

import yaml

from backends.registry import backends, target_types
from bot.clock import utc_now
from bot.compose import backend_settings
from bot.settings import Settings
from model.catalog_loader import load_catalog


def iam_policy(settings: Settings) -> str:
    """An IAM policy document with the actions of the catalog's AWS services."""
    actions = sorted({call for calls in _calls(settings).values() for call in calls if not _is_rbac(call)})
    statement = {"Sid": "Muster", "Effect": "Allow", "Action": actions, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)


def rbac_role(settings: Settings) -> str:
    """A Kubernetes Role for each namespace, from rules written `group/resource:verb`."""
    verbs: dict[str, set[str]] = defaultdict(set)
    for calls in _calls(settings).values():
        for call in (one for one in calls if _is_rbac(one)):
            resource, _, verb = call.rpartition(":")
            verbs[resource].add(verb)
    rules = [
        {"apiGroups": [_group(name)], "resources": [name.split("/", 1)[1]], "verbs": sorted(allowed)}
        for name, allowed in sorted(verbs.items())
    ]
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": "muster"},
        "rules": rules,
    }
    return yaml.safe_dump(role, sort_keys=False)


def _calls(settings: Settings) -> dict[str, tuple[str, ...]]:
    catalog = load_catalog(settings.catalog, target_types())
    kinds = backends(backend_settings(settings, utc_now))
    return {service.id: kinds[service.target.kind].calls(service) for service in catalog.services}


def _is_rbac(call: str) -> bool:
    return "/" in call


def _group(name: str) -> str:
    group = name.split("/", 1)[0]
    return "" if group == "core" else group
