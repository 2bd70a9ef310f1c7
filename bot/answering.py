"""Answers questions about a service: asks whoever knows, and puts the answers together."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from bot import streams
from bot.folds import Folds
from bot.views.look import Past
from bot.vitals import Vitals
from model.backend import Answers, Backend, BackendError, BacksUp, Fault, Recalls, Remembers
from model.catalog import Service
from model.change import Health
from model.findings import Chart, Findings, Mark
from model.operations.state import Operation
from model.parts import answerers, parts
from model.question import Question
from model.recorded import Journal
from model.refusal import Refused

Found = TypeVar("Found")


@dataclass(frozen=True)
class Trouble:
    """Why there is no answer, and what to do; nothing was changed."""

    what: str
    next: str = ""


class Answering:
    """Reads targets and the journal; writes nothing."""

    def __init__(
        self, backends: Mapping[str, Backend], journal: Journal, operations: Folds[Operation], vitals: Vitals
    ) -> None:
        self._backends, self._journal = backends, journal
        self._operations, self._vitals = operations, vitals

    async def health(self, service: Service, others: Sequence[Service]) -> list[Health]:
        """How each of them is, looked at together."""
        return await asyncio.gather(*(self._vitals.of(one) for one in (service, *others)))

    async def past(self, service: Service) -> Past:
        """What ran, what was backed up, what happened and what was done."""
        trouble: list[str] = []
        found = Past()
        for part, backend in parts(service, self._backends, Remembers):
            found = found.plus(versions=await _tried(backend.versions(part), trouble))
        for part, backend in parts(service, self._backends, BacksUp):
            found = found.plus(backups=await _tried(backend.backups(part), trouble))
        for part, backend in parts(service, self._backends, Recalls):
            found = found.plus(activities=await _tried(backend.activities(part), trouble))
        done = await self._done(service, newest=10)
        return found.plus(operations=tuple(done), trouble=tuple(trouble))

    async def findings(self, service: Service, question: Question, now: datetime) -> list[Findings | Trouble]:
        """What each part says that answers such a question; a part's trouble never hides another's answer."""
        try:
            asked = answerers(service, question, self._backends)
        except Refused as refused:
            return [_refusal(refused)]
        found = await asyncio.gather(*(_answer(part, one, question, now) for part, one in asked))
        return [await self._marked(service, one) if isinstance(one, Findings) else one for one in found]

    async def _marked(self, service: Service, found: Findings) -> Findings:
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


async def _answer(part: Service, backend: Answers, question: Question, now: datetime) -> Findings | Trouble:
    try:
        return await backend.answer(part, question, now)
    except Refused as refused:
        return _refusal(refused)
    except BackendError as error:
        what = error.what if error.fault is not Fault.FAILED else f"{part.target.kind}: {error.what}"
        return Trouble(what, error.next)


def _refusal(refused: Refused) -> Trouble:
    typed = " or ".join(f"`{suggestion}`" for suggestion in refused.suggestions)
    return Trouble(refused.what, f"{refused.instead} {typed}".strip())


def _mark(operation: Operation, chart: Chart) -> Mark | None:
    """A change that was applied while the chart goes on."""
    at = operation.applied_at
    if at is None or not chart.start <= at.astimezone(UTC).timestamp() <= chart.end:
        return None
    return Mark(at=at.timestamp(), says=f"{operation.id} {operation.change.kind}")
