"""The one pinned message of an incident, kept current."""

from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement

from bot.ids import ActionId
from bot.views.blocks import actions, button, context, header, message, section, sure
from bot.views.incident.words import (
    alerts_line,
    colour,
    first_line,
    mention,
    next_update,
    page_answer,
    place,
    response,
)
from bot.views.message import Message, elapsed, redact, safe, when
from bot.views.people_text import people_text
from model.incidents.checklist import SAYS, TICKED_BY, next_item
from model.incidents.state import Incident, LinkedOperation

_SHOWN_OF_UPDATE = 600
"""Characters of the last update that the headline shows."""

SHOWN_OPERATIONS = 5
"""Running operations, then the last ones; the others are in the timeline."""


def headline(incident: Incident, now: datetime) -> Message:
    """The headline as the incident stands; `now` tells what is overdue.

    What a phone shows first (390 by 844): what it is, how it stands, what was last said, and the buttons.
    """
    blocks = [header(_plain(incident))]
    if incident.degraded:
        blocks.append(section(_degraded(incident)))
    blocks.append(section("\n".join(_facts(incident, now))))
    if incident.last_update:
        blocks.append(section(_last_update(incident)))
    blocks.append(_buttons(incident))
    if incident.done or incident.running:
        blocks.append(section(_operations(incident)))
    blocks.append(_checklist(incident))
    blocks.append(context(f"{incident.id} · declared by {mention(incident.declared_by)}"))
    return message(_words(incident, now), blocks)


def _plain(incident: Incident) -> str:
    """A header block is plain text: nothing in it is markup, so nothing in it is escaped."""
    return redact(f"{colour(incident)} {incident.severity} {incident.status}: {incident.title}")


def _degraded(incident: Incident) -> str:
    troubles = [
        trouble.says + (f" ({safe(trouble.why, 300)})" if trouble.why else "")
        for trouble in incident.degraded
    ]
    return f"⚠️ *Degraded* {' · '.join(troubles)}"


def _facts(incident: Incident, now: datetime) -> list[str]:
    service = f"*Service* {safe(incident.service_name, 200)} (`{safe(incident.service, 60)}`)"
    if incident.resolved_at:
        lasted = elapsed(incident.resolved_at - incident.began_at)
        led = f"*Led by* {mention(incident.ic, 'nobody')}"
        ended = f"*{incident.ended.capitalize()}* {when(incident.resolved_at)} after {lasted}"
        return [f"{service} · {led}", ended]
    people = [f"*Incident commander* {mention(incident.ic)}"]
    people += [f"*Comms* {mention(incident.comms)}"] if incident.comms else []
    people += [f"*Scribe* {mention(incident.scribe)}"] if incident.scribe else []
    clocks = f"*Response* {response(incident, now)}\n*Next update* {next_update(incident, now)}"
    lines = [f"{service} · *since* {when(incident.began_at)}", " · ".join(people), clocks]
    if incident.page_taken_at:
        answer = page_answer(incident)
        lines.append(f"*Paged* PagerDuty has taken it {when(incident.page_taken_at)}{answer}")
    if incident.alerts:
        lines.append(f"*Alerts* {alerts_line(incident)}")
    return lines


def _last_update(incident: Incident) -> str:
    """What was last said, its beginning: the whole of it stands in its own post."""
    told = incident.last_update
    assert told is not None
    text = people_text(told.text, _SHOWN_OF_UPDATE)
    return f"*Last update* {when(told.at)} by {mention(told.who)}\n{text}"


def _operations(incident: Incident) -> str:
    """What was done first, the last of it on top, then what runs; what nobody ran is not told."""
    running = incident.running[-SHOWN_OPERATIONS:]
    room = max(1, SHOWN_OPERATIONS - len(running))
    done = incident.done[-room:]
    shown = [*reversed(done), *running][:SHOWN_OPERATIONS]
    left_out = len(incident.done) + len(incident.running) - len(shown)
    lines = [_operation(operation) for operation in shown]
    lines += [f"{left_out} more in the timeline"] if left_out else []
    return "*Operations*\n" + "\n".join(lines)


def _operation(operation: LinkedOperation) -> str:
    return f"• {safe(operation.id, 20)} {safe(operation.phase, 40)}: {safe(operation.summary, 300)}"


def _checklist(incident: Incident) -> Block:
    """How far the checklist is; the next item has a button, where no other button ticks it."""
    item = next_item(incident.ticked)
    done = f"*Checklist* {len(incident.ticked)} of {len(SAYS)} done"
    if item is None:
        return section(done)
    tick = button("Done", ActionId("incident", "tick"), f"{incident.id} {item}", about=SAYS[item])
    return section(f"{done} · next: {SAYS[item].lower()}", None if item in TICKED_BY else tick)


def _buttons(incident: Incident) -> Block:
    timeline = button("Timeline", ActionId("incident", "timeline"), incident.id)
    if not incident.is_open:
        return actions(
            button("Reopen", ActionId("incident", "reopen"), incident.id), timeline, _catchup(incident)
        )
    first = [] if incident.is_acknowledged else [_acknowledge(incident)]
    return actions(
        *first,
        button("Update", ActionId("incident", "update"), incident.id, None if first else "primary"),
        button("Severity", ActionId("incident", "sev"), incident.id),
        button("Roles", ActionId("incident", "role"), incident.id),
        _catchup(incident),
        timeline,
        _resolve(incident),
    )


def _catchup(incident: Incident) -> ButtonElement:
    return button("Catch me up", ActionId("incident", "catchup"), incident.id)


def _acknowledge(incident: Incident) -> ButtonElement:
    return button("Acknowledge", ActionId("incident", "ack"), incident.id, "primary")


def _resolve(incident: Incident) -> ButtonElement:
    said_of_it = f"{incident.severity}: {safe(incident.title, 150)}."
    running = [operation.id for operation in incident.running if operation not in incident.waiting]
    still = f" Still running: {', '.join(running)}." if running else ""
    dropped = len(incident.waiting)
    still += f" {dropped} plan{'s' if dropped > 1 else ''} that nobody began: dropped." if dropped else ""
    return button(
        "Resolve",
        ActionId("incident", "resolve"),
        incident.id,
        confirm=sure(f"Resolve {incident.id}?", f"{said_of_it}{still}", "Resolve", danger=False),
    )


def _words(incident: Incident, now: datetime) -> str:
    """The whole of it in words, for notifications and screen readers; the first line is the answer."""
    lines = [first_line(incident)]
    lines += [f"Degraded: {' · '.join(trouble.says for trouble in incident.degraded)}"] * bool(
        incident.degraded
    )
    lines.append(f"{incident.id} on {safe(incident.service_name, 200)}, {place(incident)}")
    if incident.is_open:
        lines.append(f"Response {response(incident, now)}. Next update {next_update(incident, now)}.")
    if incident.last_update:
        lines.append(f"Last update: {people_text(incident.last_update.text, 1500)}")
    return "\n".join(lines)
