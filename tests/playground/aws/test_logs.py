"""CloudWatch Logs of the playground: what boto3 and the stock command line see, and what AWS refuses."""

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from playground.aws.insights import compiled
from playground.aws.insights_rows import row_of
from playground.aws.log_lines import Line
from playground.aws.log_patterns import matcher
from playground.aws.refusal import AwsError
from playground.aws.services.logs import LogsState
from tests.playground.aws.conftest import Cloud, off_loop

USAGE = "/ecs/delivery-standard-prod"


def ms(cloud: Cloud, **ago: float) -> int:
    return int((cloud.clock() - timedelta(**ago)).timestamp() * 1000)


def code_of(error: ClientError) -> str:
    return error.response["Error"]["Code"]


async def test_the_same_lines_come_in_pages_of_any_size_and_each_once(cloud: Cloud) -> None:
    logs = cloud.client("logs")
    asked = {"logGroupName": USAGE, "startTime": ms(cloud, hours=3), "filterPattern": "ERROR"}

    def ids(limit: int) -> list[str]:
        pages = logs.get_paginator("filter_log_events").paginate(
            **asked, PaginationConfig={"PageSize": limit}
        )
        return [event["eventId"] for one in pages for event in one["events"]]

    def work() -> None:
        whole = ids(10_000)
        assert len(whole) > 10
        assert len(set(whole)) == len(whole)
        assert ids(3) == whole
        assert ids(1) == whole

    await off_loop(work)


async def test_a_page_may_be_empty_and_go_on(cloud: Cloud) -> None:
    logs = cloud.client("logs")

    def work() -> None:
        asked = {"logGroupName": USAGE, "startTime": ms(cloud, days=3), "filterPattern": "nowhere"}
        first = logs.filter_log_events(**asked)
        assert first["events"] == []
        assert first["nextToken"]

    await off_loop(work)


async def test_nothing_is_told_of_what_has_not_happened_or_is_no_longer_kept(cloud: Cloud) -> None:
    logs = cloud.client("logs", "us-west-2")

    def oldest(days: int) -> int:
        asked = {"logGroupName": "/ecs/miyabi-dev", "startTime": ms(cloud, days=days), "limit": 1}
        for page in logs.get_paginator("filter_log_events").paginate(**asked):
            if page["events"]:
                return page["events"][0]["timestamp"]
        return 0

    def work() -> None:
        assert ms(cloud, days=7) <= oldest(30) < ms(cloud, days=6.9)
        logs.put_retention_policy(logGroupName="/ecs/miyabi-dev", retentionInDays=1)
        assert ms(cloud, days=1) <= oldest(30) < ms(cloud, days=0.9)
        group = logs.describe_log_groups(logGroupNamePrefix="/ecs/")["logGroups"][0]
        assert group["retentionInDays"] == 1
        late = {"logGroupName": "/ecs/miyabi-dev", "startTime": ms(cloud, minutes=2)}
        found = logs.filter_log_events(**late)["events"]
        assert all(event["timestamp"] <= ms(cloud) for event in found)
        logs.delete_retention_policy(logGroupName="/ecs/miyabi-dev")
        assert oldest(30) < ms(cloud, days=29)

    await off_loop(work)


@pytest.mark.parametrize(
    ("operation", "params", "code"),
    [
        ("filter_log_events", {"logGroupName": "/nope"}, "ResourceNotFoundException"),
        ("filter_log_events", {"filterPattern": "a@b"}, "InvalidParameterException"),
        ("filter_log_events", {"filterPattern": '"open'}, "InvalidParameterException"),
        ("filter_log_events", {"filterPattern": "{ $.a = }"}, "InvalidParameterException"),
        ("filter_log_events", {"startTime": 2, "endTime": 1}, "InvalidParameterException"),
        ("filter_log_events", {"nextToken": "mine"}, "InvalidParameterException"),
        ("put_retention_policy", {"retentionInDays": 31}, "InvalidParameterException"),
        ("start_query", {"queryString": "nonsense"}, "MalformedQueryException"),
        ("start_query", {"queryString": "limit 1", "endTime": 1}, "InvalidParameterException"),
    ],
)
async def test_what_aws_refuses_is_refused_by_its_name(
    cloud: Cloud, operation: str, params: dict[str, Any], code: str
) -> None:
    logs = cloud.client("logs")
    base: dict[str, Any] = {"logGroupName": USAGE}
    if operation == "start_query":
        base |= {"startTime": ms(cloud, hours=1) // 1000, "endTime": ms(cloud) // 1000}
    with pytest.raises(ClientError) as refused:
        await off_loop(lambda: getattr(logs, operation)(**base | params))
    assert code_of(refused.value) == code


async def test_a_query_takes_a_while_and_may_be_stopped_before(cloud: Cloud) -> None:
    logs = cloud.client("logs")
    span = {"startTime": ms(cloud, hours=1) // 1000, "endTime": ms(cloud) // 1000}

    def work() -> None:
        asked = {"logGroupName": USAGE, "queryString": "stats count() as n", **span}
        first, second = (logs.start_query(**asked)["queryId"] for _ in range(2))
        assert logs.get_query_results(queryId=first)["status"] == "Running"
        assert logs.stop_query(queryId=first)["success"] is True
        cloud.clock.pass_s(5)
        assert logs.get_query_results(queryId=first)["status"] == "Cancelled"
        done = logs.get_query_results(queryId=second)
        assert done["status"] == "Complete"
        assert int(done["results"][0][0]["value"]) == done["statistics"]["recordsScanned"]
        with pytest.raises(ClientError) as refused:
            logs.stop_query(queryId=second)
        assert code_of(refused.value) == "InvalidParameterException"
        with pytest.raises(ClientError) as refused:
            logs.get_query_results(queryId="none")
        assert code_of(refused.value) == "ResourceNotFoundException"

    await off_loop(work)


async def test_the_runbooks_own_command_lines_work(cloud: Cloud) -> None:
    start = str(ms(cloud, hours=1))
    group = ("--log-group-name", "/aws/lambda/miyabi-api-production")
    code, out, err = await cloud.cli(
        *("logs", "filter-log-events", *group, "--filter-pattern", "REPORT", "--start-time", start),
        region="ap-northeast-1",
    )
    assert code == 0, err
    events = json.loads(out)["events"]
    assert len(events) > 100
    assert all("Duration: " in event["message"] for event in events)
    span = ("--start-time", start[:-3], "--end-time", str(ms(cloud))[:-3])
    query = "fields @timestamp, @message | filter @message like /ERROR/"
    code, out, err = await cloud.cli(
        "logs", "start-query", *group, *span, "--query-string", query, region="ap-northeast-1"
    )
    assert code == 0, err
    assert json.loads(out)["queryId"]
    code, out, err = await cloud.cli(
        *("logs", "put-retention-policy", "--log-group-name", "/ecs/miyabi-dev", "--retention-in-days", "30"),
        region="us-west-2",
    )
    assert code == 0, err
    assert cloud.running.world.region("us-west-2").state(LogsState).groups["/ecs/miyabi-dev"].retention == 30


ROWS = [
    '{"level": "info", "path": "/a", "duration": 40, "traceId": "t-1", "user": {"id": 7}}',
    '{"level": "error", "path": "/a", "duration": 900.5, "traceId": "t-2", "ok": true}',
    '{"level": "error", "path": "/b", "duration": 60, "traceId": "t-3"}',
    "plain text took 12 ms",
    "REPORT RequestId: r-1\tDuration: 8.50 ms\tBilled Duration: 9 ms\tMemory Size: 512 MB"
    "\tMax Memory Used: 99 MB\tInit Duration: 200.00 ms\t\n",
    "START RequestId: r-1 Version: 42\n",
]


def asked(query: str) -> list[dict[str, str]]:
    """What a query answers over the rows above, one line a minute."""
    rows = [row_of("g", Line(60_000 * n, "stream", text)) for n, text in enumerate(ROWS)]
    return [
        {name: value for name, value in cells if name != "@ptr"} for cells in compiled(query)(rows, None).rows
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('filter traceId = "t-2" | fields path, duration', [{"path": "/a", "duration": "900.5"}]),
        ("filter duration > 50 and level = 'error' | stats count() as n", [{"n": "2"}]),
        ("filter duration > 800 or path = '/b' | stats count()", [{"count()": "2"}]),
        ("filter not ispresent(level) | stats count(*) as n", [{"n": "3"}]),
        ("filter ispresent(user.id) and user.id = 7 | fields traceId", [{"traceId": "t-1"}]),
        ("filter @message not like /level/ and @message like 'took' | stats count() as n", [{"n": "1"}]),
        (
            "filter level = 'error' | stats avg(duration) as a, max(duration), count() by path | sort path",
            [
                {"path": "/a", "a": "900.5", "max(duration)": "900.5", "count()": "1"},
                {"path": "/b", "a": "60", "max(duration)": "60", "count()": "1"},
            ],
        ),
        (
            "parse @message 'took * ms' as took | filter took > 1 | fields took",
            [{"took": "12"}],
        ),
        (
            "parse @message /took (?<took>\\d+) ms/ | filter took > 1 | fields took",
            [{"took": "12"}],
        ),
        (
            'filter @type = "REPORT" | fields @duration, @initDuration, @maxMemoryUsed',
            [{"@duration": "8.5", "@initDuration": "200", "@maxMemoryUsed": "99000000"}],
        ),
        ('filter @type = "START" | fields @requestId', [{"@requestId": "r-1"}]),
        ("stats max(@maxMemoryUsed / 1000000) as mb", [{"mb": "99"}]),
        ("stats pct(duration, 50) as p, min(duration) as n", [{"p": "60", "n": "40"}]),
        ("stats sum(duration) as all", [{"all": "1000.5"}]),
        ("stats count_distinct(path) as paths", [{"paths": "2"}]),
        ("filter ok = 1 | fields ok", [{"ok": "1"}]),
        ("fields @timestamp | sort @timestamp asc | limit 1", [{"@timestamp": "1970-01-01 00:00:00.000"}]),
        ("fields @timestamp | limit 1", [{"@timestamp": "1970-01-01 00:05:00.000"}]),
        (
            "# errors only\nfilter level = 'error'\n| stats count() by bin(5m)",
            [{"bin(5m)": "1970-01-01 00:00:00.000", "count()": "2"}],
        ),
        ("fields path | filter path in ['/b']", None),
        ("filter duration ~ 5", None),
        ("filter (duration > 5", None),
        ("filter @message like /(/", None),
        ("parse @message '* and *' as one", None),
        ("stats median(duration)", None),
        ("stats avg()", None),
        ("sort", None),
        ("limit 0", None),
        ('filter path = "open', None),
        ("", None),
    ],
)
def test_queries_are_answered_as_insights_would_or_refused(
    query: str, found: list[dict[str, str]] | None
) -> None:
    if found is None:
        with pytest.raises(AwsError) as refused:
            asked(query)
        assert refused.value.code == "MalformedQueryException"
    else:
        assert asked(query) == found


@given(
    st.text(max_size=40)
    | st.lists(st.sampled_from(["filter", "|", "a", "=", "/", "'", "(", "stats", "by"])).map(" ".join)
)
def test_any_other_query_is_refused_as_malformed(query: str) -> None:
    try:
        asked(query)
    except AwsError as error:
        assert error.code == "MalformedQueryException"


JSON = '{"a": {"b": 5, "c": null}, "path": "/v1/x", "ok": true, "list": [{"n": 1}]}'


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("", True),
        ("path", True),
        ("PATH", False),
        ("path nothing", False),
        ("path -nothing", True),
        ("-path", False),
        ("?nothing ?path", True),
        ("?nothing ?nowhere", False),
        ('"v1/x\\"" path', True),
        ('"v1/x\\"z"', False),
        ('"/v1/x"', True),
        ("%v[0-9]/x%", True),
        ("%v[5-9]/x%", False),
        ("{ $.a.b = 5 }", True),
        ("{ $.a.b != 5 }", False),
        ("{ $.a.b >= 5 && $.a.b < 6 }", True),
        ("{ $.a.b > 5 || $.ok IS TRUE }", True),
        ('{ $.path = "/v1/*" }', True),
        ("{ $.path = /v1/* }", True),
        ('{ $.path != "/v1/*" }', False),
        ("{ $.path = %x$% }", True),
        ("{ $.a.c IS NULL }", True),
        ("{ $.nowhere NOT EXISTS }", True),
        ("{ $.list[0].n = 1 }", True),
        ("{ ($.a.b = 1 || $.a.b = 5) && $.ok IS TRUE }", True),
    ],
)
def test_patterns_fit_as_aws_says_they_do(pattern: str, fits: bool) -> None:
    assert matcher(pattern)(JSON) is fits


def test_json_patterns_fit_no_plain_text() -> None:
    assert not matcher("{ $.a = 1 }")("a = 1")


@pytest.mark.parametrize(
    "pattern",
    [
        "{ $.a = 1",
        "{ a = 1 }",
        "{ $.a ~ 1 }",
        "{ $.a > 'x' }",
        "{ $.a IS 5 }",
        "{ $.a NOT NULL }",
        "{ ($.a = 1 }",
        "[a, b]",
        "%(a)%",
        "%[%",
        "x" * 1025,
    ],
)
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(AwsError) as refused:
        matcher(pattern)
    assert refused.value.code == "InvalidParameterException"
