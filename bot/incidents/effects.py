"""The steps an incident takes in the outside world; each is safe to take again."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from bot.incidents.background import BackgroundReader
from bot.incidents.escalation import Escalations, OnCall
from bot.incidents.keys import announce_key, headline_key, home
from bot.incidents.paging import Pager
from bot.incidents.posts import ALARMS, IncidentPosts
from bot.slack.channels import Channels
from bot.slack.directory import Directory
from bot.slack.files import Files
from bot.slack.messages import Chat, SlackRefused
from bot.slack.refusals import NO_FILES
from bot.views.blocks import message, section
from bot.views.incident.announcement import announcement
from bot.views.incident.headline import headline
from bot.views.incident.news import is_news
from bot.views.incident.words import first_line, place
from bot.views.message import Message, redact, safe
from model.catalog.schema import Catalog
from model.events import RecordedEvent
from model.incidents.events import POSTED, ChannelCreated, EffectName, PageTaken
from model.incidents.on_call_events import LevelsTold, OnCallFound
from model.incidents.postmortem import postmortem
from model.incidents.state import Incident
from model.people import Person

_OPENING: tuple[EffectName, ...] = ("topic", "invite", "pin", "tell")
_TOPIC = frozenset({"incident.severity_changed", "incident.resolved", "incident.reopened"})
_PAGED = frozenset(
    {
        "incident.declared",
        "incident.acknowledged",
        "incident.resolved",
        "incident.reopened",
        "incident.paged",
    }
)
_PART, _PARTS = 3_500, 20
"""Characters of a long text that one message takes, and how many messages."""

_PEOPLE = frozenset(
    {"incident.role_assigned", "incident.on_call_found", "incident.level_told", "incident.paged"}
)


class OnCallUnknown(Exception):
    """Who is on call could not be read; says why."""


class IncidentEffects:
    """What to do, given an incident and what is new about it."""

    def __init__(
        self,
        catalog: Catalog,
        chat: Chat,
        rooms: Channels,
        directory: Directory,
        pager: Pager,
        files: Files,
        posts: IncidentPosts,
        incidents_channel: Callable[[], Awaitable[str]],
        clock: Callable[[], datetime],
        backgrounds: BackgroundReader,
        on_call: OnCall,
    ) -> None:
        self._backgrounds, self._on_call = backgrounds, on_call
        self._escalations = Escalations(catalog, on_call, pager, directory, clock)
        self._catalog, self._chat, self._rooms, self._posts = catalog, chat, rooms, posts
        self._directory, self._pager, self._files = directory, pager, files
        self._incidents_channel, self._clock = incidents_channel, clock

    def wanted(self, incident: Incident, news: Sequence[RecordedEvent]) -> list[EffectName]:
        """Which steps these news ask for; the headline and the announcement follow every one."""
        types = {one.type for one in news}
        wanted: list[EffectName] = ["headline", "announce"]
        if "incident.channel_created" in types:
            wanted.extend(_OPENING)
        if types & _TOPIC:
            wanted.append("topic")
        if types & _PEOPLE:
            wanted.append("invite")
        if types & (POSTED | ALARMS) or any(map(is_news, news)):
            wanted.append("post")
        if "incident.paged" in types or (types & _PAGED and (self._pager.is_on or incident.paged)):
            wanted.append("page")
        if "incident.escalated" in types:
            wanted.append("escalate")
        if "incident.declared" in types and self._on_call.has_schedule(self._on_call_of(incident)):
            wanted.append("on_call")
        if "incident.postmortem_drafted" in types:
            wanted.append("document")
        return wanted

    async def create_channel(self, incident: Incident) -> ChannelCreated:
        """Make the incident's channel. Raises NoRoom, SlackRefused or SlackUnreachable."""
        room = await self._rooms.create(incident)
        return ChannelCreated(channel=room.id, name=room.name)

    async def has_channel(self, incident: Incident) -> bool:
        """Whether it has one that can be written to. Raises SlackRefused or SlackUnreachable."""
        return bool(incident.channel) and not await self._rooms.is_gone(incident.channel)

    async def take(
        self, step: EffectName, incident: Incident, news: Sequence[RecordedEvent]
    ) -> PageTaken | OnCallFound | LevelsTold | None:
        """Take one step; what is to be recorded of it.

        Raises SlackRefused, SlackUnreachable, NotPaged or OnCallUnknown.
        """
        match step:
            case "headline":
                shown = headline(incident, self._clock())
                await self._chat.put(headline_key(incident), home(incident), shown)
            case "announce":
                channel = await self._incidents_channel()
                shown = announcement(incident, self._clock())
                await self._chat.put(announce_key(incident), channel, shown)
            case "tell":
                await self._tell(incident)
            case "topic":
                await self._rooms.set_topic(incident)
            case "invite":
                await self._rooms.invite(incident, self._people(incident))
            case "pin":
                await self._rooms.pin(headline_key(incident), home(incident))
            case "post":
                await self._posts.post(incident, news)
            case "page":
                return await self._pager.page(incident)
            case "escalate":
                return await self._escalations.tell(incident)
            case "on_call":
                return await self._who(incident)
            case "document":
                await self._document(incident, news)
            case "channel":
                pass
        return None

    def _on_call_of(self, incident: Incident) -> str:
        service = self._catalog.service(incident.service)
        return service.on_call if service else ""

    async def _who(self, incident: Incident) -> OnCallFound | None:
        """Who is on call now, once; raises OnCallUnknown, and is then asked again."""
        if incident.on_call is not None or not incident.is_open:
            return None
        found = await self._on_call.of(self._on_call_of(incident))
        if found.trouble:
            raise OnCallUnknown(found.trouble)
        return OnCallFound(handle=found.handle, people=found.now, next=found.next)

    async def _tell(self, incident: Incident) -> None:
        """Lead who declared it elsewhere to where it goes on; after a crash maybe twice, which harms none."""
        await self._lead_on(incident)
        if incident.channel and incident.asked_in != await self._incidents_channel():
            shown = Message(text=f"{incident.id} goes on in {place(incident)}: {first_line(incident)}")
            await self._chat.post_ephemeral(incident.asked_in, incident.declared_by.user, shown)

    async def _lead_on(self, incident: Incident) -> None:
        """A headline that was posted where it was asked for, before there was a channel, leads to it."""
        key = f"inc:{incident.id}:headline:{incident.asked_in}"
        if incident.channel in {"", incident.asked_in} or not await self._chat.has_begun(key):
            return
        said = f"{incident.id} goes on in {place(incident)}."
        await self._chat.put(key, incident.asked_in, message(said, [section(said)]))

    async def _document(self, incident: Incident, news: Sequence[RecordedEvent]) -> None:
        """The post-mortem as a file, in the thread of the post that resolved it; before, of the headline."""
        drafted = [one for one in news if one.type == "incident.postmortem_drafted"]
        if not drafted:
            return
        under = None
        if incident.resolved_in:
            under = await self._chat.where(f"inc:{incident.id}:{incident.resolved_in}")
        under = under or await self._chat.where(headline_key(incident))
        channel, thread = (under.channel, under.ts) if under else (home(incident), "")
        said = f"📝 The post-mortem of {incident.id}, drafted from its timeline. Fill in what it asks for."
        key = f"inc:{incident.id}:{drafted[-1].version}"
        posted = await self._chat.put(key, channel, Message(text=said), thread)
        text = redact(await self._postmortem(incident))
        name = f"{incident.id.lower()}-post-mortem.md"
        try:
            await self._files.share(
                posted.channel,
                thread or posted.ts,
                name,
                text.encode(),
                f"Post-mortem of {incident.id}",
            )
        except SlackRefused as refused:
            if refused.error not in NO_FILES:
                raise
            await self._in_words(key, posted.channel, thread or posted.ts, text)

    async def _in_words(self, key: str, channel: str, thread: str, text: str) -> None:
        """The document as messages of its thread, where the workspace takes no files."""
        parts = [text[start : start + _PART] for start in range(0, len(text), _PART)][:_PARTS]
        for number, part in enumerate(parts):
            shown = Message(text=safe(part, _PART * 2))
            await self._chat.put(f"{key}:{number}", channel, shown, thread)

    async def _postmortem(self, incident: Incident) -> str:
        """The document by names: a first writing tells whose are needed."""
        named: set[str] = set()

        def note(person: Person) -> str:
            named.add(person.user)
            return person.user

        background = await self._backgrounds.of(incident)
        postmortem(incident, note, background)
        await self._directory.meet(named)
        return postmortem(incident, lambda person: self._directory.name(person.user), background)

    def _people(self, incident: Incident) -> list[str]:
        """Who belongs in the channel: who declared, who has a role, who is on call for the service."""
        service = self._catalog.service(incident.service)
        on_call = set(self._directory.members(service.on_call)) if service else set[str]()
        if incident.on_call is not None:  # a schedule says who of the group it is
            on_call = {one.user for one in incident.on_call.people if one.user}
        on_call |= {one.person for one in incident.paged if one.person}
        on_call |= {user for level in incident.levels for one in level.told for user in one.users}
        named = [incident.declared_by, *(person for person in incident.roles.values() if person)]
        return list(dict.fromkeys([*(person.user for person in named), *sorted(on_call)]))
