"""The operations of Elastic Load Balancing v2 that follow the ECS tasks."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from playground.aws.cloud import ApiCall, Operation, Region
from playground.aws.clusters import EcsService, Task
from playground.aws.refusal import AwsError


@dataclass
class Sick:
    """Addresses of targets that run and do not answer their health check, with the status they answer."""

    answers: dict[str, int] = field(default_factory=dict[str, int])


def matching(items: list[dict[str, Any]], key: str, wanted: list[str] | None) -> list[dict[str, Any]]:
    """The items whose member is among the wanted ones; all when nothing was asked for."""
    return [item for item in items if not wanted or item[key] in wanted]


def describe_load_balancers(ask: ApiCall) -> dict[str, Any]:
    """DescribeLoadBalancers by ARN or name. Raises LoadBalancerNotFound."""
    arns, names = ask.params.get("LoadBalancerArns"), ask.params.get("Names")
    found = matching(matching(ask.region.balancers, "LoadBalancerArn", arns), "LoadBalancerName", names)
    if len(found) < len(arns or names or []):
        raise AwsError("LoadBalancerNotFound", "One or more load balancers not found")
    return {"LoadBalancers": found}


def describe_target_groups(ask: ApiCall) -> dict[str, Any]:
    """DescribeTargetGroups by ARN, name or load balancer. Raises TargetGroupNotFound."""
    arns, names = ask.params.get("TargetGroupArns"), ask.params.get("Names")
    found = matching(matching(ask.region.groups, "TargetGroupArn", arns), "TargetGroupName", names)
    if len(found) < len(arns or names or []):
        raise AwsError("TargetGroupNotFound", "One or more target groups not found")
    balancer = ask.params.get("LoadBalancerArn")
    return {"TargetGroups": [each for each in found if not balancer or balancer in each["LoadBalancerArns"]]}


def describe_listeners(ask: ApiCall) -> dict[str, Any]:
    """DescribeListeners by load balancer or ARN. Raises LoadBalancerNotFound, ListenerNotFound."""
    balancer, arns = ask.params.get("LoadBalancerArn"), ask.params.get("ListenerArns")
    if not balancer and not arns:
        raise AwsError("ValidationError", "You must specify either listener ARNs or a load balancer ARN")
    if balancer and not matching(ask.region.balancers, "LoadBalancerArn", [balancer]):
        raise AwsError("LoadBalancerNotFound", "One or more load balancers not found")
    found = matching(ask.region.listeners, "ListenerArn", arns)
    if len(found) < len(arns or []):
        raise AwsError("ListenerNotFound", "One or more listeners not found")
    return {"Listeners": [each for each in found if not balancer or each["LoadBalancerArn"] == balancer]}


def describe_target_health(ask: ApiCall) -> dict[str, Any]:
    """DescribeTargetHealth: initial for a pace, then healthy; draining for a pace after the stop."""
    arn = str(ask.params.get("TargetGroupArn", ""))
    if not matching(ask.region.groups, "TargetGroupArn", [arn]):
        raise AwsError("TargetGroupNotFound", f"Target groups '{arn}' not found")
    wanted = {each["Id"] for each in ask.params.get("Targets", [])}
    shapes = [
        health
        for service, port in behind(ask.region, arn)
        for task in service.tasks
        for health in health_of(task, port, ask)
        if not wanted or task.ip in wanted
    ]
    return {"TargetHealthDescriptions": shapes}


def behind(region: Region, group: str) -> list[tuple[EcsService, int]]:
    """The services that register their tasks in this group, with the port."""
    return [
        (service, int(balancer["containerPort"]))
        for service in region.services()
        for balancer in service.load_balancers
        if balancer["targetGroupArn"] == group
    ]


def health_of(task: Task, port: int, ask: ApiCall) -> list[dict[str, Any]]:
    """The health of one task as a target; nothing when it is not registered."""
    state = state_of(task, ask.at, ask.region)
    if state is None:
        return []
    target = {"Id": task.ip, "Port": port, "AvailabilityZone": task.zone}
    return [{"Target": target, "HealthCheckPort": str(port), "TargetHealth": state}]


def state_of(task: Task, at: datetime, region: Region) -> dict[str, str] | None:
    """The state with AWS's reason and description, or None for a task that is not a target."""
    if task.status == "RUNNING" and (code := region.state(Sick).answers.get(task.ip)):
        description = f"Health checks failed with these codes: [{code}]"
        return {"State": "unhealthy", "Reason": "Target.ResponseCodeMismatch", "Description": description}
    if task.status == "RUNNING" and task.started_at is not None:
        if at - task.started_at >= region.pace:
            return {"State": "healthy"}
        description = "Target registration is in progress"
        return {"State": "initial", "Reason": "Elb.RegistrationInProgress", "Description": description}
    was_target = (
        task.stop_code in {"ServiceSchedulerInitiated", "UserInitiated"} and task.exit_code is not None
    )
    if task.stopped_at is not None and was_target and at - task.stopped_at < region.pace:
        description = "Target deregistration is in progress"
        return {"State": "draining", "Reason": "Target.DeregistrationInProgress", "Description": description}
    return None


OPERATIONS: dict[str, Operation] = {
    "DescribeLoadBalancers": describe_load_balancers,
    "DescribeTargetGroups": describe_target_groups,
    "DescribeListeners": describe_listeners,
    "DescribeTargetHealth": describe_target_health,
}
