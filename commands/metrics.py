"""`/metrics`: how a service's figures went, as a chart; without a name, all of them as they are now."""

from datetime import timedelta
from typing import Annotated

from model.language.declare import Kind, command
from model.language.parameters import AService, Name
from model.language.past import Past, Then
from model.question import AskMetrics
from model.window import check_window
from model.world import Ask, Look

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
    ask: Ask,
    service: AService,
    name: Annotated[str, Name("METRIC", "a metric of the service, such as cpu")] = "",
    *,
    since: Annotated[Then | None, Past()] = None,
    until: Annotated[Then | None, Past()] = None,
) -> Look:
    """The last hour, unless told otherwise. Raises Refused for times ahead or over 14 days."""
    now = ask.world.now
    end = until.moment(now) if until else now
    start = since.moment(now) if since else end - USUAL
    check_window(start, end, now, LONGEST)
    return Look(AskMetrics(name=name.casefold(), since=start, until=end), service)
