"""A copy of the log's position, kept outside of its server, so that a log cut short is noticed."""

import asyncio
import json
import logging
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from journal.chain import Tip
from journal.repeated import repeated

logger = logging.getLogger(__name__)


def kept(path: Path) -> Tip | None:
    """The position last kept in a file; None when there is none. Raises ValueError when it is damaged."""
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        return None
    entries, chain = json.loads(text)
    return Tip(int(entries), str(chain))


def keep(path: Path, tip: Tip) -> None:
    """Keep a position, unless a later one is kept already. Raises OSError, or ValueError as `kept`."""
    known = kept(path)
    if tip.entries == 0 or (known is not None and known.entries >= tip.entries):
        return
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(tip), encoding="ascii")
    draft.replace(path)


@asynccontextmanager
async def anchoring(path: Path, tip: Callable[[], Tip], every: timedelta) -> AsyncGenerator[None]:
    """Keep the position from time to time, and at the end."""

    async def step() -> None:
        await asyncio.to_thread(keep, path, tip())

    try:
        async with repeated(step, every):
            yield
    finally:
        try:
            await step()
        except (OSError, ValueError) as error:
            logger.error("the position of the audit log could not be kept in %s: %s", path, error)
