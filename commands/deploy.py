"""`/deploy`: a version that is to run."""

from typing import Annotated

from model.asked import Deploy
from model.language.declare import Kind, command
from model.language.parameters import AService, Revision, Setting
from model.world import Ask, Propose


class _Released(Revision):
    """A version, or `latest`."""

    def read(self, word: str, setting: Setting) -> str:
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
    ask: Ask,
    service: AService,
    version: Annotated[str, _Released("VERSION", "an image tag, a number, or latest")],
) -> Propose:
    """The plan says what runs now and how to come back."""
    return Propose(service, Deploy(version=version))
