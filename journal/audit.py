"""Reading the audit log: show a part of it, export it."""

import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from journal.redis import RedisJournal

PAGE = 500


@dataclass(frozen=True)
class Stored:
    """One audit entry as stored: its number, the sealed JSON text, its mac, the running digest."""

    number: str
    text: str
    mac: str
    chain: str


@dataclass(frozen=True)
class Filter:
    """Which entries to show; what is None or empty does not matter."""

    stream: str = ""
    user: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def wants(self, entry: dict[str, Any], text: str) -> bool:
        """Whether an entry is asked for."""
        at = datetime.fromisoformat(entry["at"])
        return (
            (not self.stream or any(link["stream"] == self.stream for link in entry["links"]))
            and (not self.user or entry["who"]["user"] == self.user)
            and self.text in text
            and (self.since is None or self.since <= at)
            and (self.until is None or at < self.until)
        )


async def show(journal: RedisJournal, wanted: Filter, limit: int = 50) -> list[dict[str, Any]]:
    """The newest entries that a filter wants, oldest first, each with its number. Does not verify them.

    Raises JournalUnavailable.
    """
    found: list[dict[str, Any]] = []
    async for stored in entries(journal, newest_first=True):
        entry = json.loads(stored.text)
        if wanted.wants(entry, stored.text):
            found.append({"number": int(stored.number.partition("-")[0]), **entry})
        if len(found) == limit:
            break
    return found[::-1]


async def export(journal: RedisJournal) -> AsyncGenerator[str]:
    """Every entry as one line of JSON, oldest first: its number, sealed text, mac and running digest.

    The sealed text is kept as it is, so that the export can be verified elsewhere. Raises JournalUnavailable.
    """
    async for stored in entries(journal):
        yield json.dumps(
            {"number": stored.number, "sealed": stored.text, "mac": stored.mac, "chain": stored.chain}
        )


async def entries(
    journal: RedisJournal, newest_first: bool = False, after: int = 0
) -> AsyncGenerator[Stored]:
    """Every entry as stored, or those after a number. Raises JournalUnavailable."""
    first = f"({after}-0" if after else "-"
    command, edge, end = ("XREVRANGE", "+", first) if newest_first else ("XRANGE", first, "+")
    while True:
        page: Sequence[Any] = await journal.wire.call(command, journal.keys.audit, edge, end, "COUNT", PAGE)
        for id_, fields in page:
            yield Stored(id_, fields.get("j", ""), fields.get("m", ""), fields.get("c", ""))
        if len(page) < PAGE:
            return
        edge = f"({page[-1][0]}"
