"""Who is on call for the incident, asked to lead it; and a level of the matrix, with who was told and how."""

from collections.abc import Callable

from slack_sdk.models.blocks import Block

from bot.ids import ActionId
from bot.views.blocks import actions, button, context, message, section
from bot.views.incident.words import mention
from bot.views.message import Message, safe, when
from bot.views.people_text import mention_of, person_line
from model.incidents.on_call_events import Level, Told
from model.incidents.state import Incident
from model.slash import slash


def on_call_post(incident: Incident) -> Message:
    """Mentions only who is on call, and offers them the role while nobody has it."""
    found = incident.on_call
    assert found is not None
    service, handle = safe(incident.service_name, 120), safe(found.handle, 80)
    people = [person_line(one, mention_of) for one in found.people]
    if people:
        said = f"📟 On call for {service}: {' and '.join(people)}"
    else:
        said = (
            f"📟 *Nobody is on call* for {service} (`{handle}`). Page a team: `{slash('incident page')} TEAM`"
        )
        if found.next:
            first = found.next[0]
            phone = f" · ☎ {safe(first.phone, 40)}" if first.phone else ""
            said += f"\nNext is {safe(first.named, 80)} from {when(first.start)}{phone}"
    blocks: list[Block] = [section(said)]
    if incident.ic is not None:
        blocks.append(context(f"{mention(incident.ic)} leads {incident.id}"))
    elif people and incident.is_open:
        typed = (
            f"{incident.channel or incident.asked_in} {slash('incident role')} ic me incident={incident.id}"
        )
        lead = button("I lead this", ActionId("line", "ask", "lead"), typed, "primary", about=incident.id)
        blocks.append(actions(lead))
    return message(said.replace("*", ""), blocks)


def level_post(incident: Incident, level: Level, group: Callable[[str], str]) -> Message:
    """What was reached first; then who was told and how, and who was not and whom to call."""
    why = "is still open" if incident.is_acknowledged else "has not been acknowledged"
    lines = [_told(one, group) for one in level.told]
    is_missed = bool(lines) and not any(one.is_told for one in level.told)
    first = f"⏰ Escalated to {safe(level.name, 200)}: {incident.id} {why}."
    if is_missed:
        first = f"⏰ *Nobody was told* of {safe(level.name, 200)}: {incident.id} {why}."
    shown = "\n".join([first, *(lines or [f"Telling {safe(', '.join(level.who), 300)} …"])])
    small = context(f"{incident.severity} · {safe(incident.title, 300)}")
    return message(shown.replace("*", ""), [section(shown), small])


def _told(one: Told, group: Callable[[str], str]) -> str:
    who = safe(one.who, 120)
    if not one.is_told:
        call = f"; call {safe(one.call, 200)}" if one.call else "; the catalog has no number to call"
        again = "; tried again" if one.is_tried else ""
        return f"❌ *NOT told*: “{who}”, {safe(one.why, 300)}{again}{call}"
    match one.how:
        case "group":
            return f"✅ {who}: told here, {group(one.target)}"
        case "schedule":
            people = " and ".join(f"<@{user}>" for user in one.users)
            return f"✅ {who}: told here, {people} (on call in `{safe(one.target, 80)}`)"
        case _:
            at = f" {when(one.at)}" if one.at else ""
            return f"📟 {who}: paged, PagerDuty accepted it for `{safe(one.target, 80)}`{at}"
