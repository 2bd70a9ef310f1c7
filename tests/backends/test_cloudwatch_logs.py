"""CloudWatch Logs: the newest lines that fit, named queries, and how long logs are kept."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.aws_clients import AwsClients
from backends.cloudwatch_logs import CloudWatchLogs
from backends.cloudwatch_logs.patterns import filter_pattern
from backends.cloudwatch_logs.plans import ALLOWED
from backends.cloudwatch_logs.queries import filled
from backends.cloudwatch_logs.reads import MOST_LINES
from model.catalog.schema import Service
from model.changes import Retain, SaveLogs
from model.plan import Direction, RiskTier
from model.ports.backend import BackendError, Fault
from model.queries import LogsQuery
from model.refusal import Refused
from playground.aws.log_lines import Line
from playground.aws.log_patterns import matcher
from playground.aws.refusal import AwsError
from playground.aws.services.logs import RETENTION, Group, LogsState
from tests.backends.conftest import Cloud
from tests.backends.systems import service

HOUR = timedelta(hours=1)
IAM_READS = ("DescribeLogGroups", "FilterLogEvents", "StartQuery", "GetQueryResults", "StopQuery")


def logs_of(id: str) -> Service:
    """The part of a service that is its log group."""
    return next(part for part in service(id).parts if part.target.kind == "cloudwatch-logs")


@dataclass
class Logs:
    """The backend on the playground's cloud."""

    cloud: Cloud
    backend: CloudWatchLogs

    def ask(
        self, pattern: str = "", since: timedelta = HOUR, until: timedelta = timedelta(), **more
    ) -> LogsQuery:
        now = self.cloud.clock()
        return LogsQuery(pattern=pattern, since=now - since, until=now - until, **more)

    async def finds(self, id: str, question: LogsQuery):
        return await self.backend.answer(logs_of(id), question, self.cloud.clock())

    def group(self, name: str, region: str) -> Group:
        return self.cloud.running.world.region(region).state(LogsState).groups[name]

    def called(self) -> list[str]:
        return [call.action for call in self.cloud.running.calls if call.service == "logs"]


@pytest.fixture
async def logs(cloud: Cloud) -> AsyncIterator[Logs]:
    clients = AwsClients(cloud.running.url, cloud.clock.sleep)
    backend = CloudWatchLogs(clients, cloud.clock, 3.0, cloud.clock.sleep)
    yield Logs(cloud, backend)
    await backend.close()


async def test_errors_of_the_last_hours_are_lines_in_the_order_they_came(logs: Logs):
    found = await logs.finds("delivery-standard", logs.ask("ERROR", since=4 * HOUR))
    lines = found.text.splitlines()
    assert found.headline == f"{len(lines):,} lines with ERROR, 2026-03-04 08:00 to 12:00 UTC"
    assert len(lines) > 10
    assert all("ERROR" in line for line in lines)
    assert lines == sorted(lines, key=lambda line: line[:14])
    assert "/ecs/delivery-standard-prod" in found.note


async def test_plain_words_are_one_phrase_as_they_stand(logs: Logs):
    for words in ("connection refused", "client user@example.com", "upstream usage-store:5432"):
        found = await logs.finds("delivery-standard", logs.ask(words, since=4 * HOUR))
        assert found.text
        assert all(words in line for line in found.text.splitlines())


async def test_nothing_found_says_what_was_looked_for_and_where(logs: Logs):
    found = await logs.finds("miyabi-dev", logs.ask("no such words"))
    assert found.headline == 'No lines with "no such words", 2026-03-04 11:00 to 12:00 UTC'
    assert found.text == ""


async def test_of_too_many_lines_the_newest_are_shown_and_the_rest_is_told(logs: Logs):
    found = await logs.finds("delivery-standard", logs.ask(since=timedelta(days=2)))
    lines = found.text.splitlines()
    assert len(lines) == MOST_LINES
    assert found.headline.startswith("At least 500 lines")
    assert "only the newest 500 lines" in found.note
    assert lines[-1] > "03-04 11:5"


async def test_a_full_second_is_read_to_its_end(logs: Logs):
    group = logs.group("/ecs/miyabi-dev", "us-west-2")
    at = int(logs.cloud.clock().timestamp() * 1000) - 90_000
    group.program = None
    group.said += [Line(at + n // 60, "s", f"flood {n} {'x' * 400}") for n in range(30_000)]
    found = await logs.finds("miyabi-dev", logs.ask("flood"))
    assert found.text.splitlines()[-1].split()[3] == "29999"


async def test_an_endless_line_is_cut_and_says_so(logs: Logs):
    at = int(logs.cloud.clock().timestamp() * 1000) - 1000
    logs.group("/ecs/miyabi-dev", "us-west-2").said.append(Line(at, "s", "endless " + "x" * 200_000))
    found = await logs.finds("miyabi-dev", logs.ask("endless"))
    assert len(found.text) < 5_000
    assert found.text.endswith("… (200,008 characters)")


async def test_a_needle_in_a_week_is_found(logs: Logs):
    at = int((logs.cloud.clock() - timedelta(days=6)).timestamp() * 1000)
    logs.group("/ecs/miyabi-dev", "us-west-2").said.append(Line(at, "s", "the needle"))
    found = await logs.finds("miyabi-dev", logs.ask("needle", since=timedelta(days=7)))
    assert found.headline.startswith("1 lines with needle")
    assert found.note == "/ecs/miyabi-dev"


@pytest.mark.parametrize(
    ("since", "until", "says"),
    [
        (timedelta(days=8), timedelta(), "At most 7d"),
        (HOUR, -HOUR, "has not come yet"),
        (HOUR, 2 * HOUR, "would begin at"),
    ],
)
async def test_a_window_that_makes_no_sense_is_refused_before_aws_is_asked(
    logs: Logs, since: timedelta, until: timedelta, says: str
):
    with pytest.raises(Refused, match=says) as refused:
        await logs.finds("miyabi-dev", logs.ask(since=since, until=until))
    assert refused.value.instead
    assert logs.called() == []


async def test_a_pattern_that_cloudwatch_does_not_take_says_what_may_be_typed(logs: Logs):
    with pytest.raises(Refused, match="CloudWatch does not take") as refused:
        await logs.finds("miyabi-dev", logs.ask("{ $.statusCode ~ 500 }"))
    assert "{ $.statusCode = 500 }" in refused.value.instead


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("", ""),
        ("ERROR", "ERROR"),
        ("connection refused", '"connection refused"'),
        ("user@x", '"user@x"'),
        ('say "hi"', 'say "hi"'),
        ("?ERROR ?time-out", '?ERROR ?"time-out"'),
        ("ERROR -/health", 'ERROR -"/health"'),
        ("task -", '"task -"'),
        ("why ?", '"why ?"'),
        ("a\\b", '"a\\\\b"'),
        ("{ $.a = 1 }", "{ $.a = 1 }"),
        ("[ip, user]", "[ip, user]"),
        ("%5..%", "%5..%"),
        ("100 %", '"100 %"'),
    ],
)
def test_what_people_type_becomes_a_pattern(typed: str, sent: str):
    assert filter_pattern(typed) == sent


@pytest.mark.parametrize("typed", ['"open', "{ $.a = 1", "[ip", "?a b", "?a -b"])
def test_a_pattern_that_would_mean_something_else_is_refused(typed: str):
    with pytest.raises(Refused) as refused:
        filter_pattern(typed)
    assert refused.value.instead


@given(st.text(min_size=1, max_size=60))
def test_whatever_is_typed_is_sent_as_something_aws_can_read_or_refused(typed: str):
    try:
        pattern = filter_pattern(typed)
    except Refused:
        return
    try:
        matcher(pattern)
    except AwsError:
        assert pattern[0] in "{[%"


@given(st.text(alphabet="abc @:/'.\\", min_size=1, max_size=20).filter(lambda text: text.strip()))
def test_words_without_signs_find_the_line_that_has_them(typed: str):
    assert matcher(filter_pattern(typed))(f"before {typed.strip()} after")


async def test_every_named_query_of_the_catalog_is_answered(logs: Logs):
    for id in ("delivery-standard", "miyabi-dev", "miyabi-api", "brutal-patches-api"):
        part = logs_of(id)
        for name in logs.backend.offers(part, "logs")[1:]:
            values = {"trace": "405-155-f1d"} if name == "trace" else {}
            found = await logs.finds(id, logs.ask(since=6 * HOUR, name=name, values=values))
            assert found.tables[0].rows or name in {"trace", "oom"}, (id, name)
            assert found.note.startswith(part.target.model_dump()["group"])


async def test_requests_by_endpoint_are_counted_and_the_busiest_comes_first(logs: Logs):
    found = await logs.finds("delivery-standard", logs.ask(since=6 * HOUR, name="by-endpoint"))
    table = found.tables[0]
    assert table.columns == ("path", "requests", "avgDuration")
    counts = [int(row[1]) for row in table.rows]
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) > 1500


async def test_a_trace_is_followed_through_the_lines(logs: Logs):
    errors = await logs.finds("delivery-standard", logs.ask("connection refused", since=4 * HOUR))
    trace = errors.text.splitlines()[0].split('"traceId": "')[1].split('"')[0]
    question = logs.ask(since=4 * HOUR, name="trace", values={"trace": trace})
    found = await logs.finds("delivery-standard", question)
    assert len(found.tables[0].rows) == 2
    assert all(trace in row[1] for row in found.tables[0].rows)


async def test_what_the_limit_of_a_query_leaves_out_is_counted(logs: Logs):
    found = await logs.finds("delivery-standard", logs.ask(since=timedelta(days=6), name="errors"))
    assert len(found.tables[0].rows) == 50
    assert found.tables[0].left_out > 100


async def test_a_query_that_takes_too_long_is_stopped(logs: Logs):
    logs.cloud.running.world.region("us-east-1").rollout.pace = timedelta(minutes=5)
    with pytest.raises(BackendError, match="took longer than 60 s and was stopped") as error:
        await logs.finds("delivery-standard", logs.ask(name="errors"))
    assert "since=" in error.value.next
    assert logs.called()[-1] == "StopQuery"


@pytest.mark.parametrize("value", ["", "a b", 'x" or 1=1', "a|b", "x" * 65, "/", "{trace}"])
def test_a_value_can_never_change_its_query(value: str):
    with pytest.raises(Refused) as refused:
        filled("s", "trace", 'filter traceId = "{trace}"', {"trace": value})
    assert refused.value.suggestions


def test_a_value_that_is_missing_or_not_wanted_is_told():
    with pytest.raises(Refused, match="looks for one trace"):
        filled("s", "trace", "{trace}", {})
    with pytest.raises(Refused, match="takes no trace"):
        filled("s", "errors", "fields @message", {"trace": "a"})
    assert filled("s", "trace", 'a = "{trace}"', {"trace": "abc-1_2"}) == 'a = "abc-1_2"'


async def test_a_group_that_is_not_there_is_an_error_in_words(logs: Logs):
    part = logs_of("miyabi-dev")
    gone = part.model_copy(update={"target": part.target.model_copy(update={"group": "/ecs/miyabi"})})
    with pytest.raises(BackendError) as error:
        await logs.backend.reach(gone)
    assert error.value.fault is Fault.NOT_FOUND
    with pytest.raises(BackendError) as error:
        await logs.backend.answer(gone, logs.ask("ERROR"), logs.cloud.clock())
    assert error.value.fault is Fault.NOT_FOUND


async def test_longer_is_kept_at_once_and_shorter_warns_of_what_is_deleted(logs: Logs):
    part = logs_of("miyabi-dev")
    plan = await logs.backend.plan(part, Retain(days=30))
    assert [(one.before, one.after) for one in plan.deltas] == [("7 days", "30 days")]
    assert (plan.tier, plan.direction, plan.inverse) == (RiskTier.R1, Direction.UP, Retain(days=7))
    assert plan.cautions == ()
    shorter = await logs.backend.plan(part, Retain(days=1))
    assert (shorter.tier, shorter.direction) == (RiskTier.R2, Direction.DOWN)
    assert "older than 1 day" in shorter.cautions[0].text
    assert (await logs.backend.plan(part, Retain(days=7))).steps == ()


@pytest.mark.parametrize("days", [30, 1, "forever"])
async def test_retention_is_set_seen_and_put_back(logs: Logs, days: int | str):
    part, began = logs_of("miyabi-dev"), logs.cloud.clock()
    plan = await logs.backend.plan(part, Retain.model_validate({"days": days}))
    before = plan.fingerprint
    for step in plan.steps:
        assert await logs.backend.has_applied(part, step, "OP-1-0", began) is False
        await logs.backend.apply(part, step, "OP-1-0")
        assert await logs.backend.has_applied(part, step, "OP-1-0", began) is True
    seen = [progress async for progress in logs.backend.watch(part, plan, began)]
    assert seen[-1].ok is True
    assert logs.group("/ecs/miyabi-dev", "us-west-2").retention == (None if days == "forever" else days)
    assert plan.inverse is not None
    for step in (await logs.backend.plan(part, plan.inverse)).steps:
        await logs.backend.apply(part, step, "OP-2-0")
    assert await logs.backend.fingerprint(part) == before


async def test_days_that_aws_does_not_have_are_refused_with_the_nearest(logs: Logs):
    with pytest.raises(Refused) as refused:
        await logs.backend.plan(logs_of("miyabi-dev"), Retain(days=45))
    assert refused.value.suggestions == ("/logs miyabi-dev retain 30", "/logs miyabi-dev retain 60")
    assert frozenset(ALLOWED) == RETENTION


async def test_there_is_nothing_to_save_of_what_is_kept_anyway(logs: Logs):
    part = logs_of("miyabi-dev")
    assert logs.backend.accepts(SaveLogs())
    with pytest.raises(Refused, match="by itself, for 7 days") as refused:
        await logs.backend.plan(part, SaveLogs())
    assert refused.value.suggestions == ("/logs miyabi-dev retain 30",)
    logs.group("/ecs/miyabi-dev", "us-west-2").retention = None
    with pytest.raises(Refused, match="by itself, forever") as refused:
        await logs.backend.plan(part, SaveLogs())
    assert refused.value.instead == "Read them with /logs miyabi-dev."


async def test_lines_say_which_task_said_them_and_which_function_everybody_knows(logs: Logs):
    of_tasks = await logs.finds("delivery-standard", logs.ask("ERROR", since=4 * HOUR))
    assert len({line.split()[2] for line in of_tasks.text.splitlines()}) == 2
    of_function = await logs.finds("miyabi-api", logs.ask("ERROR", since=4 * HOUR))
    assert of_function.text.split()[2].startswith("2026-03-04T")


async def test_a_watch_tells_when_someone_else_set_it(logs: Logs):
    part, began = logs_of("miyabi-dev"), logs.cloud.clock()
    plan = await logs.backend.plan(part, Retain(days=30))
    logs.group("/ecs/miyabi-dev", "us-west-2").retention = 90
    seen = [progress async for progress in logs.backend.watch(part, plan, began)]
    assert seen[-1].ok is False
    assert "90 days" in seen[-1].why


async def test_every_call_is_granted_on_the_group_itself(logs: Logs):
    part = logs_of("miyabi-dev")
    grants = {action: one.on for one in logs.backend.grants(part) for action in one.actions}
    assert set(IAM_READS) <= {action.partition(":")[2] for action in grants}
    group = "arn:aws:logs:us-west-2:112530848482:log-group:/ecs/miyabi-dev:*"
    assert grants["logs:FilterLogEvents"] == grants["logs:PutRetentionPolicy"] == (group,)
