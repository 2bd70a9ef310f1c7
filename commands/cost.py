"""`/cost`: what a system cost day by day, and what it comes to a month."""

from typing import Annotated

from model.catalog import Service
from model.language.declare import Kind, command
from model.language.near import or_list
from model.language.parameters import ServiceNamed, Whole
from model.question import AskCost
from model.refusal import Refused
from model.world import Ask, Look

KIND = "cost-explorer"


@command(
    "cost",
    "What it cost day by day, and what that comes to a month",
    Kind.LOOK,
    examples=("days=14", "miyabi-dev days=30"),
    explains="Without a service it is the one whose cost the catalog knows. AWS tells costs a day late.",
)
def cost(
    ask: Ask,
    service: Annotated[Service | None, ServiceNamed()] = None,
    *,
    days: Annotated[int, Whole("N", "so many days back", 1, 365)] = 30,
) -> Look:
    """The service's own costs. Raises Refused where several may be meant."""
    if service is not None and (_is_costed(service) or not ask.request.assumed):
        return Look(AskCost(days=days), service)
    known = [one for one in ask.world.catalog.services if _is_costed(one)]
    if len(known) == 1:
        return Look(AskCost(days=days), known[0])
    if not known:
        raise Refused("The catalog knows no service's cost.", f"Give one a part of kind `{KIND}`.")
    raise Refused("There are several.", f"Name one: {or_list(one.id for one in known)}.")


def _is_costed(service: Service) -> bool:
    return any(part.target.kind == KIND for part in service.parts)
