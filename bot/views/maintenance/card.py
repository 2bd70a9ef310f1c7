"""One maintenance as one message: when it is, what is ticked, and what it waits for."""

from collections.abc import Sequence
from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement

from bot.ids import ActionId
from bot.views.blocks import actions, button, context, message, section, sure
from bot.views.message import Message, safe, when
from model.language.parameters import Duration
from model.maintenance.checklist import AFTER, BEFORE, TICKED_BY, Item
from model.maintenance.decide import left
from model.maintenance.state import Maintenance, Phase

_WRITTEN = Duration()
_STATE = {
    Phase.SCHEDULED: "🟡 planned",
    Phase.RUNNING: "🟠 running",
    Phase.DONE: "🟢 done",
    Phase.CANCELLED: "⚪ cancelled",
}


def card(maintenance: Maintenance, now: datetime) -> Message:
    """The message of a maintenance, as it stands; `now` tells whether it is overdue."""
    first = headline(maintenance, now)
    blocks: list[Block] = [section(f"*{first}*\n{_times(maintenance, now)}")]
    blocks += [section(f"⚠️ *Careful* {safe(one, 400)}") for one in maintenance.cautions]
    if maintenance.last_words:
        blocks.append(section(safe(maintenance.last_words, 600)))
    blocks += _checklists(maintenance)
    blocks.append(context(_small_print(maintenance)))
    if buttons := _buttons(maintenance):
        blocks.append(actions(*buttons))
    return message(f"{first}. {_plain_times(maintenance)}", blocks)


def headline(maintenance: Maintenance, now: datetime) -> str:
    """`MNT-1 · 🟡 planned · maintenance of Miyabi API: Upgrade the database`."""
    state = "🔴 overdue" if maintenance.is_overdue(now) else _STATE[maintenance.phase]
    what = f": {safe(maintenance.text, 300)}" if maintenance.text else ""
    emergency = "emergency " if maintenance.is_emergency else ""
    return (
        f"{maintenance.id} · {state} · {emergency}maintenance of {safe(maintenance.service_name, 200)}{what}"
    )


def listed(maintenances: Sequence[Maintenance], now: datetime) -> Message:
    """What is planned and what runs, by its start."""
    if not maintenances:
        return message("No maintenance is planned.", [section("No maintenance is planned.")])
    lines = [f"*{headline(one, now)}*\n{_times(one, now)}" for one in maintenances[:20]]
    blocks: list[Block] = [section(line) for line in lines]
    if len(maintenances) > len(lines):
        blocks.append(context(f"{len(maintenances) - len(lines)} more, later"))
    count = len(maintenances)
    return message(f"{count} maintenance{'s' if count > 1 else ''} planned or running", blocks)


def _times(maintenance: Maintenance, now: datetime) -> str:
    times = f"*When* {when(maintenance.start)} to {when(maintenance.end)}"
    lines = [f"{times} ({_WRITTEN.write(maintenance.end - maintenance.start)}) · `{maintenance.service}`"]
    if maintenance.is_overdue(now):
        never = "never started and " if maintenance.phase is Phase.SCHEDULED else ""
        lines.append(f"*Overdue* {never}its time is over since {when(maintenance.end)}")
    elif maintenance.phase is Phase.RUNNING and not maintenance.is_announced:
        lines.append("It was announced at short notice: changes take the approvals that they always take.")
    elif maintenance.phase is Phase.RUNNING:
        lines.append(
            f"Until {when(maintenance.end)} rollbacks, deploys and limits of `{maintenance.service}` take a "
            f"reason and no approval{_but_for(maintenance)}."
        )
    return "\n".join(lines)


def _but_for(maintenance: Maintenance) -> str:
    """Whoever plans at short notice does not spare themselves the approval of others."""
    if maintenance.is_announced_long_ahead:
        return ""
    own = f"those of {maintenance.scheduled_by.mention}, who planned it less than 24 hours ahead"
    return f"; {own}, take the approval they always take"


def _plain_times(maintenance: Maintenance) -> str:
    return f"{maintenance.start:%Y-%m-%d %H:%M} to {maintenance.end:%Y-%m-%d %H:%M} UTC"


def _checklists(maintenance: Maintenance) -> list[Block]:
    """The list of its phase item by item, with a button for what is left; the other one in one line."""
    if maintenance.phase is Phase.CANCELLED:
        return []
    if maintenance.phase is Phase.SCHEDULED:
        return _checklist(maintenance, "Before it starts", BEFORE)
    done = sum(item in maintenance.ticked for item in BEFORE)
    before = section(f"*Before* {done} of {len(BEFORE)} were ticked")
    return [before, *_checklist(maintenance, "Before it is done", AFTER)]


def _checklist(maintenance: Maintenance, title: str, items: dict[Item, str]) -> list[Block]:
    done = [_ticked(maintenance, item, says) for item, says in items.items() if item in maintenance.ticked]
    head = f"*{title}* {len(done)} of {len(items)} ticked"
    blocks: list[Block] = [section("\n".join((head, *done)))]
    for item, says in items.items():
        if item not in maintenance.ticked:
            action = ActionId("maintenance", "tick", item)
            tick = button("Tick", action, f"{item} {maintenance.id}", about=says)
            blocks.append(section(f"☐ {says}", None if item in TICKED_BY else tick))
    return blocks


def _ticked(maintenance: Maintenance, item: Item, says: str) -> str:
    tick = maintenance.ticked[item]
    return f"☑ {says} · {tick.who.mention} · {when(tick.at)}"


def _small_print(maintenance: Maintenance) -> str:
    parts = [maintenance.id, f"scheduled by {maintenance.scheduled_by.mention}"]
    parts += [f"because {safe(maintenance.because, 400)}"] if maintenance.because else []
    if maintenance.started_by and maintenance.started_at:
        parts.append(f"started by {maintenance.started_by.mention} {when(maintenance.started_at)}")
    if maintenance.ended_by and maintenance.ended_at:
        parts.append(f"{maintenance.phase} by {maintenance.ended_by.mention} {when(maintenance.ended_at)}")
    return " · ".join(parts)


def _buttons(maintenance: Maintenance) -> list[ButtonElement]:
    match maintenance.phase:
        case Phase.SCHEDULED:
            return [
                _go_on(maintenance, "Start", "start"),
                _cancel(maintenance, "Cancel"),
            ]
        case Phase.RUNNING:
            return [
                _go_on(maintenance, "Done", "done"),
                _cancel(maintenance, "Break off"),
            ]
        case _:
            return []


def _go_on(maintenance: Maintenance, label: str, verb: str) -> ButtonElement:
    """The next phase; what is not ticked is named before."""
    open_items = left(maintenance)
    asks = sure(f"{label} {maintenance.id}?", f"Not ticked: {', '.join(open_items)}.", label, danger=False)
    return button(
        label, ActionId("maintenance", verb), maintenance.id, "primary", asks if open_items else None
    )


def _cancel(maintenance: Maintenance, label: str) -> ButtonElement:
    asks = sure(f"{label} {maintenance.id}?", "People who were told of it are told.", label)
    return button(label, ActionId("maintenance", "cancel"), maintenance.id, None, asks)
