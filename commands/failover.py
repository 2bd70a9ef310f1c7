"""`/failover`: another instance of a database takes over the writes."""

from typing import Annotated

from model.changes import Failover
from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import AService, Name
from model.outcomes import ProposeChange


@command(
    "failover",
    "Let another instance of a database take over the writes",
    Kind.CHANGE,
    examples=("miyabi-db because its zone is failing", "miyabi-db to=miyabi-db-2 because the writer hangs"),
    explains=(
        "A reader of an Aurora cluster becomes the writer, or the standby of a Multi-AZ instance takes its "
        "place. Connections are cut for a moment. Without to= the plan says which one."
    ),
)
def failover(
    invocation: Invocation,
    service: AService,
    *,
    to: Annotated[str, Name("INSTANCE", "an instance from /health")] = "",
) -> ProposeChange:
    """To the instance that is named, else to the one that the plan names."""
    return ProposeChange(service, Failover(to=to))
