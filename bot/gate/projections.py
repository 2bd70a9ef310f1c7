"""States folded from the journal, kept with their version so that only news is read."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, Protocol, TypeVar, cast

from model.events import RecordedEvent
from model.ports.journal import Journal, ReadEvents


class _Versioned(Protocol):
    @property
    def version(self) -> int: ...


State = TypeVar("State", bound=_Versioned)
KEPT = 5_000
"""States kept per kind; the least recently used go first."""

AT_ONCE = 10_000
"""Events of a stream that are read at a time."""

KEPT_PAST = 100
"""States as they once were, of streams whose news is being told."""


class Projection(Generic[State]):
    """One kind of aggregate: `stream` names its stream by id, `fold` makes its state."""

    def __init__(
        self,
        journal: Journal,
        stream: Callable[[str], str],
        fold: Callable[[Iterable[RecordedEvent], State | None], State | None],
    ) -> None:
        self._journal, self._stream, self._fold = journal, stream, fold
        self._kept: OrderedDict[str, State] = OrderedDict()
        self._past: OrderedDict[str, State] = OrderedDict()

    async def get(self, id: str) -> State | None:
        """The state now, or None when nothing was ever recorded of it."""
        return (await self.many([id])).get(id)

    async def many(self, ids: Sequence[str]) -> dict[str, State]:
        """The states of those that exist, in one round trip."""
        wanted = list(dict.fromkeys(ids))
        if not wanted:
            return {}
        answers = await self._journal.view(self.questions(wanted))
        found = self.take(wanted, answers)
        dropped = [id for id, answer in zip(wanted, answers, strict=True) if answer and id not in found]
        for id in dropped:
            found |= self.take([id], [await self._journal.read(self._stream(id))])
        read = zip(wanted, cast(list[list[RecordedEvent]], answers), strict=True)
        long = [id for id, news in read if len(news) >= AT_ONCE]
        return found | await self.many(long)

    async def as_of(self, id: str, version: int) -> State | None:
        """The state as it was after an event; asked in order, only what lies between is read.

        Raises JournalUnavailable.
        """
        kept, past = self._kept.get(id), self._past.get(id)
        if kept is not None and kept.version == version:
            past = kept
        elif past is None or past.version > version:
            past = None
        while (known := past.version if past else 0) < version:
            news = await self._journal.read(self._stream(id), known, min(version - known, AT_ONCE))
            if not news:
                return None
            past = self._fold(news, past)
        if past is not None:
            self._past[id] = past
            self._past.move_to_end(id)
            while len(self._past) > KEPT_PAST:
                self._past.popitem(last=False)
        return past

    def learn(self, stream: str, news: Sequence[RecordedEvent]) -> None:
        """Take in what was just written to a stream of this kind, where it follows what is known."""
        id = stream.removeprefix(self._stream(""))
        kept = self._kept.get(id)
        if stream == self._stream(id) and news and news[0].version == self._version(id) + 1:
            state = self._fold(news, kept)
            if state is not None:
                self._keep(id, state)

    def known(self, id: str) -> State | None:
        """The newest state that was read; asks nobody."""
        return self._kept.get(id)

    def forget(self) -> None:
        """Read everything anew: what is kept is of a journal that is no more."""
        self._kept.clear()
        self._past.clear()

    def questions(self, ids: Sequence[str]) -> list[ReadEvents]:
        """What to ask the journal for; its answers go to `take`."""
        return [ReadEvents(stream=self._stream(id), after=self._version(id), limit=AT_ONCE) for id in ids]

    def take(self, ids: Sequence[str], answers: Sequence[object]) -> dict[str, State]:
        """The states, from the answers to `questions` in the same order."""
        found: dict[str, State] = {}
        for id, answer in zip(ids, answers, strict=True):
            # Another reader may have folded some of these while the answer was on its way.
            kept, version = self._kept.get(id), self._version(id)
            news = [one for one in cast(list[RecordedEvent], answer) if one.version > version]
            if kept is None and news and news[0].version > 1:
                continue  # it was dropped meanwhile; `many` reads it anew
            state = self._fold(news, kept)
            if state is not None:
                self._keep(id, state)
                found[id] = state
        return found

    def _version(self, id: str) -> int:
        kept = self._kept.get(id)
        return kept.version if kept else 0

    def _keep(self, id: str, state: State) -> None:
        known = self._kept.get(id)
        if known is None or known.version <= state.version:
            self._kept[id] = state
        self._kept.move_to_end(id)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
