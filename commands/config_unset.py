"""`/config SERVICE unset`: take a variable away."""

from typing import Annotated

from model.changes import Configure
from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import AService, Name
from model.outcomes import ProposeChange


@command(
    "config SERVICE unset",
    "Take a variable away from a service",
    Kind.CHANGE,
    examples=("miyabi-api RUST_LOG because the default will do",),
    explains="All other variables stay as they are. Undo writes it back, unless it was a secret.",
    form=False,
)
def config_unset(
    invocation: Invocation, service: AService, variable: Annotated[str, Name("KEY", "such as RUST_LOG")]
) -> ProposeChange:
    """One at a time; a variable that the service does not have is refused with those it has."""
    return ProposeChange(service, Configure(unset=(variable,)))
