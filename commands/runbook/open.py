"""`/runbook`: open a runbook of a service, or list them."""

from typing import Annotated

from model.context import Invocation
from model.language.declare import Kind, command
from model.language.near import nearest, or_list
from model.language.parameters import AService, Name
from model.outcomes import Display, UpdateRunbookRun
from model.refusal import Refused
from model.runbooks.events import Opened
from model.slash import slash


@command(
    "runbook",
    "Walk through a runbook of a service",
    Kind.LOOK,
    examples=("architect-api api-down", "miyabi-api"),
    explains="Its steps are buttons that run commands; without a name, the runbooks are listed.",
)
def open_runbook(
    invocation: Invocation,
    service: AService,
    name: Annotated[str, Name("NAME", "a runbook that /runbook SERVICE lists")] = "",
) -> Display | UpdateRunbookRun:
    """What a step runs is asked for by whoever presses it, with their own rights."""
    if not name:
        return Display("runbooks", service=service)
    found = service.runbook(name)
    if found is None:
        known = [one.id for one in service.runbooks]
        near = nearest(name, known)
        said = (
            f"Did you mean {or_list(near)}?" if near else f"Type {slash('runbook')} {service.id} to see them."
        )
        what = f"{service.id} has no runbook `{name}`."
        raise Refused(what, said, tuple(f"{slash('runbook')} {service.id} {one}" for one in near))
    opened = Opened(
        id=invocation.world.new_id,
        service=service.id,
        runbook=found.id,
        title=found.title,
        severity=found.severity,
        source=found.source,
        steps=found.steps,
        channel=invocation.world.channel,
    )
    return UpdateRunbookRun(invocation.world.new_id, None, (opened,))
