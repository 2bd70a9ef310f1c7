"""`/cache`: what a cache holds and does, and the cache emptied."""

from typing import Annotated

from model.changes import Flush
from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import AService, OneOf
from model.outcomes import ProposeChange, RunQuery
from model.queries import CacheQuery

VIEWS = ("info", "slowlog", "bigkeys")


@command(
    "cache",
    "What a cache holds and does",
    Kind.LOOK,
    examples=("architect-cache info", "architect-cache bigkeys"),
    explains="info: server, memory, keyspace; slowlog: the slowest commands; bigkeys: the biggest keys.",
)
def cache(
    invocation: Invocation,
    service: AService,
    view: Annotated[str, OneOf("VIEW", ", ".join(VIEWS), choices=VIEWS)],
) -> RunQuery:
    """Reads only."""
    return RunQuery(CacheQuery(name=view), service)


@command(
    "cache SERVICE flush",
    "Empty a cache",
    Kind.CHANGE,
    examples=("architect-cache because stale sessions",),
    explains="Every key of the database is lost. Two other people have to agree.",
    form=False,
)
def flush(invocation: Invocation, service: AService) -> ProposeChange:
    """FLUSHDB of the one database that the service's address names."""
    return ProposeChange(service, Flush())
