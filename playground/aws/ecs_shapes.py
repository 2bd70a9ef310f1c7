"""How ECS shows what it holds: services, deployments, tasks, definitions, in the API's own shapes."""

from typing import Any

from playground.aws.blue_green import ROLLING, is_rolling
from playground.aws.clusters import Cluster, Deployment, EcsService, ServiceDeployment, Task, TaskDefinition


def cluster_shape(cluster: Cluster) -> dict[str, Any]:
    """One entry of DescribeClusters."""
    tasks = [task for service in cluster.services.values() for task in service.of(None)]
    return {
        "clusterArn": cluster.arn,
        "clusterName": cluster.name,
        "status": "ACTIVE",
        "registeredContainerInstancesCount": 0,
        "runningTasksCount": sum(task.status == "RUNNING" for task in tasks),
        "pendingTasksCount": sum(task.status == "PENDING" for task in tasks),
        "activeServicesCount": len(cluster.services),
        "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
        "defaultCapacityProviderStrategy": [],
    }


def deployment_shape(service: EcsService, deployment: Deployment) -> dict[str, Any]:
    """One entry of `deployments[]`; what drains asks for no more than it still has."""
    live = service.of(deployment)
    return {
        "id": deployment.id,
        "status": deployment.status,
        "taskDefinition": deployment.definition.arn,
        "desiredCount": deployment.desired if deployment is service.primary else len(live),
        "pendingCount": len(service.of(deployment, "PENDING")),
        "runningCount": len(service.of(deployment, "RUNNING")),
        "failedTasks": deployment.failed,
        "createdAt": deployment.created_at,
        "updatedAt": deployment.updated_at,
        "launchType": "FARGATE",
        "platformVersion": "1.4.0",
        "platformFamily": "Linux",
        "networkConfiguration": service.network,
        # only of rolling updates (API reference, Deployment)
        **(
            {"rolloutState": deployment.rollout, "rolloutStateReason": deployment.reason}
            if is_rolling(service)
            else {}
        ),
    }


def service_shape(service: EcsService, has_tags: bool) -> dict[str, Any]:
    """One entry of DescribeServices."""
    shape: dict[str, Any] = {
        "serviceArn": service.arn,
        "serviceName": service.name,
        "clusterArn": service.cluster.arn,
        "loadBalancers": service.load_balancers,
        "serviceRegistries": [],
        "status": service.status,
        "desiredCount": service.desired,
        "runningCount": len(service.of(None, "RUNNING")),
        "pendingCount": len(service.of(None, "PENDING")),
        "launchType": "FARGATE",
        "platformVersion": "LATEST",
        "platformFamily": "Linux",
        "taskDefinition": service.primary.definition.arn,
        "deploymentConfiguration": {"strategy": ROLLING, **service.configuration},
        "deployments": [deployment_shape(service, each) for each in service.deployments],
        "events": list(service.events),
        "createdAt": service.created_at,
        "currentServiceDeployment": service.records[0].arn,
        "currentServiceRevisions": [revision_count(service, each) for each in service.deployments],
        "networkConfiguration": service.network,
        "schedulingStrategy": "REPLICA",
        "deploymentController": {"type": service.controller},
        "enableECSManagedTags": True,
        "propagateTags": "SERVICE",
        "enableExecuteCommand": False,
    }
    return {**shape, "tags": service.tags} if has_tags else shape


def revision_count(service: EcsService, deployment: Deployment) -> dict[str, Any]:
    """A service revision and how many of its tasks there are."""
    return {
        "arn": deployment.revision,
        "requestedTaskCount": deployment.desired,
        "runningTaskCount": len(service.of(deployment, "RUNNING")),
        "pendingTaskCount": len(service.of(deployment, "PENDING")),
    }


def record_brief(service: EcsService, record: ServiceDeployment) -> dict[str, Any]:
    """One entry of ListServiceDeployments."""
    shape: dict[str, Any] = {
        "serviceDeploymentArn": record.arn,
        "serviceArn": service.arn,
        "clusterArn": service.cluster.arn,
        "createdAt": record.created_at,
        "startedAt": record.created_at,
        "finishedAt": record.finished_at,
        "targetServiceRevisionArn": record.revision,
        "status": record.status,
        "statusReason": record.reason or None,
    }
    return {name: value for name, value in shape.items() if value is not None}


def record_full(service: EcsService, record: ServiceDeployment, threshold: int) -> dict[str, Any]:
    """One entry of DescribeServiceDeployments."""
    brief = record_brief(service, record)
    target = brief.pop("targetServiceRevisionArn")
    owner = next((each for each in service.deployments if each.id == record.deployment), None)
    counts = revision_count(service, owner) if owner else {"arn": target}
    breaker = service.configuration.get("deploymentCircuitBreaker", {})
    has_tripped = record.rollback is not None or "circuit breaker" in record.reason
    status = "MONITORING" if record.status == "IN_PROGRESS" else "MONITORING_COMPLETE"
    shape = {
        **brief,
        "updatedAt": record.finished_at or record.stage_since or record.created_at,
        **staged(service, record),
        "sourceServiceRevisions": [{"arn": arn} for arn in record.sources],
        "targetServiceRevision": counts | weight_of(service, record),
        "deploymentConfiguration": service.configuration,
        "deploymentCircuitBreaker": {
            "status": ("TRIGGERED" if has_tripped else status) if breaker.get("enable") else "DISABLED",
            "failureCount": owner.failed if owner else 0,
            "threshold": threshold,
        },
    }
    return {**shape, "rollback": record.rollback} if record.rollback else shape


def weight_of(service: EcsService, record: ServiceDeployment) -> dict[str, Any]:
    """Green's share of production traffic, where it is shifted."""
    return {} if is_rolling(service) else {"requestedProductionTrafficWeight": record.weight}


def staged(service: EcsService, record: ServiceDeployment) -> dict[str, Any]:
    """The lifecycle stage, and the pause hook that holds it there."""
    if is_rolling(service) or not record.stage:
        return {}
    hook = {"hookId": "hook-1", "targetType": "PAUSE", "status": "AWAITING_ACTION"}
    hooks = {"lifecycleHookDetails": [hook]} if record.stage == record.paused_at else {}
    return {"lifecycleStage": record.stage, **hooks}


def definition_shape(definition: TaskDefinition) -> dict[str, Any]:
    """A task definition as DescribeTaskDefinition shows it."""
    return {
        **definition.body,
        "taskDefinitionArn": definition.arn,
        "family": definition.family,
        "revision": definition.revision,
        "status": definition.status,
        "registeredAt": definition.registered_at,
    }


def task_shape(service: EcsService, task: Task) -> dict[str, Any]:
    """One entry of DescribeTasks."""
    is_up = task.status == "RUNNING"
    shape: dict[str, Any] = {
        "taskArn": task.arn,
        "clusterArn": service.cluster.arn,
        "taskDefinitionArn": task.definition.arn,
        "group": f"service:{service.name}",
        "startedBy": task.deployment,
        "lastStatus": task.status,
        "desiredStatus": "STOPPED" if task.status == "STOPPED" else "RUNNING",
        "healthStatus": "HEALTHY" if is_up else "UNKNOWN",
        "launchType": "FARGATE",
        "platformVersion": "1.4.0",
        "platformFamily": "Linux",
        "availabilityZone": task.zone,
        "connectivity": "CONNECTED",
        "cpu": task.definition.body.get("cpu", "256"),
        "memory": task.definition.body.get("memory", "512"),
        "createdAt": task.created_at,
        "startedAt": task.started_at,
        "stoppingAt": task.stopped_at,
        "stoppedAt": task.stopped_at,
        "stopCode": task.stop_code or None,
        "stoppedReason": task.stopped_reason or None,
        "version": 1 + 2 * (task.started_at is not None) + 2 * (task.stopped_at is not None),
        "containers": [container_shape(task, each) for each in task.definition.containers],
        "attachments": [network_interface(task)],
    }
    return {name: value for name, value in shape.items() if value is not None}


def container_shape(task: Task, container: dict[str, Any]) -> dict[str, Any]:
    """One container of a task, with its exit code and reason once it ended."""
    shape: dict[str, Any] = {
        "containerArn": task.arn.replace(":task/", ":container/") + "/" + container["name"],
        "taskArn": task.arn,
        "name": container["name"],
        "image": container["image"],
        "lastStatus": task.status,
        "healthStatus": "HEALTHY" if task.status == "RUNNING" else "UNKNOWN",
        "networkInterfaces": [{"attachmentId": task.id[:8], "privateIpv4Address": task.ip}],
    }
    if task.exit_code is not None:
        shape["exitCode"] = task.exit_code
    if task.container_reason:
        shape["reason"] = task.container_reason
    return shape


def network_interface(task: Task) -> dict[str, Any]:
    """The attachment through which a Fargate task has its address."""
    return {
        "id": task.id[:8],
        "type": "ElasticNetworkInterface",
        "status": "DELETED" if task.status == "STOPPED" else "ATTACHED",
        "details": [{"name": "privateIPv4Address", "value": task.ip}],
    }
