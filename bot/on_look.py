"""Answers questions about a target: reads it and shows it to whoever asked."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bot import streams
from bot.folds import Folds
from bot.looks import Asking
from bot.slack.chat import Chat
from bot.views import look as views
from bot.views.message import Message
from bot.vitals import Vitals
from model.backend import Backend, BackendError, Remembers
from model.catalog import Catalog, Service
from model.change import Version
from model.operations.state import Operation
from model.recorded import Journal, Recorded


class OnLook:
    """Reaction to `look:` streams."""

    def __init__(
        self,
        catalog: Catalog,
        backends: Mapping[str, Backend],
        journal: Journal,
        asked: Folds[Asking],
        operations: Folds[Operation],
        vitals: Vitals,
        chat: Chat,
        clock: Callable[[], datetime],
    ) -> None:
        self._catalog, self._backends, self._journal = catalog, backends, journal
        self._asked, self._operations, self._vitals = asked, operations, vitals
        self._chat, self._clock = chat, clock

    async def follow(self, id: str, news: Sequence[Recorded]) -> None:
        """Read and show. A private answer that Slack took twice is shown twice; it changes nothing."""
        asking = await self._asked.get(id)
        service = self._catalog.service(asking.service) if asking else None
        if asking is None or service is None:
            return
        shown = await self._look(asking.what, service)
        if asking.is_public:
            await self._chat.put(f"look:{id}", asking.channel, shown, asking.thread_ts)
        else:
            await self._chat.whisper(asking.channel, asking.by.user, shown, asking.thread_ts)

    async def _look(self, what: str, service: Service) -> Message:
        if what == "health":
            return views.health(service, await self._vitals.of(service), self._clock())
        versions, trouble = await self._versions(service)
        ids = await self._journal.members(streams.operations_of(service.id), newest=10)
        known = await self._operations.many(ids)
        done = [known[id] for id in ids if id in known]
        return views.history(service, versions, done, trouble, self._clock())

    async def _versions(self, service: Service) -> tuple[tuple[Version, ...], str]:
        backend = self._backends.get(service.target.kind)
        if not isinstance(backend, Remembers):
            return (), f"{service.target.kind} keeps no versions."
        try:
            return await backend.versions(service), ""
        except BackendError as error:
            return (), f"{error.what} {error.next}".strip()
