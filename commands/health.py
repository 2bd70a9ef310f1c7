"""`/health`: how a service or a whole system is, reason first."""

from typing import Annotated

from model.catalog.schema import Service
from model.catalog.system import System
from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import ServiceOrSystem
from model.outcomes import RunQuery
from model.queries import HealthQuery
from model.refusal import Refused
from model.slash import slash


@command(
    "health",
    "How a service or a system is, reason first",
    Kind.LOOK,
    examples=("miyabi-api", "delivery-standard", "miyabi-infra"),
)
def health(invocation: Invocation, service: Annotated[Service | System, ServiceOrSystem()]) -> RunQuery:
    """URLs, targets, alarms and thresholds; of a system, those of all its services. Raises Refused."""
    if isinstance(service, Service):
        return RunQuery(HealthQuery(), service)
    own = [one for one in invocation.world.catalog.services if one.system == service.id]
    if not own:
        raise Refused(f"{service.name} has no services in the catalog.", f"Type {slash('health')} SERVICE.")
    return RunQuery(HealthQuery(), own[0], tuple(own[1:]), of_system=True)
