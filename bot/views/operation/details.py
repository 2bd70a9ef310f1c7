"""An operation's details: every call with its parameters, as a dialog."""

import json
from typing import Any

from bot.views.message import redact
from model.operations.state import Operation

_ROOM = 2800


def details(operation: Operation) -> dict[str, Any]:
    """A modal with the exact API calls, what they are for, and how far each one is."""
    plan = operation.plan
    blocks: list[dict[str, Any]] = []
    for step, state in zip(plan.steps if plan else (), operation.steps, strict=False):
        params = redact(json.dumps(step.params, indent=1, ensure_ascii=False))
        blocks.append(_text(f"{step.call} · {state}: {step.says}"))
        blocks += [_code(params[at : at + _ROOM]) for at in range(0, len(params), _ROOM)]
    if plan:
        blocks.append(_text(f"Fingerprint of what was read: {plan.fingerprint}. Tier R{int(plan.tier)}."))
    if operation.reason:
        blocks.append(_text(f"Allowed because: {operation.reason}"))
    blocks.append(_text(f"In the audit log as {operation.id}."))
    return {
        "type": "modal",
        "callback_id": "details",
        "title": {"type": "plain_text", "text": f"{operation.id} in detail"[:24]},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": blocks[:100],
    }


def _text(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "plain_text", "text": redact(text)[:3000]}}


def _code(text: str) -> dict[str, Any]:
    elements = [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text or " "}]}]
    return {"type": "rich_text", "elements": elements}
