"""`/report`: what the incidents of a time came to."""

from datetime import timedelta
from typing import Annotated

from model.catalog.system import System
from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import Duration
from model.language.system import SystemNamed
from model.outcomes import MakeReport

LONGEST = timedelta(days=400)
USUAL = timedelta(days=30)


@command(
    "report",
    "How many incidents there were, how quickly they were met, and what helped",
    Kind.LOOK,
    examples=("30d", "90d architect", "miyabi-web"),
    explains="Response within target, promises kept, time to each milestone, changes, pages at night; "
    "as words, a chart and a CSV file.",
    form=False,
)
def report(
    invocation: Invocation,
    length: Annotated[
        timedelta, Duration("30d", "so far back: 30d, 12h", longest=LONGEST, least=timedelta(hours=1))
    ] = USUAL,
    system: Annotated[System | None, SystemNamed()] = None,
) -> MakeReport:
    """Of all systems, unless one is named."""
    world = invocation.world
    return MakeReport(world.new_id, world.now - length, system.id if system else "")
