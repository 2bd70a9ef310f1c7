"""What an incident's events say: short in its own channel, in full in the thread in #incidents."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.gate.projections import Projection
from bot.incidents.keys import announce_key, event_key, home
from bot.slack.messages import Chat, SlackRefused, SlackUnreachable
from bot.views.incident.alarm import alarm
from bot.views.incident.handoff import declined, handoff_post
from bot.views.incident.news import HANDOFF, ON_CALL, TASKS, commander, is_news, page, severity
from bot.views.incident.on_call import level_post, on_call_post
from bot.views.incident.post import post
from bot.views.incident.tasks import task_list, task_reminder, task_told
from bot.views.incident.update import BROADCAST, broadcast, update
from bot.views.message import Message
from model.catalog.schema import Catalog
from model.events import RecordedEvent
from model.incidents.events import POSTED
from model.incidents.state import Incident
from model.people import Person

ALARMS = frozenset(
    {
        "incident.response_overdue",
        "incident.next_update_due",
        "incident.next_update_overdue",
        "incident.escalated",
    }
)
"""Types of event that are clocks: told in the incident's channel to whom they concern."""

_OF_PAGES = frozenset(
    {"incident.page_taken", "incident.page_seen", "incident.step_failed", "incident.step_recovered"}
)
"""Types of event after which the lines of pages may read otherwise."""


@dataclass(frozen=True)
class _Put:
    """One message to be shown; under: the key of the message in whose thread it stands."""

    key: str
    channel: str
    message: Message
    under: str = ""
    is_broadcast: bool = False


class Names(Protocol):
    """What people and groups are called; the directory of Slack knows."""

    async def meet(self, users: Iterable[str]) -> None:
        """Ask for those whose name is not known yet."""
        ...

    def name(self, user: str) -> str:
        """What people call someone."""
        ...

    def mention(self, handle: str) -> str:
        """A group's mention by its handle."""
        ...


class IncidentPosts:
    """Every message is posted once for its event, however often its news comes."""

    def __init__(
        self,
        catalog: Catalog,
        incidents: Projection[Incident],
        chat: Chat,
        names: Names,
        incidents_channel: Callable[[], Awaitable[str]],
    ) -> None:
        self._catalog, self._incidents, self._chat = catalog, incidents, chat
        self._names, self._incidents_channel = names, incidents_channel

    async def post(self, incident: Incident, news: Sequence[RecordedEvent]) -> None:
        """Tell these news, each by itself and in order: a channel that refuses keeps nothing from another.

        Raises the first SlackRefused or SlackUnreachable once all was tried.
        """
        told = [one for one in news if one.type in POSTED | ALARMS or is_news(one)]
        named = {one.who.user for one in told} | {one.by.user for one in incident.paged}
        named |= {one.owner.user for one in incident.tasks if one.owner}
        await self._names.meet(named | ({incident.ic.user} if incident.ic else set()))
        elsewhere = await self._incidents_channel()
        failed: SlackRefused | SlackUnreachable | None = None
        closed = set[str]()  # what comes after a post that failed waits for it, as it was said after it
        for one in told:
            for put in await self._puts(incident, one, elsewhere):
                if put.channel in closed:
                    continue
                try:
                    await self._put(put)
                except SlackUnreachable as error:
                    failed = failed or error
                    closed.add(put.channel)
                except SlackRefused as error:
                    failed = failed or error
                    if (
                        error.is_lasting and error.error != "msg_too_long"
                    ):  # of the channel; a message that Slack takes not stops no other
                        closed.add(put.channel)
        if failed is not None:
            raise failed

    async def _put(self, put: _Put) -> None:
        thread = ""
        if put.under:  # without the announcement it stands by itself, as nothing may be lost
            posted = await self._chat.where(put.under)
            thread = posted.ts if posted and posted.channel == put.channel else ""
        await self._chat.put(put.key, put.channel, put.message, thread, is_broadcast=put.is_broadcast)

    async def _puts(self, incident: Incident, one: RecordedEvent, elsewhere: str) -> list[_Put]:
        key, here = event_key(incident, one.version), home(incident)
        if one.type in _OF_PAGES or one.type == "incident.paged":
            return self._pages(incident)
        if one.type in HANDOFF:
            return self._handoff(incident, one)
        if one.type in TASKS:
            return self._tasks(incident, one)
        if one.type in ON_CALL | {"incident.escalated"}:
            return self._people(incident, one)
        then = await self._incidents.as_of(incident.id, one.version)
        if then is None:
            return []
        puts = [_Put(key, here, await self._short(then, one))]
        under = announce_key(incident)
        if one.type in POSTED:
            system = self._catalog.by_system[incident.system]
            puts.append(_Put(f"{key}:announce", elsewhere, post(then, system, one.at), under))
        if one.type == "incident.role_assigned":
            puts += [*self._people(incident, one), *self._handoff(incident, one)]
        if one.type in BROADCAST and here != elsewhere:
            said = broadcast(then, one, self._name)
            puts.append(_Put(f"{key}:broadcast", elsewhere, said, under, is_broadcast=True))
        return puts

    async def _short(self, then: Incident, one: RecordedEvent) -> Message:
        """What the incident's own channel reads. then: folded up to the event."""
        if one.type in POSTED:
            return update(then, one, self._name)
        if one.type in ALARMS:
            return alarm(then, one, self._names.mention)
        if one.type == "incident.severity_changed":
            return severity(then, one, self._name)
        before = await self._incidents.as_of(then.id, one.version - 1)
        return commander(then, before.ic if before else None, one)

    def _pages(self, incident: Incident) -> list[_Put]:
        """A line for each team that was paged, as it stands now: edited when the pager takes it, or not."""
        shown = [
            (one, page(incident, one, self._names.mention(one.team), self._name)) for one in incident.paged
        ]
        return [_Put(event_key(incident, one.number), home(incident), said) for one, said in shown]

    def _tasks(self, incident: Incident, one: RecordedEvent) -> list[_Put]:
        """The list, kept current; in its thread who was given a task by somebody else, or whose is due."""
        here, under = home(incident), f"inc:{incident.id}:tasks"
        puts = [_Put(under, here, task_list(incident, self._name))]
        task = next((task for task in incident.tasks if task.number == one.data["number"]), None)
        if task is None:
            return puts
        if one.type == "incident.task_added" and task.owner not in (None, task.added_by):
            puts.append(_Put(event_key(incident, one.version), here, task_told(task), under))
        if one.type == "incident.task_due":
            puts.append(_Put(event_key(incident, one.version), here, task_reminder(incident, task), under))
        return puts

    def _handoff(self, incident: Incident, one: RecordedEvent) -> list[_Put]:
        """The offer as it stands; who made it is told in its thread when it is not taken."""
        found = incident.handoff
        if found is None:
            return []
        key, here = event_key(incident, found.number), home(incident)
        puts = [_Put(key, here, handoff_post(incident, found))]
        if one.type == "incident.handoff_declined" and found.outcome == "declined":
            puts.append(_Put(event_key(incident, one.version), here, declined(incident, found), key))
        return puts

    def _people(self, incident: Incident, one: RecordedEvent) -> list[_Put]:
        """Who is on call, and each level that was reached, as they stand now."""
        here = home(incident)
        if one.type in {"incident.on_call_found", "incident.role_assigned"}:
            found = incident.on_call
            key = f"inc:{incident.id}:on-call"
            return [_Put(key, here, on_call_post(incident))] if found else []
        shown = [(level, level_post(incident, level, self._names.mention)) for level in incident.levels]
        return [_Put(event_key(incident, level.number), here, said) for level, said in shown]

    def _name(self, person: Person) -> str:
        return self._names.name(person.user)
