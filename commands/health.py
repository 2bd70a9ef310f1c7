"""`/health`: how a service or a whole system is, reason first."""

from typing import Annotated

from model.catalog import Service, System
from model.language.declare import Kind, command
from model.language.parameters import ServiceOrSystem
from model.question import AskHealth
from model.refusal import Refused
from model.world import Ask, Look


@command(
    "health",
    "How a service or a system is, reason first",
    Kind.LOOK,
    examples=("miyabi-api", "delivery-standard", "miyabi-infra"),
)
def health(ask: Ask, service: Annotated[Service | System, ServiceOrSystem()]) -> Look:
    """URLs, targets, alarms and thresholds; of a system, those of all its services. Raises Refused."""
    if isinstance(service, Service):
        return Look(AskHealth(), service)
    own = [one for one in ask.world.catalog.services if one.system == service.id]
    if not own:
        raise Refused(f"{service.name} has no services in the catalog.", "Type /health SERVICE.")
    return Look(AskHealth(), own[0], tuple(own[1:]), of_system=True)
