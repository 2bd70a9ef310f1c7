"""`/ops resume`: take up again what was set aside."""

from typing import Annotated

from commands.admin.parameters import SetAsideNamed
from model.aside import STREAM, Resumed, to_event
from model.context import Invocation
from model.language.declare import Kind, command
from model.outcomes import Administer


@command(
    "resume",
    "Take up again what was set aside",
    Kind.ADMIN,
    examples=("drain:op:OP-7",),
    explains="What failed again and again, or ended the process three times, waits until that is mended.",
    form=False,
)
def resume(invocation: Invocation, name: Annotated[str, SetAsideNamed()]) -> Administer:
    """As if it had never failed."""
    return Administer(STREAM, to_event(Resumed(name=name)), f"Taken: {name} is begun again within seconds.")
