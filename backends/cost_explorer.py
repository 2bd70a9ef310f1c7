"""Cost Explorer: what was paid day by day, and what that comes to a month."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any, Literal, cast

from pydantic import Field

from backends.aws_api import listed
from backends.aws_clients import AwsClients
from backends.shared import Kind, Shared
from model.catalog.fields import hints
from model.catalog.schema import Service, Target
from model.health import Verdict
from model.ports.backend import Grant
from model.queries import CostQuery, Query
from model.query_result import Chart, ChartLine, QueryResult, Table, Threshold

ENDPOINT = "us-east-1"
"""Cost Explorer has one endpoint, which knows the costs of all regions."""
METRIC = "BlendedCost"
"""What the runbook asks for."""
MONTH = 365 / 12
MOST_NAMED = 6
MOST_PAGES = 60
UNSETTLED = 1
"""AWS bills with a day's delay, so the last day is left out of what a month would cost."""

SHORT = {
    "Amazon Elastic Container Service": "ECS",
    "Amazon Elastic Container Service for Kubernetes": "EKS",
    "Amazon Elastic Compute Cloud - Compute": "EC2",
    "Amazon Elastic Load Balancing": "Load balancing",
    "Amazon Relational Database Service": "RDS",
    "Amazon EC2 Container Registry (ECR)": "ECR",
    "Amazon Simple Storage Service": "S3",
    "Amazon Virtual Private Cloud": "VPC",
}
"""What people call services that AWS's bills write out."""

Json = dict[str, Any]
Days = Mapping[date, Mapping[str, float]]
"""What each service cost on each day, in US dollars."""


class CostTarget(Target):
    """Whose costs: those of these regions, or all that the account pays."""

    kind: Literal["cost-explorer"] = "cost-explorer"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    account: str = Field(
        default="*", description="the account's number; `*` where rights need not be narrowed to it"
    )
    role_arn: str = Field(
        default="", description="the role to take for it; the process's own credentials when empty"
    )
    regions: tuple[str, ...] = Field(default=(), description="the regions that count; empty is all")
    monthly: float | None = Field(
        default=None, gt=0, description="what it should cost a month", json_schema_extra=hints(unit="USD")
    )
    source: str = Field(default="", description="where the facts are from")

    @property
    def extras(self) -> tuple[str, ...]:
        """What has to be installed to reach it."""
        return ("aws",)


def _target_of(service: Service) -> CostTarget:
    assert isinstance(service.target, CostTarget)
    return service.target


class CostExplorer:
    """Reads with GetCostAndUsage, which AWS charges a cent for; changes nothing."""

    kind = "cost-explorer"
    target = CostTarget

    def __init__(self, clients: AwsClients) -> None:
        self._clients = clients

    def grants(self, service: Service) -> tuple[Grant, ...]:
        """Costs belong to the account; there is no narrower resource."""
        return (Grant(("ce:GetCostAndUsage",)),)

    async def reach(self, service: Service) -> None:
        """Nothing is asked, as every question costs a cent."""

    async def close(self) -> None:
        """Give back connections."""
        await self._clients.close()

    def offers(self, service: Service, kind: str) -> tuple[str, ...]:
        """The cost of all of it."""
        return ("",) if kind == "cost" else ()

    async def answer(self, service: Service, question: Query, now: datetime) -> QueryResult:
        """Whole days until yesterday. Raises BackendError."""
        assert isinstance(question, CostQuery)
        target, today = _target_of(service), now.astimezone(UTC).date()
        days = await self._days(target, today - timedelta(days=question.days), today)
        return told(target, days)

    async def _days(self, target: CostTarget, start: date, end: date) -> Days:
        asked: Json = {
            "TimePeriod": {"Start": start.isoformat(), "End": end.isoformat()},
            "Granularity": "DAILY",
            "Metrics": [METRIC],
            "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}],
        }
        if target.regions:
            asked["Filter"] = {"Dimensions": {"Key": "REGION", "Values": list(target.regions)}}
        ask = partial(self._clients.call, "ce", ENDPOINT, target.role_arn, "get_cost_and_usage")
        results = await listed(ask, "ResultsByTime", marker="NextPageToken", most=MOST_PAGES, **asked)
        return {date.fromisoformat(one["TimePeriod"]["Start"]): _amounts(one) for one in results}


def _amounts(result: Json) -> dict[str, float]:
    groups = cast(list[Json], result["Groups"])
    return {_short(str(one["Keys"][0])): float(one["Metrics"][METRIC]["Amount"]) for one in groups}


def _short(service: str) -> str:
    """`AmazonCloudWatch` and `AWS Lambda` without whose they are."""
    return SHORT.get(service) or re.sub(r"^(Amazon|AWS)\s*", "", service)


def told(target: CostTarget, days: Days) -> QueryResult:
    """The total, what it comes to a month against what it should, and where it goes."""
    totals = _totals(days)
    total = sum(totals.values())
    if not days or total == 0:
        return QueryResult(headline=f"No costs in {len(days)} days", note=_note(target))
    rate = _rate(days) * MONTH
    is_over = target.monthly is not None and rate > target.monthly
    budget = "" if target.monthly is None else f", {'over' if is_over else 'within'} {_usd(target.monthly)}"
    verdict = None if target.monthly is None else Verdict.DEGRADED if is_over else Verdict.OK
    return QueryResult(
        headline=f"{_usd(total)} in {len(days)} days; at this rate {_usd(rate)} a month{budget}",
        verdict=verdict,
        details=_dearest(days),
        tables=(_table(totals, len(days)),),
        chart=_chart(target, days, [name for name, _ in list(totals.items())[:MOST_NAMED]]),
        note=_note(target),
    )


def _totals(days: Days) -> dict[str, float]:
    """What each service cost in all, the dearest first."""
    sums: dict[str, float] = {}
    for amounts in days.values():
        for service, amount in amounts.items():
            sums[service] = sums.get(service, 0.0) + amount
    return dict(sorted(sums.items(), key=lambda one: (-one[1], one[0])))


def _rate(days: Days) -> float:
    """What a day costs, from the days that AWS has told in full."""
    daily = [sum(days[day].values()) for day in sorted(days)]
    settled = daily[:-UNSETTLED] or daily
    return sum(settled) / len(settled)


@dataclass(frozen=True)
class _Jump:
    """A day on which a service cost much more than it usually does."""

    day: date
    service: str
    amount: float
    usual: float


def _dearest(days: Days) -> tuple[str, ...]:
    """The day that stands out most, if one does: twice the service's usual and a dollar more."""
    jumps: list[_Jump] = []
    for service in _totals(days):
        amounts = sorted(days[day].get(service, 0.0) for day in days)
        usual = amounts[len(amounts) // 2]
        jumps += [
            _Jump(day, service, amount, usual)
            for day in days
            if (amount := days[day].get(service, 0.0)) > 2 * usual and amount - usual >= 1
        ]
    if not jumps:
        return ()
    worst = max(jumps, key=lambda one: one.amount - one.usual)
    said = f"{worst.service} cost {_usd(worst.amount)} on {worst.day}, and usually {_usd(worst.usual)} a day"
    return (said,)


def _table(totals: Mapping[str, float], days: int) -> Table:
    total = sum(totals.values())
    rows = tuple(
        (service, _usd(amount), _usd(amount / days * MONTH), f"{amount / total:.0%}")
        for service, amount in totals.items()
    )
    return Table(columns=("service", f"{days} days", "a month", "share"), rows=rows)


def _chart(target: CostTarget, days: Days, named: Sequence[str]) -> Chart:
    order = sorted(days)
    lines = [
        ChartLine(label=name, points=tuple((_at(day), days[day].get(name, 0.0)) for day in order))
        for name in named
    ]
    rest = tuple((_at(day), sum(v for k, v in days[day].items() if k not in named)) for day in order)
    if any(amount > 0 for _, amount in rest):
        lines.append(ChartLine(label="other", points=rest))
    limits: tuple[Threshold, ...] = ()
    if target.monthly is not None:
        limits = (Threshold(value=target.monthly / MONTH, says=f"is {_usd(target.monthly)} a month"),)
    return Chart(
        title="Cost a day",
        unit="USD",
        lines=tuple(lines),
        start=_at(order[0]),
        end=_at(order[-1] + timedelta(days=1)),
        thresholds=limits,
        style="bars",
    )


def _at(day: date) -> float:
    return datetime.combine(day, time(), UTC).timestamp()


def _usd(amount: float) -> str:
    return f"${amount:,.0f}" if amount >= 100 or amount == int(amount) else f"${amount:,.2f}"


def _note(target: CostTarget) -> str:
    regions = f"{', '.join(target.regions)}; " if target.regions else ""
    source = f"; {target.source}" if target.source else ""
    return f"{regions}whole days in UTC, of which AWS may still settle the last{source}"


def _build(shared: Shared) -> CostExplorer:
    return CostExplorer(shared.aws)


KIND = Kind("cost-explorer", CostTarget, _build)
