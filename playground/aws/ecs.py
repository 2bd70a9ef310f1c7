"""The operations of ECS on services and tasks."""

from datetime import timedelta
from typing import Any

from playground.aws import ecs_shapes as shapes
from playground.aws.blue_green import STOPPABLE
from playground.aws.cloud import ApiCall, Operation
from playground.aws.clusters import EcsService
from playground.aws.lookup import cluster_of, definition_of, service_of, tasks_of
from playground.aws.pages import page
from playground.aws.refusal import AwsError, client, invalid
from playground.aws.rollout import threshold

KEPT = timedelta(days=90)
"""For how long ECS keeps the record of a deployment."""

BAD_TOKEN = invalid("Invalid token.")


def describe_clusters(ask: ApiCall) -> dict[str, Any]:
    """DescribeClusters."""
    names = [str(each).rsplit("/", 1)[-1] for each in ask.params.get("clusters") or ["default"]]
    known = ask.region.clusters
    missing = [name for name in names if name not in known]
    return {
        "clusters": [shapes.cluster_shape(known[name]) for name in names if name in known],
        "failures": [failure(ask.region.arn("ecs", f"cluster/{name}")) for name in missing],
    }


def failure(arn: str) -> dict[str, str]:
    """One entry of `failures` for what is not there."""
    return {"arn": arn, "reason": "MISSING"}


def list_clusters(ask: ApiCall) -> dict[str, Any]:
    """ListClusters."""
    return listing(ask, "clusterArns", [cluster.arn for cluster in ask.region.clusters.values()], 100)


def listing(ask: ApiCall, key: str, items: list[Any], default: int) -> dict[str, Any]:
    """One page of a listing under its key. Raises InvalidParameterException for a bad size or token."""
    size = ask.params.get("maxResults", default)
    if not 1 <= size <= 100:
        raise invalid("maxResults must be between 1 and 100.")
    shown, following = page(items, ask.params.get("nextToken"), size, BAD_TOKEN)
    return {key: shown, "nextToken": following} if following else {key: shown}


def list_services(ask: ApiCall) -> dict[str, Any]:
    """ListServices."""
    cluster = cluster_of(ask.region, ask.params)
    return listing(ask, "serviceArns", [service.arn for service in cluster.services.values()], 10)


def describe_services(ask: ApiCall) -> dict[str, Any]:
    """DescribeServices, at most ten."""
    references: list[str] = ask.params.get("services") or []
    if not references:
        raise invalid("Services cannot be empty.")
    if len(references) > 10:
        raise invalid("Services cannot be of length more than 10.")
    cluster = cluster_of(ask.region, ask.params)
    has_tags = "TAGS" in ask.params.get("include", [])
    found: list[dict[str, Any]] = []
    failures: list[dict[str, str]] = []
    for reference in references:
        name = reference.rsplit("/", 1)[-1]
        if name in cluster.services:
            found.append(shapes.service_shape(cluster.services[name], has_tags))
        else:
            failures.append(failure(ask.region.arn("ecs", f"service/{cluster.name}/{name}")))
    return {"services": found, "failures": failures}


def update_service(ask: ApiCall) -> dict[str, Any]:
    """UpdateService: another count, another definition, another configuration, or the same anew."""
    service = service_of(ask.region, ask.params)
    if service.status != "ACTIVE":
        raise AwsError("ServiceNotActiveException", "Service was not ACTIVE.")
    desired = ask.params.get("desiredCount")
    if desired is not None and (not isinstance(desired, int) or not 0 <= desired <= 5000):
        raise invalid("desiredCount must be between 0 and 5000.")
    definition = service.primary.definition
    if ask.params.get("taskDefinition"):
        definition = definition_of(ask.region, ask.params["taskDefinition"])
        if definition.status != "ACTIVE":
            raise client("TaskDefinition is inactive")
    configure(service, ask.params.get("deploymentConfiguration") or {})
    rollout = ask.region.rollout
    if desired is not None and desired != service.desired:
        rollout.scale(service, desired, ask.at)
    if service.controller == "CODE_DEPLOY" and definition is not service.primary.definition:
        raise invalid(
            "Unable to update task definition on services with a CODE_DEPLOY deployment controller. "
            "Use AWS CodeDeploy to trigger a new deployment."
        )
    if definition is not service.primary.definition or ask.params.get("forceNewDeployment"):
        rollout.deploy(service, definition, ask.at)
    if not service.is_steady:
        rollout.begin(service, ask.at)
    return {"service": shapes.service_shape(service, False)}


def configure(service: EcsService, wanted: dict[str, Any]) -> None:
    """Take over the parts of a deployment configuration that were given."""
    low = wanted.get("minimumHealthyPercent", service.configuration["minimumHealthyPercent"])
    high = wanted.get("maximumPercent", service.configuration["maximumPercent"])
    if high < 100 or high <= low:
        raise invalid(
            "The deployment configuration maximumPercent must be greater than minimumHealthyPercent."
        )
    service.configuration.update(wanted)


def list_tasks(ask: ApiCall) -> dict[str, Any]:
    """ListTasks by service, family and desired status."""
    cluster = cluster_of(ask.region, ask.params)
    services = list(cluster.services.values())
    if ask.params.get("serviceName"):
        services = [service_of(ask.region, ask.params, "serviceName")]
    is_stopped = ask.params.get("desiredStatus", "RUNNING") == "STOPPED"
    family = ask.params.get("family")
    arns = [
        task.arn
        for service in services
        for task in service.tasks
        if (task.status == "STOPPED") is is_stopped and family in {None, task.definition.family}
    ]
    return listing(ask, "taskArns", arns, 100)


def describe_tasks(ask: ApiCall) -> dict[str, Any]:
    """DescribeTasks, at most a hundred."""
    references: list[str] = ask.params.get("tasks") or []
    if not references or len(references) > 100:
        raise invalid("Tasks must be of length between 1 and 100.")
    cluster = cluster_of(ask.region, ask.params)
    known = tasks_of(cluster)
    ids = [reference.rsplit("/", 1)[-1] for reference in references]
    missing = [name for name in ids if name not in known]
    return {
        "tasks": [shapes.task_shape(*known[name]) for name in ids if name in known],
        "failures": [failure(ask.region.arn("ecs", f"task/{cluster.name}/{name}")) for name in missing],
    }


def stop_task(ask: ApiCall) -> dict[str, Any]:
    """StopTask: the service replaces it."""
    cluster = cluster_of(ask.region, ask.params)
    name = str(ask.params.get("task", "")).rsplit("/", 1)[-1]
    if name not in tasks_of(cluster):
        raise invalid("The referenced task was not found.")
    service, task = tasks_of(cluster)[name]
    if task.status != "STOPPED":
        task.stop(ask.at, "UserInitiated", ask.params.get("reason", "Task stopped by user"), 143)
        service.is_steady = False
        ask.region.rollout.begin(service, ask.at)
    return {"task": shapes.task_shape(service, task)}


def list_service_deployments(ask: ApiCall) -> dict[str, Any]:
    """ListServiceDeployments, the newest first; ECS keeps them for 90 days (its API reference)."""
    service = service_of(ask.region, ask.params)
    wanted = ask.params.get("status")
    records = [
        shapes.record_brief(service, record)
        for record in service.records
        if (not wanted or record.status in wanted) and ask.at - record.created_at < KEPT
    ]
    return listing(ask, "serviceDeployments", records, 20)


def describe_service_deployments(ask: ApiCall) -> dict[str, Any]:
    """DescribeServiceDeployments, at most twenty."""
    known = {record.arn: (service, record) for service in ask.region.services() for record in service.records}
    arns: list[str] = ask.params.get("serviceDeploymentArns") or []
    found = [known[arn] for arn in arns if arn in known]
    return {
        "serviceDeployments": [shapes.record_full(*each, threshold(each[0])) for each in found],
        "failures": [failure(arn) for arn in arns if arn not in known],
    }


def stop_service_deployment(ask: ApiCall) -> dict[str, Any]:
    """StopServiceDeployment: back to the revision before (Developer Guide, stopping service deployments)."""
    arn, how = str(ask.params["serviceDeploymentArn"]), ask.params.get("stopType", "ROLLBACK")
    if how != "ROLLBACK":
        raise invalid("The valid values are ROLLBACK.")
    for service in ask.region.services():
        for record in (one for one in service.records if one.arn == arn):
            if record.status in STOPPABLE:
                reason = "Service deployment was stopped with rollback."
                record.status, record.reason = "ROLLBACK_REQUESTED", reason
                source = {"serviceRevisionArn": record.sources[0]} if record.sources else {}
                record.rollback = {"reason": reason, "startedAt": ask.at, **source}
                service.is_steady = False
                ask.region.rollout.begin(service, ask.at)
            elif "ROLLBACK" not in record.status or record.finished_at:
                raise AwsError("ConflictException", f"The service deployment is {record.status}.")
            return {"serviceDeploymentArn": arn}
    raise AwsError("ServiceDeploymentNotFoundException", "The service deployment cannot be found.")


def describe_service_revisions(ask: ApiCall) -> dict[str, Any]:
    """DescribeServiceRevisions, at most twenty."""
    known = {arn: service for service in ask.region.services() for arn in service.revisions}
    arns: list[str] = ask.params.get("serviceRevisionArns") or []
    if not arns or len(arns) > 20:
        raise invalid("serviceRevisionArns must be of length between 1 and 20.")
    return {
        "serviceRevisions": [revision_shape(known[arn], arn) for arn in arns if arn in known],
        "failures": [failure(arn) for arn in arns if arn not in known],
    }


def revision_shape(service: EcsService, arn: str) -> dict[str, Any]:
    """One service revision: what was put in place then, with the images by name."""
    revision = service.revisions[arn]
    return {
        "serviceRevisionArn": arn,
        "serviceArn": service.arn,
        "clusterArn": service.cluster.arn,
        "taskDefinition": revision.definition.arn,
        "launchType": "FARGATE",
        "platformVersion": "1.4.0",
        "platformFamily": "Linux",
        "loadBalancers": service.load_balancers,
        "networkConfiguration": service.network,
        "containerImages": [
            {"containerName": each["name"], "image": each["image"]} for each in revision.definition.containers
        ],
        "guardDutyEnabled": False,
        "createdAt": revision.created_at,
    }


OPERATIONS: dict[str, Operation] = {
    "DescribeClusters": describe_clusters,
    "ListClusters": list_clusters,
    "ListServices": list_services,
    "DescribeServices": describe_services,
    "UpdateService": update_service,
    "ListTasks": list_tasks,
    "DescribeTasks": describe_tasks,
    "StopTask": stop_task,
    "ListServiceDeployments": list_service_deployments,
    "DescribeServiceDeployments": describe_service_deployments,
    "DescribeServiceRevisions": describe_service_revisions,
    "StopServiceDeployment": stop_service_deployment,
}
