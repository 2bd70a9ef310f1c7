"""`/config SERVICE unset`: take a variable away."""

from typing import Annotated

from model.asked import Configure
from model.language.declare import Kind, command
from model.language.parameters import AService, Name
from model.world import Ask, Propose


@command(
    "config SERVICE unset",
    "Take a variable away from a service",
    Kind.CHANGE,
    examples=("miyabi-api RUST_LOG because the default will do",),
    explains="All other variables stay as they are. Undo writes it back, unless it was a secret.",
    form=False,
)
def config_unset(
    ask: Ask, service: AService, variable: Annotated[str, Name("KEY", "such as RUST_LOG")]
) -> Propose:
    """One at a time; a variable that the service does not have is refused with those it has."""
    return Propose(service, Configure(unset=(variable,)))
