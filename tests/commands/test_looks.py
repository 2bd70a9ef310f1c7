"""Commands that look at logs, metrics and costs ask exactly what was typed, or say what may be typed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from commands.cost import cost
from model.catalog.schema import Catalog, Target
from model.changes import Change, Retain, SaveLogs
from model.context import Invocation, RequestContext, Subject
from model.language.parse import ParsedCommand
from model.outcomes import ProposeChange, RunQuery
from model.queries import CostQuery, LogsQuery, MetricsQuery
from model.refusal import Refused
from tests.commands.builders import NOW, REGISTRY, SETTING, decided, incident
from tests.model.incidents.builders import ANA, CATALOG

HOUR = timedelta(hours=1)


def question(line: str):
    outcome = decided(line)
    assert isinstance(outcome, RunQuery)
    return outcome.question


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("logs miyabi-dev", LogsQuery(since=NOW - HOUR, until=NOW)),
        ("logs miyabi-dev ERROR", LogsQuery(pattern="ERROR", since=NOW - HOUR, until=NOW)),
        (
            "logs miyabi-dev connection refused since=3h",
            LogsQuery(pattern="connection refused", since=NOW - 3 * HOUR, until=NOW),
        ),
        ("logs miyabi-dev --since 30m ERROR", LogsQuery(pattern="ERROR", since=NOW - HOUR / 2, until=NOW)),
        (
            "logs miyabi-dev { $.statusCode = 500 }",
            LogsQuery(pattern="{ $.statusCode = 500 }", since=NOW - HOUR, until=NOW),
        ),
        ("logs miyabi-dev until=2h", LogsQuery(since=NOW - 3 * HOUR, until=NOW - 2 * HOUR)),
        (
            "logs miyabi-dev since=21:00 until=21:30",
            LogsQuery(since=NOW.replace(hour=21, minute=0), until=NOW.replace(hour=21, minute=30)),
        ),
        (
            "logs miyabi-dev since=23:00 until=1h",
            LogsQuery(since=NOW.replace(day=19, hour=23, minute=0), until=NOW - HOUR),
        ),
        (
            "logs miyabi-dev since=2026-11-19T08:15Z",
            LogsQuery(since=datetime(2026, 11, 19, 8, 15, tzinfo=UTC), until=NOW),
        ),
        (
            "logs miyabi-dev since=2026-11-20",
            LogsQuery(since=datetime(2026, 11, 20, tzinfo=UTC), until=NOW),
        ),
        ("logs miyabi-dev query=errors", LogsQuery(name="errors", since=NOW - HOUR, until=NOW)),
        (
            "logs miyabi-api trace=abc-1",
            LogsQuery(name="trace", values={"trace": "abc-1"}, since=NOW - HOUR, until=NOW),
        ),
        (
            "logs miyabi-dev ERROR follow=5m",
            LogsQuery(pattern="ERROR", since=NOW - HOUR, until=NOW, follow=timedelta(minutes=5)),
        ),
        ("metrics miyabi-dev", MetricsQuery(since=NOW - HOUR, until=NOW)),
        ("metrics miyabi-dev CPU since=14d", MetricsQuery(name="cpu", since=NOW - 336 * HOUR, until=NOW)),
        ("cost miyabi-dev days=7", CostQuery(days=7)),
    ],
)
def test_it_asks_what_was_typed(line: str, asked: LogsQuery | MetricsQuery | CostQuery):
    assert question(line) == asked


@pytest.mark.parametrize(
    ("line", "says", "instead"),
    [
        ("logs miyabi-dev ERROR since 3h", "end like a time", "/logs miyabi-dev ERROR since=3h"),
        ("logs miyabi-dev follow 5m", "end like a time", "/logs miyabi-dev follow=5m"),
        ("logs miyabi-dev ERROR query=errors", "two looks", "/logs miyabi-dev query=errors"),
        ("logs miyabi-dev query=errors follow=5m", "has no query", "follow="),
        ("logs miyabi-dev until=1h follow=5m", "has no end", "follow="),
        ("logs miyabi-dev since=1h until=2h", "would begin at", "since=1h"),
        ("logs miyabi-dev until=2026-11-21T08:00", "has not come yet", "until="),
        ("logs miyabi-dev since=93d", "At most 92d", "since=92d"),
        ("logs miyabi-dev since=soon", "not a time that has been", "30m, 2h or 3d"),
        ("logs miyabi-dev since=2026-02-31", "no day", "2026-11-20T14:02"),
        ("logs miyabi-dev follow=2h", "out of range", "1h"),
        ("logs miyabi-dev retain", "DAYS is missing", "/logs SERVICE retain DAYS"),
        ("logs miyabi-dev retain long", "not a number of days", "forever"),
        ("logs miyabi-dev retain 0", "not a number of days", "30"),
        ("metrics miyabi-dev cpu since=15d", "At most 14d", "since=14d"),
        ("metrics miyabi-dev cpu until=2027-01-01", "has not come yet", "until="),
        ("cost days=0", "does not do", "from 1 to 365"),
        ("cost days=366", "does not do", "from 1 to 365"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_may_be_typed(line: str, says: str, instead: str):
    with pytest.raises(Refused) as refused:
        decided(line)
    assert says in refused.value.what
    assert instead in " ".join((refused.value.instead, *refused.value.suggestions))


@pytest.mark.parametrize(
    ("line", "change"),
    [
        ("logs miyabi-dev retain 30", Retain(days=30)),
        ("logs miyabi-dev retain 30d", Retain(days=30)),
        ("logs miyabi-dev retain forever", Retain(days="forever")),
        ("logs architect-api save", SaveLogs()),
        ("logs architect-api save before-restart", SaveLogs(name="before-restart")),
    ],
)
def test_changes_of_logs_are_proposed(line: str, change: Change):
    outcome = decided(line)
    assert isinstance(outcome, ProposeChange)
    assert outcome.change == change


def test_words_of_commands_may_be_looked_for_in_quotes():
    assert question('logs miyabi-dev "retain"').pattern == "retain"
    assert question("logs miyabi-dev the save failed").pattern == "the save failed"
    assert question("logs miyabi-dev down since yesterday").pattern == "down since yesterday"


def test_in_an_incidents_channel_it_is_the_incidents_service():
    outcome = decided("logs ERROR", here=incident())
    assert isinstance(outcome, RunQuery)
    assert outcome.service.id == "miyabi-api"


def costed(*ids: str) -> Catalog:
    """The catalog with costs of these services."""
    part = Target(kind="cost-explorer")
    services = (one.model_copy(update={"also": (part,) if one.id in ids else ()}) for one in CATALOG.services)
    return CATALOG.model_copy(update={"services": tuple(services)})


@pytest.mark.parametrize("assumed", [False, True])
def test_without_a_service_it_is_the_one_whose_cost_is_known(assumed: bool):
    catalog = costed("miyabi-dev")
    own = catalog.services[0] if assumed else None
    outcome = cost.decide(asking(catalog, assumed), own)
    assert isinstance(outcome, RunQuery)
    assert (outcome.service.id, outcome.question) == ("miyabi-dev", CostQuery(days=30))


@pytest.mark.parametrize(
    ("ids", "says", "instead"),
    [
        ((), "knows no service's cost", "cost-explorer"),
        (("miyabi-dev", "architect-api"), "There are several", "`architect-api` or `miyabi-dev`"),
    ],
)
def test_which_cost_is_meant_is_never_guessed(ids: tuple[str, ...], says: str, instead: str):
    with pytest.raises(Refused, match=says) as refused:
        cost.decide(asking(costed(*ids), assumed=False))
    assert instead in refused.value.instead


def asking(catalog: Catalog, assumed: bool) -> Invocation:
    world = RequestContext(NOW, catalog, REGISTRY, "C0OPS")
    return Invocation(
        ANA, ParsedCommand(cost, assumed=assumed), Subject(), world.context, replace(SETTING, catalog=catalog)
    )


def test_a_service_that_is_named_is_asked_even_if_it_has_no_cost():
    outcome = decided("cost miyabi-api")
    assert isinstance(outcome, RunQuery)
    assert outcome.service.id == "miyabi-api"
