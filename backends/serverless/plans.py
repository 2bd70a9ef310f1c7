"""Plans for going back to a stored deployment, from what was read: pure."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from backends.serverless.reads import Deployment, Snapshot
from backends.serverless.target import Json, ServerlessTarget
from model.catalog.schema import Service
from model.plan import Change, Delta, Plan, RiskTier, Rollback, Step, Warning
from model.refusal import Refused
from model.slash import slash

KEEPERS = ("AWS::DynamoDB::", "AWS::RDS::", "AWS::S3::Bucket", "AWS::Cognito::UserPool", "AWS::EFS::")
"""Kinds of resource that hold data: to take one away may lose it."""

TAKES = timedelta(hours=1)
"""How long a stack's update may well take."""

_VERSION = "AWS::Lambda::Version"
"""The framework makes a new one with every deployment, and keeps them all."""


def instead(service: Service, change: Change) -> Refused:
    """Why the stack has no such change, and what to type."""
    stage = ServerlessTarget.of(service).stage
    return Refused(
        f"{service.id} is deployed by the Serverless Framework, which builds as it deploys.",
        f"Deploy it with npm run deploy:{stage}; to go back, type {slash('rollback')} {service.id}",
    )


def wanted_of(service: Service, named: str | None, current: str, stored: Sequence[Deployment]) -> Deployment:
    """The deployment to go to: the named one, else the newest before the current. Raises Refused."""
    if not stored:
        target = ServerlessTarget.of(service)
        raise Refused(
            f"No deployment of {service.id} is kept in {target.bucket}.", "Deploy it the way it is deployed."
        )
    choice = ", ".join(f"`{one.id}` ({one.at[:16]}Z)" for one in stored[:5])
    if named is not None:
        found = next((one for one in stored if named in {one.id, one.at}), None)
        if found is None:
            raise Refused(f"{service.id} has no deployment {named} that is kept.", f"There are {choice}.")
        return found
    if not current:
        raise Refused("Which deployment runs cannot be told from the stack.", f"Name one: {choice}.")
    older = [one for one in stored if one.id < current]
    if not older:
        raise Refused(f"No deployment before {current} is kept.", f"There are {choice}.")
    return older[0]


def plan_rollback(
    service: Service, seen: Snapshot, wanted: Deployment, template: Json, stored: Sequence[Deployment]
) -> Plan:
    """The stored template applied to the stack again, as `serverless rollback` does. Raises Refused."""
    _must_be_at_rest(service, seen)
    target, is_same = ServerlessTarget.of(service), wanted.id == seen.current
    before = next((f"{one.id} ({one.at[:16]}Z)" for one in stored if one.id == seen.current), seen.current)
    can_return = any(one.id == seen.current for one in stored)
    return Plan(
        service=service.id,
        change=Rollback(version=wanted.id),
        deltas=(
            Delta(what="deployment", before=before or "not known", after=f"{wanted.id} ({wanted.at[:16]}Z)"),
        ),
        steps=() if is_same else (_step(target, seen, wanted, template),),
        cautions=() if is_same else (*_taken_away(seen.template, template), *_role(seen)),
        tier=RiskTier.R2,
        size=1,
        fingerprint=seen.fingerprint,
        takes=TAKES,
        goal={"deployment": wanted.id, "from": seen.current},
        inverse=Rollback(version=seen.current) if can_return and not is_same else None,
        undo=f"Applies the template of {seen.current} again."
        if can_return
        else "The deployment that runs now is not kept in the bucket, so there is no way back to it.",
    )


def _step(target: ServerlessTarget, seen: Snapshot, wanted: Deployment, template: Json) -> Step:
    known = cast(Json, template.get("Parameters") or {})  # CloudFormation refuses any other
    named = [str(one["ParameterKey"]) for one in cast(list[Json], seen.stack.get("Parameters") or [])]
    parameters = [name for name in named if name in known]
    params: dict[str, Any] = {
        "StackName": target.stack,
        "TemplateURL": f"https://s3.amazonaws.com/{target.bucket}/{wanted.key}",
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
    }
    if parameters:
        params["Parameters"] = [{"ParameterKey": name, "UsePreviousValue": True} for name in parameters]
    return Step(
        call="cloudformation:UpdateStack",
        params=params,
        says=f"Apply the stored template of {wanted.at[:16]}Z to {target.stack}",
    )


def _must_be_at_rest(service: Service, seen: Snapshot) -> None:
    """Raises Refused for a stack that CloudFormation does not update as it is."""
    if seen.status.endswith("_IN_PROGRESS"):
        raise Refused(
            f"The stack is being updated ({seen.status}).",
            f"Look with {slash('health')} {service.id}, then type it again.",
        )
    if seen.status.endswith("_FAILED") or seen.status == "ROLLBACK_COMPLETE":
        raise Refused(
            f"The stack is in {seen.status}, in which CloudFormation takes no update.",
            "Continue its rollback in the console first.",
        )


def _taken_away(now: Json, then: Json) -> tuple[Warning, ...]:
    """What the older template does not have goes: with data in it the plan stops, else it warns."""
    before, after = cast(Json, now.get("Resources") or {}), cast(Json, then.get("Resources") or {})
    left = {name: cast(Json, one) for name, one in before.items() if name not in after}
    gone = {name: str(one["Type"]) for name, one in left.items() if not _is_kept(one)}
    kept = [name for name, one in left.items() if _is_kept(one) and str(one["Type"]) != _VERSION]
    holding = [name for name, kind in gone.items() if kind.startswith(KEEPERS)]
    found = list(_may_replace(before, after))
    if holding:
        text = f"That template has no {', '.join(holding)}: to apply it would delete what holds data."
        stop = Warning(level="stop", code="deletes-data", text=text, instead="Deploy a fix forward instead.")
        found.append(stop)
    elif gone:
        text = f"That template has no {', '.join(gone)}, which will be deleted."
        found.append(Warning(level="warn", code="deletes", text=text))
    if kept:
        text = f"That template has no {', '.join(kept)}: kept, and no longer a part of the stack."
        found.append(Warning(level="warn", code="leaves", text=text))
    return tuple(found)


def _is_kept(resource: Json) -> bool:
    """Whether CloudFormation leaves it as it is when a template no longer has it."""
    return str(resource.get("DeletionPolicy", "")).startswith("Retain")


def _may_replace(before: Json, after: Json) -> tuple[Warning, ...]:
    """A `warn` for what holds data and is set otherwise: some settings replace it by an empty one."""
    other = [
        name
        for name, one in before.items()
        if str(one["Type"]).startswith(KEEPERS)
        and name in after
        and one.get("Properties") != after[name].get("Properties")
    ]
    if not other:
        return ()
    text = f"{', '.join(other)} holds data and is set otherwise there; see that nothing is replaced."
    return (Warning(level="warn", code="may-replace", text=text),)


def _role(seen: Snapshot) -> tuple[Warning, ...]:
    if seen.stack.get("RoleARN"):
        return ()
    text = "The stack has no role of its own: Muster's rights have to reach everything that changes."
    return (Warning(level="note", code="no-role", text=text),)
