"""`/logs`: what a service says, what its named queries find, and for how long it is kept."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from model.catalog.schema import Service
from model.changes import Retain, SaveLogs
from model.context import Invocation
from model.language.declare import Kind, command
from model.language.near import shown
from model.language.parameters import AService, Duration, Name, Parameter, ParseContext, Text
from model.language.past import PastTime, Then
from model.outcomes import ProposeChange, RunQuery
from model.queries import LogsQuery
from model.refusal import Refused
from model.slash import slash
from model.window import check_window

LONGEST = timedelta(days=92)
"""What no log is asked for in one go; a catalog may name less."""

USUAL = timedelta(hours=1)
_LOOSE = re.compile(r"(?P<words>.*?)\b(?P<name>since|until|follow)\s+(?P<value>\d\S*)", re.IGNORECASE)
"""An option without its `=`, at the end of the words to look for."""
_FOLLOWED = Duration("FOR", "5m or 30m", longest=timedelta(hours=1))
_Pattern = Annotated[str, Text("PATTERN", "words as they stand in the lines")]
_Since = Annotated[Then | None, PastTime()]


@dataclass(frozen=True)
class RetentionDays(Parameter):
    """So many days, or for ever."""

    label: str = "DAYS"
    hint: str = "30, or forever"

    def read(self, word: str, setting: ParseContext) -> int | str:
        if word.casefold() in {"forever", "never", "none"}:
            return "forever"
        found = re.fullmatch(r"([1-9]\d{0,4})d?", word, re.IGNORECASE)
        if found is None:
            raise Refused(f"{shown(word)} is not a number of days.", f"Type {self.hint}.")
        return int(found[1])


@command(
    "logs",
    "Log lines by pattern, or what a named query finds",
    Kind.LOOK,
    examples=(
        "miyabi-dev ERROR",
        "delivery-standard connection refused since=3h",
        "delivery-standard query=errors-by-path",
        "delivery-standard trace=abc-123-def",
        "miyabi-api ERROR follow=5m",
    ),
    explains=(
        "Words are looked for as they stand, case and all. since= and until= take 30m, 2h or 3d ago, "
        "14:02 or 2026-11-20T14:02 (UTC); without them it is the last hour."
    ),
)
def logs(
    invocation: Invocation,
    service: AService,
    pattern: _Pattern = "",
    *,
    since: _Since = None,
    until: _Since = None,
    query: Annotated[str, Name("NAME", "a query of the catalog, such as errors")] = "",
    trace: Annotated[str, Name("ID", "a trace id from a log line")] = "",
    follow: Annotated[timedelta | None, _FOLLOWED] = None,
) -> RunQuery:
    """Lines or a query's rows. Raises Refused for two looks in one, and for times that make none."""
    name = query or ("trace" if trace else "")
    _must_be_words(service, pattern)
    _must_be_one_look(service, name, pattern, until is not None, follow is not None)
    now = invocation.world.now
    end = until.moment(now) if until else now
    start = since.moment(now) if since else end - USUAL
    check_window(start, end, now, LONGEST)
    values = {"trace": trace} if trace else {}
    return RunQuery(
        LogsQuery(name=name, pattern=pattern, since=start, until=end, values=values, follow=follow), service
    )


def _must_be_words(service: Service, pattern: str) -> None:
    """Raises Refused for words that end in an option without its `=`; they would find nothing."""
    if loose := _LOOSE.fullmatch(pattern):
        option = f"{loose['name'].lower()}={loose['value']}"
        raise Refused(
            f"{shown(pattern)} are words to look for, and end like a time.",
            "Put = before the time.",
            (" ".join(f"{slash('logs')} {service.id} {loose['words']}{option}".split()),),
        )


def _must_be_one_look(service: Service, name: str, pattern: str, ends: bool, goes_on: bool) -> None:
    """Raises Refused for a query beside words, and for what is followed and has an end."""
    if name and pattern:
        raise Refused(
            "A query and a pattern are two looks.",
            "Type one at a time.",
            (f"{slash('logs')} {service.id} query={name}", f"{slash('logs')} {service.id} {pattern}"),
        )
    if goes_on and (name or ends):
        what = "query" if name else "end"
        raise Refused(
            f"What is followed has no {what}, as it goes on.",
            f"Leave the {what} out, or leave follow= out.",
            (f"{slash('logs')} {service.id} {pattern or 'ERROR'} follow=5m",),
        )


@command(
    "logs SERVICE retain",
    "For how many days logs are kept",
    Kind.CHANGE,
    examples=("miyabi-dev 30", "miyabi-dev forever"),
    explains="Only the day counts that the cloud has; less than now deletes what is older.",
)
def logs_retain(
    invocation: Invocation, service: AService, days: Annotated[int | str, RetentionDays()]
) -> ProposeChange:
    """Kept for so many days, or for ever."""
    return ProposeChange(service, Retain.model_validate({"days": days}))


@command(
    "logs SERVICE save",
    "Copy the logs as they are now to where evidence is kept",
    Kind.CHANGE,
    examples=("architect-api", "architect-api before-restart"),
    explains="Before a restart or a scale to zero, which take the logs of pods with them.",
)
def logs_save(
    invocation: Invocation,
    service: AService,
    name: Annotated[str, Name("NAME", "a name, such as before-restart")] = "",
) -> ProposeChange:
    """A copy; without a name it is called by its time."""
    return ProposeChange(service, SaveLogs(name=name))
