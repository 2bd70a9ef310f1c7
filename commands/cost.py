"""`/cost`: what a system cost day by day, and what it comes to a month."""

from typing import Annotated

from model.catalog.schema import Service
from model.context import Invocation
from model.language.declare import Kind, command
from model.language.near import or_list
from model.language.parameters import IntegerParameter, ServiceNamed
from model.outcomes import RunQuery
from model.queries import CostQuery
from model.refusal import Refused

KIND = "cost-explorer"


@command(
    "cost",
    "What it cost day by day, and what that comes to a month",
    Kind.LOOK,
    examples=("days=14", "miyabi-dev days=30"),
    explains="Without a service it is the one whose cost the catalog knows. AWS tells costs a day late.",
)
def cost(
    invocation: Invocation,
    service: Annotated[Service | None, ServiceNamed()] = None,
    *,
    days: Annotated[int, IntegerParameter("N", "so many days back", 1, 365)] = 30,
) -> RunQuery:
    """The service's own costs. Raises Refused where several may be meant."""
    if service is not None and (_is_costed(service) or not invocation.request.assumed):
        return RunQuery(CostQuery(days=days), service)
    known = [one for one in invocation.world.catalog.services if _is_costed(one)]
    if len(known) == 1:
        return RunQuery(CostQuery(days=days), known[0])
    if not known:
        raise Refused("The catalog knows no service's cost.", f"Give one a part of kind `{KIND}`.")
    raise Refused("There are several.", f"Name one: {or_list(one.id for one in known)}.")


def _is_costed(service: Service) -> bool:
    return any(part.target.kind == KIND for part in service.parts)
