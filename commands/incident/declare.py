"""`/incident declare`: begin an incident."""

from typing import Annotated

from model.catalog import Service
from model.incidents.declare import declare as decide
from model.language.declare import Kind, command
from model.language.parameters import ServiceNamed, Severity, Text
from model.refusal import Refused
from model.world import Ask, Tend


@command(
    "incident declare",
    "Declare an incident",
    Kind.INCIDENT,
    examples=("SEV2 miyabi-api Elevated 5xx", "P1 architect-api API down"),
    explains="The severity is the service's own scheme and may stand anywhere.",
)
def declare(
    ask: Ask,
    severity: Annotated[str | None, Severity()] = None,
    service: Annotated[Service | None, ServiceNamed()] = None,
    title: Annotated[str, Text("TITLE", "what is wrong, in a few words", 200, needed=True)] = "",
) -> Tend:
    """Nothing is guessed: a severity or service that is missing is asked for. Raises Refused."""
    world = ask.world
    if service is None:
        first = title.split()[0] if title else ""
        if first:
            ServiceNamed().read(first, ask.setting)
        raise Refused("SERVICE is missing.", "Usage: /incident declare SEVERITY SERVICE TITLE")
    events = decide(
        world.new_id,
        world.catalog.system_of(service),
        service,
        world.now,
        title=title,
        severity=severity or "",
        channel=world.channel,
    )
    return Tend(world.new_id, None, events)
