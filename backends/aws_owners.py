"""Who keeps something on AWS as it is written elsewhere, found by the tags that it leaves: pure but one read.

CloudFormation tags what it makes, where that takes tags, with the reserved `aws:cloudformation:…` (Template
Reference, resource tagging); CDK, SAM and the Serverless Framework deploy through it. Terraform and OpenTofu
leave no tag of their own: teams set one, mostly as a default tag of the provider. Only by it are they found.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from backends.owners import OwnerWords
from model.plan import Plan, Warning
from model.ports.backend import BackendError, Fault

Json = dict[str, Any]
Tags = Mapping[str, str]

STACK, LOGICAL = "aws:cloudformation:stack-name", "aws:cloudformation:logical-id"

_BY = frozenset({"managedby", "provisioner", "provisionedby", "createdby", "deployedby", "iac", "iactool"})
"""Keys, in lower case and letters alone, whose value names the tool."""
_TOOLS = {"terraform": "Terraform", "opentofu": "OpenTofu", "terragrunt": "Terraform", "tofu": "OpenTofu"}
_NO = frozenset({"false", "no", "0", ""})

_UNTOUCHED = frozenset({"restart", "backup", "restore", "replicas", "failover"})
"""Changes of what no template says: fresh tasks, copies beside what is in use, and who writes."""


def owner_by(tags: Tags) -> OwnerWords | None:
    """The owner that tags name; CloudFormation first, as its tags cannot be set by anybody else."""
    if stack := tags.get(STACK):
        part = f", as {tags[LOGICAL]}" if tags.get(LOGICAL) else ""
        return OwnerWords(
            f"CloudFormation (stack {stack}{part})",
            "owns it: it puts nothing back by itself, but the next update of the stack that touches it may",
            "For good: change the stack's template, or what makes it (CDK, SAM, Serverless).",
        )
    for key, value in tags.items():
        word = "".join(letter for letter in key.casefold() if letter.isalnum())
        named = _tool(value) if word in _BY else _TOOLS.get(word) if value.casefold() not in _NO else None
        if named is not None:
            return OwnerWords(
                f"{named} (so says the tag {key}={value})",
                "manages it: the next apply may put this back, unless it is told to ignore it",
                "For good: change it in its configuration.",
            )
    return None


def tags_of(found: Sequence[Json], key: str = "Key", value: str = "Value") -> dict[str, str]:
    """A list of tags, as most of AWS's APIs give them, by key."""
    return {str(one[key]): str(one.get(value) or "") for one in found}


def with_owner(plan: Plan, tags: Tags) -> Plan:
    """The plan with what the owner of what it changes will do about it."""
    owner = owner_by(tags) if _is_written(plan) else None
    if owner is None:
        return plan
    return plan.model_copy(update={"cautions": (*plan.cautions, owner.caution)})


async def owned(plan: Plan, read: Callable[[], Awaitable[Tags]]) -> Plan:
    """As `with_owner`, where tags take a call of their own. A call that fails is told, never raised."""
    if not _is_written(plan):
        return plan
    try:
        return with_owner(plan, await read())
    except BackendError as error:
        text = f"Whether CloudFormation or Terraform owns it is not known: {error.what}"
        instead = "Grant what `muster manifest iam` prints." if error.fault is Fault.DENIED else ""
        unknown = Warning(level="note", code="owner-unknown", text=text, instead=instead)
        return plan.model_copy(update={"cautions": (*plan.cautions, unknown)})


def _is_written(plan: Plan) -> bool:
    """Whether a template or a configuration may say what the plan changes."""
    return not plan.changes_nothing and plan.change.kind not in _UNTOUCHED


def _tool(value: str) -> str | None:
    """The tool that a value such as `Terraform Cloud` begins with."""
    first = value.casefold().replace("-", " ").replace("_", " ").split()
    return _TOOLS.get(first[0]) if first else None
