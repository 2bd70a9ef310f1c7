"""The Home tab: open incidents, maintenance, approvals that wait for me, what I am running."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block

from bot.views.blocks import actions, button, context, header, message, section
from bot.views.incident.open_list import incident_list
from bot.views.maintenance.card import listed
from bot.views.message import safe, when
from bot.views.operation.card import APPROVE, pressed, summary
from model.incidents.state import Incident
from model.incidents.unreadable import UnreadableIncident
from model.maintenance.state import Maintenance
from model.operations.state import Operation
from model.slash import slash

_SHOWN = 8


@dataclass(frozen=True)
class Opened:
    """What a person may see. waiting: plans that their approval would count for; mine: what they run."""

    now: datetime
    incidents: Sequence[Incident] = ()
    unreadable: Sequence[UnreadableIncident] = ()
    waiting: Sequence[Operation] = ()
    mine: Sequence[Operation] = ()
    maintenances: Sequence[Maintenance] = ()


def home(opened: Opened) -> dict[str, Any]:
    """A view of type `home`; blocks are checked like a message's."""
    blocks: list[Block] = [header("Approvals that may wait for you")]
    for one in opened.waiting[:_SHOWN]:
        blocks.append(section(f"{summary(one)} · asked by {one.asked_by.mention}"))
        blocks.append(actions(button("Approve", APPROVE, pressed(one), "primary")))
    if not opened.waiting:
        blocks.append(section("None."))
    blocks.append(header("What you are running"))
    blocks += [section(summary(one)) for one in opened.mine[:_SHOWN]] or [section("Nothing.")]
    blocks.append(context(f"As of {when(opened.now)} · `{slash('ops help')}` lists what you may type"))
    planned = listed(opened.maintenances[:_SHOWN], opened.now).blocks if opened.maintenances else []
    return {
        "type": "home",
        "blocks": [
            *_headed("Open incidents"),
            *incident_list(opened.incidents, opened.now, unreadable=opened.unreadable).blocks,
            *(_headed("Maintenance") if planned else []),
            *planned,
            *message("Home", blocks).blocks,
        ][:100],
    }


def closed_home(why: str) -> dict[str, Any]:
    """The tab of someone who may see nothing: the reason, and nothing else."""
    return {"type": "home", "blocks": message("Home", [section(safe(why, 600))]).blocks}


def _headed(text: str) -> list[dict[str, Any]]:
    return message("Home", [header(text)]).blocks
