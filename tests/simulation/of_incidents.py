"""What must hold of incidents once the world has come to rest and everything answers."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bot.views.incident.announcement import announcement
from bot.views.incident.headline import headline
from bot.views.message import Message
from model.events import RecordedEvent
from model.incidents.clocks import clocks
from model.incidents.events import POSTED
from model.incidents.state import Incident

if TYPE_CHECKING:
    from tests.simulation.world import World

_ENDS_WITH_IT = {"channel", "topic", "invite", "pin"}
"""Of what failed, only these need not come right once the incident is over."""


def at_rest(world: "World") -> Iterator[str]:
    """What does not hold at the end."""
    for incident in world.incidents():
        events = world.durable.journal.streams[incident.stream]
        yield from _healed(world, incident)
        yield from _shown(world, incident)
        yield from _posted(world, incident, events)
        yield from _paged(world, incident)
        if not incident.is_open and clocks(incident, world.system_of(incident)):
            yield f"{incident.id} is resolved, and clocks of it run"
    known = {one.id for one in world.incidents()}
    for key in world.pager.alerts():
        if key.partition(":")[0] not in known:
            yield f"somebody was paged for {key}, which there is not"


def _healed(world: "World", incident: Incident) -> Iterator[str]:
    """What failed while things failed has come right."""
    over = set[str]() if incident.is_open else _ENDS_WITH_IT
    left = [one.step for one in incident.degraded if one.step not in over]
    if left:
        yield f"{incident.id} is left without {left}"
    room = world.slack.rooms.get(incident.channel)
    if incident.is_open and room is None:
        yield f"{incident.id} has no channel"
    if room is None or incident.degraded:
        return
    told = f"{incident.id} · {incident.severity if incident.is_open else incident.status} ·"
    if not room.topic.startswith(told):
        yield f"the topic of {incident.id} is {room.topic!r}, not {told!r}"
    wanted = {person.user for person in incident.roles.values() if person} - room.members
    if wanted:
        yield f"{wanted} have roles in {incident.id}, and are not in its channel"


def _shown(world: "World", incident: Incident) -> Iterator[str]:
    """One headline and one announcement, each as the state is; what stands elsewhere leads there."""
    home = incident.channel or incident.asked_in
    headlines = world.slack.keyed(f"inc:{incident.id}:headline")
    here = [one for _, channel, one in headlines if channel == home]
    announced = [one for _, _, one in world.slack.keyed(f"inc:{incident.id}:announce")]
    here, announced = (_but_copies(world, found) for found in (here, announced))
    yield from _is(f"the headline of {incident.id}", here, headline(incident, world.now()))
    for _, channel, one in headlines:
        if channel != home and (f"<#{incident.channel}>" not in one["text"] or "action_id" in str(one)):
            yield f"a headline of {incident.id} was left behind in {channel}: {one['text'][:200]!r}"
    yield from _is(f"the announcement of {incident.id}", announced, announcement(incident, world.now()))


def _but_copies(world: "World", found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Known: two processes that both come to a post that Slack did not take may both make it."""
    return found[-1:] if world.may_post_twice else found


def _is(what: str, found: list[dict[str, Any]], wanted: Message) -> Iterator[str]:
    if len(found) != 1:
        yield f"{what} stands {len(found)} times"
    elif (found[0]["text"], _words(found[0]["blocks"])) != (wanted.text, _words(wanted.blocks)):
        yield f"{what} says {_words(found[0]['blocks'])[:600]!r}, not {_words(wanted.blocks)[:600]!r}"


def _words(blocks: Any) -> str:
    return json.dumps(blocks, sort_keys=True, default=str)


def _posted(world: "World", incident: Incident, events: list[RecordedEvent]) -> Iterator[str]:
    """What people said for everybody is read once in each channel, in the order in which they said it."""
    posts = world.slack.keyed(f"inc:{incident.id}:")
    order = dict[str, list[int]]()
    for event in (one for one in events if one.type in POSTED):
        word = str(event.data.get("text", "")).strip()
        where = list[tuple[str, str]]()
        for key, channel, message in (one for one in posts if _version(one[0]) == event.version):
            where.append((key, channel))
            if word not in _words(message["blocks"]):
                yield f"{event.type} {event.version} of {incident.id} is posted without {word}"
        if not where or (len(where) != len(set(where)) and not world.may_post_twice):
            yield f"{event.type} {event.version} of {incident.id} ({word}) is read in {where}"
    for key, channel, _ in posts:
        order.setdefault(channel, []).append(_version(key))
    said = {one.version for one in events if one.type in POSTED}
    for channel, versions in order.items():
        told = [one for one in versions if one in said]
        if told != sorted(told) and not world.may_post_twice:
            yield f"what was said in {incident.id} stands in {channel} in the order {told}"


def _version(key: str) -> int:
    """Which event a post is about: the number in its key; 0 for what is kept current."""
    number = key.split(":")[2]
    return int(number) if number.isdigit() else 0


def _paged(world: "World", incident: Incident) -> Iterator[str]:
    """Each alert has one key, was raised, and is where the incident is."""
    alerts = world.pager.alerts()
    state = "resolve" if not incident.is_open else "acknowledge" if incident.is_acknowledged else "trigger"
    wanted = {incident.id: state}
    wanted |= {
        f"{incident.id}:{one.team}": "trigger" if incident.is_open else "resolve" for one in incident.paged
    }
    found = {key: acts for key, acts in alerts.items() if key.partition(":")[0] == incident.id}
    for key, action in wanted.items():
        if not found.get(key) or found[key][-1] != action:
            yield f"PagerDuty heard {found.get(key)} of {key}, which is to {action}"
    if found.keys() - wanted.keys():
        yield f"PagerDuty heard of {sorted(found.keys() - wanted.keys())}"
