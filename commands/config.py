"""`/config`: how a service is configured, secrets as fingerprints; and its variables set."""

from typing import Annotated

from model.changes import Configure
from model.context import Invocation
from model.language.declare import Kind, command
from model.language.pairs import Pairs
from model.language.parameters import AService
from model.outcomes import ProposeChange, RunQuery
from model.queries import ConfigQuery


@command(
    "config",
    "How a service is configured",
    Kind.LOOK,
    examples=("miyabi-api", "brutal-patches-api"),
    explains="A secret shows as a short fingerprint: the same in two services is the same secret.",
)
def config(invocation: Invocation, service: AService) -> RunQuery:
    """Reads only; no secret is ever shown."""
    return RunQuery(ConfigQuery(), service)


@command(
    "config SERVICE set",
    "Set variables of a service",
    Kind.CHANGE,
    examples=(
        "miyabi-api RUST_LOG=debug because 5xx since 14:02",
        "miyabi-api JWT_SECRET=secret:miyabi/prod/jwt-secret",
    ),
    explains=(
        "All other variables stay as they are. A secret is named, never typed: "
        "secret:NAME is read from Secrets Manager as the change is made."
    ),
    form=False,
)
def config_set(
    invocation: Invocation, service: AService, variables: Annotated[dict[str, str], Pairs()]
) -> ProposeChange:
    """Exactly the pairs that are given; a value may be put in quotes."""
    return ProposeChange(service, Configure(set=variables))
