"""AWS CloudFormation: the stack of Brutal Patches, updated resource by resource, or taken back."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlparse

from playground.aws.cloud import ApiCall, Cloud, Operation, Region
from playground.aws.deployments import BUCKET, FUNCTION, STACK, STAMPS, stored, template_of
from playground.aws.modelled import Modelled
from playground.aws.refusal import AwsError

NEEDED = "CAPABILITY_NAMED_IAM"
WHOLE = "AWS::CloudFormation::Stack"
BROKEN = (
    'Resource handler returned message: "Error occurred while GetObject. S3 Error Code: NoSuchKey. '
    'S3 Error Message: The specified key does not exist. (Service: Lambda, Status Code: 400)"'
)


@dataclass(frozen=True)
class StackEvent:
    """Something that happens to a resource at a moment, which may still be ahead."""

    at: datetime
    resource: str
    kind: str
    status: str
    reason: str = ""
    token: str = ""


@dataclass
class Stack:
    """One stack. template: what it is to be, once its events have come to pass; before: what it was."""

    id: str
    name: str
    template: dict[str, Any]
    before: dict[str, Any]
    events: list[StackEvent] = field(default_factory=list[StackEvent])

    def seen(self, at: datetime) -> list[StackEvent]:
        """What has happened by then, the newest first."""
        return sorted((one for one in self.events if one.at <= at), key=lambda one: one.at)[::-1]

    def status(self, at: datetime) -> str:
        """The stack's own status then."""
        return next(one.status for one in self.seen(at) if one.kind == WHOLE)

    def running(self, at: datetime) -> dict[str, Any]:
        """The template it has then: an update that was taken back leaves the one before."""
        return self.before if "ROLLBACK" in self.status(at) else self.template


@dataclass
class Stacks:
    """Everything of one region, by name."""

    held: dict[str, Stack] = field(default_factory=dict[str, Stack])


def bad(message: str) -> AwsError:
    """CloudFormation's one error for whatever cannot be."""
    return AwsError("ValidationError", message)


def stack_of(ask: ApiCall) -> Stack:
    """The stack that a call names by name or id. Raises ValidationError."""
    named = str(ask.params.get("StackName", ""))
    held = ask.region.state(Stacks).held.values()
    found = next((one for one in held if named in {one.name, one.id}), None)
    if found is None:
        raise bad(f"Stack with id {named} does not exist")
    return found


def describe_stacks(ask: ApiCall) -> dict[str, Any]:
    """DescribeStacks of one stack."""
    stack = stack_of(ask)
    seen = [one for one in stack.seen(ask.at) if one.kind == WHOLE]
    shape: dict[str, Any] = {
        "StackId": stack.id,
        "StackName": stack.name,
        "CreationTime": stack.events[0].at,
        "LastUpdatedTime": seen[0].at,
        "StackStatus": seen[0].status,
        "Capabilities": ["CAPABILITY_IAM", NEEDED],
        "Tags": [{"Key": "STAGE", "Value": "prod"}],
    }
    return {"Stacks": [{**shape, "StackStatusReason": seen[0].reason} if seen[0].reason else shape]}


def describe_events(ask: ApiCall) -> dict[str, Any]:
    """DescribeStackEvents: the newest first, 100 at most."""
    stack = stack_of(ask)
    return {"StackEvents": [_event(stack, one) for one in stack.seen(ask.at)[:100]]}


def _event(stack: Stack, event: StackEvent) -> dict[str, Any]:
    said = f"{event.resource}/{event.status}/{event.at.isoformat()}"
    shape: dict[str, Any] = {
        "StackId": stack.id,
        "EventId": hashlib.sha256(said.encode()).hexdigest()[:36],
        "StackName": stack.name,
        "LogicalResourceId": event.resource,
        "ResourceType": event.kind,
        "Timestamp": event.at,
        "ResourceStatus": event.status,
    }
    if event.reason:
        shape["ResourceStatusReason"] = event.reason
    return {**shape, "ClientRequestToken": event.token} if event.token else shape


def get_template(ask: ApiCall) -> dict[str, Any]:
    """GetTemplate, as text."""
    return {"TemplateBody": json.dumps(stack_of(ask).running(ask.at)), "StagesAvailable": ["Original"]}


def update_stack(ask: ApiCall) -> dict[str, Any]:
    """UpdateStack to a template in S3; it goes on by itself."""
    stack, token = stack_of(ask), str(ask.params.get("ClientRequestToken", ""))
    if token and any(one.token == token for one in stack.events):
        return {"StackId": stack.id}
    status = stack.status(ask.at)
    if status.endswith("_IN_PROGRESS"):
        raise bad(f"Stack:{stack.id} is in {status} state and can not be updated.")
    template = _stored(str(ask.params.get("TemplateURL", "")))
    if NEEDED not in (ask.params.get("Capabilities") or []):
        raise AwsError("InsufficientCapabilitiesException", f"Requires capabilities : [{NEEDED}]")
    running = stack.running(ask.at)
    if template == running:
        raise bad("No updates are to be performed.")
    stack.before, stack.template = running, template
    _begin(ask, stack, token)
    return {"StackId": stack.id}


def _stored(url: str) -> dict[str, Any]:
    """The template behind a URL of S3. Raises ValidationError as CloudFormation does."""
    path = urlparse(url).path.lstrip("/")
    bucket, _, key = path.partition("/")
    found = stored().get(key) if bucket == BUCKET else None
    if found is None:
        raise bad("S3 error: Access Denied For more information check https://docs.aws.amazon.com/AmazonS3/")
    return cast(dict[str, Any], json.loads(found))


def _begin(ask: ApiCall, stack: Stack, token: str) -> None:
    """Lay out what will happen: the function is updated; where deployments fail it is taken back."""
    pace, failing = ask.region.pace, ask.region.rollout.is_failing
    whole, main = (stack.name, WHOLE), ("MainLambdaFunction", "AWS::Lambda::Function")
    tale: list[tuple[tuple[str, str], str, str]] = [
        (whole, "UPDATE_IN_PROGRESS", "User Initiated"),
        (main, "UPDATE_IN_PROGRESS", ""),
    ]
    if failing:
        why = "The following resource(s) failed to update: [MainLambdaFunction]."
        tale += [
            (main, "UPDATE_FAILED", BROKEN),
            (whole, "UPDATE_ROLLBACK_IN_PROGRESS", why),
            (main, "UPDATE_COMPLETE", ""),
            (whole, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", ""),
            (whole, "UPDATE_ROLLBACK_COMPLETE", ""),
        ]
    else:
        tale += [
            (main, "UPDATE_COMPLETE", ""),
            (whole, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", ""),
            (whole, "UPDATE_COMPLETE", ""),
        ]
        _set_function(ask.region, stack.template, ask.at, 3 * pace)
    stack.events += [
        StackEvent(ask.at + index * pace, *what, status, why, token)
        for index, (what, status, why) in enumerate(tale)
    ]


def _set_function(region: Region, template: dict[str, Any], at: datetime, takes: timedelta) -> None:
    """The function as the template has it; in progress for as long as its resource is."""
    wanted = template["Resources"]["MainLambdaFunction"]["Properties"]
    latest = region.functions[FUNCTION].latest
    latest.settings["MemorySize"] = wanted["MemorySize"]
    latest.settings["CodeSha256"] = hashlib.sha256(str(wanted["Code"]).encode()).hexdigest()
    latest.modified_at, latest.updating_until = at, at + takes
    latest.revision_id, latest.next_revision_id = region.ids.uuid(), region.ids.uuid()


OPERATIONS: dict[str, Operation] = {
    "DescribeStacks": describe_stacks,
    "DescribeStackEvents": describe_events,
    "GetTemplate": get_template,
    "UpdateStack": update_stack,
}


def seed(world: Cloud) -> None:
    """The stack, which runs the last deployment."""
    region = world.region("us-east-1")
    id = region.arn("cloudformation", f"stack/{STACK}/{region.ids.uuid()}")
    made = world.now() - timedelta(days=90)
    stack = Stack(id, STACK, template_of(STAMPS[-1]), template_of(STAMPS[-2]))
    stack.events.append(StackEvent(made, STACK, WHOLE, "CREATE_COMPLETE"))
    stack.events.append(StackEvent(made + timedelta(days=88), STACK, WHOLE, "UPDATE_COMPLETE"))
    region.state(Stacks).held[STACK] = stack


CLOUDFORMATION = Modelled("cloudformation", "cloudformation", OPERATIONS, seed)
