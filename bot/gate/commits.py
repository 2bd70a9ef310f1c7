"""From what a command decided to one commit of the journal, and to what the asker is told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from bot.gate import streams
from bot.gate.incident_facts import covering
from bot.gate.incident_plans import IncidentPlans, dropped
from bot.gate.indexes import of_incident, of_operation
from bot.gate.maintenance_writes import upkeep
from bot.gate.projections import Projection
from bot.gate.report_writes import asked_for
from bot.gate.request import IncomingRequest
from bot.gate.runbook_writes import stepped, walk
from bot.views.message import Message
from model import pending_query as looks
from model.context import RequestContext
from model.events import Actor, Event, RecordedEvent
from model.incidents.state import Incident
from model.language.parse import ParsedCommand, render
from model.operations.events import Proposed
from model.operations.events import to_event as operation_event
from model.operations.state import Operation
from model.outcomes import (
    Administer,
    Display,
    MakeReport,
    Outcome,
    ProposeChange,
    RunQuery,
    UpdateIncident,
    UpdateMaintenance,
    UpdateOperation,
    UpdateRunbookRun,
)
from model.ports.journal import (
    Commit,
    Committed,
    Conflict,
    Duplicate,
    IndexChange,
    Journal,
    JournalUnavailable,
    Woken,
    Write,
    written,
)
from model.refusal import Refused
from permissions import Decision

LONGEST_LINE = 4000
"""Characters of a refused line that the audit log keeps."""

SHOWN_TO_ALL = frozenset({"logs", "metrics", "cost", "db", "cache"})
"""Answers that a whole channel works with; others are shown to the asker, but in an incident's channel."""


Shown = Callable[[Display, RequestContext], Message]
"""How what was asked to be displayed reads."""

Answered = Callable[[Outcome, Sequence[RecordedEvent], str], Message | None]
"""What came of it, for whoever typed it in that channel; None where the channel's message is the answer."""

_TYPED = frozenset({"slash", "mention", "modal", "shortcut"})
"""Ways in of words that somebody typed or picked: each is answered."""

_UNSEEN = frozenset({"incident.promised"})
"""Events that only the headline shows, which may have scrolled away: a press is answered too."""

Ended = Callable[[str, Sequence[Operation], Message | None], Message | None]
"""What became of the operations of an incident that was resolved, before what else is told."""


class AnswerLost(JournalUnavailable):
    """What was to be written may have been."""


@dataclass(frozen=True)
class Written:
    """How a commit went, and the id of what it made or moved. news: what was recorded of it.

    operations: of an incident that it ended.
    """

    result: Committed | Duplicate | Conflict
    id: str
    news: tuple[RecordedEvent, ...] = ()
    operations: tuple[Operation, ...] = ()


class CommitWriter:
    """Writes what people asked for, with the decision that let them."""

    def __init__(
        self,
        journal: Journal,
        incidents: Projection[Incident],
        clock: Callable[[], datetime],
        wake: Woken,
        shown: Shown,
        answered: Answered,
        ended: Ended,
        plans: IncidentPlans,
    ) -> None:
        self._shown, self._answered, self._ended, self._plans = shown, answered, ended, plans
        self._journal, self._incidents, self._clock, self._wake = journal, incidents, clock, wake

    async def write(
        self,
        incoming: IncomingRequest,
        request: ParsedCommand,
        outcome: Outcome,
        decision: Decision,
        world: RequestContext,
    ) -> Written:
        """One commit: events, indexes, claim and audit entry together.

        Raises JournalUnavailable: AnswerLost where it may have been written.
        """
        id, writes, indexes = _writes(incoming, request, outcome, world)
        operations = await self._plans.of(id) if _resolves(outcome) else ()
        ends, over = dropped(operations, id, world.now)
        writes, indexes = (*writes, *stepped(incoming, id), *ends), (*indexes, *over)
        commit = Commit(
            at=world.now,
            who=_who(incoming),
            claim=incoming.claim,
            result=id,
            writes=writes,
            indexes=indexes,
            audit=_audit(render(request), incoming, decision),
        )
        result = await self._committed(commit)
        recorded: list[RecordedEvent] = []
        if isinstance(result, Committed):
            for stream, news in written(commit, result).items():
                self._incidents.learn(stream, news)
                recorded += news
            for write in writes:
                self._wake(write.stream)
        return Written(result, id, tuple(recorded), operations)

    async def _committed(self, commit: Commit) -> Committed | Duplicate | Conflict:
        """Where the answer is lost it is asked once more: what was written is known by its claim."""
        try:
            return await self._journal.commit(commit)
        except JournalUnavailable:
            try:
                return await self._journal.commit(commit)
            except JournalUnavailable as error:
                raise AnswerLost(str(error)) from error

    async def refusal(self, incoming: IncomingRequest, refused: Refused) -> bool:
        """Keep what was refused. False for a duplicate of a request that was answered already.

        Raises JournalUnavailable.
        """
        audit: dict[str, JsonValue] = {
            "line": incoming.line[:LONGEST_LINE],
            "channel": incoming.channel,
            "allowed": False,
            "reason": refused.what,
        }
        commit = Commit(at=self._clock(), who=_who(incoming), claim=incoming.claim, audit=audit)
        return not isinstance(await self._journal.commit(commit), Duplicate)

    def answer(
        self, outcome: Outcome, written: Written, world: RequestContext, incoming: IncomingRequest
    ) -> Message | None:
        """What only the asker sees at once; None where the channel will show it."""
        if isinstance(outcome, Display):
            return self._shown(outcome, world)
        if isinstance(outcome, Administer):
            return Message(text=outcome.says)
        is_answered = incoming.via in _TYPED or any(one.type in _UNSEEN for one in written.news)
        told = self._answered(outcome, written.news, incoming.channel) if is_answered else None
        return self._ended(written.id, written.operations, told) if written.operations else told


def _writes(
    incoming: IncomingRequest, request: ParsedCommand, outcome: Outcome, world: RequestContext
) -> tuple[str, tuple[Write, ...], tuple[IndexChange, ...]]:
    match outcome:
        case ProposeChange():
            return _proposal(incoming, request, outcome, world)
        case UpdateOperation():
            return _press(outcome, world.now)
        case UpdateIncident():
            return _tending(outcome, world)
        case UpdateMaintenance():
            return upkeep(outcome)
        case UpdateRunbookRun():
            return walk(outcome, incoming)
        case RunQuery():
            incident = covering(world.catalog, outcome.service, world.open)
            asked = looks.QueryAsked(
                question=outcome.question,
                service=outcome.service.id,
                others=tuple(one.id for one in outcome.others),
                of_system=outcome.of_system,
                line=render(request),
                channel=incoming.channel,
                thread_ts=incoming.thread_ts,
                is_public=world.here is not None or outcome.question.kind in SHOWN_TO_ALL,
                incident=incident.id if incident else "",
            )
            stream = streams.look(world.new_id)
            return world.new_id, (Write(stream=stream, expect=0, events=(looks.to_event(asked),)),), ()
        case MakeReport():
            asked = asked_for(outcome, incoming, render(request))
            return outcome.id, (_write(streams.report(outcome.id), 0, [asked]),), ()
        case Administer():
            return "", (_write(outcome.stream, None, [outcome.event]),), ()
        case Display():
            return "", (), ()


def _proposal(
    incoming: IncomingRequest, request: ParsedCommand, outcome: ProposeChange, world: RequestContext
) -> tuple[str, tuple[Write, ...], tuple[IndexChange, ...]]:
    id = world.new_id
    incident = covering(world.catalog, outcome.service, world.open)
    proposed = Proposed(
        id=id,
        service=outcome.service.id,
        change=outcome.change,
        line=render(request),
        channel=incoming.channel,
        thread_ts=incoming.thread_ts,
        because=request.because,
        dry=request.dry,
        incident=incident.id if incident else "",
        assumed=request.assumed,
        undoes=outcome.undoes,
        break_glass=request.break_glass,
        queue=request.queue,
        step=incoming.step,
    )
    event = operation_event(proposed)
    return id, (_write(streams.operation(id), 0, [event]),), tuple(of_operation(id, world.now, (event,)))


def _press(outcome: UpdateOperation, now: datetime) -> tuple[str, tuple[Write, ...], tuple[IndexChange, ...]]:
    operation = outcome.operation
    events = [operation_event(event) for event in outcome.events]
    write = _write(operation.stream, operation.version, events)
    return operation.id, (write,), tuple(of_operation(operation.id, now, events))


def _tending(
    outcome: UpdateIncident, world: RequestContext
) -> tuple[str, tuple[Write, ...], tuple[IndexChange, ...]]:
    version = outcome.incident.version if outcome.incident else 0
    if outcome.incident and {event.type for event in outcome.events} == {"incident.noted"}:
        version = None  # a note contradicts nobody, so it need not wait its turn
    indexes = tuple(of_incident(outcome.id, world.now, outcome.events))
    return outcome.id, (_write(streams.incident(outcome.id), version, outcome.events),), indexes


def _resolves(outcome: Outcome) -> bool:
    """Whether an incident ends, by whatever words."""
    return isinstance(outcome, UpdateIncident) and any(
        one.type == "incident.resolved" for one in outcome.events
    )


def _write(stream: str, expect: int | None, events: Sequence[Event]) -> Write:
    return Write(stream=stream, expect=expect, events=tuple(events))


def _who(incoming: IncomingRequest) -> Actor:
    return Actor(team=incoming.person.team, user=incoming.person.user, via=incoming.via)


def _audit(line: str, incoming: IncomingRequest, decision: Decision) -> dict[str, JsonValue]:
    return {
        "line": line,
        "channel": incoming.channel,
        "allowed": decision.allowed,
        "needs": decision.needs.count if decision.needs else 0,
        "policy": decision.policy,
        "policy_version": decision.policy_version,
        "reason": decision.reason,
    }
