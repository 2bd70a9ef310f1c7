"""The operations of CloudWatch on metrics and alarms."""

import operator
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from playground.aws.cloud import ApiCall, Operation, Region
from playground.aws.expression import Values, evaluate
from playground.aws.pages import page
from playground.aws.refusal import AwsError
from playground.aws.series import Dimensions, Series

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
WORDS = {
    "GreaterThanThreshold": "greater than",
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}

LOOKED_BACK = timedelta(hours=6)
"""How far back an alarm may have begun before anyone asked for it."""


def as_time(value: Any) -> datetime:
    """A time as any of the protocols delivers it: a number of seconds, text, or a time."""
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def dimensions_of(metric: dict[str, Any]) -> Dimensions:
    """Dimensions as a set, in whatever order they were sent."""
    sent: list[dict[str, str]] = metric.get("Dimensions") or []
    return frozenset((each["Name"], each["Value"]) for each in sent)


def series_of(region: Region, metric: dict[str, Any]) -> Series | None:
    """The series that is named; the number of running tasks is taken from the tasks themselves."""
    found = region.metrics.find(metric["Namespace"], metric["MetricName"], dimensions_of(metric))
    if found is None or found.metric != "RunningTaskCount":
        return found
    names = dict(found.dimensions)
    service = region.clusters[names["ClusterName"]].services[names["ServiceName"]]
    return replace(found, base=float(len(service.of(None, "RUNNING"))))


def get_metric_statistics(ask: ApiCall) -> dict[str, Any]:
    """GetMetricStatistics, in no order that may be relied on, as AWS says."""
    params = ask.params
    statistics: list[str] = params.get("Statistics") or []
    extended: list[str] = params.get("ExtendedStatistics") or []
    if not statistics and not extended:
        message = "Must specify either Statistics or ExtendedStatistics"
        raise AwsError("InvalidParameterCombination", message)
    label = {"Label": params["MetricName"]}
    series = series_of(ask.region, params)
    if series is None:
        return {**label, "Datapoints": []}
    span = (as_time(params["StartTime"]), min(as_time(params["EndTime"]), ask.at), int(params["Period"]))
    points: dict[datetime, dict[str, Any]] = {}
    for statistic in (*statistics, *extended):
        for at, value in ask.region.metrics.points(series, *span, statistic):
            point = points.setdefault(at, {"Timestamp": at, "Unit": series.unit})
            if statistic in extended:
                point.setdefault("ExtendedStatistics", {})[statistic] = value
            else:
                point[statistic] = value
    return {**label, "Datapoints": list(points.values())}


def get_metric_data(ask: ApiCall) -> dict[str, Any]:
    """GetMetricData: metrics, and arithmetic over them; the newest value first unless asked otherwise."""
    queries: list[dict[str, Any]] = ask.params["MetricDataQueries"]
    known: dict[str, Values] = {}
    periods = {each["Id"]: int(each["MetricStat"]["Period"]) for each in queries if "MetricStat" in each}
    for query in (each for each in queries if "MetricStat" in each):
        known[query["Id"]] = stat_values(ask, query["MetricStat"])
    for query in (each for each in queries if "MetricStat" not in each):
        known[query["Id"]] = evaluate(query["Expression"], known, periods)
    is_newest_first = ask.params.get("ScanBy", "TimestampDescending") == "TimestampDescending"
    return {
        "MetricDataResults": [
            result(query, known[query["Id"]], is_newest_first)
            for query in queries
            if query.get("ReturnData", True)
        ],
        "Messages": [],
    }


def stat_values(ask: ApiCall, stat: dict[str, Any]) -> Values:
    """The values of one metric by time in seconds."""
    series = series_of(ask.region, stat["Metric"])
    if series is None:
        return {}
    start, end = as_time(ask.params["StartTime"]), as_time(ask.params["EndTime"])
    if end <= start:
        raise AwsError("ValidationError", "The parameter StartTime must be less than the parameter EndTime.")
    found = ask.region.metrics.points(series, start, min(end, ask.at), int(stat["Period"]), stat["Stat"])
    return {at.timestamp(): value for at, value in found}


def result(query: dict[str, Any], values: Values, is_newest_first: bool) -> dict[str, Any]:
    """One entry of MetricDataResults."""
    times = sorted(values, reverse=is_newest_first)
    metric = query.get("MetricStat", {}).get("Metric", {}).get("MetricName", query["Id"])
    return {
        "Id": query["Id"],
        "Label": query.get("Label") or metric,
        "Timestamps": [datetime.fromtimestamp(time, UTC) for time in times],
        "Values": [values[time] for time in times],
        "StatusCode": "Complete",
    }


def describe_alarms(ask: ApiCall) -> dict[str, Any]:
    """DescribeAlarms by names, prefix or state; the state follows the metric."""
    names, prefix = ask.params.get("AlarmNames"), ask.params.get("AlarmNamePrefix") or ""
    wanted = ask.params.get("StateValue")
    kinds = ask.params.get("AlarmTypes") or ["MetricAlarm"]
    shown = [
        judged(ask, alarm)
        for alarm in ask.region.alarms
        if (not names or alarm["AlarmName"] in names) and alarm["AlarmName"].startswith(prefix)
    ]
    shown = [alarm for alarm in shown if wanted in {None, alarm["StateValue"]} and "MetricAlarm" in kinds]
    bad = AwsError("InvalidNextToken", "The next token is invalid.")
    some, following = page(shown, ask.params.get("NextToken"), ask.params.get("MaxRecords", 50), bad)
    found: dict[str, Any] = {"MetricAlarms": some, "CompositeAlarms": []}
    return {**found, "NextToken": following} if following else found


def judged(ask: ApiCall, alarm: dict[str, Any]) -> dict[str, Any]:
    """An alarm with the state that its metric's last whole period gives it, and since when."""
    series = series_of(ask.region, alarm)
    period = int(alarm["Period"])
    start = ask.at - timedelta(seconds=2 * period)
    statistic = alarm.get("ExtendedStatistic") or alarm["Statistic"]
    points = ask.region.metrics.points(series, start, ask.at, period, statistic) if series else []
    if not points:
        return alarm
    at, value = points[-1]
    operation, threshold = alarm["ComparisonOperator"], alarm["Threshold"]
    state = "ALARM" if COMPARISONS[operation](value, threshold) else "OK"
    if state != alarm["StateValue"]:
        alarm["StateValue"], alarm["StateUpdatedTimestamp"] = state, ask.at
        alarm["StateTransitionedTimestamp"] = crossed_at(ask, alarm, series)
    crossed = WORDS[operation] if state == "ALARM" else f"not {WORDS[operation]}"
    when = at.strftime("%d/%m/%y %H:%M:%S")
    alarm["StateReason"] = (
        f"Threshold Crossed: 1 datapoint [{value} ({when})] was {crossed} the threshold ({threshold})."
    )
    return alarm


def crossed_at(ask: ApiCall, alarm: dict[str, Any], series: Series | None) -> datetime:
    """When the metric crossed the threshold: AWS looks every minute, and not only when it is asked."""
    if series is None or series.is_gauge:
        return ask.at
    period = int(alarm["Period"])
    statistic = alarm.get("ExtendedStatistic") or alarm["Statistic"]
    points = ask.region.metrics.points(series, ask.at - LOOKED_BACK, ask.at, period, statistic)
    crosses, threshold = COMPARISONS[alarm["ComparisonOperator"]], alarm["Threshold"]
    since = ask.at
    for at, value in reversed(points):
        if crosses(value, threshold) != (alarm["StateValue"] == "ALARM"):
            break
        since = at + timedelta(seconds=period)
    return since


OPERATIONS: dict[str, Operation] = {
    "GetMetricStatistics": get_metric_statistics,
    "GetMetricData": get_metric_data,
    "DescribeAlarms": describe_alarms,
}
