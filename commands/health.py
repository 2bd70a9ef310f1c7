"""`/health`: how a service is, reason first."""

from model.language.declare import Kind, command
from model.language.parameters import AService
from model.world import Ask, Look


@command("health", "How a service is, reason first", Kind.LOOK, examples=("miyabi-api", "delivery-standard"))
def health(ask: Ask, service: AService) -> Look:
    """Its URLs, its target and its thresholds."""
    return Look("health", service)
