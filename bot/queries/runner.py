"""Answers questions about a service: asks whoever knows, and puts the answers together."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from bot.gate import streams
from bot.gate.projections import Projection
from bot.health import HealthChecker
from bot.views.query.health import PastPage
from model.catalog.schema import Service
from model.change_backend import answerers, parts
from model.health import Health
from model.operations.ran import known_beside, moves
from model.operations.state import Operation
from model.ports.backend import (
    AnswersQueries,
    Backend,
    BackendError,
    Fault,
    HasActivity,
    HasBackups,
    HasVersions,
)
from model.ports.journal import Journal
from model.queries import Query
from model.query_result import Chart, Mark, QueryResult
from model.refusal import Refused

Found = TypeVar("Found")


@dataclass(frozen=True)
class QueryError:
    """Why there is no answer, and what to do; nothing was changed."""

    what: str
    next: str = ""


class QueryRunner:
    """Reads targets and the journal; writes nothing."""

    def __init__(
        self,
        backends: Mapping[str, Backend],
        journal: Journal,
        operations: Projection[Operation],
        health_checker: HealthChecker,
    ) -> None:
        self._backends, self._journal = backends, journal
        self._operations, self._health_checker = operations, health_checker

    async def health(self, service: Service, others: Sequence[Service]) -> list[Health]:
        """How each of them is, looked at together."""
        return await asyncio.gather(*(self._health_checker.of(one) for one in (service, *others)))

    async def past(self, service: Service) -> PastPage:
        """What ran, what was backed up, what happened and what was done."""
        trouble: list[str] = []
        found = PastPage()
        journaled = await self._done(service, newest=50)
        for part, backend in parts(service, self._backends, HasVersions):
            versions = await _tried(backend.versions(part), trouble)
            found = found.plus(versions=(*versions, *known_beside(versions, moves(journaled, part.id))))
        for part, backend in parts(service, self._backends, HasBackups):
            found = found.plus(backups=await _tried(backend.backups(part), trouble))
        for part, backend in parts(service, self._backends, HasActivity):
            found = found.plus(activities=await _tried(backend.activities(part), trouble))
        return found.plus(operations=tuple(journaled[:10]), trouble=tuple(trouble))

    async def findings(
        self, service: Service, question: Query, now: datetime
    ) -> list[QueryResult | QueryError]:
        """What each part says that answers such a question; a part's trouble never hides another's answer."""
        try:
            asked = answerers(service, question, self._backends)
        except Refused as refused:
            return [_refusal(refused)]
        found = await asyncio.gather(*(_answer(part, one, question, now) for part, one in asked))
        return [await self._marked(service, one) if isinstance(one, QueryResult) else one for one in found]

    async def _marked(self, service: Service, found: QueryResult) -> QueryResult:
        """The chart with what was done through Muster while it was going on."""
        chart = found.chart
        if chart is None or chart.style != "line":
            return found
        marks = [
            mark for one in await self._done(service, newest=50) if (mark := _mark(one, chart)) is not None
        ]
        return found.model_copy(
            update={"chart": chart.model_copy(update={"marks": (*chart.marks, *marks[:12])})}
        )

    async def _done(self, service: Service, newest: int) -> list[Operation]:
        ids = await self._journal.members(streams.operations_of(service.id), newest=newest)
        known = await self._operations.many(ids)
        return [known[id] for id in ids if id in known]


async def _tried(reading: Awaitable[tuple[Found, ...]], trouble: list[str]) -> tuple[Found, ...]:
    """What was read; why it could not be is added to the trouble."""
    try:
        return await reading
    except BackendError as error:
        trouble.append(f"{error.what} {error.next}".strip())
        return ()


async def _answer(
    part: Service, backend: AnswersQueries, question: Query, now: datetime
) -> QueryResult | QueryError:
    try:
        return await backend.answer(part, question, now)
    except Refused as refused:
        return _refusal(refused)
    except BackendError as error:
        what = error.what if error.fault is not Fault.FAILED else f"{part.target.kind}: {error.what}"
        return QueryError(what, error.next)


def _refusal(refused: Refused) -> QueryError:
    typed = " or ".join(f"`{suggestion}`" for suggestion in refused.suggestions)
    return QueryError(refused.what, f"{refused.instead} {typed}".strip())


def _mark(operation: Operation, chart: Chart) -> Mark | None:
    """A change that was applied while the chart goes on."""
    at = operation.applied_at
    if at is None or not chart.start <= at.astimezone(UTC).timestamp() <= chart.end:
        return None
    return Mark(at=at.timestamp(), says=f"{operation.id} {operation.change.kind}")
