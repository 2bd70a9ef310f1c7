"""What is shown instead of a form or button that another version of Muster made: nothing typed is lost."""

from collections.abc import Mapping
from typing import Any

from model.refusal import Refused
from model.slash import slash

_LONGEST = 2_900


def outdated_form(given: Mapping[str, str]) -> dict[str, Any]:
    """A modal in the form's place: what to do, and all that was typed, to be copied."""
    blocks: list[dict[str, Any]] = [
        {
            "type": "section",
            "text": {
                "type": "plain_text",
                "text": "This form was made by another version of Muster, so nothing was done. "
                "Close it, open it again, and fill in what you typed; it stands below.",
            },
        }
    ]
    for name, text in list(given.items())[:40]:
        blocks.append(
            {"type": "section", "text": {"type": "plain_text", "text": f"{name}: {text}"[:_LONGEST]}}
        )
    return {
        "type": "modal",
        "callback_id": "outdated",
        "title": {"type": "plain_text", "text": "Open it again"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": blocks,
    }


def unknown_button(name: str) -> Refused:
    """What whoever presses it is told."""
    return Refused(
        f"This button (`{name[:60]}`) was made by another version of Muster, so nothing was done.",
        f"Type the command instead; {slash('ops help')} lists them.",
    )
