"""Who is on call: the one place where schedules are asked, whatever keeps them."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import httpx

from bot.on_call.pagerduty import PagerDutySchedules
from bot.on_call.pagerduty_rest import PagerDutyRest
from bot.on_call.rotation import Rotations
from bot.on_call.slack_users import SlackUsers
from bot.settings import Settings
from bot.slack.directory import Directory
from bot.slack.messages import Chat
from model.catalog.schema import Catalog
from model.on_call.people import OnCallNow, OnCallPerson, parted
from model.ports.journal import Journal
from model.ports.on_call import OnCallShift, OnCallSource, ScheduleUnreadable

AHEAD = timedelta(days=30)
"""How far ahead the next turn is looked for; PagerDuty takes up to three months."""


class OnCallReader:
    """sources: one for each kind of schedule; another kind is one more of them."""

    def __init__(
        self,
        catalog: Catalog,
        sources: Iterable[OnCallSource],
        users: SlackUsers,
        directory: Directory,
        clock: Callable[[], datetime],
    ) -> None:
        self._catalog, self._users, self._directory, self._clock = catalog, users, directory, clock
        self._sources = {source.kind: source for source in sources}

    def has_schedule(self, handle: str) -> bool:
        """Whether the catalog has a schedule of that handle."""
        return handle in self._catalog.people.schedules

    async def of(self, handle: str) -> OnCallNow:
        """How a schedule stands; of a group without one, who is in it. Never raises: trouble is told."""
        schedule = self._catalog.people.schedules.get(handle)
        now = self._clock()
        if schedule is None:
            return self._group(handle, now)
        name = schedule.name or self._name(handle)
        try:
            source = self._sources[schedule.kind]
            shifts = await source.shifts(handle, schedule, now, now + AHEAD)
        except ScheduleUnreadable as error:
            return OnCallNow(handle=handle, name=name, trouble=str(error))
        current = [one for one in shifts if one.start <= now]
        later = [one for one in shifts if one.start > now]
        near = [*current, *(one for one in later if one.start == later[0].start)]
        people = tuple([await self._person(one) for one in near])
        on_call, following = parted(people, now)
        return OnCallNow(handle=handle, name=name, now=on_call, next=following)

    async def find(self, who: str) -> str:
        """Slack's id of a person as schedules write them; empty where Slack has none. Never raises."""
        return await self._users.find(who)

    async def _person(self, shift: OnCallShift) -> OnCallPerson:
        user = await self._users.find(shift.who)
        phones = self._catalog.people.phones
        phone = phones.get(shift.who) or phones.get(user) or ""
        if user and not phone:
            for who, number in phones.items():
                if await self._users.find(who) == user:
                    phone = number
                    break
        named = shift.name or shift.who
        return OnCallPerson(user=user, named=named, phone=phone, start=shift.start, end=shift.end)

    def _group(self, handle: str, now: datetime) -> OnCallNow:
        members = sorted(self._directory.members(handle))
        people = tuple(OnCallPerson(user=one, named=one, start=now) for one in members)
        return OnCallNow(handle=handle, name=self._name(handle), now=people, is_group=True)

    def _name(self, handle: str) -> str:
        group = self._catalog.people.groups.get(handle)
        return group.name if group and group.name else handle


def reader_on(
    settings: Settings,
    catalog: Catalog,
    journal: Journal,
    chat: Chat,
    directory: Directory,
    http: httpx.AsyncClient,
    clock: Callable[[], datetime],
) -> OnCallReader:
    """The reader of every kind there is."""
    rest = rest_on(settings, http)
    sources = (Rotations(journal), PagerDutySchedules(rest))
    return OnCallReader(catalog, sources, SlackUsers(chat, clock), directory, clock)


def rest_on(settings: Settings, http: httpx.AsyncClient) -> PagerDutyRest:
    """PagerDuty's REST API as the settings name it."""
    token = settings.pagerduty_api_token.get_secret_value()
    return PagerDutyRest(settings.pagerduty_api_url, token, http)
