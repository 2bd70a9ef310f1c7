"""States folded from the journal, kept with their version so that only news is read.

A stream that cannot be folded keeps nobody from the others: whoever asks for it by name is refused, and
whoever asks for many is told which could not be read.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar, cast

import structlog

from model.events import RecordedEvent
from model.ports.journal import Journal, ReadEvents
from model.refusal import Refused

_LOG = structlog.get_logger()


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


@dataclass(frozen=True)
class Unreadable(Generic[State]):
    """A stream that cannot be folded. why: what people are told. before: the state that was known last.

    news: what came after it, or the whole stream; somewhere in it stands what cannot be read.
    """

    why: Refused
    before: State | None
    news: tuple[RecordedEvent, ...]


@dataclass
class Read(Generic[State]):
    """What was found of the streams asked for, by id: states, and those that cannot be folded."""

    states: dict[str, State] = field(default_factory=dict[str, State])
    unreadable: dict[str, Unreadable[State]] = field(default_factory=dict[str, Unreadable[State]])

    def __or__(self, other: "Read[State]") -> "Read[State]":
        return Read(self.states | other.states, self.unreadable | other.unreadable)


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
        """The state now, or None when nothing was ever recorded of it. Refused if it is unreadable."""
        return (await self.many([id])).get(id)

    async def readable(self, id: str) -> State | None:
        """As `get`, for whom it is only something beside: None where it cannot be read, too."""
        return (await self.read([id])).states.get(id)

    async def many(self, ids: Sequence[str]) -> dict[str, State]:
        """The states of those that exist, in one round trip. Raises Refused where one cannot be read."""
        found = await self.read(ids)
        for one in found.unreadable.values():
            raise one.why
        return found.states

    async def read(self, ids: Sequence[str]) -> Read[State]:
        """The states of those that exist, in one round trip, and which of them cannot be read."""
        wanted = list(dict.fromkeys(ids))
        if not wanted:
            return Read()
        answers = await self._journal.view(self.questions(wanted))
        found = self.take(wanted, answers)
        given = list(zip(wanted, cast(list[list[RecordedEvent]], answers), strict=True))
        for id in [id for id, news in given if news and id not in found.states | found.unreadable]:
            found |= self.take([id], [await self._journal.read(self._stream(id))])
        long = [id for id, news in given if len(news) >= AT_ONCE and id not in found.unreadable]
        return found | await self.read(long)

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

    def take(self, ids: Sequence[str], answers: Sequence[object]) -> Read[State]:
        """The states, from the answers to `questions` in the same order."""
        found = Read[State]()
        for id, answer in zip(ids, answers, strict=True):
            # Another reader may have folded some of these while the answer was on its way.
            kept, version = self._kept.get(id), self._version(id)
            news = [one for one in cast(list[RecordedEvent], answer) if one.version > version]
            if kept is None and news and news[0].version > 1:
                continue  # it was dropped meanwhile; `read` reads it anew
            try:
                state = self._fold(news, kept)
            except Exception as error:  # whatever a stranger wrote there may break anything
                found.unreadable[id] = Unreadable(self._why(id, error), kept, tuple(news))
                continue
            if state is not None:
                self._keep(id, state)
                found.states[id] = state
        return found

    def _why(self, id: str, error: Exception) -> Refused:
        """What people are told of a stream that cannot be folded."""
        stream = self._stream(id)
        _LOG.error("stream unreadable", stream=stream, error=str(error))
        if isinstance(error, Refused):
            return error
        return Refused(
            f"{stream} holds an event that no Muster writes, so it cannot be read. Nothing was done.",
            "Whoever runs Muster looks with `muster audit verify`. All else goes on.",
        )

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
