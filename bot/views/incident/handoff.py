"""The lead is offered: how it stands, and two buttons for the one person whose they are."""

from slack_sdk.models.blocks import Block

from bot.ids import ActionId
from bot.views.blocks import HERE, actions, button, context, message, section
from bot.views.incident.words import alerts_line, first_line, mention, next_update
from bot.views.message import Message, safe
from bot.views.people_text import people_text
from model.incidents.handoff_events import Handoff
from model.incidents.state import Incident
from model.incidents.task_events import open_tasks


def handoff_post(incident: Incident, handoff: Handoff) -> Message:
    """While it is open it mentions whom it is offered to; then one line says what came of it."""
    to, by = mention(handoff.person), mention(handoff.by)
    if not handoff.is_open:
        outcome = {
            "accepted": f"🤝 {to} took the lead of {incident.id} over from {by}",
            "declined": f"🤝 {to} did not take the lead of {incident.id}; it stays with {by}",
            "withdrawn": f"🤝 The lead of {incident.id} is not offered to {to} any more",
        }[handoff.outcome]
        why = f": {people_text(handoff.why, 300)}" if handoff.why else ""
        return message(outcome + why, [section(outcome + why)])
    said = f"🤝 {to}: {by} offers you the lead of {incident.id}"
    blocks: list[Block] = [section(f"*{said}*")]
    if handoff.text:
        blocks.append(section(f">{people_text(handoff.text, 700)}"))
    blocks.append(section("\n".join(_brief(incident))))
    line = f"incident={incident.id}"
    blocks.append(
        actions(
            button("Accept", ActionId("line", "ask", "accept"), f"{HERE} incident accept {line}", "primary",
                   about=f"the lead of {incident.id}"),
            button("Decline", ActionId("line", "ask", "decline"), f"{HERE} incident decline {line}",
                   about=f"the lead of {incident.id}"),
            button("Catch me up", ActionId("incident", "catchup"), incident.id),
        )
    )  # fmt: skip
    blocks.append(context(f"{by} leads until you accept."))
    return message(said, blocks)


def declined(incident: Incident, handoff: Handoff) -> Message:
    """To who offered it: they lead still."""
    why = f": {people_text(handoff.why, 300)}" if handoff.why else ""
    said = f"{mention(handoff.by)}: {mention(handoff.person)} did not take {incident.id}, you lead it{why}"
    return message(said, [section(said)])


def _brief(incident: Incident) -> list[str]:
    """How it stands: only what events say, and nothing of what there is not."""
    lines = [first_line(incident), f"*Next update* {_promise(incident)}"]
    if incident.last_update:
        lines.append(f"*Last update* {people_text(incident.last_update.text, 300)}")
    lines += [f"*Runs* {safe(one.id, 20)}: {safe(one.summary, 200)}" for one in incident.running[-3:]]
    if incident.alerts:
        lines.append(f"*Alerts* {alerts_line(incident)}")
    tasks = open_tasks(incident.tasks)
    lines += [f"*Task {one.number}* {people_text(one.text, 120)}" for one in tasks[:3]]
    if len(tasks) > 3:
        lines.append(f"{len(tasks) - 3} more tasks are open")
    return lines


def _promise(incident: Incident) -> str:
    return next_update(incident, incident.promised_at or incident.declared_at)
