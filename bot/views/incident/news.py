"""What concerns everybody in an incident's channel beside its updates: one line each."""

from bot.views.blocks import message, section
from bot.views.incident.words import Name, mention, page_answer, severity_line
from bot.views.message import Message, safe, when
from bot.views.people_text import people_text
from model.events import RecordedEvent
from model.incidents.state import Incident, Page
from model.people import Person

ON_CALL = frozenset({"incident.on_call_found", "incident.level_told"})
"""Types of event about people on call: each stands in the message of whom it is about."""

TASKS = frozenset({"incident.task_added", "incident.task_done", "incident.task_due"})
"""Types of event about tasks: all stand in one message, and whom one concerns is told in its thread."""

HANDOFF = frozenset({"incident.handoff_offered", "incident.handoff_declined"})
"""Types of event about an offer of the lead, which has one message."""

NEWS = (
    frozenset({"incident.severity_changed", "incident.paged", "incident.page_taken", "incident.page_seen"})
    | ON_CALL
    | TASKS
    | HANDOFF
)
"""Types of event that have a line in the channel; of roles only a new commander has, of steps the page."""


def is_news(event: RecordedEvent) -> bool:
    """Whether the channel is told of this event in a line of its own, or a line reads otherwise for it."""
    is_commander = event.type == "incident.role_assigned" and event.data.get("role") == "ic"
    is_page = event.type.startswith("incident.step_") and event.data.get("step") == "page"
    return is_commander or is_page or event.type in NEWS


def severity(incident: Incident, event: RecordedEvent, name: Name) -> Message:
    """What it was, what it is, who changed it and why."""
    return _one_line(severity_line(incident, event, name))


def commander(incident: Incident, before: Person | None, event: RecordedEvent) -> Message:
    """Who leads now; who led until now hears of it too."""
    giver = Person(team=event.who.team, user=event.who.user)
    instead = f", instead of {mention(before)}" if before and before != incident.ic else ""
    by = "" if giver == incident.ic else f" · asked by {mention(giver)}"
    return _one_line(f"{mention(incident.ic)} leads {incident.id} now{instead}{by}")


def page(incident: Incident, page: Page, group: str, name: Name) -> Message:
    """Whom it was for, who asked, and whether the pager has taken it. group: the team's mention."""
    why = next((one.why for one in incident.degraded if one.step == "page"), "")
    taken = f"PagerDuty has taken it {when(page.taken_at)}" if page.taken_at else "not taken yet"
    if not page.taken_at and why:
        taken = f"*NOT paged* ({safe(why, 200)}); tried again"
    taken += page_answer(incident, page.team)
    text = f": {people_text(page.text, 600)}" if page.text else ""
    if page.person:
        group, taken = f"<@{page.person}>", "told here and invited; no pager calls a person"
    return _one_line(f"📟 {group} paged by {safe(name(page.by), 80)}{text} · {taken}")


def _one_line(said: str) -> Message:
    return message(said.replace("*", ""), [section(said)])
