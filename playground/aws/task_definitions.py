"""The operations of ECS on task definitions and tags."""

import re
from typing import Any

from playground.aws.cloud import ApiCall, Operation
from playground.aws.clusters import TaskDefinition
from playground.aws.ecs import listing
from playground.aws.ecs_shapes import definition_shape
from playground.aws.lookup import definition_of
from playground.aws.refusal import AwsError, client, invalid

FAMILY = re.compile(r"[A-Za-z0-9_-]{1,255}")


def register_task_definition(ask: ApiCall) -> dict[str, Any]:
    """RegisterTaskDefinition: the next revision of the family. Nothing starts to run it."""
    family = str(ask.params.get("family", ""))
    containers: list[dict[str, Any]] = ask.params.get("containerDefinitions") or []
    if not FAMILY.fullmatch(family):
        raise client("Family contains invalid characters.")
    if not containers:
        raise client("TaskDefinition must have at least one container definition.")
    if any(not each.get("name") or not each.get("image") for each in containers):
        raise client("Container.image and Container.name should not be null or empty.")
    body = {key: value for key, value in ask.params.items() if key not in {"family", "tags"}}
    known = ask.region.definitions.setdefault(family, [])
    revision = known[-1].revision + 1 if known else 1
    arn = ask.region.arn("ecs", f"task-definition/{family}:{revision}")
    tags: list[dict[str, str]] = ask.params.get("tags") or []
    known.append(TaskDefinition(arn, family, revision, body, ask.at, tags=tags))
    return {"taskDefinition": definition_shape(known[-1]), "tags": tags}


def describe_task_definition(ask: ApiCall) -> dict[str, Any]:
    """DescribeTaskDefinition by ARN, `family:revision` or family."""
    found = definition_of(ask.region, str(ask.params.get("taskDefinition", "")))
    shape: dict[str, Any] = {"taskDefinition": definition_shape(found)}
    return {**shape, "tags": found.tags} if "TAGS" in ask.params.get("include", []) else shape


def deregister_task_definition(ask: ApiCall) -> dict[str, Any]:
    """DeregisterTaskDefinition: it becomes INACTIVE; what runs goes on."""
    found = definition_of(ask.region, str(ask.params.get("taskDefinition", "")))
    found.status = "INACTIVE"
    return {"taskDefinition": definition_shape(found)}


def list_task_definitions(ask: ApiCall) -> dict[str, Any]:
    """ListTaskDefinitions in the order and number asked for."""
    prefix = ask.params.get("familyPrefix")
    status = ask.params.get("status", "ACTIVE")
    arns = [
        each.arn
        for family in sorted(ask.region.definitions)
        if prefix in {None, family}
        for each in ask.region.definitions[family]
        if each.status == status
    ]
    if ask.params.get("sort", "ASC") == "DESC":
        arns.reverse()
    return listing(ask, "taskDefinitionArns", arns, 100)


def tagged(ask: ApiCall) -> list[dict[str, str]]:
    """The tags of what `resourceArn` names. Raises InvalidParameterException."""
    arn = str(ask.params.get("resourceArn", ""))
    things = [*ask.region.services(), *(each for all_ in ask.region.definitions.values() for each in all_)]
    found = next((thing.tags for thing in things if thing.arn == arn), None)
    if found is None:
        raise invalid("The specified resource could not be found.")
    return found


def tag_resource(ask: ApiCall) -> dict[str, Any]:
    """TagResource: new values replace old ones of the same key."""
    tags = tagged(ask)
    merged = {each["key"]: each["value"] for each in (*tags, *ask.params.get("tags", []))}
    if len(merged) > 50:
        raise AwsError("InvalidParameterException", "A resource can have at most 50 tags.")
    tags[:] = [{"key": key, "value": value} for key, value in merged.items()]
    return {}


def untag_resource(ask: ApiCall) -> dict[str, Any]:
    """UntagResource."""
    tags = tagged(ask)
    tags[:] = [each for each in tags if each["key"] not in ask.params.get("tagKeys", [])]
    return {}


def list_tags(ask: ApiCall) -> dict[str, Any]:
    """ListTagsForResource."""
    return {"tags": list(tagged(ask))}


OPERATIONS: dict[str, Operation] = {
    "RegisterTaskDefinition": register_task_definition,
    "DescribeTaskDefinition": describe_task_definition,
    "DeregisterTaskDefinition": deregister_task_definition,
    "ListTaskDefinitions": list_task_definitions,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTagsForResource": list_tags,
}
