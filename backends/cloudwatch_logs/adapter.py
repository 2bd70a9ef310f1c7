"""The backend of kind `cloudwatch-logs`: searches, queries, and sets for how long logs are kept."""

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from functools import cached_property

from backends.aws import AwsBackend
from backends.cloudwatch_logs.answers import lines_found, rows_found
from backends.cloudwatch_logs.patterns import HOW, filter_pattern
from backends.cloudwatch_logs.plans import in_days, kept_anyway, mark, plan_retain
from backends.cloudwatch_logs.queries import counted, filled
from backends.cloudwatch_logs.reads import LogsReads
from backends.cloudwatch_logs.target import LogsTarget
from backends.cloudwatch_logs.traps import traps_of
from model.catalog.problems import Diagnostic
from model.catalog.schema import Service
from model.changes import Change, Retain, SaveLogs
from model.language.near import shown
from model.plan import Plan, Progress, Step
from model.ports.backend import BackendError, Fault, Grant
from model.queries import LogsQuery, Query
from model.query_result import QueryResult
from model.refusal import Refused
from model.window import check_window

FRESH = timedelta(seconds=20)
"""For how long after a call CloudWatch may still show what was before it."""

_OPERATIONS = {
    "logs:PutRetentionPolicy": "put_retention_policy",
    "logs:DeleteRetentionPolicy": "delete_retention_policy",
}


class CloudWatchLogs(AwsBackend):
    """Reads lines with FilterLogEvents and Logs Insights. poll_s: seconds between two looks at a change."""

    kind = "cloudwatch-logs"
    target = LogsTarget

    @cached_property
    def _reads(self) -> LogsReads:
        return LogsReads(self._clients, self._sleep)

    def grants(self, service: Service) -> tuple[Grant, ...]:
        """IAM actions on the group. DescribeLogGroups lists, and results belong to no group."""
        target = LogsTarget.of(service)
        groups = target.arn_of("logs", "log-group")
        own = (
            "logs:DeleteRetentionPolicy",
            "logs:FilterLogEvents",
            "logs:PutRetentionPolicy",
            "logs:StartQuery",
        )
        return (
            Grant(own, (f"{groups}:{target.group}:*",)),
            Grant(("logs:DescribeLogGroups",), (f"{groups}:*",)),
            Grant(("logs:GetQueryResults", "logs:StopQuery")),
        )

    def traps(self, service: Service) -> tuple[Diagnostic, ...]:
        """Queries that Logs Insights would refuse, or that find less than they seem to."""
        named = LogsTarget.of(service).queries.items()
        return tuple(trap for name, query in named for trap in traps_of(name, query))

    async def reach(self, service: Service) -> None:
        """DescribeLogGroups knows the group. Raises BackendError."""
        await self._reads.kept(LogsTarget.of(service))

    def offers(self, service: Service, kind: str) -> tuple[str, ...]:
        """Lines by pattern, and the queries of the catalog."""
        return ("", *LogsTarget.of(service).queries) if kind == "logs" else ()

    async def answer(self, service: Service, question: Query, now: datetime) -> QueryResult:
        """Lines or a query's rows. Raises BackendError, Refused."""
        assert isinstance(question, LogsQuery)
        target = LogsTarget.of(service)
        check_window(question.since, question.until, now, target.max_window)
        if question.name:
            text = filled(service.id, question.name, target.queries[question.name], question.values)
            answer = await self._reads.query(target, text, question.since, question.until)
            rows = counted(question.name, answer)
            return rows_found(target, question.name, rows, text, question.since, question.until)
        return await self._lines(target, question)

    async def _lines(self, target: LogsTarget, question: LogsQuery) -> QueryResult:
        pattern = filter_pattern(question.pattern)
        try:
            found = await self._reads.newest(target, pattern, question.since, question.until)
        except BackendError as error:
            if error.fault is not Fault.INVALID or not pattern:
                raise
            raise Refused(f"CloudWatch does not take {shown(pattern)}: {error.what}", HOW) from error
        return lines_found(target, pattern, found, question.since, question.until)

    def accepts(self, change: Change) -> bool:
        """How long logs are kept; a copy of what is kept anyway is refused with what to type instead."""
        return isinstance(change, Retain | SaveLogs)

    async def plan(self, service: Service, change: Change) -> Plan:
        """Read how long the group is kept. Raises BackendError, Refused."""
        kept = await self._reads.kept(LogsTarget.of(service))
        if isinstance(change, Retain):
            return plan_retain(service, change, kept)
        raise kept_anyway(service, kept)

    async def fingerprint(self, service: Service) -> str:
        """Of how long it is kept."""
        return mark(await self._reads.kept(LogsTarget.of(service)))

    async def apply(self, service: Service, step: Step, token: str) -> None:
        """One call. Raises BackendError."""
        target = LogsTarget.of(service)
        await self._api("logs").change(target, _OPERATIONS[step.call], **step.params)

    async def has_applied(self, service: Service, step: Step, token: str, since: datetime) -> bool | None:
        """Whether it is kept for as long as the step says."""
        kept = await self._reads.kept(LogsTarget.of(service))
        return kept == step.params.get("retentionInDays", "forever")

    def watch(self, service: Service, plan: Plan, since: datetime) -> AsyncGenerator[Progress]:
        """Until CloudWatch shows what was asked for; another value than before is someone else's."""
        return self._until_over(lambda: self._progress(service, plan, since))

    async def _progress(self, service: Service, plan: Plan, since: datetime) -> Progress:
        before = plan.inverse.days if isinstance(plan.inverse, Retain) else plan.goal["kept"]
        kept = await self._reads.kept(LogsTarget.of(service))
        if kept == plan.goal["kept"]:
            return Progress(ok=True, last_event=f"Logs are kept {in_days(kept)}.")
        if kept != before or self._clock() >= since + FRESH:
            return Progress(ok=False, why=f"Logs are kept {in_days(kept)}; something else set that.")
        return Progress(last_event=f"Logs are kept {in_days(kept)} as yet.")
