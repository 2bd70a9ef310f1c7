"""The report: how many incidents, how quickly they were met, and what helped."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from model.reports.facts import IncidentFacts
from model.value import Value

Milestone = Literal["detect", "acknowledge", "mitigate", "resolve"]
Verdict = Literal["helped", "no change", "worse", "unknown"]
NIGHT_BEGINS, NIGHT_ENDS = 22, 8
"""Hours in UTC between which a page wakes somebody."""


class Spread(Value):
    """How long something took: median and 90th percentile (nearest rank), of so many."""

    count: int
    median: timedelta
    p90: timedelta


class Group(Value):
    """Incidents of one service and one severity."""

    service: str
    severity: str
    rank: int
    count: int
    still_open: int


class Report(Value):
    """What came of the incidents declared between two moments, the newest first.

    system: empty for all. times: milestones that at least one came to; detect counts from the earliest
    moment noted to the declaration, the others from the declaration. changes: verdict → operations.
    night_pages: team → pages between 22:00 and 08:00 UTC. unreadable: incidents this version cannot read.
    left_out: incidents of the time that are not counted, as there are too many.
    """

    since: datetime
    until: datetime
    system: str = ""
    incidents: tuple[IncidentFacts, ...] = ()
    groups: tuple[Group, ...] = ()
    answered: int = 0
    in_time: int = 0
    kept: int = 0
    promised: int = 0
    times: Mapping[Milestone, Spread] = {}
    changes: Mapping[Verdict, int] = {}
    night_pages: Mapping[str, int] = {}
    unreadable: int = 0
    left_out: int = 0

    @property
    def still_open(self) -> int:
        """How many are not resolved."""
        return sum(one.is_open for one in self.incidents)


def report_of(
    since: datetime,
    until: datetime,
    incidents: Iterable[IncidentFacts],
    *,
    system: str = "",
    verdicts: Iterable[Verdict] = (),
    on_call: Mapping[str, str] | None = None,
    unreadable: int = 0,
    left_out: int = 0,
) -> Report:
    """Count. on_call: service → the handle of who is on call for it; verdicts: of operations that ran."""
    wanted = [one for one in incidents if since <= one.declared_at <= until]
    wanted = [one for one in wanted if not system or one.system == system]
    newest = tuple(sorted(wanted, key=lambda one: one.declared_at, reverse=True))
    answers = [one.in_time for one in newest if one.in_time is not None]
    kept = sum(one.kept for one in newest)
    return Report(
        since=since,
        until=until,
        system=system,
        incidents=newest,
        groups=_groups(newest),
        answered=len(answers),
        in_time=sum(answers),
        kept=kept,
        promised=kept + sum(one.broken for one in newest),
        times=_times(newest),
        changes=dict(Counter(verdicts)),
        night_pages=_night_pages(newest, on_call or {}),
        unreadable=unreadable,
        left_out=left_out,
    )


def spread(lengths: Sequence[timedelta]) -> Spread | None:
    """Median and p90 by nearest rank, so that each is a time that was; None of nothing."""
    ordered = sorted(lengths)
    if not ordered:
        return None
    return Spread(count=len(ordered), median=_rank(ordered, 0.5), p90=_rank(ordered, 0.9))


def took(one: IncidentFacts) -> dict[Milestone, timedelta | None]:
    """How long an incident took to each milestone."""
    ends = {"acknowledge": one.acknowledged_at, "mitigate": one.mitigated_at, "resolve": one.resolved_at}
    after = {name: end - one.declared_at if end else None for name, end in ends.items()}
    detect = one.declared_at - one.began_at if one.began_at else None
    return {
        "detect": detect,
        "acknowledge": after["acknowledge"],
        "mitigate": after["mitigate"],
        "resolve": after["resolve"],
    }


def is_night(at: datetime) -> bool:
    """Whether a moment (UTC) lies between 22:00 and 08:00."""
    return at.hour >= NIGHT_BEGINS or at.hour < NIGHT_ENDS


def _rank(ordered: Sequence[timedelta], share: float) -> timedelta:
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _times(incidents: Sequence[IncidentFacts]) -> dict[Milestone, Spread]:
    milestones: tuple[Milestone, ...] = ("detect", "acknowledge", "mitigate", "resolve")
    each = [took(one) for one in incidents]
    found: dict[Milestone, Spread] = {}
    for name in milestones:
        told = spread([long for one in each if (long := one[name]) is not None])
        if told is not None:
            found[name] = told
    return found


def _groups(incidents: Sequence[IncidentFacts]) -> tuple[Group, ...]:
    """The worst severity first, then the most frequent."""
    counts = Counter((one.rank, one.severity, one.service) for one in incidents)
    still = Counter((one.rank, one.severity, one.service) for one in incidents if one.is_open)
    ordered = sorted(counts, key=lambda key: (key[0], -counts[key], key[2]))
    return tuple(
        Group(rank=key[0], severity=key[1], service=key[2], count=counts[key], still_open=still[key])
        for key in ordered
    )


def _night_pages(incidents: Sequence[IncidentFacts], on_call: Mapping[str, str]) -> dict[str, int]:
    teams = Counter(
        page.team or on_call.get(one.service) or f"on call for {one.service}"
        for one in incidents
        for page in one.pages
        if is_night(page.at)
    )
    return dict(teams.most_common())
