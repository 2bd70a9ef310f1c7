"""Cost Explorer: what each service of each region cost a day, as miyabi-infrastructure.md estimates it."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any, cast

from playground.aws.cloud import ApiCall, Operation
from playground.aws.modelled import Modelled
from playground.aws.pages import page
from playground.aws.refusal import AwsError

DAYS_A_PAGE = 14
KEPT = timedelta(days=425)
METRICS = frozenset(
    ("AmortizedCost", "BlendedCost", "NetAmortizedCost", "NetUnblendedCost", "UnblendedCost", "UsageQuantity")
)
A_MONTH = {
    "us-west-2": {
        "Amazon Elastic Container Service": 30.0,
        "Amazon Elastic Load Balancing": 20.0,
        "EC2 - Other": 35.0,
        "Amazon Relational Database Service": 15.0,
        "Amazon ElastiCache": 12.0,
        "AmazonCloudWatch": 5.0,
        "Amazon EC2 Container Registry (ECR)": 1.0,
    },
    "ap-northeast-1": {"AWS Lambda": 41.0, "Amazon Relational Database Service": 210.0},
    "us-east-1": {"AWS Lambda": 18.0, "Amazon DynamoDB": 26.0, "Amazon Elastic Container Service": 120.0},
}
"""US dollars; the development environment adds up to the runbook's 118 a month."""


@dataclass(frozen=True)
class Item:
    """What one service cost in one region on one day."""

    region: str
    service: str
    amount: float


def invalid(message: str) -> AwsError:
    """The error of Cost Explorer for a question that makes no sense."""
    return AwsError("ValidationException", message)


def items_of(day: date, today: date) -> list[Item]:
    """All of a day; the NAT gateway cost more for two days last week, and today is not over."""
    found: list[Item] = []
    for region, services in A_MONTH.items():
        for service, month in services.items():
            digest = hashlib.sha256(f"{region}/{service}/{day}".encode()).hexdigest()
            noise = int(digest[:8], 16) / 0xFFFFFFFF
            amount = month * 0.93 / 30.4 * (0.95 + 0.1 * noise)
            if service == "EC2 - Other" and timedelta(days=5) <= today - day <= timedelta(days=6):
                amount *= 2.4
            found.append(Item(region, service, amount * (0.4 if day == today else 1.0)))
    return found


def get_cost_and_usage(ask: ApiCall) -> dict[str, Any]:
    """GetCostAndUsage by day or month, grouped by service or region. Raises ValidationException."""
    params, today = ask.params, ask.at.astimezone(UTC).date()
    start, end = _period(params, today)
    monthly = params.get("Granularity") == "MONTHLY"
    if params.get("Granularity") not in {"DAILY", "MONTHLY"}:
        raise invalid("Granularity has to be DAILY or MONTHLY here.")
    metrics = cast(list[str], params.get("Metrics") or [])
    if not metrics or not set(metrics) <= METRICS:
        raise invalid(f"Metrics {metrics} are invalid.")
    spans = _months(start, end) if monthly else _days(start, end)
    bad = AwsError("InvalidNextTokenException", "The next page token is invalid.")
    shown, following = page(spans, params.get("NextPageToken"), DAYS_A_PAGE, bad)
    answer: dict[str, Any] = {"ResultsByTime": [_result(params, span, today) for span in shown]}
    answer["DimensionValueAttributes"] = []
    return {**answer, "NextPageToken": following} if following else answer


def _period(params: dict[str, Any], today: date) -> tuple[date, date]:
    said = params["TimePeriod"]
    try:
        start, end = (date.fromisoformat(said[name]) for name in ("Start", "End"))
    except ValueError:
        raise invalid("Start time and end time have to be given as YYYY-MM-DD.") from None
    if start >= end:
        raise invalid("Start date (and hour) should be before end date (and hour)")
    if start > today:
        raise invalid("Start date (and hour) should not be in the future")
    if today - start > KEPT:
        raise invalid("You haven't enabled historical data beyond 14 months")
    return start, min(end, today + timedelta(days=1))


def _days(start: date, end: date) -> list[tuple[date, date]]:
    days = [start + timedelta(days=n) for n in range((end - start).days)]
    return [(day, day + timedelta(days=1)) for day in days]


def _months(start: date, end: date) -> list[tuple[date, date]]:
    found: list[tuple[date, date]] = []
    while start < end:
        following = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
        found.append((start, min(following, end)))
        start = following
    return found


def _result(params: dict[str, Any], span: tuple[date, date], today: date) -> dict[str, Any]:
    items = [item for day, _ in _days(*span) for item in items_of(day, today) if _fits(item, params)]
    metrics = cast(list[str], params["Metrics"])
    keys = [_key(one) for one in cast(list[dict[str, str]], params.get("GroupBy") or [])]
    result: dict[str, Any] = {
        "TimePeriod": {"Start": span[0].isoformat(), "End": span[1].isoformat()},
        "Total": {},
        "Groups": [],
        "Estimated": span[1].replace(day=1) >= today.replace(day=1),
    }
    if not keys:
        return {**result, "Total": _amounts(metrics, sum(item.amount for item in items))}
    sums: dict[tuple[str, ...], float] = {}
    for item in items:
        group = tuple(str(getattr(item, key)) for key in keys)
        sums[group] = sums.get(group, 0.0) + item.amount
    groups = [{"Keys": list(group), "Metrics": _amounts(metrics, sums[group])} for group in sorted(sums)]
    return {**result, "Groups": groups}


def _amounts(metrics: list[str], amount: float) -> dict[str, Any]:
    return {metric: {"Amount": f"{amount:.10f}", "Unit": "USD"} for metric in metrics}


def _key(group: dict[str, str]) -> str:
    known = {"SERVICE": "service", "REGION": "region"}
    if group.get("Type") != "DIMENSION" or group.get("Key") not in known:
        raise invalid(f"Group Definition {group} is invalid.")
    return known[group["Key"]]


def _fits(item: Item, params: dict[str, Any]) -> bool:
    wanted = cast(dict[str, Any], params.get("Filter") or {})
    if not wanted:
        return True
    if set(wanted) != {"Dimensions"}:
        raise invalid("The playground filters by one dimension only.")
    dimension = cast(dict[str, Any], wanted["Dimensions"])
    return getattr(item, _key({"Type": "DIMENSION", "Key": dimension["Key"]})) in dimension["Values"]


OPERATIONS: dict[str, Operation] = {"GetCostAndUsage": get_cost_and_usage}

SERVICE = Modelled("ce", "ce", OPERATIONS)
