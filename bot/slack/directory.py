"""Who people are and which groups they are in, as Slack said within a bounded time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta

import structlog

from bot.slack.groups import Groups, Memberships, Untrusted
from bot.slack.membership import Age, Membership, oldest
from bot.slack.messages import SlackRefused, SlackUnreachable
from bot.slack.people import People
from model.people import Person
from model.ports.journal import JournalUnavailable

_LOG = structlog.get_logger()

RESTS = timedelta(seconds=5)
"""After a question that found no answer in time, so long nobody waits for another one."""

SERVES = timedelta(hours=1)
"""How long an answer may serve for what changes nothing, while Slack gives no newer one."""


class Directory:
    """People, and user groups of their first workspace; `max_age`: how old an answer may be for a change.

    patience_s: seconds that a request waits for Slack's word on who asks.
    told: what was read before, and now, after each reading.
    """

    def __init__(
        self,
        people: People,
        groups: Groups,
        team: str,
        clock: Callable[[], datetime],
        max_age: timedelta,
        patience_s: float,
        told: Callable[[Memberships | None, Memberships], Awaitable[None]] | None = None,
    ) -> None:
        self._people, self._groups, self._team = people, groups, team
        self._clock, self._max_age, self._told = clock, max_age, told
        self._patience_s = patience_s
        self._memberships: Memberships | None = None
        self._reading: asyncio.Task[None] | None = None
        self._telling: set[asyncio.Task[None]] = set()
        self._rests: dict[str, datetime] = {}

    async def standing(self, person: Person) -> Membership:
        """The person as Slack said within `max_age`, else as last known within `SERVES`."""
        if person.team != self._team:
            return Membership(frozenset(), "fresh", is_member=False, is_stranger=True)
        await self._renew(person.user)
        known = self._people.known(person.user)
        memberships = self._memberships
        ages = (self._age(known.at if known else None), self._age(memberships.at if memberships else None))
        age = oldest(*ages)
        groups = (
            frozenset[str]() if memberships is None or ages[1] == "unknown" else memberships.of(person.user)
        )
        is_member, is_stranger = (known.is_member, known.is_stranger) if known else (False, False)
        return Membership(groups, age, is_member, is_known=known is not None, is_stranger=is_stranger)

    def members(self, handle: str) -> frozenset[str]:
        """User ids of a group, as last read."""
        held = self._memberships.held.get(handle) if self._memberships else None
        return held.users if held else frozenset()

    def others_in(self, handles: Iterable[str], but: str) -> int | None:
        """How many people are in these groups beside one; None while it is not known who is in them."""
        if self._memberships is None:
            return None
        return len(frozenset[str]().union(*(self.members(handle) for handle in handles)) - {but})

    @property
    def listed(self) -> Mapping[str, str]:
        """Handle → id of every user group in Slack, as last read; empty while nothing is known."""
        return self._memberships.listed if self._memberships else {}

    def mention(self, handle: str) -> str:
        """Slack's markup for a group, or its bare handle when Slack has no such group."""
        group = self._memberships.ids.get(handle) if self._memberships else None
        return f"<!subteam^{group}>" if group else f"@{handle}"

    def name(self, user: str) -> str:
        """What people call someone, for texts that leave Slack; the bare id of someone not known."""
        return self._people.name(user) or ("Muster" if user == "MUSTER" else user)

    async def meet(self, users: Iterable[str]) -> None:
        """Ask for those whose name is not known yet; waits no longer than for who asks."""
        asking = {
            self._people.ask(user) for user in users if user != "MUSTER" and not self._people.name(user)
        }
        if asking:
            await asyncio.wait(asking, timeout=self._patience_s)

    def refresh_soon(self) -> asyncio.Task[None]:
        """Read groups in the background, once at a time; never raises."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())
        return self._reading

    async def reread(self, *users: str) -> None:
        """Read groups and these people anew, after what is being read; never raises."""
        if self._reading is not None:
            await asyncio.wait({self._reading})
        await asyncio.wait({self.refresh_soon(), *(self._people.ask(user) for user in users)})

    async def close(self) -> None:
        """Stop reading."""
        tasks = [*self._telling, *([self._reading] if self._reading else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._people.close()

    async def _renew(self, user: str) -> None:
        """A third of the bound is the time to ask again, so that a fresh answer is the rule.

        Only for what there is nothing fresh of does anyone wait, and not for long.
        """
        await self._recall(user)
        known, read = self._people.known(user), self._memberships
        asked = {
            "person": self._asked(known.at if known else None, lambda: self._people.ask(user)),
            "groups": self._asked(read.at if read else None, self.refresh_soon),
        }
        now = self._clock()
        needed = {name: task for name, task in asked.items() if task and now >= self._rests.get(name, now)}
        if needed:
            _, late = await asyncio.wait(needed.values(), timeout=self._patience_s)
            self._rests |= {name: self._clock() + RESTS for name, task in needed.items() if task in late}

    def _asked(self, at: datetime | None, ask: Callable[[], asyncio.Task[None]]) -> asyncio.Task[None] | None:
        """Ask again what is getting old; the question, where its answer has to be waited for."""
        if at is not None and self._clock() - at < self._max_age / 3:
            return None
        task = ask()
        return None if self._age(at) == "fresh" else task

    async def _recall(self, user: str) -> None:
        """What was kept before this start serves until Slack answers."""
        try:
            if self._people.known(user) is None:
                await self._people.recall(user)
            if self._memberships is None:
                found = await self._groups.recall()
                self._memberships = self._memberships or found
        except (Untrusted, JournalUnavailable) as error:
            _LOG.warning("what was kept of people is not used", error=str(error))

    def _age(self, at: datetime | None) -> Age:
        age = self._clock() - at if at else None
        if age is None or age > SERVES:
            return "unknown"
        return "fresh" if age <= self._max_age else "stale"

    async def _read(self) -> None:
        before = self._memberships
        try:
            self._memberships = await self._groups.read()
        except (SlackRefused, SlackUnreachable, Untrusted, JournalUnavailable) as error:
            _LOG.warning("groups not read", error=str(error))
            return
        if self._told is not None:
            task = asyncio.ensure_future(self._told(before, self._memberships))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)
