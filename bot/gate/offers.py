"""What somebody who was refused a change may press instead."""

from dataclasses import replace

from bot.gate.authorizer import AuthorizationRequest, Authorizer
from bot.gate.incident_facts import covering
from bot.gate.request import IncomingRequest
from model.context import RequestContext
from model.language.declare import Kind
from model.language.parse import ParsedCommand, render
from model.refusal import Offer


async def offered(
    authorizer: Authorizer,
    incoming: IncomingRequest,
    request: ParsedCommand,
    asked: AuthorizationRequest,
    world: RequestContext,
) -> tuple[Offer, ...]:
    """The same change as part of its incident, or once its turn comes, where the policies then let it in."""
    service = asked.service
    if request.command.kind is not Kind.CHANGE or service is None or request.dry:
        return ()
    tries: list[tuple[Offer, AuthorizationRequest]] = []
    incident = covering(world.catalog, service, world.open)
    if incident is not None and incident.channel not in {"", incoming.channel}:
        there = Offer(f"Plan it for {incident.id}", render(request), incident.channel)
        tries.append((there, replace(asked, channel=incident.channel)))
    later = Offer("Come next", render(replace(request, queue=True)))
    tries.append((later, replace(asked, queue=True)))
    offers: list[Offer] = []
    for offer, question in tries:
        decision = await authorizer.ask(incoming.person, question, world.open)
        if decision.allowed or decision.needs is not None:
            offers.append(offer)
    return tuple(offers)
