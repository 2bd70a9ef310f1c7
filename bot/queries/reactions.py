"""Shows answers to questions: to the channel or to whoever asked, once, or again and again for a while."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from bot.gate.authorizer import AuthorizationRequest, Authorizer
from bot.gate.incident_links import IncidentLinks
from bot.gate.projections import Projection
from bot.ids import TimerId
from bot.on_call.reader import OnCallReader
from bot.queries.runner import QueryError, QueryRunner
from bot.reactions import SLOW_S, Later, soon
from bot.slack.directory import Directory
from bot.slack.files import Files
from bot.slack.messages import Chat, SlackRefused, SlackUnreachable
from bot.slack.refusals import NO_FILES
from bot.views.chart.picture import chart_png, in_words
from bot.views.message import Message, redact, safe
from bot.views.on_call import on_call
from bot.views.people_text import mention_of
from bot.views.query import health as look
from bot.views.query import result as views
from model.catalog.schema import Catalog, Service
from model.escape import file_name, one_line
from model.events import RecordedEvent
from model.extras import NotInstalled
from model.on_call.people import OnCallPerson
from model.pending_query import PendingQuery
from model.queries import HealthQuery, HistoryQuery, LogsQuery, OnCallQuery
from model.query_result import QueryResult, without_secrets

T = TypeVar("T")
AGAIN = timedelta(seconds=3)
"""Between two looks at logs that are followed."""

WINDOW = timedelta(minutes=2)
"""How far back a look at logs that are followed goes; the message shows their last lines."""


class QueryReactions:
    """Reaction to `look:` streams."""

    def __init__(
        self,
        catalog: Catalog,
        asked: Projection[PendingQuery],
        answering: QueryRunner,
        authorizer: Authorizer,
        chat: Chat,
        files: Files,
        links: IncidentLinks,
        later: Later,
        clock: Callable[[], datetime],
        on_call: OnCallReader,
        names: Directory,
    ) -> None:
        self._on_call, self._meet, self._name = on_call, names.meet, names.name
        self._catalog, self._asked, self._answering = catalog, asked, answering
        self._authorizer = authorizer
        self._chat, self._files, self._links = chat, files, links
        self._later, self._clock = later, clock

    async def follow(self, id: str, news: Sequence[RecordedEvent]) -> None:
        """Read and show. A private answer that Slack took twice is shown twice; it changes nothing."""
        asking = await self._asked.get(id)
        service = self._catalog.service(asking.service) if asking else None
        if asking is None or service is None:
            return
        if isinstance(asking.question, LogsQuery) and asking.question.follow:
            await self.again(id)
            return
        if isinstance(asking.question, OnCallQuery):
            await self._who(asking, service, asking.question)
            return
        said = await self._answer(asking, service)
        await self._links.looked(asking, said)

    async def again(self, id: str) -> None:
        """One more look at logs that are followed, and a timer for the next; the last says so."""
        asking = await self._asked.get(id)
        service = self._catalog.service(asking.service) if asking else None
        if asking is None or service is None or not isinstance(asking.question, LogsQuery):
            return
        now, asked = self._clock(), asking.question
        decision = await self._authorizer.ask(
            asking.by, AuthorizationRequest(action="logs", entry="look", service=service)
        )
        if not decision.allowed:
            said = f"{asking.by.mention} may no longer follow this: {decision.reason}"
            await self._show(asking, 0, views.trouble(service, said, "It has stopped.", asking.line))
            return
        until = asking.at + (asked.follow or timedelta())
        is_over = now >= until
        seen = asked.model_copy(update={"since": max(asked.since, now - WINDOW), "until": now})
        found = (await self._answering.findings(service, seen, now))[0]
        if isinstance(found, QueryError):
            await self._show(asking, 0, views.trouble(service, found.what, found.next, asking.line))
            await self._links.looked(asking, found.what)
            return
        shown = asked.model_copy(update={"until": until})
        await self._show(asking, 0, views.following(service, found, shown, asking.line, is_over))
        if is_over:
            await self._links.looked(asking, f"followed until {now:%H:%M} UTC; {found.headline}")
        else:
            await self._later(TimerId("follow", id), min(now + AGAIN, until))

    async def _who(self, asking: PendingQuery, service: Service, asked: OnCallQuery) -> None:
        """Who is on call; a channel reads names, as looking wakes nobody."""
        found = [await self._on_call.of(handle) for handle in asked.handles]

        def shown(person: OnCallPerson) -> str:
            return safe(self._name(person.user) or person.named, 80)

        if asking.is_public:
            await self._meet([one.user for each in found for one in (*each.now, *each.next) if one.user])
        how = shown if asking.is_public else mention_of
        of = "" if asked.is_team else service.id
        await self._show(asking, 0, on_call(found, asking.line, how, of))

    async def _answer(self, asking: PendingQuery, service: Service) -> str:
        """Show the answer; gives it in one line."""
        now = self._clock()
        match asking.question:
            case HealthQuery():
                named = [self._catalog.service(id) for id in asking.others]
                others = [one for one in named if one is not None]
                seen = await self._read(asking, service, self._answering.health(service, others))
                system = self._catalog.system_of(service)
                is_one = not asking.of_system
                shown = look.health(service, seen[0], now) if is_one else look.rolled_up(system, seen, now)
                await self._show(asking, 0, shown)
                return shown.text
            case HistoryQuery():
                past = await self._read(asking, service, self._answering.past(service))
                shown = look.history(service, past, now)
                await self._show(asking, 0, shown)
                return shown.text
            case question:
                reading = self._answering.findings(service, question, now)
                found = await self._read(asking, service, reading)
                if not await self._may_see_secrets(asking, service):
                    found = [without_secrets(one) if isinstance(one, QueryResult) else one for one in found]
                for at, one in enumerate(found):
                    await self._show_one(asking, service, at, one)
                return "; ".join(one.what if isinstance(one, QueryError) else one.headline for one in found)

    async def _read(self, asking: PendingQuery, service: Service, reading: Awaitable[T]) -> T:
        """What is read; whoever waits for it is told so, in the message that becomes the answer."""

        async def say_so() -> None:
            what = self._catalog.system_of(service).name if asking.of_system else service.id
            await self._show(asking, 0, views.looking(what, asking.line))

        return await soon(reading, SLOW_S, say_so)

    async def _may_see_secrets(self, asking: PendingQuery, service: Service) -> bool:
        """Whoever asked; what a channel is shown, everyone in it sees."""
        decision = await self._authorizer.ask(
            asking.by, AuthorizationRequest(action="secrets", entry="look", service=service)
        )
        return decision.allowed

    async def _show_one(
        self, asking: PendingQuery, service: Service, at: int, found: QueryResult | QueryError
    ) -> None:
        if isinstance(found, QueryError):
            await self._show(asking, at, views.trouble(service, found.what, found.next, asking.line))
            return
        image = await self._image(found)
        if image is None and found.chart is not None:
            # Without the picture its words stay.
            found = found.model_copy(update={"details": (*found.details, in_words(found.chart))})
        shown = views.findings(service, found, asking.line, image)
        posted = await self._show(asking, at, shown)
        text = views.rest(found)
        if text and posted:
            channel, ts = posted
            content = await asyncio.to_thread(lambda: redact(text).encode())  # may be megabytes
            name = found.text_name if found.text else f"{service.id}-{asking.question.kind}.txt"
            title = one_line(redact(found.headline))[:200]
            thread = asking.thread_ts or ts
            try:
                await self._files.share(channel, thread, file_name(name), content, title)
            except SlackRefused as refused:
                if refused.error not in NO_FILES:
                    raise
                shown = views.rest_in_words(text, str(refused))
                await self._chat.put(f"look:{asking.id}:{at}:rest", channel, shown, thread)

    async def _image(self, found: QueryResult) -> tuple[str, str] | None:
        """The chart in Slack; None where there is none, or where nothing draws it or Slack takes no files."""
        if found.chart is None:
            return None
        alt = redact(in_words(found.chart))
        try:
            name = f"{file_name(found.chart.title)}.png"
            return await self._files.keep(name, await _drawn(found), alt, found.chart.title), alt
        except (SlackRefused, SlackUnreachable, NotInstalled):
            return None

    async def _show(self, asking: PendingQuery, at: int, shown: Message) -> tuple[str, str] | None:
        """Channel and time of the message in it; None for one that only the asker sees."""
        if asking.is_public:
            key = f"look:{asking.id}:{at}"
            posted = await self._chat.put(key, asking.channel, shown, asking.thread_ts)
            return posted.channel, posted.ts
        await self._chat.post_ephemeral(asking.channel, asking.by.user, shown, asking.thread_ts)
        return None


async def _drawn(found: QueryResult) -> bytes:
    """The chart, drawn beside the loop: the drawing library takes a second to import."""
    assert found.chart is not None
    return await asyncio.to_thread(chart_png, found.chart)
