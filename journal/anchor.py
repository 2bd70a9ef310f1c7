"""A copy of the log's position, kept outside of its server, so that a log cut short is noticed."""

import asyncio
import json
import logging
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

from journal.chain import LogPosition
from journal.redis import RedisJournal
from journal.repeated import repeated
from journal.sealed import Unsealed, advanced
from model.ports.journal import JournalUnavailable

logger = logging.getLogger(__name__)


def kept(path: Path) -> LogPosition | None:
    """The position last kept in a file; None when there is none. Raises ValueError when it is damaged."""
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        return None
    entries, chain = json.loads(text)
    return LogPosition(int(entries), str(chain))


def keep(path: Path, tip: LogPosition) -> None:
    """Keep a position, unless a later one is kept already. Raises OSError, or ValueError as `kept`."""
    known = kept(path)
    if tip.entries == 0 or (known is not None and known.entries >= tip.entries):
        return
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(tip), encoding="ascii")
    draft.replace(path)


@asynccontextmanager
async def anchoring(path: Path, journal: RedisJournal, every: timedelta) -> AsyncGenerator[None]:
    """Keep the verified position soon, from time to time, and at the end.

    What does not verify is said and never kept, so that a wrong answer of the server spoils nothing.
    """

    async def step() -> None:
        known = await asyncio.to_thread(kept, path) or LogPosition()
        try:
            journal.proven = await advanced(journal, max(known, journal.proven))
        except Unsealed as error:
            logger.error("the audit log does not follow its anchor in %s: %s", path, error)
        await asyncio.to_thread(keep, path, journal.proven)

    try:
        async with repeated(step, every):
            yield
    finally:
        try:
            await step()
        except (JournalUnavailable, OSError, ValueError) as error:
            logger.error("the position of the audit log could not be kept in %s: %s", path, error)
            await asyncio.to_thread(_keep_if_possible, path, journal.proven)


def _keep_if_possible(path: Path, tip: LogPosition) -> None:
    with suppress(OSError, ValueError):
        keep(path, tip)
