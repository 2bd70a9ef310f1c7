"""What is set aside: a reaction or a timer that was begun again and again and never ended."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

from journal.redis import RedisJournal

Told = Callable[[str, str], Awaitable[None]]
"""Told the name of what was set aside (`drain:op:OP-7`, `timer:run:OP-7`) and why."""

KILLED = "it was begun three times and the process ended each time before it did"
"""Why, where nothing else is known."""


@dataclass(frozen=True)
class SetAside:
    """One thing that is not done until somebody takes it up again. since_ms: ms since 1970."""

    name: str
    why: str
    since_ms: int


async def tell_nobody(_: str, __: str) -> None:
    """For where nobody listens."""


async def listed(journal: RedisJournal) -> list[SetAside]:
    """All that is set aside, by name. Raises JournalUnavailable."""
    found = cast("dict[str, str]", await journal.wire.call("HGETALL", journal.keys.aside))
    return [_read(name, text) for name, text in sorted(found.items())]


async def resume(journal: RedisJournal, name: str) -> bool:
    """Take it up again, as if it had never failed; False when nothing of that name is set aside.

    Raises JournalUnavailable.
    """
    keys, now_ms = journal.keys, int(journal.clock().timestamp() * 1000)
    if not await journal.wire.call("HDEL", keys.aside, name):
        return False
    kind, _, rest = name.partition(":")
    again: list[tuple[str | int | float, ...]] = [("HDEL", keys.begun, name), ("HDEL", keys.setbacks, name)]
    if kind == "drain":
        again.append(("ZADD", keys.dirty, now_ms, rest))
    await journal.wire.together(again)
    return True


def _read(name: str, text: str) -> SetAside:
    try:
        said: Any = json.loads(text)
        return SetAside(name, str(said["why"]), int(said["since"]))
    except (ValueError, KeyError, TypeError):
        return SetAside(name, text[:300], 0)
