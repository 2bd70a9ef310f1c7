"""A runbook as one message: its steps, what runs with a press, and what was done by whom."""

from typing import Any

from slack_sdk.models.blocks import Block, ButtonElement

from bot.ids import ActionId
from bot.views.blocks import button, context, message, section
from bot.views.message import Message, redact, safe, when
from model.catalog.schema import Runbook, RunbookStep, Service
from model.runbooks.state import RunbookRun, StepResult
from model.slash import slash

_ROOM = 560
"""Characters of a step's words or command: twelve steps fit into one message."""


def card(guide: RunbookRun) -> Message:
    """The message of an opened runbook, as it stands."""
    first = f"{guide.id} · runbook {guide.runbook} of {guide.service}: {safe(guide.title, 200)}"
    progress = f"{len(guide.done)} of {len(guide.steps)} steps done"
    blocks: list[Block] = [section(f"*{first}*\n{progress}")]
    blocks += [_step(guide, number, step) for number, step in enumerate(guide.steps, 1)]
    severity = f" · severity {safe(guide.severity, 40)}" if guide.severity else ""
    blocks.append(context(f"Opened by {guide.opened_by.mention} · {safe(guide.source, 200)}{severity}"))
    return message(f"{first}. {progress}", blocks)


def runbook_list(service: Service) -> Message:
    """The runbooks of a service, each with a button that opens it."""
    if not service.runbooks:
        said = f"The catalog has no runbook of {service.id}."
        return message(said, [section(said)])
    first = f"{len(service.runbooks)} runbooks of {service.id}"
    blocks: list[Block] = [section(f"*{first}*")]
    blocks += [section(_title(one), _open(service, one)) for one in service.runbooks[:40]]
    blocks.append(context(f"Or type `{slash('runbook')} {service.id} NAME`"))
    return message(f"{first}: {', '.join(one.id for one in service.runbooks)}", blocks)


def step_form(guide: RunbookRun, number: int, channel: str) -> dict[str, Any]:
    """The dialog of a step that needs to know something: one input for each word in capitals."""
    step = guide.step(number)
    inputs = [
        {
            "type": "input",
            "block_id": asked.name,
            "label": {"type": "plain_text", "text": asked.name.replace("_", " ").capitalize()},
            "hint": {"type": "plain_text", "text": asked.hint[:150]},
            "element": {
                "type": "plain_text_input",
                "action_id": asked.name,
                "max_length": 200,
                "placeholder": {"type": "plain_text", "text": asked.example[:150]},
            },
        }
        for asked in step.asks
    ]
    said = f"{safe(step.says, 1500)}\n`{_typed(step.run)}`"
    return {
        "type": "modal",
        "callback_id": "step",
        "title": {"type": "plain_text", "text": f"{guide.id}, step {number}"[:24]},
        "submit": {"type": "plain_text", "text": "Run"},
        "close": {"type": "plain_text", "text": "Back"},
        "private_metadata": f"{guide.id} {number} {channel}",
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": said, "verbatim": True}}, *inputs],
    }


def _title(runbook: Runbook) -> str:
    severity = f" · {safe(runbook.severity, 40)}" if runbook.severity else ""
    return f"*{runbook.id}* {safe(runbook.title, 200)}{severity} · {len(runbook.steps)} steps"


def _open(service: Service, runbook: Runbook) -> ButtonElement:
    action = ActionId("runbook", "open", runbook.id)
    return button("Open", action, f"{service.id} {runbook.id}", about=redact(runbook.title))


def _step(guide: RunbookRun, number: int, step: RunbookStep) -> Block:
    taken = guide.last_taken(number)
    mark = _mark(taken) or ("▶" if guide.next_step == number else "☐")
    lines = [f"{mark} *{number}* {safe(step.says, _ROOM)}"]
    if step.run:
        lines.append(f"`{_typed(step.run)}`")
    if step.shell:
        lines.append(f"Copy this; Muster runs no shells:\n```{safe(step.shell, _ROOM * 2)}```")
    if taken:
        lines.append(_taken(guide, taken))
    return section("\n".join(lines), _button(guide, number, step, taken))


def _mark(taken: StepResult | None) -> str:
    if taken is None:
        return ""
    return "☑" if taken.is_done else "◐" if taken.phase in _UNDER_WAY else "✖"


_UNDER_WAY = {
    "asked": "is being planned",
    "planned": "waits for Run",
    "awaiting approval": "waits for approval",
    "ready": "starts",
    "applying": "runs",
    "watching": "runs",
}
"""What is said of an operation that a step asked for and that is not over, by its phase."""


def _taken(guide: RunbookRun, taken: StepResult) -> str:
    if not taken.is_done:
        return f"{_unfinished(taken)} · asked by {taken.who.mention} {when(taken.at)}"
    times = sum(one.step == taken.step for one in guide.taken)
    again = f" · {times} times" if times > 1 else ""
    made = f" · {safe(taken.made, 20)}" if taken.made.startswith(("OP-", "INC-")) else ""
    return f"Done by {taken.who.mention} {when(taken.at)}{made}{again}"


def _unfinished(taken: StepResult) -> str:
    made = safe(taken.made, 20)
    if taken.phase in _UNDER_WAY:
        return f"{made} {_UNDER_WAY[taken.phase]}"
    not_run = taken.phase in {"cancelled", "dropped", "expired", "turned down"}
    return f"{made} was not run: {safe(taken.phase, 40)}" if not_run else f"{made}: {safe(taken.phase, 40)}"


def _button(
    guide: RunbookRun, number: int, step: RunbookStep, taken: StepResult | None
) -> ButtonElement | None:
    """Run, and run again; what is read or copied is ticked once."""
    value, about = f"{guide.id} {number}", redact(f"step {number}, {step.says}")
    is_under_way = taken is not None and taken.phase in _UNDER_WAY
    style = "primary" if guide.next_step == number and not is_under_way else None
    if step.kind == "run":
        label, action = "Again" if taken else "Run", ActionId("runbook", "run", str(number))
        return button(label, action, value, style, about=about)
    tick = ActionId("runbook", "tick", str(number))
    return None if taken else button("Done", tick, value, style, about=about)


def _typed(line: str) -> str:
    return slash(safe(line, _ROOM))
