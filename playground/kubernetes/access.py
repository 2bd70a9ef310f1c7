"""Who a token is and what it may do, by rules shaped like RBAC's."""

from dataclasses import dataclass

from playground.kubernetes.resources import Json, Resource
from playground.kubernetes.status import Refusal


@dataclass(frozen=True)
class Rule:
    """One RBAC rule; `*` stands for all. `resources` may name subresources: `pods/log`."""

    groups: tuple[str, ...]
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    namespace: str = "*"
    names: tuple[str, ...] = ()

    def allows(self, verb: str, group: str, resource: str, namespace: str, name: str) -> bool:
        """Whether this rule grants the verb; cluster-wide questions need a rule for all namespaces."""
        return (
            _has(self.verbs, verb)
            and _has(self.groups, group)
            and _has(self.resources, resource)
            and self.namespace in ("*", namespace)
            and (not self.names or name in self.names)
        )


@dataclass(frozen=True)
class Account:
    """A user or service account, and its rules."""

    user: str
    rules: tuple[Rule, ...]

    def may(self, verb: str, group: str, resource: str, namespace: str = "", name: str = "") -> bool:
        """Whether any rule grants it. `resource` with its subresource, e.g. `deployments/scale`."""
        return any(rule.allows(verb, group, resource, namespace, name) for rule in self.rules)


EVERYTHING = Rule(("*",), ("*",), ("*",))


def forbidden(
    account: Account, verb: str, resource: Resource, sub: str, namespace: str, name: str
) -> Refusal:
    """403 in the words of the RBAC authorizer."""
    plural = f"{resource.plural}/{sub}" if sub else resource.plural
    where = f' in the namespace "{namespace}"' if namespace else " at the cluster scope"
    about = f' "{name}"' if name else ""
    message = (
        f'{resource.group_resource}{about} is forbidden: User "{account.user}" cannot {verb} resource '
        f'"{plural}" in API group "{resource.group}"{where}'
    )
    details: Json = {"kind": resource.plural}
    if name:
        details["name"] = name
    if resource.group:
        details["group"] = resource.group
    return Refusal(403, message, details=details)


def _has(allowed: tuple[str, ...], one: str) -> bool:
    return "*" in allowed or one in allowed
