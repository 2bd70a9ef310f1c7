"""What AWS is asked for in a look: logs, named queries, metrics, alarms, targets, activities, costs."""

from datetime import timedelta

import pytest

from bot.clock import utc_now
from playground.aws.load_balancing import Sick
from playground.aws.series import Surge
from tests.backends.systems import CATALOG
from tests.end_to_end.conftest import Stage, everything
from tests.end_to_end.test_incidents import declared

MEASURED = [one.id for one in CATALOG.services if any(part.target.kind == "cloudwatch" for part in one.parts)]


def called(stage: Stage, name: str) -> list[dict]:
    """The parameters of every call of this action that was answered."""
    return [call.params for call in stage.town.aws.calls if call.name == name and not call.error]


@pytest.mark.procedure("logs")
async def test_errors_of_the_last_hours_are_shown_and_kept_in_a_file(stage: Stage):
    room = await declared(stage, "High delivery-standard Many errors")
    await stage.types("U0ANA", "/logs delivery-standard ERROR since=4h", room)
    shown = everything(await stage.shows("lines with ERROR", room))
    assert "delivery-standard: " in shown
    assert "/ecs/delivery-standard-prod" in shown
    assert called(stage, "logs:FilterLogEvents")[0]["filterPattern"] == "ERROR"
    entry = await stage.timeline("INC-1", "/logs delivery-standard ERROR since=4h")
    assert "lines with ERROR" in entry.text


@pytest.mark.parametrize("words", ["connection refused", "user@example.com"])
async def test_words_are_looked_for_as_they_stand(stage: Stage, words: str):
    await stage.types("U0EVE", f"/logs delivery-standard {words} since=8h")
    shown = everything(await stage.shows(f'lines with "{words}"'))
    assert "ERROR" in shown
    assert called(stage, "logs:FilterLogEvents")[0]["filterPattern"] == f'"{words}"'


async def test_a_pattern_that_cannot_be_is_told_with_what_can(stage: Stage):
    await stage.types("U0EVE", "/logs miyabi-dev { $.statusCode ~ 500 }")
    shown = everything(await stage.shows("CloudWatch does not take"))
    assert "{ $.statusCode = 500 }" in shown
    assert "Nothing was changed" in shown


async def test_a_window_that_is_too_long_or_ahead_is_told_with_what_can_be(stage: Stage):
    answer = await stage.types("U0EVE", "/logs miyabi-dev since=1h until=2h")
    assert "would begin at" in str(answer)
    await stage.types("U0EVE", "/logs miyabi-dev ERROR since=30d")
    assert "Type since=7d" in everything(await stage.shows("At most 7d"))
    assert called(stage, "logs:FilterLogEvents") == []


async def test_logs_are_followed_as_they_come(stage: Stage):
    room = await declared(stage, "High delivery-standard Many errors")
    await stage.types("U0ANA", "/logs delivery-standard follow=1m", room)
    await stage.shows("It stops by itself", room)
    await stage.slack.wait_for(lambda: len(called(stage, "logs:FilterLogEvents")) >= 2 or None)


@pytest.mark.procedure("insights")
async def test_a_named_query_is_a_table(stage: Stage):
    await stage.types("U0EVE", "/logs delivery-standard query=by-endpoint since=6h")
    shown = everything(await stage.shows("by-endpoint: "))
    assert "avgDuration" in shown
    assert "/v1/usage" in shown
    assert called(stage, "logs:StartQuery")
    assert called(stage, "logs:GetQueryResults")


@pytest.mark.parametrize(
    ("id", "query"),
    [
        ("delivery-standard", "errors"),
        ("delivery-standard", "errors-by-path"),
        ("delivery-standard", "slow"),
        ("delivery-standard", "slow-by-path"),
        ("miyabi-dev", "errors"),
        ("miyabi-dev", "oom"),
        ("miyabi-api", "errors"),
        ("miyabi-api", "durations"),
        ("miyabi-api", "slow"),
        ("brutal-patches-api", "errors"),
        ("brutal-patches-api", "memory"),
    ],
)
async def test_every_query_of_the_runbooks_has_rows(stage: Stage, id: str, query: str):
    await stage.types("U0EVE", f"/logs {id} query={query} since=2d")
    await stage.shows(f"{query}: ")
    shown = everything(await stage.shows("lines read"))
    assert "no lines match" not in shown


async def test_a_trace_is_looked_for_by_its_id_alone(stage: Stage):
    await stage.types("U0EVE", "/logs delivery-standard --trace abc-123-def")
    shown = everything(await stage.shows("trace: no lines match"))
    assert 'traceId = "abc-123-def"' in shown


async def test_an_unknown_query_is_told_with_those_there_are(stage: Stage):
    await stage.types("U0EVE", "/logs miyabi-dev query=nonsense")
    shown = everything(await stage.shows("has no logs called `nonsense`"))
    assert "`errors` or `oom`" in shown


@pytest.mark.procedure("aws-metrics")
async def test_a_metric_is_a_chart_with_the_runbooks_limit(stage: Stage):
    room = await declared(stage, "High delivery-standard Many errors")
    await stage.types("U0ANA", "/metrics delivery-standard error-rate since=6h", room)
    shown = everything(await stage.shows("delivery-standard: 🟢 ok · Error rate", room))
    assert "5%" in shown
    queries = called(stage, "cloudwatch:GetMetricData")[-1]["MetricDataQueries"]
    assert [one["Id"] for one in queries] == ["m0_errors", "m0_requests", "m0"]


async def test_without_a_name_every_metric_is_told_as_it_is(stage: Stage):
    assert len(MEASURED) >= 5
    for id in MEASURED:
        await stage.types("U0EVE", f"/metrics {id}")
        shown = everything(await stage.shows(f"{id}: 🟢 ok · "))
        assert "none beyond its limit" in shown
        assert "no data" not in shown


async def test_more_than_two_weeks_are_refused_with_what_may_be_typed(stage: Stage):
    answer = await stage.types("U0EVE", "/metrics miyabi-dev cpu since=15d")
    assert "At most 14d" in str(answer)
    assert "since=14d" in str(answer)


async def test_an_unknown_metric_is_told_with_those_there_are(stage: Stage):
    await stage.types("U0EVE", "/metrics miyabi-dev cpus")
    assert "`cpu`" in everything(await stage.shows("has no metrics called `cpus`"))


@pytest.mark.procedure("alarms")
async def test_an_alarm_that_is_on_is_told_with_since_when(stage: Stage):
    region = stage.town.aws.world.region("us-east-1")
    surge = Surge("HTTPCode_Target_5XX_Count", 100.0, utc_now() - timedelta(minutes=50))
    region.metrics.surges.append(surge)
    await stage.types("U0EVE", "/health delivery-standard")
    shown = everything(await stage.whispers("delivery-standard is 🟡 degraded", "U0EVE"))
    assert "alarm delivery-standard-prod-high-error-rate is on since " in shown
    assert "Error rate is " in shown


@pytest.mark.procedure("target-health")
async def test_a_target_that_does_not_answer_is_named_with_its_reason(stage: Stage):
    region = stage.town.aws.world.region("us-east-1")
    task = region.clusters["ioanyt-prod"].services["delivery-standard"].tasks[0]
    region.state(Sick).answers[task.ip] = 503
    await stage.types("U0EVE", "/health delivery-standard")
    shown = everything(await stage.whispers("delivery-standard is 🟡 degraded", "U0EVE"))
    assert f"{task.ip}:3000 Health checks failed with these codes: [503]" in shown
    assert "forwards to delivery-standard-prod" in shown


@pytest.mark.procedure("activities")
async def test_what_the_autoscaler_did_is_in_the_history(stage: Stage):
    await stage.types("U0EVE", "/history miyabi-dev")
    shown = everything(await stage.whispers("autoscaler: setting desired count to 3", "U0EVE"))
    assert "miyabi-cpu-autoscaling-dev" in shown
    assert called(stage, "application-autoscaling:DescribeScalingActivities")


@pytest.mark.procedure("cost")
async def test_the_month_is_told_against_the_runbooks_estimate(stage: Stage):
    await stage.types("U0EVE", "/cost")
    shown = everything(await stage.shows("a month, within $118"))
    assert "EC2 - Other" in shown
    assert called(stage, "ce:GetCostAndUsage")


async def test_a_service_without_costs_says_so(stage: Stage):
    await stage.types("U0EVE", "/cost delivery-standard days=7")
    await stage.shows("delivery-standard has no cost to look at")


@pytest.mark.procedure("retention")
async def test_logs_are_kept_longer_and_as_before_again(stage: Stage):
    await stage.types("U0ANA", "/logs miyabi-dev retain 30")
    plan = await stage.shows("OP-1 · plan")
    assert "7 days" in everything(plan)
    await stage.presses("U0ANA", plan, "op.run")
    await stage.shows("OP-1 · ✅ Done")
    assert called(stage, "logs:PutRetentionPolicy")[-1] == {
        "logGroupName": "/ecs/miyabi-dev",
        "retentionInDays": 30,
    }
    await stage.types("U0ANA", "/undo OP-1 because the test is over")
    plan = await stage.shows("OP-2 · plan")
    await stage.presses("U0ANA", plan, "op.run")
    await stage.shows("OP-2 · ✅ Done")
    assert called(stage, "logs:PutRetentionPolicy")[-1]["retentionInDays"] == 7


async def test_logs_may_be_kept_forever(stage: Stage):
    await stage.types("U0ANA", "/logs miyabi-dev retain forever")
    await stage.presses("U0ANA", await stage.shows("OP-1 · plan"), "op.run")
    await stage.shows("OP-1 · ✅ Done")
    assert called(stage, "logs:DeleteRetentionPolicy") == [{"logGroupName": "/ecs/miyabi-dev"}]


async def test_days_that_aws_does_not_have_are_told_with_the_nearest(stage: Stage):
    await stage.types("U0ANA", "/logs miyabi-dev retain 45")
    shown = everything(await stage.whispers("Not possible", "U0ANA"))
    assert "/logs miyabi-dev retain 30" in shown
    assert "/logs miyabi-dev retain 60" in shown
