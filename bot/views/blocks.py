"""Block Kit pieces, built by slack_sdk's models and checked by them."""

import re
from typing import Any, cast

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    MarkdownTextObject,
    SectionBlock,
)

from bot.ids import ActionId
from bot.views.message import Message
from model.escape import one_line

HERE = "-"
"""Stands for the channel where the button is pressed, in the value of a button that is a whole line."""

SECTION = 3000
"""Slack's limit of a section's text, in characters."""

ALTOGETHER = 12_000
"""Characters of a message's blocks together; Slack refuses above some 13,000 (slackapi/bolt-js#2509)."""

_ID = re.compile(r"[A-Z]{2,3}-\d+")

BLOCKS = 50
"""Slack's limit of blocks in a message."""


def section(text: str, accessory: ButtonElement | None = None) -> Block:
    """A paragraph of mrkdwn; over Slack's 3,000 characters it is cut with an ellipsis.

    verbatim: what looks like an address in people's or clouds' text is no link; `<https://…>` of ours is.
    """
    shown = MarkdownTextObject(text=_cut(text, SECTION), verbatim=True)
    return SectionBlock(text=shown, accessory=accessory)


def context(text: str) -> Block:
    """Small print."""
    return ContextBlock(elements=[MarkdownTextObject(text=_cut(text, 2000), verbatim=True)])


def header(text: str) -> Block:
    """A headline of plain text, at most 150 characters."""
    return HeaderBlock(text=_cut(one_line(text), 150))


def divider() -> Block:
    """A line."""
    return DividerBlock()


def actions(*buttons: ButtonElement) -> Block:
    """A row of buttons."""
    return ActionsBlock(elements=list(buttons))


def button(
    label: str,
    action: ActionId,
    value: str,
    style: str | None = None,
    confirm: ConfirmObject | None = None,
    about: str = "",
) -> ButtonElement:
    """A button; `style` is primary, danger or None.

    about: what it is about, for screen readers, where the label alone is not unique; else the id in `value`.
    """
    about = about or (found[0] if (found := _ID.match(value)) else "")
    return ButtonElement(
        text=label,
        action_id=str(action),
        value=value,
        style=style,
        confirm=confirm,
        accessibility_label=_cut(f"{label}: {about}", 75) if about else None,
    )


def sure(title: str, text: str, yes: str, *, danger: bool = True) -> ConfirmObject:
    """The dialog before a button does what it says; `No` is always there."""
    style = "danger" if danger else None
    return ConfirmObject(
        title=_cut(title, 100), text=_cut(text, 300), confirm=yes[:30], deny="Back", style=style
    )


def message(text: str, blocks: list[Block]) -> Message:
    """A message of checked blocks, within Slack's limits of blocks and of text altogether.

    Raises SlackObjectFormationError for a block that Slack would refuse.
    """
    made: list[dict[str, Any]] = []
    used = 0
    for block in blocks[:BLOCKS]:
        block.validate_json()
        shown = cast(dict[str, Any], block.to_dict())  # pyright: ignore[reportUnknownMemberType]  # untyped SDK
        length = len(str(shown.get("text") or shown.get("elements") or ""))
        if shown["type"] in {"section", "context"} and used + length > ALTOGETHER:
            continue
        used += length if shown["type"] != "actions" else 0
        made.append(shown)
    return Message(text=_cut(text, 3900), blocks=made)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
