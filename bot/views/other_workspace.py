"""What somebody is told whose workspace is not served."""

from collections.abc import Sequence
from typing import Any

from bot.views.message import safe

_LONGEST = 2_900


def not_served(team: str, served: Sequence[str], *, is_of_organization: bool) -> str:
    """Why nothing was read, and who can help."""
    where = f" ({safe(team, 20)})" if team else ""
    names = ", ".join(served)
    if is_of_organization:
        return (
            f"This Muster does not serve your workspace{where}, so nothing was done: it serves {names}. Ask "
            "from there, or ask those who run Muster to add yours to MUSTER_TEAMS."
        )
    return (
        f"You are of another workspace{where}, and this Muster serves {names} alone, so nothing was done: "
        "who comes through a shared channel (Slack Connect) may not use it. Ask somebody of that workspace."
    )


def told_in_place(why: str) -> dict[str, Any]:
    """A modal in a form's place."""
    return {
        "type": "modal",
        "callback_id": "outdated",
        "title": {"type": "plain_text", "text": "Not served here"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [{"type": "section", "text": {"type": "plain_text", "text": why[:_LONGEST]}}],
    }
