"""The Home tab: open incidents, maintenance, approvals that wait for me, what I am running."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block

from bot.views.build import actions, button, context, header, message, section
from bot.views.incident_list import incident_list
from bot.views.maintenance import listed
from bot.views.message import when
from bot.views.operation import summary
from model.incidents.state import Incident
from model.maintenance.state import Maintenance
from model.operations.state import Operation, Phase
from model.people import Person

_SHOWN = 8


def home(
    person: Person,
    incidents: Sequence[Incident],
    operations: Sequence[Operation],
    maintenances: Sequence[Maintenance],
    now: datetime,
) -> dict[str, Any]:
    """A view of type `home`; blocks are checked like a message's."""
    blocks: list[Block] = [header("Approvals that may wait for you")]
    waiting = [one for one in operations if _may_approve(one, person)]
    for one in waiting[:_SHOWN]:
        blocks.append(section(f"{summary(one)} · asked by {one.asked_by.mention}"))
        blocks.append(actions(button("Approve", "op.approve", one.id, "primary")))
    if not waiting:
        blocks.append(section("None."))
    blocks.append(header("What you are running"))
    mine = [one for one in operations if person in (one.asked_by, one.confirmed_by)]
    blocks += [section(summary(one)) for one in mine[:_SHOWN]] or [section("Nothing.")]
    blocks.append(context(f"As of {when(now)} · `/ops help` lists what you may type"))
    planned = listed(maintenances[:_SHOWN], now).blocks if maintenances else []
    return {
        "type": "home",
        "blocks": [
            *_headed("Open incidents"),
            *incident_list(incidents, now).blocks,
            *(_headed("Maintenance") if planned else []),
            *planned,
            *message("Home", blocks).blocks,
        ][:100],
    }


def _headed(text: str) -> list[dict[str, Any]]:
    return message("Home", [header(text)]).blocks


def _may_approve(operation: Operation, person: Person) -> bool:
    own = person in (operation.asked_by, operation.confirmed_by)
    return operation.phase is Phase.AWAITING_APPROVAL and not own and person not in operation.approved_by
