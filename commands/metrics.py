"""`/metrics`: how a service's figures went, as a chart; without a name, all of them as they are now."""

from datetime import timedelta
from typing import Annotated

from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import AService, Name
from model.language.past import PastTime, Then
from model.outcomes import RunQuery
from model.queries import MetricsQuery
from model.window import check_window

LONGEST = timedelta(days=14)
USUAL = timedelta(hours=1)


@command(
    "metrics",
    "A metric as a chart, or all of them as they are now",
    Kind.LOOK,
    examples=("miyabi-dev", "miyabi-dev cpu since=6h", "miyabi-api errors since=3d"),
    explains="since= and until= take 30m, 2h or 3d ago, 14:02 or 2026-11-20T14:02 (UTC); at most 14 days.",
)
def metrics(
    invocation: Invocation,
    service: AService,
    name: Annotated[str, Name("METRIC", "a metric of the service, such as cpu")] = "",
    *,
    since: Annotated[Then | None, PastTime()] = None,
    until: Annotated[Then | None, PastTime()] = None,
) -> RunQuery:
    """The last hour, unless told otherwise. Raises Refused for times ahead or over 14 days."""
    now = invocation.world.now
    end = until.moment(now) if until else now
    start = since.moment(now) if since else end - USUAL
    check_window(start, end, now, LONGEST)
    return RunQuery(MetricsQuery(name=name.casefold(), since=start, until=end), service)
