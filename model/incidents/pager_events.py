"""What became of a page that the pager took: it may open nothing, and somebody may answer it there."""

from typing import Literal

from model.value import Value


class PageSeen(Value):
    """How the pager has a page now. It is recorded when that changes.

    team: whose page; empty for the incident's own. outcome: `nothing` where the pager took the event and no
    incident of its own came of it. by: who acknowledged it, as the pager names them.
    """

    type: Literal["incident.page_seen"] = "incident.page_seen"
    team: str = ""
    outcome: Literal["nothing", "opened", "acknowledged"]
    by: str = ""


def seen(known: tuple[PageSeen, ...], event: PageSeen) -> tuple[PageSeen, ...]:
    """What is known of every page, with this."""
    return (*(one for one in known if one.team != event.team), event)


def said_of(event: PageSeen) -> str:
    """The line of the timeline."""
    whom = event.team or "on call"
    match event.outcome:
        case "nothing":
            return f"The pager took the page of {whom} and opened no incident: nobody was alarmed"
        case "opened":
            return f"The pager has opened an incident for the page of {whom}"
        case "acknowledged":
            return f"{event.by or 'Somebody'} acknowledged the page of {whom} in the pager"
