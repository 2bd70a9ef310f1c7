"""Cost Explorer: what it cost a day, what that comes to a month, and where it goes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import boto3
import pytest
from botocore.exceptions import ClientError

from backends.aws_clients import AwsClients
from backends.cost_explorer import CostExplorer, CostTarget, told
from model.health import Verdict
from model.ports.backend import BackendError, Fault
from model.queries import CostQuery
from model.query_result import QueryResult
from tests.backends.conftest import Cloud
from tests.backends.systems import service
from tests.playground.aws.conftest import off_loop

PART = next(part for part in service("miyabi-dev").parts if part.target.kind == "cost-explorer")
WHERE = CostTarget(monthly=31)


@dataclass
class Costs:
    """The backend on the playground's cloud."""

    cloud: Cloud
    backend: CostExplorer

    async def over(self, days: int) -> QueryResult:
        return await self.backend.answer(PART, CostQuery(days=days), self.cloud.clock())


@pytest.fixture
async def costs(cloud: Cloud) -> AsyncIterator[Costs]:
    backend = CostExplorer(AwsClients(cloud.running.url, cloud.clock.sleep))
    yield Costs(cloud, backend)
    await backend.close()


async def test_a_month_is_told_against_the_runbooks_estimate(costs: Costs):
    found = await costs.over(30)
    assert found.headline.startswith("$11")
    assert "in 30 days; at this rate $11" in found.headline
    assert found.headline.endswith("a month, within $118")
    assert found.verdict is Verdict.OK
    assert found.details == ("EC2 - Other cost $2.57 on 2026-02-26, and usually $1.08 a day",)
    assert "us-west-2" in found.note


async def test_every_service_has_its_row_and_the_dearest_comes_first(costs: Costs):
    rows = (await costs.over(30)).tables[0].rows
    assert [row[0] for row in rows][:3] == [
        "EC2 - Other",
        "ECS",
        "Load balancing",
    ]
    assert len(rows) == 7
    assert sum(int(row[3].rstrip("%")) for row in rows) in range(98, 103)


async def test_days_are_bars_of_the_six_dearest_and_the_rest(costs: Costs):
    chart = (await costs.over(30)).chart
    assert chart is not None
    assert (chart.style, chart.unit) == ("bars", "USD")
    assert len(chart.lines) == 7
    assert chart.lines[-1].label == "other"
    assert {len(line.points) for line in chart.lines} == {30}
    assert chart.lines[0].points[-1][0] == datetime(2026, 3, 3, tzinfo=UTC).timestamp()
    assert chart.thresholds[0].value == pytest.approx(118 * 12 / 365)
    assert chart.thresholds[0].says == "is $118 a month"


@pytest.mark.parametrize("days", [1, 14, 15, 365])
async def test_as_many_whole_days_are_told_as_were_asked_for(costs: Costs, days: int):
    chart = (await costs.over(days)).chart
    assert chart is not None
    assert len(chart.lines[0].points) == days
    assert chart.end == datetime(2026, 3, 4, tzinfo=UTC).timestamp()


async def test_only_what_is_the_services_own_is_asked_for(costs: Costs):
    await costs.over(5)
    asked = costs.cloud.running.calls[-1].params
    assert asked["Filter"] == {"Dimensions": {"Key": "REGION", "Values": ["us-west-2"]}}
    assert asked["Metrics"] == ["BlendedCost"]
    assert costs.cloud.running.calls[-1].region == "us-east-1"


async def test_a_refusal_of_aws_is_an_error_in_words(costs: Costs):
    costs.cloud.running.config.denied.add("ce:GetCostAndUsage")
    with pytest.raises(BackendError, match="GetCostAndUsage") as error:
        await costs.over(5)
    assert error.value.fault is Fault.DENIED


async def test_the_check_at_the_start_costs_nothing(costs: Costs):
    await costs.backend.reach(PART)
    assert costs.cloud.running.calls == []


def days(*amounts: float) -> dict[date, dict[str, float]]:
    first = date(2026, 3, 1)
    return {first + timedelta(days=n): {"A": amount} for n, amount in enumerate(amounts)}


def test_the_last_day_which_aws_may_not_have_settled_does_not_count_for_the_rate():
    assert "at this rate $60.83 a month, over $31" in told(WHERE, days(2, 2, 2, 0.1)).headline
    assert told(WHERE, days(2, 2, 2, 0.1)).verdict is Verdict.DEGRADED
    assert told(WHERE, days(1, 1, 1, 9)).verdict is Verdict.OK


def test_without_an_estimate_nothing_is_judged():
    found = told(CostTarget(), days(1, 1))
    assert found.verdict is None
    assert found.chart is not None
    assert found.chart.thresholds == ()
    assert found.headline == "$2 in 2 days; at this rate $30.42 a month"


def test_no_costs_are_said_to_be_none():
    assert told(WHERE, {}).headline == "No costs in 0 days"
    assert told(WHERE, days(0, 0)).headline == "No costs in 2 days"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"TimePeriod": {"Start": "2026-03-04", "End": "2026-03-04"}}, "ValidationException"),
        ({"TimePeriod": {"Start": "2024-01-01", "End": "2026-03-04"}}, "ValidationException"),
        ({"TimePeriod": {"Start": "2027-01-01", "End": "2027-03-04"}}, "ValidationException"),
        ({"TimePeriod": {"Start": "01.03.2026", "End": "2026-03-04"}}, "ValidationException"),
        ({"Metrics": ["Cost"]}, "ValidationException"),
        ({"GroupBy": [{"Type": "DIMENSION", "Key": "COLOUR"}]}, "ValidationException"),
        ({"NextPageToken": "mine"}, "InvalidNextTokenException"),
    ],
)
async def test_the_playground_refuses_what_aws_refuses(cloud: Cloud, more: dict, code: str):
    client = boto3.client(
        "ce",
        endpoint_url=cloud.running.url,
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )
    good = {
        "TimePeriod": {"Start": "2026-01-01", "End": "2026-03-04"},
        "Granularity": "MONTHLY",
        "Metrics": ["BlendedCost"],
    }
    found = await off_loop(lambda: client.get_cost_and_usage(**good))
    assert [one["TimePeriod"]["Start"] for one in found["ResultsByTime"]] == [
        "2026-01-01",
        "2026-02-01",
        "2026-03-01",
    ]
    assert float(found["ResultsByTime"][0]["Total"]["BlendedCost"]["Amount"]) > 300
    with pytest.raises(ClientError) as refused:
        await off_loop(lambda: client.get_cost_and_usage(**{**good, **more}))
    assert refused.value.response["Error"]["Code"] == code
    client.close()
