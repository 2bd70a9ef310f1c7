"""Alerts: nothing that a tool posts makes the reader fail, and the same said again is nothing new."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.alerts import alertmanager, generic, pagerduty
from model.alerts.decide import noticed, released, returned
from model.alerts.events import Fired, Ignored, Resolved, to_event
from model.alerts.notice import AlertNotice, AlertRefused, service_of
from model.alerts.state import Alert, fold
from model.catalog.alerts import AlertMapping
from model.events import Actor, RecordedEvent
from tests.model.language.conftest import CATALOG

NOW = datetime(2026, 12, 1, 2, 5, tzinfo=UTC)
KEYS = st.sampled_from(
    [
        "alerts",
        "labels",
        "annotations",
        "status",
        "groupKey",
        "event",
        "data",
        "type",
        "id",
        "service",
        "startsAt",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.just("firing"),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=8), inner, max_size=5)
    ),
    max_leaves=25,
)
MAPPING = AlertMapping(key="id", title="data.0", state="status", labels="labels", each="alerts")


@settings(max_examples=300, deadline=None)
@given(body=JSON)
def test_whatever_is_posted_is_read_or_refused_in_words(body: object):
    for read in (
        lambda: alertmanager.notices(body, CATALOG),
        lambda: generic.notices(body, "tool", MAPPING, CATALOG),
        lambda: pagerduty.notices(body, CATALOG),
    ):
        try:
            found = read()
        except AlertRefused as refused:
            assert str(refused)
        else:
            assert all(len(one.title) <= 200 and len(one.text) <= 1500 for one in found)


def folded(*events: object, at: datetime = NOW, every: timedelta = timedelta(minutes=1)) -> Alert:
    who = Actor(team="T0MUSTER", user="MUSTER", via="system")
    recorded = [
        RecordedEvent(
            stream="alr:ALR-1", version=n, at=at + n * every, who=who, type=made.type, data=made.data
        )
        for n, made in enumerate((to_event(event) for event in events), 1)  # type: ignore[arg-type]  # events
    ]
    found = fold(recorded)
    assert found is not None
    return found


def fired(**facts: object) -> Fired:
    return Fired.model_validate({"id": "ALR-1", "key": "k", "source": "tool", "title": "Down", **facts})


def test_the_same_said_again_is_nothing_new_and_more_of_it_is():
    notice = AlertNotice(source="tool", key="a", title="Down")
    alert = folded(fired(key=notice.digest))
    assert noticed(alert, notice, "ALR-9", "") is None
    assert noticed(alert, notice.model_copy(update={"labels": {"pod": "b"}}), "ALR-9", "") is None
    more = noticed(alert, notice.model_copy(update={"count": 2}), "ALR-9", "")
    assert isinstance(more, Fired)
    assert more.id == "ALR-1"
    assert noticed(None, notice.model_copy(update={"count": 0}), "ALR-9", "") is None


def test_what_returns_after_an_hour_is_another_episode():
    flapping = folded(fired(), Resolved(), fired(), Resolved(), fired())
    assert (flapping.episode, flapping.times) == (1, 3)
    later = folded(fired(), Resolved(), fired(), every=timedelta(hours=1))
    assert (later.episode, later.times) == (2, 1)


@pytest.mark.parametrize("is_over", [True, False])
def test_what_was_ignored_is_told_anew_only_where_it_still_fires(is_over: bool):
    until = NOW + timedelta(hours=1)
    alert = folded(fired(), Ignored(until=until), *([Resolved()] if is_over else []))
    assert returned(alert, until - timedelta(seconds=1)) is None
    assert (returned(alert, until) is None) is is_over


def test_a_maintenance_releases_its_own_alerts_alone():
    assert released(folded(fired(quiet="MNT-1")), "MNT-1") is not None
    assert released(folded(fired(quiet="MNT-2")), "MNT-1") is None
    assert released(folded(fired(quiet="MNT-1"), Resolved()), "MNT-1") is None


def test_more_labels_say_it_better_than_fewer_and_all_better_than_a_name():
    service = CATALOG.services[0]
    own = service.model_copy(update={"alerts": ({"team": "a"},)})
    other = CATALOG.services[1].model_copy(update={"alerts": ({"team": "a", "tier": "1"},)})
    catalog = CATALOG.model_copy(update={"services": (own, other, *CATALOG.services[2:])})
    assert service_of(catalog, {"team": "a", "tier": "1"}) == other
    assert service_of(catalog, {"team": "a"}) == own
    assert service_of(catalog, {"team": "b", "service": service.id}) is not None
    assert service_of(catalog, {"team": "b"}) is None
