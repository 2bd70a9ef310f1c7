"""`/cache`: what a cache holds and does, and the cache emptied."""

from typing import Annotated

from model.asked import Flush
from model.language.declare import Kind, command
from model.language.parameters import AService, OneOf
from model.question import AskCache
from model.world import Ask, Look, Propose

VIEWS = ("info", "slowlog", "bigkeys")


@command(
    "cache",
    "What a cache holds and does",
    Kind.LOOK,
    examples=("architect-cache info", "architect-cache bigkeys"),
    explains="info: server, memory, keyspace; slowlog: the slowest commands; bigkeys: the biggest keys.",
)
def cache(
    ask: Ask, service: AService, view: Annotated[str, OneOf("VIEW", ", ".join(VIEWS), choices=VIEWS)]
) -> Look:
    """Reads only."""
    return Look(AskCache(name=view), service)


@command(
    "cache SERVICE flush",
    "Empty a cache",
    Kind.CHANGE,
    examples=("architect-cache because stale sessions",),
    explains="Every key of the database is lost. Two other people have to agree.",
    form=False,
)
def flush(ask: Ask, service: AService) -> Propose:
    """FLUSHDB of the one database that the service's address names."""
    return Propose(service, Flush())
