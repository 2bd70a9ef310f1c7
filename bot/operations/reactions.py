"""What follows from an operation's events: its plan, its message, its run, the incident's timeline."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from bot.gate.incident_links import IncidentLinks
from bot.gate.projections import Projection
from bot.gate.runbook_links import RunbookLinks
from bot.ids import TimerId
from bot.operations.in_line import InLine
from bot.operations.log import OperationLog
from bot.operations.planner import Planner
from bot.operations.replies import OperationReplies
from bot.reactions import SLOW_S, Later, soon
from bot.slack.messages import Chat, SlackRefused, SlackUnreachable
from bot.views.message import Message, safe
from bot.views.operation.card import card, describe
from model.events import RecordedEvent
from model.incidents.state import Incident
from model.operations.decide import drop, expire
from model.operations.state import RUNNING, Operation, Phase
from model.plan import Progress
from model.ports.journal import Leases
from model.slash import slash

_LOG = structlog.get_logger()
_STARTS = frozenset({"op.confirmed", "op.approved", "op.planned"})
"""Events after which a run may begin; its timer lasts until the run is through, over any crash."""

LOOKS_AGAIN = timedelta(seconds=15)
"""When what waits looks again by itself, should nobody wake it."""


class OperationReactions:
    """Reaction to `op:` streams."""

    def __init__(
        self,
        operations: Projection[Operation],
        incidents: Projection[Incident],
        planner: Planner,
        operation_log: OperationLog,
        chat: Chat,
        links: IncidentLinks,
        later: Later,
        clock: Callable[[], datetime],
        incidents_channel: Callable[[], Awaitable[str]],
        in_line: InLine,
        leases: Leases,
        runbook_links: RunbookLinks,
        replies: OperationReplies,
    ) -> None:
        self._replies = replies
        self._runbook_links = runbook_links
        self._in_line, self._leases = in_line, leases
        self._operations, self._incidents, self._planner = operations, incidents, planner
        self._operation_log, self._chat, self._links = operation_log, chat, links
        self._later, self._clock, self._incidents_channel = later, clock, incidents_channel
        self._seen: dict[str, Progress] = {}

    async def follow(self, id: str, news: Sequence[RecordedEvent]) -> None:
        """Plan what was asked, start what is ready, show it, and tell its incident."""
        operation = await self._operations.get(id)
        if operation is None:
            return
        operation = await self._unless_over(operation)
        if operation.phase is Phase.ASKED:
            operation = await self._plan(operation)
        if operation.phase is Phase.ASKED and operation.waits:
            await self._later(TimerId("plan", id), self._clock() + LOOKS_AGAIN)
        await self._let_others_on(operation)
        if operation.phase in RUNNING and any(one.type in _STARTS for one in news):
            await self._later(TimerId("run", id), self._clock())
        if operation.expires_at:
            await self._later(TimerId("expire", id), operation.expires_at)
        await self._links.link(operation)
        await self._runbook_links.link(operation)
        unseen = operation.phase in {Phase.TURNED_DOWN, Phase.DROPPED}
        if unseen and not await self._chat.has_begun(f"op:{id}"):
            await self._tell_asker_alone(operation)
            return
        await self.show(self._as_last_seen(operation))
        await self._replies.follow(operation)
        if operation.phase in {Phase.EXPIRED, Phase.DROPPED} and operation.confirmed_by:
            await self._tell_asker(operation)

    async def _unless_over(self, operation: Operation) -> Operation:
        """The operation, dropped if it has not begun and its incident was resolved meanwhile."""
        if not operation.incident or operation.is_over:
            return operation
        incident = await self._incidents.readable(operation.incident)
        ends = drop(operation, incident.id) if incident is not None and not incident.is_open else None
        if ends is None:
            return operation
        return await self._operation_log.record(operation, ends) or operation

    async def _tell_asker_alone(self, operation: Operation) -> None:
        """A plan that is not there yet, or not possible, concerns whoever asked, and nobody else."""
        told = card(operation, self._clock())
        await self._chat.post_ephemeral(operation.channel, operation.asked_by.user, told, operation.thread_ts)

    async def plan(self, id: str) -> None:
        """Plan what waited for another operation's calls."""
        operation = await self._operations.get(id)
        if operation is not None and operation.phase is Phase.ASKED:
            operation = await self._plan(operation)
            if operation.phase is Phase.ASKED:
                await self._later(TimerId("plan", id), self._clock() + LOOKS_AGAIN)

    async def _let_others_on(self, operation: Operation) -> None:
        """Free the target of what is over, and wake what waits for it, or for its calls to be made."""
        if not operation.is_over and operation.phase is not Phase.WATCHING:
            return
        if operation.is_over and operation.started_at is not None:
            await self._leases.revoke(operation.service, operation.id)
        for other in await self._in_line.waiting(operation.service):
            kind = "plan" if other.phase is Phase.ASKED else "run"
            await self._later(TimerId(kind, other.id), self._clock())

    async def _tell_asker(self, operation: Operation) -> None:
        """An edit wakes nobody: whoever counts on it hears that it was not run."""
        why = safe(operation.what, 600).rstrip(".")
        said = f"{operation.asked_by.mention} {operation.id} was not run. {why}."
        again = f"Nothing was changed. To ask again: `{safe(slash(operation.line), 300)}`"
        where = await self._chat.where(f"op:{operation.id}")
        channel, thread = (where.channel, where.ts) if where else (operation.channel, operation.thread_ts)
        message = Message(text=f"{said.strip()} {again}")
        await self._chat.put(f"op:{operation.id}:not-run", channel, message, operation.thread_ts or thread)

    async def show(self, operation: Operation) -> None:
        """Post or edit the operation's message, in its channel and in its incident's."""
        shown = card(operation, self._clock())
        try:
            await self._chat.put(f"op:{operation.id}", operation.channel, shown, operation.thread_ts)
        except SlackRefused:
            # A plan that nobody sees helps nobody: it goes to whoever asked.
            await self._chat.put(f"op:{operation.id}:direct", operation.asked_by.user, shown)
        incident = await self._incidents.readable(operation.incident) if operation.incident else None
        if incident is not None and incident.channel not in {"", operation.channel}:
            with suppress(SlackRefused):  # a copy: the operation's own message says the same
                await self._chat.put(f"op:{operation.id}:incident", incident.channel, shown)

    async def show_if_possible(self, operation: Operation) -> None:
        """As `show`, for whoever changes something meanwhile: what cannot be shown stops no run."""
        if operation.progress is not None:
            self._seen[operation.id] = operation.progress
        try:
            await self.show(operation)
        except (SlackRefused, SlackUnreachable) as error:
            _LOG.warning("operation not shown", operation=operation.id, error=str(error))

    def _as_last_seen(self, operation: Operation) -> Operation:
        """The operation with the progress that its watch showed last, which stands in no event.

        A message that is edited for an event after that would hide it, for as long as nothing moves: a
        rollout may pause until people let it go on.
        """
        if operation.is_over:
            self._seen.pop(operation.id, None)
        seen = self._seen.get(operation.id)
        is_watched = operation.phase is Phase.WATCHING and seen is not None
        return operation.model_copy(update={"progress": seen}) if is_watched else operation

    async def expire(self, id: str) -> None:
        """Let a plan run out, if it is still waiting for people."""
        operation = await self._operations.get(id)
        expired = expire(operation, self._clock()) if operation else None
        if operation is not None and expired is not None:
            await self._operation_log.record(operation, expired)

    async def _plan(self, operation: Operation) -> Operation:
        async def plan() -> None:
            await self._planner.plan(operation)

        async def say_so() -> None:
            if await self._chat.has_begun(operation.stream):
                await self.show(operation)
            else:  # it may come to nothing, which concerns nobody else
                await self._tell_asker_alone(operation)

        await soon(plan(), SLOW_S, say_so)
        return await self._operations.get(operation.id) or operation

    async def announce(self, operation: Operation) -> str:
        """Tell everybody who is here that the glass is broken; gives why that was not possible, or nothing.

        Where the workspace keeps @here from apps, it is announced without.
        """
        link = await self._link(operation)
        told = (
            f"{operation.asked_by.mention} breaks the glass for {operation.id} ({describe(operation)})"
            f"{f' in {operation.incident}' if operation.incident else ''}: {safe(operation.because, 600)}. "
            f"It starts now, and will be reviewed.{link}"
        )
        why = ""
        for said in (f"<!here> {told}", told):
            try:
                channel = await self._incidents_channel()
                await self._chat.put(f"op:{operation.id}:glass:{operation.mark}", channel, Message(text=said))
            except SlackRefused as refused:
                why = f"Slack answered {refused.error}: let Muster post in #incidents."
                if refused.error != "restricted_action":
                    break
            except SlackUnreachable:
                return "Slack does not answer."
            else:
                return ""
        return why

    async def _link(self, operation: Operation) -> str:
        """A link to the operation's message, where it has one."""
        where = await self._chat.where(f"op:{operation.id}")
        if where is None:
            return ""
        try:
            got = await self._chat.call("chat.getPermalink", channel=where.channel, message_ts=where.ts)
        except (SlackRefused, SlackUnreachable):
            return f" <#{where.channel}>"
        return f" <{got['permalink']}|{operation.id}>"
