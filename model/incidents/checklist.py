"""The seven-step checklist of an incident (Miyabi Web API runbook, section 6.2)."""

from model.incidents.events import Item

SAYS: dict[Item, str] = {
    "acknowledge": "Acknowledge the incident",
    "assess": "Assess severity and impact",
    "communicate": "Communicate to stakeholders",
    "investigate": "Investigate root cause",
    "mitigate": "Mitigate immediate impact",
    "resolve": "Resolve underlying issue",
    "document": "Document post-mortem",
}
"""The items in their order, with their words."""

TICKED_BY: dict[Item, str] = {"acknowledge": "incident ack", "resolve": "incident resolve"}
"""Items that only the command itself ticks, so that the checklist never says what is not so."""


def next_item(ticked: frozenset[Item]) -> Item | None:
    """The first item that is not done, or None."""
    return next((item for item in SAYS if item not in ticked), None)
