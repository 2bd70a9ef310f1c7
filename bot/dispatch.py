"""From the journal's news and timers to the features that follow them."""

from collections.abc import Callable, Iterable

import structlog
from pydantic import JsonValue

from bot.ids import StreamId, TimerId
from bot.reactions import Feature, Reaction, Timer
from bot.slack.operators import Operators
from bot.stillness import NeverStill, Stillness
from bot.views.message import Message, safe
from model.events import RecordedEvent
from model.slash import slash

_LOG = structlog.get_logger()


class Dispatch:
    """Filled by `join` once the features stand; the journal's threads begin after that.

    after: told when a reaction ended.
    """

    def __init__(self, operators: Operators, stillness: Stillness | None = None) -> None:
        self._operators, self._stillness = operators, stillness or NeverStill()
        self._reactions: dict[str, Reaction] = {}
        self._timers: dict[str, Timer] = {}
        self._beside: dict[str, list[Reaction]] = {}
        self._after: Callable[[], None] = lambda: None

    def join(self, feature: Feature, after: Callable[[], None]) -> None:
        """Hand over what follows. Raises ValueError where two features want the same streams or timers."""
        reactions, timers = feature.reactions, feature.timers
        twice = [*_twice(self._reactions, reactions), *_twice(self._timers, timers)]
        if twice:
            raise ValueError(f"two features want {', '.join(twice)}")
        self._reactions |= reactions
        self._timers |= timers
        for kind, reaction in feature.beside.items():
            self._beside.setdefault(kind, []).append(reaction)
        self._after = after

    async def handle(self, stream: str, news: list[RecordedEvent]) -> None:
        """React to news of a stream, by what stands before its colon; others are passed over."""
        of = StreamId.parse(stream)
        reaction = self._reactions.get(of.kind)
        if reaction is not None:
            with self._stillness.work():
                for beside in self._beside.get(of.kind, ()):
                    await beside.follow(of.subject, news)
                await reaction.follow(of.subject, news)
            self._after()

    async def fired(self, key: str, payload: JsonValue) -> None:
        """Follow a timer: `run:OP-17` goes to whoever takes `run`.

        Raises LookupError for a timer of no feature here: a newer version set it, and it stays.
        """
        timer = TimerId.parse(key)
        if timer.kind not in self._timers:
            said = f"nothing here follows timers named `{timer.kind}`; a newer Muster may have set it"
            raise LookupError(said)
        with self._stillness.work():
            await self._timers[timer.kind](timer.subject)

    async def aside(self, name: str, why: str) -> None:
        """Something was set aside: those who run Muster are told, and what takes it up again."""
        _LOG.error("set aside", name=name, why=why)
        said = (
            f"⚠️ `{safe(name, 200)}` is set aside: {safe(why, 400)}. "
            "What should follow from it is not done; all else goes on. "
            f"When the cause is mended, an operator types `{slash('ops resume')} {safe(name, 200)}`, or on "
            f"Muster's host `muster resume {safe(name, 200)}`."
        )
        await self._operators.tell(f"aside:{name}", Message(text=said))


def _twice(one: Iterable[str], other: Iterable[str]) -> list[str]:
    return sorted(set(one) & set(other))
