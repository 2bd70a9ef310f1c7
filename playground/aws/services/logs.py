"""CloudWatch Logs: the groups of the runbooks, searched, queried and kept for so many days."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

from playground.aws.cloud import ApiCall, Cloud, Operation
from playground.aws.insights import Answer, compiled
from playground.aws.insights_rows import row_of
from playground.aws.log_lines import MINUTE_MS, Line, Program, function_lines, lately, web_lines
from playground.aws.log_patterns import matcher
from playground.aws.modelled import Modelled
from playground.aws.pages import page
from playground.aws.refusal import AwsError, invalid

RETENTION = frozenset(
    (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
)
MINUTES_A_PAGE = 720
"""How far one FilterLogEvents looks before it answers with a token, whether it found anything or not."""
MOST_EVENTS = 10_000
MOST_BYTES = 1_048_576


@dataclass
class Group:
    """One log group. said: lines put there besides those that its program writes."""

    name: str
    born: datetime
    program: Program | None
    retention: int | None = None
    said: list[Line] = field(default_factory=list[Line])

    def lines(self, start: int, end: int, now: datetime) -> Iterator[Line]:
        """From start to end (milliseconds, both included) that are still kept and already written."""
        kept = self.born if self.retention is None else now - timedelta(days=self.retention)
        first = max(start, int(max(kept, self.born).timestamp() * 1000))
        last = min(end, int(now.timestamp() * 1000))
        for minute in range(first - first % MINUTE_MS, last + 1, MINUTE_MS):
            written = self.program.minute(minute) if self.program else []
            extra = [line for line in self.said if minute <= line.at < minute + MINUTE_MS]
            for line in sorted((*written, *extra), key=lambda one: one.at):
                if first <= line.at <= last:
                    yield line


@dataclass
class Query:
    """A query that was started; it takes a moment."""

    group: Group
    run: Callable[[list[dict[str, Any]], int | None], Answer]
    start: int
    end: int
    limit: int | None
    ready_at: datetime
    is_stopped: bool = False


@dataclass
class LogsState:
    """The groups of a region by name, and its queries by id."""

    groups: dict[str, Group] = field(default_factory=dict[str, Group])
    queries: dict[str, Query] = field(default_factory=dict[str, Query])


def group_of(ask: ApiCall) -> Group:
    """The group that is named, by name or ARN. Raises ResourceNotFoundException."""
    said = str(ask.params.get("logGroupName") or ask.params.get("logGroupIdentifier") or "")
    name = said.partition(":log-group:")[2] or said
    group = ask.region.state(LogsState).groups.get(name.removesuffix(":*"))
    if group is None:
        raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
    return group


def describe_log_groups(ask: ApiCall) -> dict[str, Any]:
    """DescribeLogGroups by prefix."""
    prefix = str(ask.params.get("logGroupNamePrefix") or "")
    groups = sorted(ask.region.state(LogsState).groups.values(), key=lambda group: group.name)
    shapes = [_shape(ask, group) for group in groups if group.name.startswith(prefix)]
    size = int(ask.params.get("limit", 50))
    shown, following = page(shapes, ask.params.get("nextToken"), size, _bad_token())
    return {"logGroups": shown, **({"nextToken": following} if following else {})}


def _shape(ask: ApiCall, group: Group) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "logGroupName": group.name,
        "creationTime": int(group.born.timestamp() * 1000),
        "metricFilterCount": 0,
        "arn": ask.region.arn("logs", f"log-group:{group.name}:*"),
        "storedBytes": 100_000_000,
    }
    return shape if group.retention is None else {**shape, "retentionInDays": group.retention}


def filter_log_events(ask: ApiCall) -> dict[str, Any]:
    """FilterLogEvents, the oldest first; one page looks at twelve hours, so it may be empty and go on."""
    group, fits = group_of(ask), matcher(str(ask.params.get("filterPattern") or ""))
    start, end = int(ask.params.get("startTime", 0)), int(ask.params.get("endTime", 1 << 50))
    limit = int(ask.params.get("limit", MOST_EVENTS))
    if end < start:
        raise invalid("End time should not be less than start time.")
    if not 1 <= limit <= MOST_EVENTS:
        raise invalid(f"limit has to be from 1 to {MOST_EVENTS}.")
    skip = 0
    if token := ask.params.get("nextToken"):
        start, skip = _read_token(str(token))
    start = max(start, int(group.born.timestamp() * 1000))
    last = min(end, int(ask.at.timestamp() * 1000))
    stop = min(last, start + MINUTES_A_PAGE * MINUTE_MS)
    found, following = _page(group, fits, (start, stop), skip, limit, ask.at)
    if following is None and stop < last:
        following = (stop + 1, 0)
    events = [_event(line, ask.at) for line in found]
    answer: dict[str, Any] = {"events": events, "searchedLogStreams": []}
    return {**answer, "nextToken": _token(*following)} if following else answer


def _page(
    group: Group, fits: Callable[[str], bool], span: tuple[int, int], skip: int, limit: int, now: datetime
) -> tuple[list[Line], tuple[int, int] | None]:
    """Lines up to the limit, and where to go on: a moment, and how many lines of it were given."""
    found: list[Line] = []
    size = 0
    for line in (one for one in group.lines(*span, now) if fits(one.message)):
        if skip:
            skip -= 1
            continue
        if len(found) == limit or size > MOST_BYTES:
            return found, (found[-1].at, sum(one.at == found[-1].at for one in found))
        found.append(line)
        size += len(line.message)
    return found, None


def _event(line: Line, now: datetime) -> dict[str, Any]:
    return {
        "logStreamName": line.stream,
        "timestamp": line.at,
        "message": line.message,
        "ingestionTime": min(line.at + 800, int(now.timestamp() * 1000)),
        "eventId": f"3{line.at}{crc32(line.message.encode()):012d}",
    }


def _token(at: int, given: int) -> str:
    return base64.b64encode(f"{at}/{given}".encode()).decode()


def _read_token(token: str) -> tuple[int, int]:
    try:
        at, _, given = base64.b64decode(token, validate=True).decode().partition("/")
        return int(at), int(given)
    except ValueError:
        raise _bad_token() from None


def _bad_token() -> AwsError:
    return invalid("The specified nextToken is invalid.")


def put_retention_policy(ask: ApiCall) -> dict[str, Any]:
    """PutRetentionPolicy, for the day counts that AWS has."""
    group, days = group_of(ask), int(ask.params["retentionInDays"])
    if days not in RETENTION:
        allowed = ", ".join(str(one) for one in sorted(RETENTION))
        raise invalid(f"retentionInDays: {days} is not one of [{allowed}]")
    group.retention = days
    return {}


def delete_retention_policy(ask: ApiCall) -> dict[str, Any]:
    """DeleteRetentionPolicy: from now on nothing is deleted."""
    group_of(ask).retention = None
    return {}


def start_query(ask: ApiCall) -> dict[str, Any]:
    """StartQuery. Raises MalformedQueryException, InvalidParameterException."""
    group, run = group_of(ask), compiled(str(ask.params["queryString"]))
    start, end = int(ask.params["startTime"]) * 1000, int(ask.params["endTime"]) * 1000
    limit = ask.params.get("limit")
    if end < start:
        raise invalid("Query's end time should not be before its start time")
    if limit is not None and not 1 <= int(limit) <= MOST_EVENTS:
        raise invalid(f"limit has to be from 1 to {MOST_EVENTS}.")
    id = ask.region.ids.uuid()
    ready = ask.at + ask.region.pace
    ask.region.state(LogsState).queries[id] = Query(group, run, start, end, limit, ready)
    return {"queryId": id}


def _query_of(ask: ApiCall) -> Query:
    query = ask.region.state(LogsState).queries.get(str(ask.params.get("queryId")))
    if query is None:
        raise AwsError("ResourceNotFoundException", "Query does not exist.")
    return query


def get_query_results(ask: ApiCall) -> dict[str, Any]:
    """GetQueryResults: running for a pace, then complete."""
    query = _query_of(ask)
    none = {"recordsMatched": 0.0, "recordsScanned": 0.0, "bytesScanned": 0.0}
    if query.is_stopped or ask.at < query.ready_at:
        status = "Cancelled" if query.is_stopped else "Running"
        return {"status": status, "results": [], "statistics": none}
    rows = [row_of(query.group.name, line) for line in query.group.lines(query.start, query.end, ask.at)]
    scanned, size = len(rows), sum(len(row["@message"]) for row in rows)
    answer = query.run(rows, query.limit)
    results = [[{"field": name, "value": value} for name, value in cells] for cells in answer.rows]
    counted = {
        "recordsMatched": float(answer.matched),
        "recordsScanned": float(scanned),
        "bytesScanned": float(size),
    }
    return {"status": "Complete", "results": results, "statistics": counted}


def stop_query(ask: ApiCall) -> dict[str, Any]:
    """StopQuery. Raises InvalidParameterException for one that is over."""
    query = _query_of(ask)
    if query.is_stopped or ask.at >= query.ready_at:
        raise invalid("The specified query is not running.")
    query.is_stopped = True
    return {"success": True}


WEB_PATHS = (
    ("GET", "/v1/usage", 80.0),
    ("POST", "/v1/events", 45.0),
    ("GET", "/v1/reports", 190.0),
    ("GET", "/health", 3.0),
)
MIYABI_PATHS = (
    ("GET", "/api/v1/health", 4.0),
    ("GET", "/api/v1/dashboard/summary", 95.0),
    ("GET", "/api/v1/agents", 40.0),
    ("GET", "/api/v1/tasks", 50.0),
    ("POST", "/api/v1/tasks", 60.0),
)
PATCH_PATHS = (
    ("GET", "/api/patches", 70.0),
    ("GET", "/api/patches/search", 320.0),
    ("POST", "/api/auth/login", 120.0),
    ("GET", "/health", 5.0),
)


def seed_logs(world: Cloud) -> None:
    """The log groups that the runbooks name, written to for ninety days, with trouble a while ago."""
    refused = lately(world.now(), "connection refused: upstream usage-store:5432")
    timeout = lately(world.now(), "error connecting to database: pool timed out")
    usage = ("OutOfMemory: task was killed", "invalid payload from client user@example.com")
    common = ("invalid token", "error connecting to database: pool timed out")
    group = _add(world, "us-east-1", "/ecs/delivery-standard-prod", retention=30)
    group.program = Program("delivery-standard", 5, WEB_PATHS, usage, web_lines, (refused,))
    group = _add(world, "us-west-2", "/ecs/miyabi-dev", retention=7)
    errors = (*common, "OutOfMemory: worker was killed")
    group.program = Program("miyabi-app", 4, MIYABI_PATHS, errors, web_lines, (timeout,))
    for name in ("miyabi-api-production", "miyabi-api-staging"):
        group = _add(world, "ap-northeast-1", f"/aws/lambda/{name}", retention=None)
        group.program = Program(name, 3, MIYABI_PATHS, common, function_lines, (timeout,))
    group = _add(world, "us-east-1", "/aws/lambda/brutal-patches-api-prod-main", retention=14)
    said = ("UnauthorizedException: invalid token", "ProvisionedThroughputExceededException: slow down")
    group.program = Program("brutal-patches-api-prod-main", 3, PATCH_PATHS, said, function_lines)


def _add(world: Cloud, region: str, name: str, retention: int | None) -> Group:
    born = world.now().astimezone(UTC) - timedelta(days=90)
    group = Group(name, born, None, retention)
    world.region(region).state(LogsState).groups[name] = group
    return group


OPERATIONS: dict[str, Operation] = {
    "DescribeLogGroups": describe_log_groups,
    "FilterLogEvents": filter_log_events,
    "PutRetentionPolicy": put_retention_policy,
    "DeleteRetentionPolicy": delete_retention_policy,
    "StartQuery": start_query,
    "GetQueryResults": get_query_results,
    "StopQuery": stop_query,
}

SERVICE = Modelled("logs", "logs", OPERATIONS, seed_logs)
