"""The operations of application-autoscaling on ECS services."""

from typing import Any

from playground.aws.cloud import ApiCall, Operation, ScalableTarget
from playground.aws.pages import page
from playground.aws.refusal import AwsError

DIMENSION = "ecs:service:DesiredCount"


def validation(message: str) -> AwsError:
    """The error of this service for a parameter that cannot be."""
    return AwsError("ValidationException", message)


def register_scalable_target(ask: ApiCall) -> dict[str, Any]:
    """RegisterScalableTarget: a new target, or other bounds for a known one."""
    resource = str(ask.params.get("ResourceId", ""))
    _, _, place = resource.partition("service/")
    cluster_name, _, name = place.partition("/")
    cluster = ask.region.clusters.get(cluster_name)
    if cluster is None or name not in cluster.services:
        raise validation(f"ECS service doesn't exist: {resource}")
    if ask.params.get("ScalableDimension") != DIMENSION:
        raise validation("Unsupported service namespace, resource type or scalable dimension")
    known = ask.region.targets.get(resource)
    low = ask.params.get("MinCapacity", known.minimum if known else None)
    high = ask.params.get("MaxCapacity", known.maximum if known else None)
    if low is None or high is None:
        raise validation("Min capacity and max capacity are required for a new scalable target")
    if low < 0 or high < low:
        raise validation("Maximum capacity cannot be less than minimum capacity")
    if known is None:
        arn = ask.region.arn("application-autoscaling", f"scalable-target/{ask.region.ids.hex(32)}")
        known = ScalableTarget(resource, arn, DIMENSION, low, high, ask.at)
        ask.region.targets[resource] = known
    known.minimum, known.maximum = low, high
    known.suspended.update(ask.params.get("SuspendedState") or {})
    cluster.services[name].ticked_at = ask.at
    return {"ScalableTargetARN": known.arn}


def describe_scalable_targets(ask: ApiCall) -> dict[str, Any]:
    """DescribeScalableTargets."""
    wanted = ask.params.get("ResourceIds")
    shapes = [
        target_shape(target, ask.region.account)
        for target in ask.region.targets.values()
        if is_asked(ask, target.dimension) and (not wanted or target.resource in wanted)
    ]
    return listing(ask, "ScalableTargets", shapes)


def is_asked(ask: ApiCall, dimension: str) -> bool:
    """Whether namespace and dimension of the call fit this dimension."""
    asked = ask.params.get("ScalableDimension")
    return dimension.startswith(f"{ask.params.get('ServiceNamespace')}:") and asked in {None, dimension}


def target_shape(target: ScalableTarget, account: str) -> dict[str, Any]:
    """A scalable target as the API shows it."""
    namespace = target.dimension.partition(":")[0]
    role = "aws-service-role/ecs.application-autoscaling.amazonaws.com"
    suspended = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
    return {
        "ServiceNamespace": namespace,
        "ResourceId": target.resource,
        "ScalableDimension": target.dimension,
        "MinCapacity": target.minimum,
        "MaxCapacity": target.maximum,
        "RoleARN": f"arn:aws:iam::{account}:role/{role}/AWSServiceRoleForApplicationAutoScaling_ECSService",
        "CreationTime": target.created_at,
        "SuspendedState": {name: target.suspended.get(name, False) for name in suspended},
        "ScalableTargetARN": target.arn,
    }


def listing(ask: ApiCall, key: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    """One page under its key. Raises InvalidNextTokenException."""
    bad = AwsError("InvalidNextTokenException", "The next token is invalid.")
    shown, following = page(items, ask.params.get("NextToken"), ask.params.get("MaxResults", 50), bad)
    return {key: shown, "NextToken": following} if following else {key: shown}


def describe_scaling_policies(ask: ApiCall) -> dict[str, Any]:
    """DescribeScalingPolicies."""
    resource, names = ask.params.get("ResourceId"), ask.params.get("PolicyNames")
    policies = [
        policy
        for policy in ask.region.policies
        if is_asked(ask, policy["ScalableDimension"])
        and resource in {None, policy["ResourceId"]}
        and (not names or policy["PolicyName"] in names)
    ]
    return listing(ask, "ScalingPolicies", policies)


def describe_scaling_activities(ask: ApiCall) -> dict[str, Any]:
    """DescribeScalingActivities, the newest first."""
    resource = ask.params.get("ResourceId")
    activities = [
        activity
        for activity in ask.region.activities
        if is_asked(ask, activity["ScalableDimension"]) and resource in {None, activity["ResourceId"]}
    ]
    return listing(ask, "ScalingActivities", activities)


def describe_scheduled_actions(ask: ApiCall) -> dict[str, Any]:
    """DescribeScheduledActions: what sets bounds at set times (Application Auto Scaling API reference)."""
    resource = ask.params.get("ResourceId")
    actions = [
        action
        for action in ask.region.schedules
        if is_asked(ask, action["ScalableDimension"]) and resource in {None, action["ResourceId"]}
    ]
    return listing(ask, "ScheduledActions", actions)


OPERATIONS: dict[str, Operation] = {
    "RegisterScalableTarget": register_scalable_target,
    "DescribeScalableTargets": describe_scalable_targets,
    "DescribeScalingPolicies": describe_scaling_policies,
    "DescribeScalingActivities": describe_scaling_activities,
    "DescribeScheduledActions": describe_scheduled_actions,
}
