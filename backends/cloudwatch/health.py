"""Alarms and thresholds as signs of health: pure."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from backends.cloudwatch.queries import Points
from backends.cloudwatch.target import Json, Metric
from model.health import Check, Verdict
from model.metrics import amount, figure

_VALUE = re.compile(r"\[(-?[\d.]+(?:E-?\d+)?) \(")
"""A data point in AWS's reason: its value, and then its time in brackets."""
_WAYS = {
    "GreaterThanThreshold": "over",
    "GreaterThanOrEqualToThreshold": "at or over",
    "LessThanThreshold": "under",
    "LessThanOrEqualToThreshold": "at or under",
}


def alarm_signs(prefix: str, alarms: Sequence[Json], now: datetime) -> tuple[Check, ...]:
    """One sign for each alarm that is on, and one for all the others.

    An alarm without enough data is not taken for trouble: idle services send none, and where silence
    is bad there is an alarm for that.
    """
    if not alarms:
        why = f"CloudWatch has no alarm whose name begins with {prefix}"
        return (Check(name="alarms", value="none", verdict=Verdict.UNKNOWN, why=why),)
    on = [one for one in alarms if one["StateValue"] == "ALARM"]
    blind = sum(one["StateValue"] == "INSUFFICIENT_DATA" for one in alarms)
    value = f"{len(on)} of {len(alarms)} on" + (f", {blind} without enough data" if blind else "")
    total = Check(name="alarms", value=value, verdict=Verdict.OK, number=len(on))
    return (*(_on(one, now) for one in on), total)


def _on(alarm: Json, now: datetime) -> Check:
    since: datetime | None = alarm.get("StateTransitionedTimestamp") or alarm.get("StateUpdatedTimestamp")
    when = f"on since {_at(now, since)} UTC ({_ago(now, since)})" if since else "on"
    reason = _reason(alarm)
    name = str(alarm["AlarmName"])
    why = f"alarm {name} is {when}" + (f": {reason}" if reason else "")
    return Check(name=f"alarm {name}", value="on", verdict=Verdict.DEGRADED, why=why)


def _reason(alarm: Json) -> str:
    """The metric's value and the threshold it broke; AWS's own words where there are several or none."""
    said = str(alarm.get("StateReason") or "").rstrip(".")
    values = _VALUE.findall(said)
    way = _WAYS.get(str(alarm.get("ComparisonOperator")))
    if not values or way is None or not alarm.get("MetricName"):
        return said
    return f"{alarm['MetricName']} {figure(float(values[-1]))}, {way} {figure(float(alarm['Threshold']))}"


def _at(now: datetime, at: datetime) -> str:
    """The time of day, with its day where it is longer ago than one."""
    return f"{at:%H:%M}" if now - at < timedelta(days=1) else f"{at:%Y-%m-%d %H:%M}"


def _ago(now: datetime, since: datetime) -> str:
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes < 1440 else f"{minutes // 1440} d"


def metric_signs(metrics: Sequence[Metric], found: Sequence[Points]) -> tuple[Check, ...]:
    """The latest value of each metric against what the catalog calls too much or too little."""
    return tuple(_against(metric, points) for metric, points in zip(metrics, found, strict=True))


def _against(metric: Metric, points: Points) -> Check:
    if not points:
        return Check(name=metric.title, value="no data of the last minutes", verdict=Verdict.OK)
    value = points[-1][1]
    verdict, why = metric.verdict(value)
    said = amount(value, metric.unit)
    why = f"{metric.title} is {said}, {why}" if why else ""
    return Check(name=metric.title, value=said, verdict=verdict, why=why, number=value)
