"""`/deploy`: a version that is to run."""

from typing import Annotated

from model.changes import Deploy
from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import AService, Release
from model.outcomes import ProposeChange


@command(
    "deploy",
    "Run a version",
    Kind.CHANGE,
    examples=("miyabi-api 15", "delivery-standard v2.4.2 because the fix of INC-42", "architect-api main"),
    explains=(
        "An image's tag or digest, or a published version of a function; latest publishes what was uploaded "
        "last. "
        "Where the catalog says so it has to run in staging first."
    ),
)
def deploy(
    invocation: Invocation,
    service: AService,
    version: Annotated[str, Release()],
) -> ProposeChange:
    """The plan says what runs now and how to come back."""
    return ProposeChange(service, Deploy(version=version))
