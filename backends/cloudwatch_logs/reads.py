"""What is read of CloudWatch Logs: the newest lines that fit a pattern, and queries that take a while."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from backends.aws_api import AwsApi
from backends.aws_clients import AwsClients
from backends.cloudwatch_logs.queries import MOST_ROWS
from backends.cloudwatch_logs.target import Json, LogsTarget
from model.ports.backend import BackendError, Fault

MOST_LINES = 500
MOST_CALLS = 64
CALLS_A_SLICE = 5
FIRST_SLICE = timedelta(minutes=5)
LEAST_SLICE = timedelta(seconds=10)
WAITS_S = (0.2, 0.3, 0.5, *([1.0] * 5), *([2.0] * 27))
"""Between looks at a running query: close together at first, a minute in all."""


@dataclass(frozen=True)
class Lines:
    """Events of FilterLogEvents, the oldest first. reached: how far back was read, if not to the start."""

    events: list[Json]
    reached: datetime | None = None
    cut: bool = False


class LogsReads:
    """Every method raises BackendError."""

    def __init__(self, clients: AwsClients, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._clients, self._sleep = clients, sleep

    async def kept(self, target: LogsTarget) -> int | Literal["forever"]:
        """For how many days the group is kept. Raises BackendError, `not found` when there is no group."""
        found = await self._logs(target, "describe_log_groups", logGroupNamePrefix=target.group)
        groups = cast(list[Json], found["logGroups"])
        group = next((one for one in groups if one["logGroupName"] == target.group), None)
        if group is None:
            what = f"CloudWatch has no log group {target.group} in {target.region}."
            raise BackendError(Fault.NOT_FOUND, what, "Check the catalog; `muster check` finds such names.")
        days = group.get("retentionInDays")
        return "forever" if days is None else int(days)

    async def newest(self, target: LogsTarget, pattern: str, since: datetime, until: datetime) -> Lines:
        """The newest lines that fit, found from the end: FilterLogEvents itself begins with the oldest.

        Slices grow while they hold little and shrink when one holds too much.
        """
        kept: list[Json] = []
        end, size, growth, left = until, FIRST_SLICE, 4, MOST_CALLS
        while end > since and len(kept) < MOST_LINES and left > 0:
            start = max(since, end - size)
            most = left if size <= LEAST_SLICE else min(left, CALLS_A_SLICE)
            events, calls, is_whole = await self._slice(target, pattern, start, end, most)
            left -= calls
            if not is_whole and size > LEAST_SLICE:
                size, growth = max(LEAST_SLICE, size / 8), 2
                continue
            kept = [*events, *kept]
            end = start
            size = size * growth if calls == 1 else size
        reached = end if end > since else None
        kept.sort(key=lambda event: int(event["timestamp"]))
        return Lines(kept[-MOST_LINES:], reached, cut=len(kept) > MOST_LINES)

    async def _slice(
        self, target: LogsTarget, pattern: str, start: datetime, end: datetime, most: int
    ) -> tuple[list[Json], int, bool]:
        """The newest lines from start until just before end, in how many calls, and whether they are all.

        One line more than is shown is kept, as the sign that there were more.
        """
        span = {"startTime": _ms(start), "endTime": _ms(end) - 1}
        asked: Json = {
            "logGroupName": target.group,
            **span,
            **({"filterPattern": pattern} if pattern else {}),
        }
        events: list[Json] = []
        token: str | None = None
        for call in range(1, most + 1):
            more = {"nextToken": token} if token else {}
            page = await self._logs(target, "filter_log_events", **asked, **more)
            events = [*events, *cast(list[Json], page["events"])][-MOST_LINES - 1 :]
            token = page.get("nextToken")
            if token is None:
                return events, call, True
        return events, most, False

    async def query(self, target: LogsTarget, text: str, since: datetime, until: datetime) -> Json:
        """What a query answers; it is stopped when it takes over a minute."""
        started = await self._logs(
            target,
            "start_query",
            logGroupName=target.group,
            startTime=int(since.timestamp()),
            endTime=int(until.timestamp()),
            queryString=text,
            limit=MOST_ROWS,
        )
        id = str(started["queryId"])
        for wait_s in WAITS_S:
            await self._sleep(wait_s)
            answer = await self._logs(target, "get_query_results", queryId=id)
            status = str(answer["status"])
            if status == "Complete":
                return answer
            if status not in {"Scheduled", "Running", "Unknown"}:
                what = f"CloudWatch ended the query: {status.lower()}."
                raise BackendError(Fault.FAILED, what, "Look at a shorter time, such as since=15m.")
        await self._stop(target, id)
        what = f"The query took longer than {sum(WAITS_S):.0f} s and was stopped."
        raise BackendError(Fault.FAILED, what, "Look at a shorter time, such as since=15m.")

    async def _stop(self, target: LogsTarget, id: str) -> None:
        """Stop paying for it; one that has just ended cannot be stopped, which does not matter."""
        try:
            await self._logs(target, "stop_query", queryId=id)
        except BackendError as error:
            if error.fault is not Fault.INVALID:
                raise

    async def _logs(self, target: LogsTarget, operation: str, /, **params: object) -> Json:
        return await AwsApi(self._clients, "logs").read(target, operation, **params)


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
