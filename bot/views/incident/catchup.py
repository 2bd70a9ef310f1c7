"""What somebody missed, in one look: how it stands first, then what happened, what runs, what is promised."""

from datetime import datetime

from slack_sdk.models.blocks import Block

from bot.ids import ActionId
from bot.views.blocks import actions, button, message, section
from bot.views.incident.words import first_line, mention, next_update, sections
from bot.views.message import Message, elapsed, safe, when
from bot.views.people_text import people_text
from model.escape import entry as as_entry
from model.incidents.catchup import Missed
from model.incidents.state import Incident
from model.incidents.timeline import TimelineEntry

_ENTRY = 300
"""Characters of one entry: the whole of it is in the timeline."""


def catchup(incident: Incident, missed: Missed, now: datetime) -> Message:
    """Only the asker reads it."""
    title = first_line(incident)
    blocks: list[Block] = [section(f"*{title}*\n{_stands(incident, now)}")]
    blocks += [section(part) for part in sections("\n".join(_happened(missed, now)))]
    if incident.running:
        running = [
            f"• {one.id} {safe(one.phase, 40)}: {safe(one.summary, 200)}" for one in incident.running[-5:]
        ]
        blocks.append(section("*Runs now*\n" + "\n".join(running)))
    blocks.append(actions(button("Timeline", ActionId("incident", "timeline"), incident.id)))
    return message(f"{title}. {len(missed.entries)} news since you were last here.", blocks)


def _stands(incident: Incident, now: datetime) -> str:
    if incident.resolved_at:
        lasted = elapsed(incident.resolved_at - incident.began_at)
        led = mention(incident.ic, "nobody")
        return f"{incident.ended.capitalize()} {when(incident.resolved_at)} after {lasted} · led by {led}"
    lead = f"*Incident commander* {mention(incident.ic)}"
    return f"{lead} · *Next update* {next_update(incident, now)}"


def _happened(missed: Missed, now: datetime) -> list[str]:
    """What is new, oldest first; how much of it is not shown."""
    ago = elapsed(now - missed.since)
    since = f"since you were last here, {when(missed.since)}" if missed.was_here else "since it was declared"
    if not missed.entries:
        return [f"Nothing new {since} ({ago} ago)."]
    lines = [f"*New {since}* ({ago} ago)"]
    lines += [f"_{missed.left_out} earlier entries: in the timeline_"] if missed.left_out else []
    return [*lines, *map(_line, missed.entries)]


def _line(entry: TimelineEntry) -> str:
    first, *more = as_entry(people_text(entry.text, _ENTRY)).split("\n")
    return "\n".join([f"• {when(entry.at)} {first} · {mention(entry.who)}", *more])
