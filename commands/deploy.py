"""`/deploy`: a version that is to run."""

from typing import Annotated

from model.changes import Deploy
from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import AService, ParseContext, Revision
from model.outcomes import ProposeChange


class _Released(Revision):
    """A version, or `latest`."""

    def read(self, word: str, setting: ParseContext) -> str:
        return "latest" if word.casefold() == "latest" else super().read(word, setting)


@command(
    "deploy",
    "Run a version",
    Kind.CHANGE,
    examples=("miyabi-api 15", "delivery-standard v2.4.2 because the fix of INC-42", "miyabi-api latest"),
    explains=(
        "An image tag, or a published version of a function; latest publishes what was uploaded last. "
        "Where the catalog says so it has to run in staging first."
    ),
)
def deploy(
    invocation: Invocation,
    service: AService,
    version: Annotated[str, _Released("VERSION", "an image tag, a number, or latest")],
) -> ProposeChange:
    """The plan says what runs now and how to come back."""
    return ProposeChange(service, Deploy(version=version))
