"""Check blocks and views with the validators of Slack's own Python SDK."""

import logging
from typing import Any, cast

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from playground.slack.written import Json, objects

# The SDK logs every field it does not know; the published types already refuse those.
logging.getLogger("slack_sdk.models").setLevel(logging.CRITICAL)


def model_errors(blocks: list[Json]) -> list[str]:
    """What the SDK's block models say against these blocks."""
    return [text for number, block in enumerate(blocks) for text in _block_errors(block, number)]


def view_model_errors(view: Json) -> list[str]:
    """What the SDK's view model says against a view."""
    try:
        cast("Any", View)(**{**view, "blocks": objects(view.get("blocks"))}).validate_json()
    except (SlackObjectFormationError, TypeError, AttributeError, ValueError) as error:
        return [f"{error} [json-pointer:/view]"]
    return []


def _block_errors(block: Json, number: int) -> list[str]:
    try:
        for parsed in cast("list[Any]", cast("Any", Block).parse_all([block])):
            if parsed is not None:
                parsed.validate_json()
    except (SlackObjectFormationError, TypeError, AttributeError, ValueError) as error:
        return [f"{error} [json-pointer:/blocks/{number}]"]
    return []
