"""Opens dialogs; where Slack will not, the person is told what to type instead."""

import asyncio
from typing import Any

from bot.slack.messages import Chat, SlackRefused, SlackUnreachable
from model.refusal import Refused

_OPENED = "exchanged_trigger_id"
"""The trigger was used: another delivery of the same press opened the dialog (Slack, views.open)."""

_TOO_LATE = "expired_trigger_id"
"""A trigger is good for three seconds (Slack, views.open)."""


async def open_dialog(chat: Chat, trigger: str, view: dict[str, Any], instead: str, within_s: float) -> None:
    """Open a dialog for whoever pressed. instead: what to do without it. Raises Refused.

    within_s: what is left of the three seconds; trying on after them would open nothing.
    """
    try:
        async with asyncio.timeout(within_s):
            await chat.call("views.open", trigger_id=trigger, view=view)
    except SlackRefused as error:
        if error.error == _OPENED:
            return
        why = "it took over three seconds" if error.error == _TOO_LATE else f"Slack answered {error.error}"
        raise Refused(f"The dialog was not opened: {why}.", instead) from error
    except (SlackUnreachable, TimeoutError) as error:
        raise Refused("The dialog was not opened: Slack did not answer in time.", instead) from error
