"""Commands on incidents tend the one that is meant, and never pick one of several."""

import pytest

from model.outcomes import Display, RunQuery, UpdateIncident
from model.refusal import Refused
from tests.commands.builders import decided, incident


def tended(line: str, **world: object) -> UpdateIncident:
    outcome = decided(line, **world)  # pyright: ignore[reportArgumentType]
    assert isinstance(outcome, UpdateIncident)
    return outcome


def test_declaring_begins_a_new_one():
    outcome = tended("incident declare SEV2 miyabi-api Elevated 5xx")
    assert (outcome.id, outcome.incident) == ("INC-43", None)
    declared = outcome.events[0].data
    assert (declared["severity"], declared["service"], declared["title"]) == (
        "SEV2",
        "miyabi-api",
        "Elevated 5xx",
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("incident declare miyabi-api Elevated 5xx", "SEV1"),
        ("incident declare P1 miyabi-api Elevated 5xx", "SEV1"),
        ("incident declare SEV2 Elevated 5xx", "miyabi-api"),
        ("incident declare SEV2 miyabi-apy Elevated 5xx", "/incident declare SEV2 miyabi-api Elevated 5xx"),
        ('incident declare SEV2 "miyabi-api is down"', "Usage: /incident declare SEVERITY SERVICE TITLE"),
        ("incident declare SEV2 miyabi-api", "Usage: /incident declare"),
        ("incident declare SEV2 miyabi-api " + "x" * 150, "Shorten"),
    ],
)
def test_what_is_missing_is_asked_for(line: str, told: str):
    with pytest.raises(Refused) as refused:
        decided(line)
    said = f"{refused.value.what} {refused.value.instead} {' '.join(refused.value.suggestions)}"
    assert told in said


LINES = [
    ("incident ack", ["incident.acknowledged"]),
    ("incident note Moved traffic at=22:20", ["incident.noted"]),
    ("incident role ic <@U0BEN>", ["incident.role_assigned"]),
    ("incident sev SEV1 All regions", ["incident.severity_changed"]),
    ("incident tick mitigate", ["incident.ticked"]),
]


@pytest.mark.parametrize(("line", "types"), LINES)
def test_it_is_the_channels_own_the_only_open_one_or_the_one_that_is_named(line: str, types: list[str]):
    mine, other = incident(), incident("INC-41")
    for outcome in (
        tended(line, here=mine, open=[other]),
        tended(line, open=[mine]),
        tended(f"{line} incident=42", open=[mine, other]),
    ):
        assert outcome.id == "INC-42"
        assert [event.type for event in outcome.events] == types


@pytest.mark.parametrize(
    "line", [*(line for line, _ in LINES), "incident update Bad", "incident resolve", "incident show"]
)
def test_one_of_several_is_never_picked(line: str):
    with pytest.raises(Refused, match="INC-41") as refused:
        decided(line, open=[incident(), incident("INC-41")])
    assert "incident=INC-" in refused.value.instead
    with pytest.raises(Refused, match="no open incident"):
        decided(line)
    with pytest.raises(Refused, match="no incident INC-7"):
        decided(f"{line} incident=INC-7", open=[incident()])


@pytest.mark.parametrize(
    "line",
    [
        "incident update Identified Bad config next=30m impact=Some users actions=Roll back; watch",
        "incident status Monitoring",
        "incident resolve Back to normal",
    ],
)
def test_what_people_are_told_changes_the_incident(line: str):
    outcome = tended(line, here=incident())
    assert outcome.events


def test_an_update_carries_each_thing_that_was_typed():
    outcome = tended(
        "incident update Identified Bad config next=30m impact=Some users actions=Roll back; watch",
        here=incident(),
    )
    data = {key: value for event in outcome.events for key, value in event.data.items()}
    assert (data["text"], data["impact"]) == ("Bad config", "Some users")
    assert data["actions"] == ["Roll back", "watch"]


def test_a_resolved_one_may_be_reopened_and_no_other():
    with pytest.raises(Refused):
        decided("incident reopen", here=incident())


def test_looks_name_what_is_to_be_shown():
    mine = incident()
    assert decided("incident list") == Display("incidents")
    assert decided("incident list page=2") == Display("incidents", page=2)
    assert decided("incident show", here=mine) == Display("incident", mine)
    assert decided("incident timeline page=2", here=mine) == Display("timeline", mine, page=2)
    assert decided("ops help") == Display("help")
    health, history = decided("health architect-api"), decided("history", here=mine)
    assert isinstance(health, RunQuery)
    assert isinstance(history, RunQuery)
    assert (health.question.kind, health.service.id) == ("health", "architect-api")
    assert (history.question.kind, history.service.id) == ("history", "miyabi-api")
