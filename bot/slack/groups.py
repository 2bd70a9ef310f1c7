"""The workspace's user groups, read in one call, held against what was trusted, and kept between starts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol, cast

import structlog
from pydantic import AwareDatetime, ValidationError

from bot.slack.messages import Chat, SlackRefused
from bot.slack.refusals import NO_GROUPS
from model.events import Actor
from model.groups.events import STREAM, Pinned, Source, to_event
from model.groups.pins import Differs, HeldGroup, Pins, SeenGroup, Settled, Wanted, fold, settle
from model.ports.journal import Commit, Conflict, Journal, Kept, Write
from model.value import Value

_LOG = structlog.get_logger()
_KEPT = "groups"
_TRUSTED = "groups-trusted"
_LONG = timedelta(days=400)
"""So long after the last reading it is still known what was trusted."""
_ATTEMPTS = 5


class Untrusted(Exception):
    """What was recorded of the groups is not what the log sealed; says what is wrong."""


class _Group(Value):
    id: str
    handle: str
    users: tuple[str, ...]


class _Checkpoint(Value):
    """What the first `version` events of the stream came to."""

    version: int
    pins: dict[str, Source]


class _Reading(Value):
    """What Slack listed, and when."""

    at: AwareDatetime
    groups: tuple[_Group, ...]

    @property
    def seen(self) -> list[SeenGroup]:
        return [SeenGroup(one.id, one.handle, frozenset(one.users)) for one in self.groups]


@dataclass(frozen=True)
class Memberships:
    """Who is in which of the catalog's groups. ids: handle → Slack's id, for mentions.

    listed: handle → id of every group that Slack lists now, trusted or not.
    differing: groups that are not what was trusted; news: what is trusted since this reading.
    without: why Slack has no groups at all, where its plan has none.
    """

    at: datetime
    held: Mapping[str, HeldGroup]
    ids: Mapping[str, str]
    listed: Mapping[str, str]
    differing: tuple[Differs, ...] = ()
    news: tuple[Pinned, ...] = ()
    without: str = ""

    def of(self, user: str) -> frozenset[str]:
        """Handles of the groups that someone is in."""
        return frozenset(handle for handle, group in self.held.items() if user in group.users)


class Seals(Protocol):
    """Holds streams of the journal against its sealed log."""

    async def unsealed(self, stream: str, after: int = 0) -> str:
        """What is wrong with a stream's events after a version, which is told; nothing when all is sealed."""
        ...

    async def tell(self, stream: str, why: str) -> None:
        """Tell those who run Muster that a stream is not as it was written."""
        ...


class Groups:
    """Reads groups. life: how long a reading may serve at all, when Slack gives no newer one."""

    def __init__(
        self,
        chat: Chat,
        journal: Journal,
        kept: Kept,
        seals: Seals,
        clock: Callable[[], datetime],
        team: str,
        wanted: Sequence[Wanted],
        life: timedelta,
        wake: Callable[[str], None],
    ) -> None:
        self._chat, self._journal, self._kept, self._seals = chat, journal, kept, seals
        self._clock, self._wanted, self._life, self._wake = clock, wanted, life, wake
        self._system = Actor(team=team, user="MUSTER", via="system")
        self._trusted: _Checkpoint | None = None

    async def read(self) -> Memberships:
        """As Slack lists them now. Raises SlackRefused, SlackUnreachable, Untrusted or JournalUnavailable."""
        without = ""
        try:
            listed = await self._chat.call("usergroups.list", include_users=True)
        except SlackRefused as refused:
            if refused.error not in NO_GROUPS:
                raise
            listed: dict[str, Any] = {"usergroups": []}
            without = str(refused)
        pins = (await self._pins()).pins
        reading = self._reading(cast(list[dict[str, Any]], listed["usergroups"]), pins)
        found = await self._held(reading)
        await self._kept.keep(_KEPT, reading.model_dump_json(), self._life)
        return replace(found, without=without)

    async def recall(self) -> Memberships | None:
        """As they were listed before this start. Raises Untrusted or JournalUnavailable."""
        text = await self._kept.find(_KEPT)
        if text is None:
            return None
        try:
            return await self._held(_Reading.model_validate_json(text))
        except ValidationError:
            _LOG.warning("kept groups not understood")
            return None

    def _reading(self, listed: Sequence[dict[str, Any]], pins: Pins) -> _Reading:
        """Of groups that give nobody a right only what a mention needs: some hold a whole company."""
        ids = {pin.id for pin in pins.values()} | {one.id for one in self._wanted}
        handles = {one.handle for one in self._wanted}
        groups = [
            _Group(
                id=str(one["id"]),
                handle=str(one["handle"]),
                users=tuple(one.get("users") or ()) if one["id"] in ids or one["handle"] in handles else (),
            )
            for one in listed
        ]
        return _Reading(at=self._clock(), groups=tuple(groups))

    async def _held(self, reading: _Reading) -> Memberships:
        """Held against what was trusted; what is seen for the first time is recorded as trusted."""
        for _ in range(_ATTEMPTS):
            trusted = await self._pins()
            settled = settle(trusted.pins, self._wanted, reading.seen)
            if not settled.news or await self._record(settled, trusted.version):
                listed = {one.handle: one.id for one in reading.groups}
                ids = listed | {handle: one.source.id for handle, one in settled.held.items()}
                return Memberships(reading.at, settled.held, ids, listed, settled.differing, settled.news)
        raise Untrusted("others kept recording groups at the same moment")

    async def _pins(self) -> "_Checkpoint":
        """What was trusted. Old events may be hundreds of thousands of log entries ago, so what they came to
        is kept, sealed; only what was added since is looked for in the log."""
        known = self._trusted or await self._checkpoint()
        events = await self._journal.read(STREAM)
        if len(events) < known.version or fold(events[: known.version]) != known.pins:
            why = "what it says is not what was trusted before"
            await self._seals.tell(STREAM, why)
            raise Untrusted(why)
        if len(events) > known.version:
            why = await self._seals.unsealed(STREAM, known.version)
            if why:
                raise Untrusted(why)
        self._trusted = _Checkpoint(version=len(events), pins=fold(events))
        await self._kept.keep(_TRUSTED, self._trusted.model_dump_json(), _LONG)
        return self._trusted

    async def _checkpoint(self) -> "_Checkpoint":
        text = await self._kept.find(_TRUSTED)
        return _Checkpoint.model_validate_json(text) if text else _Checkpoint(version=0, pins={})

    async def _record(self, settled: Settled, version: int) -> bool:
        """False when somebody else recorded meanwhile."""
        events = tuple(to_event(one) for one in settled.news)
        write = Write(stream=STREAM, expect=version, events=events)
        commit = Commit(at=self._clock(), who=self._system, writes=(write,))
        if isinstance(await self._journal.commit(commit), Conflict):
            return False
        self._wake(STREAM)
        return True
