"""Whole messages and views, checked by every source together."""

import json
from typing import Any, cast

from playground.slack.checks.limits import BLOCKS_IN_MESSAGE, BLOCKS_IN_VIEW, block_problems, view_problems
from playground.slack.checks.models import model_errors, view_model_errors
from playground.slack.checks.types import type_errors, view_type_errors
from playground.slack.written import Json, objects

MESSAGE_ATTACHMENTS = 100
# Slack answers msg_blocks_too_long from about here on: https://github.com/slackapi/bolt-js/issues/2509
BLOCKS_CHARACTERS = 13_000


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
    if _text_size(message.get("blocks") or []) > BLOCKS_CHARACTERS:
        found.append(f"more than {BLOCKS_CHARACTERS} characters in all blocks [json-pointer:/blocks]")
    attachments = objects(message.get("attachments"))
    if len(attachments) > MESSAGE_ATTACHMENTS:
        found.append(f"no more than {MESSAGE_ATTACHMENTS} items allowed [json-pointer:/attachments]")
    for number, attachment in enumerate(attachments):
        found += [f"/attachments/{number}: {text}" for text in check_blocks(attachment.get("blocks") or [])]
    return found


def _text_size(value: Any) -> int:
    """Characters in every `text` of a payload."""
    if isinstance(value, list):
        return sum(_text_size(item) for item in cast("list[Any]", value))
    if not isinstance(value, dict):
        return 0
    part = cast("Json", value)
    return sum(len(v) if k == "text" and isinstance(v, str) else _text_size(v) for k, v in part.items())


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
