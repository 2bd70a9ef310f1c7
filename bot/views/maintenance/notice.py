"""What is posted of a maintenance by itself: reminders, and notices in the service's template."""

from collections.abc import Callable
from datetime import datetime

from slack_sdk.models.blocks import Block

from bot.views.blocks import context, message, section
from bot.views.incident.words import sections
from bot.views.maintenance.card import headline
from bot.views.message import Message, elapsed, safe, when
from model.catalog.schema import Service
from model.catalog.system import System
from model.maintenance.decide import left
from model.maintenance.events import Bell
from model.maintenance.post import render_notice
from model.maintenance.state import Maintenance, Phase
from model.slash import slash


def notice(maintenance: Maintenance, system: System, now: datetime) -> Message:
    """It started, was done or was cancelled. Raises what render_notice raises."""
    rendered = safe(render_notice(maintenance, system).rstrip(), 9000)
    blocks: list[Block] = [*map(section, sections(rendered)), context(maintenance.id)]
    return message(headline(maintenance, now), blocks)


def reminder(
    maintenance: Maintenance, bell: Bell, at: datetime, service: Service | None, group: Callable[[str], str]
) -> Message:
    """One sentence that says what is due and what to type. `group` gives a group's mention."""
    on_call = group(service.on_call) if service else "People on call"
    of = f"maintenance of {safe(maintenance.service_name, 200)} ({maintenance.id})"
    match bell:
        case "notice" | "hour":
            said = f"⏰ In {elapsed(maintenance.start - at)}, {when(maintenance.start)}: {of}."
        case "start":
            said = (
                f"⏰ {on_call}: it is time for the {of}. Type "
                f"`{slash('maintenance start')} {maintenance.id}`."
            )
        case "end" if maintenance.phase is Phase.SCHEDULED:
            said = f"⏰ The {of} was never started, and its time is over."
            said += f" Type `{slash('maintenance cancel')} {maintenance.id}`."
        case "end":
            said = (
                f"⏰ {on_call}: the {of} is overdue. Type `{slash('maintenance done')} "
                f"{maintenance.id}` when it is."
            )
    blocks: list[Block] = [section(said)]
    if maintenance.text:
        blocks.append(context(safe(maintenance.text, 300)))
    if not_ticked := left(maintenance):
        blocks.append(context(f"Not ticked: {', '.join(not_ticked)}"))
    return message(said, blocks)
