"""The two ECS services of the runbooks, with what they deployed before.

Sources: usage-metrics-api.md (ioanyt-prod/delivery-standard) and miyabi-infrastructure.md
(miyabi-cluster-dev/miyabi-service-dev).
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from playground.aws.cloud import Cloud, Region, ScalableTarget
from playground.aws.clusters import Cluster, EcsService, TaskDefinition

MIYABI = "service/miyabi-cluster-dev/miyabi-service-dev"
DELIVERY_REGION = "us-east-1"
MIYABI_REGION = "us-west-2"


@dataclass(frozen=True)
class Recipe:
    """An ECS service to set up. deployed: indices into images, oldest first; the last one runs."""

    cluster: str
    name: str
    family: str
    container: str
    port: int
    cpu: str
    memory: str
    log_group: str
    images: dict[int, str]
    deployed: tuple[int, ...]
    desired: int
    configuration: dict[str, Any]
    balancer: str
    group: str
    tags: dict[str, str] = field(default_factory=dict[str, str])


def seed_delivery_standard(world: Cloud) -> None:
    """Four tasks on revision 42; 41 ran before; 40 was registered and never deployed."""
    repository = f"{world.account}.dkr.ecr.{DELIVERY_REGION}.amazonaws.com/delivery-standard"
    recipe = Recipe(
        cluster="ioanyt-prod",
        name="delivery-standard",
        family="delivery-standard",
        container="delivery-standard",
        port=3000,
        cpu="512",
        memory="1024",
        log_group="/ecs/delivery-standard-prod",
        images={38 + n: f"{repository}:v1.2.{n}" for n in range(5)},
        deployed=(38, 39, 41, 42),
        desired=4,
        configuration=configuration(is_breaking=True),
        balancer="delivery-standard-prod",
        group="delivery-standard-prod",
        tags={"Environment": "production", "Service": "delivery-standard"},
    )
    seed_service(world.region(DELIVERY_REGION), recipe, world.now())


def seed_miyabi_dev(world: Cloud) -> None:
    """Two tasks that an autoscaler keeps between two and four."""
    repository = f"{world.account}.dkr.ecr.{MIYABI_REGION}.amazonaws.com/miyabi-web-api"
    recipe = Recipe(
        cluster="miyabi-cluster-dev",
        name="miyabi-service-dev",
        family="miyabi-app-dev",
        container="miyabi-app",
        port=8080,
        cpu="512",
        memory="1024",
        log_group="/ecs/miyabi-dev",
        images={1 + n: f"{repository}:v1.{n}.0" for n in range(3)},
        deployed=(1, 2, 3),
        desired=2,
        configuration=configuration(is_breaking=False),
        balancer="miyabi-alb-dev",
        group="miyabi-tg-dev",
        tags={"Environment": "dev", "Project": "miyabi"},
    )
    region = world.region(MIYABI_REGION)
    seed_service(region, recipe, world.now())
    seed_autoscaling(region, world.now())


def configuration(is_breaking: bool) -> dict[str, Any]:
    """A rolling deployment, with or without the circuit breaker."""
    return {
        "deploymentCircuitBreaker": {"enable": is_breaking, "rollback": is_breaking},
        "maximumPercent": 200,
        "minimumHealthyPercent": 100,
    }


def seed_service(region: Region, recipe: Recipe, now: datetime) -> EcsService:
    """Register, deploy each earlier revision in the past, and let the last one settle long ago."""
    born = now - timedelta(days=90)
    definitions = [seed_definition(region, recipe, number, born) for number in recipe.images]
    region.definitions[recipe.family] = definitions
    cluster = Cluster(recipe.cluster, region.arn("ecs", f"cluster/{recipe.cluster}"))
    region.clusters[recipe.cluster] = cluster
    service = EcsService(
        name=recipe.name,
        arn=region.arn("ecs", f"service/{recipe.cluster}/{recipe.name}"),
        cluster=cluster,
        desired=recipe.desired,
        created_at=born,
        ticked_at=born,
        configuration=recipe.configuration,
        load_balancers=[seed_balancer(region, recipe, born)],
        network=network(region),
        tags=[{"key": key, "value": value} for key, value in recipe.tags.items()],
    )
    cluster.services[recipe.name] = service
    by_number = {each.revision: each for each in definitions}
    for back, number in zip(range(len(recipe.deployed), 0, -1), recipe.deployed, strict=True):
        settle(region, service, by_number[number], now - timedelta(days=7 * back))
    service.ticked_at = now
    return service


def settle(region: Region, service: EcsService, definition: TaskDefinition, at: datetime) -> None:
    """Deploy a definition at a time in the past and let it come to rest."""
    region.rollout.deploy(service, definition, at)
    region.rollout.begin(service, at)
    for n in range(1, 4 * service.desired + 8):
        region.rollout.tick(service, at + n * timedelta(seconds=20))
    del service.tasks[: len(service.tasks) - service.desired]


def seed_definition(region: Region, recipe: Recipe, number: int, born: datetime) -> TaskDefinition:
    """One revision of the family, registered a week after the one before."""
    container = {
        "name": recipe.container,
        "image": recipe.images[number],
        "essential": True,
        "portMappings": [{"containerPort": recipe.port, "hostPort": recipe.port, "protocol": "tcp"}],
        "environment": [{"name": "NODE_ENV", "value": "production"}],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": recipe.log_group,
                "awslogs-region": region.name,
                "awslogs-stream-prefix": recipe.container,
            },
        },
    }
    body = {
        "containerDefinitions": [container],
        "cpu": recipe.cpu,
        "memory": recipe.memory,
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "executionRoleArn": f"arn:aws:iam::{region.account}:role/{recipe.family}-execution",
        "taskRoleArn": f"arn:aws:iam::{region.account}:role/{recipe.family}-task",
    }
    arn = region.arn("ecs", f"task-definition/{recipe.family}:{number}")
    at = born + timedelta(days=7 * (number - min(recipe.images)))
    return TaskDefinition(arn, recipe.family, number, body, at)


def network(region: Region) -> dict[str, Any]:
    """Private subnets and one security group."""
    ids = {"subnets": [f"subnet-{region.ids.hex(17)}" for _ in range(2)]}
    groups = {"securityGroups": [f"sg-{region.ids.hex(17)}"], "assignPublicIp": "DISABLED"}
    return {"awsvpcConfiguration": {**ids, **groups}}


def seed_balancer(region: Region, recipe: Recipe, born: datetime) -> dict[str, Any]:
    """The load balancer, target group and listener; returns the service's `loadBalancers` entry."""
    host = "elasticloadbalancing"
    balancer = region.arn(host, f"loadbalancer/app/{recipe.balancer}/{region.ids.hex(16)}")
    group = region.arn(host, f"targetgroup/{recipe.group}/{region.ids.hex(16)}")
    vpc = f"vpc-{region.ids.hex(17)}"
    region.balancers.append(
        {
            "LoadBalancerArn": balancer,
            "DNSName": f"{recipe.balancer}-{region.ids.digits(9)}.{region.name}.elb.amazonaws.com",
            "CreatedTime": born,
            "LoadBalancerName": recipe.balancer,
            "Scheme": "internet-facing",
            "VpcId": vpc,
            "State": {"Code": "active"},
            "Type": "application",
            "IpAddressType": "ipv4",
        }
    )
    region.groups.append(group_shape(recipe, group, balancer, vpc))
    region.listeners.append(
        {
            "ListenerArn": balancer.replace(":loadbalancer/", ":listener/") + "/" + region.ids.hex(16),
            "LoadBalancerArn": balancer,
            "Port": 80,
            "Protocol": "HTTP",
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": group}],
        }
    )
    return {"targetGroupArn": group, "containerName": recipe.container, "containerPort": recipe.port}


def group_shape(recipe: Recipe, group: str, balancer: str, vpc: str) -> dict[str, Any]:
    """A target group that checks /health on the tasks' addresses."""
    return {
        "TargetGroupArn": group,
        "TargetGroupName": recipe.group,
        "Protocol": "HTTP",
        "Port": recipe.port,
        "VpcId": vpc,
        "HealthCheckProtocol": "HTTP",
        "HealthCheckPort": "traffic-port",
        "HealthCheckEnabled": True,
        "HealthCheckIntervalSeconds": 30,
        "HealthCheckTimeoutSeconds": 5,
        "HealthyThresholdCount": 2,
        "UnhealthyThresholdCount": 3,
        "HealthCheckPath": "/health",
        "Matcher": {"HttpCode": "200"},
        "LoadBalancerArns": [balancer],
        "TargetType": "ip",
        "IpAddressType": "ipv4",
    }


def seed_autoscaling(region: Region, now: datetime) -> None:
    """Between two and four tasks, by CPU, memory and requests (miyabi-infrastructure.md)."""
    born = now - timedelta(days=90)
    dimension = "ecs:service:DesiredCount"
    arn = region.arn("application-autoscaling", f"scalable-target/{region.ids.hex(32)}")
    region.targets[MIYABI] = ScalableTarget(MIYABI, arn, dimension, 2, 4, born)
    metrics = (
        ("cpu", "ECSServiceAverageCPUUtilization", 70.0),
        ("memory", "ECSServiceAverageMemoryUtilization", 80.0),
        ("requests", "ALBRequestCountPerTarget", 1000.0),
    )
    for name, metric, target in metrics:
        policy = f"miyabi-{name}-autoscaling-dev"
        rest = f"scalingPolicy:{region.ids.uuid()}:resource/ecs/{MIYABI}:policyName/{policy}"
        region.policies.append(
            {
                "PolicyARN": region.arn("autoscaling", rest),
                "PolicyName": policy,
                "ServiceNamespace": "ecs",
                "ResourceId": MIYABI,
                "ScalableDimension": dimension,
                "PolicyType": "TargetTrackingScaling",
                "TargetTrackingScalingPolicyConfiguration": {
                    "TargetValue": target,
                    "PredefinedMetricSpecification": {"PredefinedMetricType": metric},
                    "ScaleOutCooldown": 60,
                    "ScaleInCooldown": 300,
                },
                "Alarms": [],
                "CreationTime": born,
            }
        )
    for back, count, word in ((20, 2, "in"), (22, 3, "out")):
        region.activities.append(activity(region, count, word, now - timedelta(hours=back)))


def activity(region: Region, count: int, word: str, at: datetime) -> dict[str, Any]:
    """What the CPU policy did when it scaled out or in."""
    alarm = f"TargetTracking-{MIYABI}-{'AlarmHigh' if word == 'out' else 'AlarmLow'}-cpu"
    policy = "miyabi-cpu-autoscaling-dev"
    done = f"Successfully set desired count to {count}. Change successfully fulfilled by ecs."
    return {
        "ActivityId": region.ids.uuid(),
        "ServiceNamespace": "ecs",
        "ResourceId": MIYABI,
        "ScalableDimension": "ecs:service:DesiredCount",
        "Description": f"Setting desired count to {count}.",
        "Cause": f"monitor alarm {alarm} in state ALARM triggered policy {policy}",
        "StartTime": at,
        "EndTime": at + timedelta(seconds=40),
        "StatusCode": "Successful",
        "StatusMessage": done,
    }
