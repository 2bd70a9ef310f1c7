"""A service's parts: the first that accepts a change makes it, the one that has a name answers for it."""

from datetime import UTC, datetime

import pytest

from model.catalog.schema import Environment, Service, Target
from model.change_backend import answerers, changer
from model.changes import Change, Memory, Restart
from model.health import Verdict
from model.ports.backend import Grant
from model.queries import MetricsQuery, Query
from model.query_result import QueryResult
from model.refusal import Refused

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SERVICE = Service(
    id="api",
    name="API",
    source="a test",
    environment=Environment.PRODUCTION,
    owners="owners",
    on_call="on-call",
    target=Target(kind="stack"),
    also=(Target(kind="function"), Target(kind="watch")),
)


class Kind:
    """A backend that accepts some kinds of change and offers some metrics."""

    target = Target

    def __init__(self, kind: str, accepts: tuple[str, ...] = (), metrics: tuple[str, ...] = ()) -> None:
        self.kind, self._accepts, self._metrics = kind, accepts, metrics

    def grants(self, service: Service) -> tuple[Grant, ...]:
        return ()

    async def reach(self, service: Service) -> None: ...

    async def close(self) -> None: ...

    def accepts(self, change: Change) -> bool:
        return change.kind in self._accepts

    def plan(self) -> None: ...

    def fingerprint(self) -> None: ...

    def apply(self) -> None: ...

    def has_applied(self) -> None: ...

    def watch(self) -> None: ...

    def offers(self, service: Service, kind: str) -> tuple[str, ...]:
        return self._metrics if kind == "metrics" else ()

    async def answer(self, service: Service, question: Query, now: datetime) -> QueryResult:
        return QueryResult(headline=service.target.kind, verdict=Verdict.OK)


BACKENDS = {
    "stack": Kind("stack", ("rollback",)),
    "function": Kind("function", ("rollback", "memory"), ("", "memory")),
    "watch": Kind("watch", metrics=("", "errors")),
}


def asked(name: str) -> MetricsQuery:
    return MetricsQuery(name=name, since=NOW, until=NOW)


def test_a_part_sees_the_service_with_itself_as_target():
    makes = changer(SERVICE, Memory(mib=2048), BACKENDS)
    assert makes is not None
    assert makes.part.target.kind == "function"
    assert makes.part.id == "api"


def test_what_nobody_accepts_has_nobody():
    assert changer(SERVICE, Restart(), BACKENDS) is None


def test_a_name_is_answered_by_whoever_has_it():
    assert [part.target.kind for part, _ in answerers(SERVICE, asked("errors"), BACKENDS)] == ["watch"]


def test_without_a_name_all_answer():
    assert [part.target.kind for part, _ in answerers(SERVICE, asked(""), BACKENDS)] == ["function", "watch"]


def test_an_unknown_name_is_refused_with_those_there_are():
    with pytest.raises(Refused) as refused:
        answerers(SERVICE, asked("errrors"), BACKENDS)
    assert "`errors` or `memory`" in refused.value.instead


def test_a_service_without_any_says_so():
    with pytest.raises(Refused) as refused:
        answerers(SERVICE, asked(""), {"stack": BACKENDS["stack"]})
    assert refused.value.what == "api has no metrics to look at."
