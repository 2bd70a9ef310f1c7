"""Right after a start the journal's lists are held against its events, and made anew where they differ."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager

import structlog

from bot.gate import indexes
from bot.slack.operators import Operators
from bot.views.message import Message, safe
from journal.indexes import Derivation, Wrong, differing, mend
from journal.redis import RedisJournal
from model.ports.journal import JournalUnavailable

_LOG = structlog.get_logger()
_SHOWN = 10

HOW = Derivation(indexes.KINDS, indexes.TYPES, indexes.derived, indexes.owner)
"""How the lists of this journal are made."""


async def reindex(journal: RedisJournal, operators: Operators) -> None:
    """Put every list right, and tell what was wrong. Never raises."""
    try:
        wrong = await differing(journal, HOW)
        if not wrong:
            return
        done = await mend(journal, wrong)
    except JournalUnavailable as error:
        _LOG.warning("lists not compared", error=str(error))
        return
    _LOG.error("lists differed from the events", wrong=[one.says for one in wrong[:100]], mended=done)
    await operators.tell("lists", _told(wrong))


def _told(wrong: Sequence[Wrong]) -> Message:
    lines = [f"• {safe(one.says, 200)}" for one in wrong[:_SHOWN]]
    more = [f"… and {len(wrong) - _SHOWN} more"] if len(wrong) > _SHOWN else []
    head = (
        "⚠️ Lists of Muster's journal were not as its events say, and were made anew. Somebody wrote into its "
        "Redis beside Muster: look with `muster audit verify`, and at who can reach it."
    )
    return Message(text="\n".join([head, *lines, *more]))


@asynccontextmanager
async def reindexing(
    journal: RedisJournal, operators: Operators, then: Callable[[], None]
) -> AsyncGenerator[None]:
    """Once, beside everything else: a large journal takes a while, and nobody waits for it.

    then: what was read of the lists before may be wrong, whoever put them right.
    """

    async def work() -> None:
        await reindex(journal, operators)
        then()

    task = asyncio.create_task(work())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
