"""`/incident declare`: begin an incident."""

from typing import Annotated

from model.catalog.schema import Service
from model.context import Invocation
from model.incidents.alerts import linked
from model.incidents.declare import declare as decide
from model.incidents.events import Noted, to_event
from model.language.declare import Alone, Kind, command
from model.language.near import alike, or_list, services, shown
from model.language.parameters import AlertNamed, ServiceNamed, Severity, Text
from model.outcomes import UpdateIncident
from model.refusal import Refused
from model.slash import slash


@command(
    "incident declare",
    "Declare an incident",
    Kind.INCIDENT,
    examples=("SEV2 miyabi-api Elevated 5xx", "P1 architect-api API down"),
    explains="The severity is the service's own scheme and may stand anywhere. alert=ALR-3 links an alert.",
    also=("new", "create", "open", "start", "begin"),
    alone=Alone.ELSEWHERE,
)
def declare(
    invocation: Invocation,
    severity: Annotated[str | None, Severity()] = None,
    service: Annotated[Service | None, ServiceNamed()] = None,
    title: Annotated[str, Text("TITLE", "what is wrong, in a few words", 200, needed=True)] = "",
    *,
    alert: Annotated[str | None, AlertNamed()] = None,
    said: Annotated[str, Text("TEXT", "what led to it, as the first note", 1500)] = "",
) -> UpdateIncident:
    """Nothing is guessed: a severity or service that is missing is asked for. Raises Refused."""
    world = invocation.world
    if service is None:
        raise _no_service(invocation, severity or "SEVERITY", title)
    events = decide(
        world.new_id,
        world.catalog.system_of(service),
        service,
        world.now,
        title=title,
        severity=severity or "",
        channel=world.channel,
    )
    link = linked(alert, world.alerts.get(alert)) if alert else ()
    noted = (to_event(Noted(text=f"Declared from {said}", corrects=0)),) if said else ()
    return UpdateIncident(world.new_id, None, (*events, *link, *noted))


def _no_service(invocation: Invocation, severity: str, title: str) -> Refused:
    """What to say when the title begins where the service should stand."""
    usage = f"Usage: {slash('incident declare')} SEVERITY SERVICE TITLE"
    first, _, rest = title.partition(" ")
    if invocation.world.catalog.service(first) is not None:
        return Refused("SERVICE is missing.", usage)
    near = alike(first, invocation.world.catalog)
    asked = f"Did you mean {or_list(near)}?" if near else f"Services: {services(invocation.world.catalog)}."
    meant = tuple(f"{slash('incident declare')} {severity} {id} {rest}".strip() for id in near)
    return Refused(f"There is no service {shown(first)}.", f"{asked} {usage}", meant)
