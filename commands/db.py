"""`/db`: what a database does now, and idle sessions ended."""

from datetime import timedelta
from typing import Annotated

from model.changes import KillIdle
from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import AService, Duration, OneOf
from model.outcomes import ProposeChange, RunQuery
from model.queries import DatabaseQuery

VIEWS = ("connections", "queries", "slow", "locks", "replication", "idle")
OLDER = timedelta(minutes=10)
"""From when a session counts as idle (architect-api.md, Database Connection Exhaustion)."""

_Older = Annotated[
    timedelta | None, Duration("TIME", "idle for longer than, such as 10m", least=timedelta(seconds=1))
]


@command(
    "db",
    "What a database does now",
    Kind.LOOK,
    examples=("architect-db connections", "architect-db slow", "architect-db idle --older 30m"),
    explains=(
        "connections by database, queries that run, slow statements, locks that are waited for, "
        "replication, and the idle sessions that kill-idle would end."
    ),
)
def db(
    invocation: Invocation,
    service: AService,
    view: Annotated[str, OneOf("VIEW", ", ".join(VIEWS), choices=VIEWS)],
    *,
    older: _Older = None,
) -> RunQuery:
    """Reads only."""
    return RunQuery(DatabaseQuery(name=view, older=older or OLDER), service)


@command(
    "db SERVICE kill-idle",
    "End idle database sessions",
    Kind.CHANGE,
    examples=("architect-db --older 10m because connection limit exceeded",),
    explains="The plan shows exactly who would be ended; a session that works again by then is left alone.",
    form=False,
)
def kill_idle(invocation: Invocation, service: AService, *, older: _Older = None) -> ProposeChange:
    """Own sessions, superusers' and replication are left alone."""
    return ProposeChange(service, KillIdle(older=older or OLDER))
