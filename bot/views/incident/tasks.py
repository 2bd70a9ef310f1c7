"""An incident's tasks: one message that is kept current, and a line to whom one concerns."""

from slack_sdk.models.blocks import Block, ButtonElement

from bot.ids import ActionId
from bot.views.blocks import HERE, button, context, message, section
from bot.views.incident.words import Name, mention
from bot.views.message import Message, when
from bot.views.people_text import people_text
from model.incidents.state import Incident
from model.incidents.task_events import Task, open_tasks
from model.slash import slash

SHOWN = 20
"""Open tasks that have a button; Slack takes 50 blocks."""

_DONE_SHOWN = 5


def task_list(incident: Incident, name: Name) -> Message:
    """Those that are open, the next due first, each with its button; then the last that were done.

    name: what people are called; nobody is mentioned, as a list wakes nobody.
    """
    left = open_tasks(incident.tasks)
    over = [one for one in incident.tasks if one.done_by is not None]
    if not incident.tasks:
        said = f"{incident.id} has no tasks. Add one: `{slash('incident task')} TEXT @who due=2h`"
        return message(said, [section(said)])
    first = f"☑️ Tasks of {incident.id}: {len(left)} open, {len(over)} done"
    blocks: list[Block] = [section(f"*{first}*")]
    blocks += [section(_line(one, name), _tick(incident, one)) for one in left[:SHOWN]]
    if len(left) > SHOWN:
        blocks.append(context(f"{len(left) - SHOWN} more are open."))
    if over:
        last = sorted(over, key=lambda one: str(one.done_at))[-_DONE_SHOWN:]
        blocks.append(context("\n".join(f"✅ {_line(one, name)}" for one in last)))
    return message(first, blocks)


def task_told(task: Task) -> Message:
    """To whoever has it now."""
    until = f", until {when(task.due)}" if task.due else ""
    said = f"{mention(task.owner)}: task {task.number} is yours{until}: {people_text(task.text, 400)}"
    return message(said, [section(said)])


def task_reminder(incident: Incident, task: Task) -> Message:
    """Once, when its time has come."""
    who = mention(task.owner, "Nobody has it")
    said = f"⏰ {who}: task {task.number} is due: {people_text(task.text, 400)}"
    return message(said, [section(said, _tick(incident, task))])


def _tick(incident: Incident, task: Task) -> ButtonElement:
    line = f"{HERE} incident task-done {task.number} incident={incident.id}"
    return button("Done", ActionId("line", "ask", f"task{task.number}"), line, about=f"task {task.number}")


def _line(task: Task, name: Name) -> str:
    whose = f" · {people_text(name(task.owner), 80)}" if task.owner else " · nobody's"
    until = f" · until {when(task.due)}" if task.due and task.done_by is None else ""
    return f"{task.number}. {people_text(task.text, 300)}{whose}{until}"
