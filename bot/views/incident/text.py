"""An incident in the team's own communication template, as text that can be copied."""

from datetime import datetime

from slack_sdk.models.blocks import RichTextBlock, RichTextPreformattedElement
from slack_sdk.models.blocks.block_elements import RichTextElementParts

from bot.views.blocks import context, message
from bot.views.message import Message, redact
from model.catalog.system import System
from model.incidents.post import render_post
from model.incidents.state import Incident

_LONGEST = 9_000
"""Characters that are shown; Slack refuses messages above some 13,000 (slackapi/bolt-js#2509)."""


def text(incident: Incident, system: System, now: datetime) -> Message:
    """As it stands now; nothing in it is markup. Raises what render_post raises."""
    whole = redact(render_post(incident, system, now)).rstrip()
    shown = whole if len(whole) <= _LONGEST else whole[: _LONGEST - 1] + "…"
    copied = RichTextBlock(
        elements=[RichTextPreformattedElement(elements=[RichTextElementParts.Text(text=shown)])]
    )
    said = f"{incident.id} in the words of {system.name}'s communication template, as it stands now."
    return message(said, [context(said), copied])
