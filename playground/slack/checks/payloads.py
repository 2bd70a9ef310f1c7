"""Whole messages and views, checked by every source together."""

import json
from typing import Any, cast

from playground.slack.checks.limits import BLOCKS_IN_MESSAGE, BLOCKS_IN_VIEW, block_problems, view_problems
from playground.slack.checks.models import model_errors, view_model_errors
from playground.slack.checks.types import type_errors, view_type_errors
from playground.slack.records import Json

MESSAGE_ATTACHMENTS = 100


def check_blocks(blocks: Any, most: int = BLOCKS_IN_MESSAGE) -> list[str]:
    """Why Slack would refuse these blocks; empty when it would take them."""
    if not isinstance(blocks, list):
        return ["must be an array [json-pointer:/blocks]"]
    items = cast("list[Any]", blocks)
    if not all(isinstance(item, dict) for item in items):
        return ["every block must be an object [json-pointer:/blocks]"]
    return [*type_errors(items), *block_problems(items, most), *model_errors(items)]


def check_message(message: Json) -> list[str]:
    """Why Slack would refuse the blocks or attachments of a message."""
    found = check_blocks(message.get("blocks") or [])
    attachments = message.get("attachments") or []
    if len(attachments) > MESSAGE_ATTACHMENTS:
        found.append(f"no more than {MESSAGE_ATTACHMENTS} items allowed [json-pointer:/attachments]")
    for number, attachment in enumerate(attachments):
        found += [f"/attachments/{number}: {text}" for text in check_blocks(attachment.get("blocks") or [])]
    return found


def check_view(view: Any) -> list[str]:
    """Why Slack would refuse a modal or a home tab."""
    if not isinstance(view, dict):
        return ["must be an object [json-pointer:/view]"]
    frame = cast("Json", view)
    if frame.get("type") not in ("modal", "home"):
        return [f"unsupported type: {frame.get('type')} [json-pointer:/view/type]"]
    if len(json.dumps(frame)) > 250_000:
        return ["view is larger than 250 kB [json-pointer:/view]"]
    return [
        *view_type_errors(frame),
        *view_problems(frame),
        *view_model_errors(frame),
        *check_blocks(frame.get("blocks"), BLOCKS_IN_VIEW),
    ]
