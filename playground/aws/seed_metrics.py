"""Metrics and alarms of the runbooks' systems, in their usual state: all well.

Sources: the alarm names and metrics of usage-metrics-api.md and miyabi-infrastructure.md, the metrics
of miyabi-web-api.md and brutal-patches-api.md.
"""

from datetime import datetime, timedelta
from typing import Any

from playground.aws.cloud import Cloud, Region
from playground.aws.series import Series, Surge

BALANCER_SERIES = (
    ("RequestCount", 900.0, "Count"),
    ("TargetResponseTime", 0.09, "Seconds"),
    ("HTTPCode_Target_2XX_Count", 890.0, "Count"),
    ("HTTPCode_Target_4XX_Count", 9.0, "Count"),
    ("ActiveConnectionCount", 140.0, "Count"),
)
ERROR_SERIES = {
    "us-east-1": (("HTTPCode_Target_5XX_Count", 0.9, "Count"),),
    "us-west-2": (("HTTPCode_Target_5XX_Count", 0.0, "Count"),),
}
"""The development environment has a target of none at all."""
FUNCTION_SERIES = (
    ("Invocations", 600.0, "Count"),
    ("Errors", 0.6, "Count"),
    ("Throttles", 0.0, "Count"),
    ("Duration", 45.0, "Milliseconds"),
    ("ConcurrentExecutions", 6.0, "Count"),
)
DATABASE_SERIES = (
    ("DatabaseConnections", 10.0, "Count"),
    ("CPUUtilization", 22.0, "Percent"),
    ("ReadLatency", 0.0008, "Seconds"),
    ("WriteLatency", 0.0016, "Seconds"),
)
CACHE_SERIES = (
    ("CPUUtilization", 8.0, "Percent"),
    ("DatabaseMemoryUsagePercentage", 35.0, "Percent"),
    ("CurrConnections", 12.0, "Count"),
    ("CacheHits", 900.0, "Count"),
    ("CacheMisses", 100.0, "Count"),
    ("Evictions", 0.0, "Count"),
)
GATEWAY_SERIES = (
    ("Count", 600.0, "Count"),
    ("4XXError", 6.0, "Count"),
    ("5XXError", 0.6, "Count"),
    ("Latency", 60.0, "Milliseconds"),
)
TABLE_SERIES = (
    ("ConsumedReadCapacityUnits", 120.0, "Count"),
    ("ConsumedWriteCapacityUnits", 30.0, "Count"),
    ("ReadThrottleEvents", 0.0, "Count"),
    ("WriteThrottleEvents", 0.0, "Count"),
)


def seed_metrics(world: Cloud) -> None:
    """Give every service its series and its alarms."""
    born = world.now() - timedelta(days=9)
    for region in world.regions.values():
        for service in region.services():
            place = {"ClusterName": service.cluster.name, "ServiceName": service.name}
            add(region, "AWS/ECS", place, (("CPUUtilization", 38.0, "Percent"),))
            add(region, "AWS/ECS", place, (("MemoryUtilization", 52.0, "Percent"),))
            counts = (("RunningTaskCount", 0.0, "Count"),)
            add(region, "ECS/ContainerInsights", place, counts, is_gauge=True)
        for function in region.functions:
            add(region, "AWS/Lambda", {"FunctionName": function}, FUNCTION_SERIES)
        seed_balancers(region)
    seed_others(world)
    seed_delivery_alarms(world.region("us-east-1"), born)
    seed_miyabi_alarms(world.region("us-west-2"), born)


def add(
    region: Region,
    namespace: str,
    dimensions: dict[str, str],
    metrics: tuple[tuple[str, float, str], ...],
    is_gauge: bool = False,
) -> None:
    """Add series of one namespace that have the same dimensions."""
    region.metrics.series.extend(
        Series(namespace, name, frozenset(dimensions.items()), base, unit, is_gauge)
        for name, base, unit in metrics
    )


def seed_balancers(region: Region) -> None:
    """Series by load balancer, and by load balancer with target group, as AWS publishes both."""
    for group in region.groups:
        balancer = {"LoadBalancer": group["LoadBalancerArns"][0].partition(":loadbalancer/")[2]}
        both = {**balancer, "TargetGroup": group["TargetGroupArn"].rpartition(":")[2]}
        for dimensions in (balancer, both):
            add(region, "AWS/ApplicationELB", dimensions, BALANCER_SERIES)
            add(region, "AWS/ApplicationELB", dimensions, ERROR_SERIES[region.name])
        add(region, "AWS/ApplicationELB", both, (("UnHealthyHostCount", 0.0, "Count"),), is_gauge=True)


def seed_others(world: Cloud) -> None:
    """The databases, the gateway and the table of the systems, and what happened a while ago."""
    tokyo, virginia = world.region("ap-northeast-1"), world.region("us-east-1")
    oregon = world.region("us-west-2")
    for region, name in ((tokyo, "miyabi-db"), (oregon, "miyabi-db-dev")):
        place = {"DBInstanceIdentifier": name}
        add(region, "AWS/RDS", place, DATABASE_SERIES)
        add(region, "AWS/RDS", place, (("FreeStorageSpace", 14.0 * 1024**3, "Bytes"),), is_gauge=True)
    add(oregon, "AWS/ElastiCache", {"CacheClusterId": "miyabi-cache-dev"}, CACHE_SERIES)
    add(tokyo, "AWS/ApiGateway", {"ApiName": "miyabi-api"}, GATEWAY_SERIES)
    add(virginia, "AWS/DynamoDB", {"TableName": "BrutalPatchesTable-prod"}, TABLE_SERIES)
    start = (world.now() - timedelta(hours=2, minutes=30)).replace(second=0, microsecond=0)
    end = start + timedelta(minutes=12)
    for metric, factor in (("HTTPCode_Target_5XX_Count", 90.0), ("TargetResponseTime", 7.0)):
        virginia.metrics.surges.append(Surge(metric, factor, start, end))
    for metric, factor in (("Errors", 60.0), ("Duration", 8.0), ("DatabaseConnections", 4.0)):
        tokyo.metrics.surges.append(Surge(metric, factor, start, end))


def alarm(
    region: Region,
    name: str,
    series: Series,
    statistic: str,
    comparison: str,
    threshold: float,
    born: datetime,
) -> None:
    """An alarm on one series, over two periods of five minutes, OK since it was made."""
    is_percentile = statistic.startswith("p")
    body: dict[str, Any] = {
        "AlarmName": name,
        "AlarmArn": region.arn("cloudwatch", f"alarm:{name}"),
        "ActionsEnabled": True,
        "OKActions": [],
        "AlarmActions": [],
        "InsufficientDataActions": [],
        "StateValue": "OK",
        "StateReason": "",
        "StateUpdatedTimestamp": born,
        "StateTransitionedTimestamp": born,
        "MetricName": series.metric,
        "Namespace": series.namespace,
        "ExtendedStatistic" if is_percentile else "Statistic": statistic,
        "Dimensions": [{"Name": key, "Value": value} for key, value in sorted(series.dimensions)],
        "Period": 300,
        "EvaluationPeriods": 2,
        "Threshold": threshold,
        "ComparisonOperator": comparison,
    }
    region.alarms.append(body)


def pick(region: Region, metric: str, **dimensions: str) -> Series:
    """The first series of this metric that has at least these dimensions."""
    wanted = set(dimensions.items())
    return next(each for each in region.metrics.series if each.metric == metric and wanted <= each.dimensions)


def seed_delivery_alarms(region: Region, born: datetime) -> None:
    """The four alarms that usage-metrics-api.md names."""
    more, less = "GreaterThanThreshold", "LessThanThreshold"
    start = "delivery-standard-prod-"
    errors, latency = pick(region, "HTTPCode_Target_5XX_Count"), pick(region, "TargetResponseTime")
    alarm(region, start + "high-error-rate", errors, "Sum", more, 225.0, born)
    alarm(region, start + "high-latency", latency, "p95", more, 1.0, born)
    alarm(region, start + "unhealthy-hosts", pick(region, "UnHealthyHostCount"), "Maximum", more, 0.0, born)
    alarm(region, start + "low-requests", pick(region, "RequestCount"), "Sum", less, 1.0, born)


def seed_miyabi_alarms(region: Region, born: datetime) -> None:
    """The three alarms that miyabi-infrastructure.md names."""
    more, less = "GreaterThanThreshold", "LessThanThreshold"
    cpu, memory = pick(region, "CPUUtilization"), pick(region, "MemoryUtilization")
    alarm(region, "miyabi-service-cpu-high-dev", cpu, "Average", more, 70.0, born)
    alarm(region, "miyabi-service-memory-high-dev", memory, "Average", more, 80.0, born)
    alarm(
        region, "miyabi-service-low-tasks-dev", pick(region, "RunningTaskCount"), "Average", less, 2.0, born
    )
