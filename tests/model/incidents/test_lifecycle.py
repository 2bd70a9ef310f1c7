"""What may be done with an incident in which state."""

from datetime import timedelta

import pytest

from model.incidents import lifecycle as people
from model.incidents.events import (
    ChannelCreated,
    IncidentEvent,
    OperationLinked,
    StepFailed,
    StepRecovered,
    from_recorded,
    to_event,
)
from model.incidents.state import fold
from model.incidents.timeline import Kind
from model.refusal import Refused
from tests.model.incidents.builders import ANA, ARCHITECT, ARCHITECT_API, BEN, START, Story, minutes


def resolved() -> Story:
    story = Story.begin()
    return story.then(people.resolve(story.incident, "Rolled back"), START + minutes(40))


def test_acknowledging_stops_the_response_and_ticks_the_checklist():
    story = Story.begin()
    story.then(people.acknowledge(story.incident), START + minutes(4), BEN)
    assert (story.incident.acknowledged_by, story.incident.acknowledged_at) == (BEN, START + minutes(4))
    assert story.incident.ticked == {"acknowledge"}


def test_it_is_acknowledged_once():
    story = Story.begin()
    story.then(people.acknowledge(story.incident))
    with pytest.raises(Refused, match="acknowledged at 22:10 UTC already"):
        people.acknowledge(story.incident)


def test_an_update_promises_the_next_one_and_keeps_what_is_not_said_again():
    story = Story.begin()
    at = START + minutes(10)
    first = people.update(
        story.incident,
        at,
        "Found it",
        status="identified",
        next=minutes(30),
        impact="Half fail",
        actions=["Undo "],
    )
    story.then(first, at, BEN)
    assert story.incident.status == "Identified"
    assert story.incident.next_update_at == at + minutes(30)
    story.then(people.update(story.incident, at + minutes(5), "Still"), at + minutes(5))
    assert (story.incident.impact, story.incident.actions) == ("Half fail", ("Undo",))
    assert story.incident.next_update_at is None
    assert story.incident.last_update is not None
    assert (story.incident.last_update.text, story.incident.last_update.who) == ("Still", ANA)
    assert [entry.text for entry in story.incident.timeline[1:]] == ["Identified: Found it", "Still"]


def test_an_update_to_the_last_status_resolves():
    story = Story.begin(ARCHITECT, ARCHITECT_API, "Down", "P1")
    story.then(people.update(story.incident, START, "Over", status="resolved"))
    assert not story.incident.is_open
    assert story.incident.status == "RESOLVED"


def test_the_status_alone_to_the_last_resolves():
    story = Story.begin()
    story.then(people.set_status(story.incident, "resolved"))
    assert not story.incident.is_open


def test_a_status_may_go_back():
    story = Story.begin()
    story.then(people.set_status(story.incident, "monitoring"))
    story.then(people.set_status(story.incident, "INVESTIGATING"))
    assert story.incident.timeline[-1].text == "Status Monitoring → Investigating"


@pytest.mark.parametrize(
    ("status", "says"), [("Investigating", "Investigating already"), ("Fixed", "has no status Fixed")]
)
def test_a_status_that_does_nothing_or_does_not_exist_is_refused_with_the_others(status: str, says: str):
    with pytest.raises(Refused, match=says) as refused:
        people.set_status(Story.begin().incident, status)
    assert "`Identified`, `Monitoring` or `Resolved`" in refused.value.instead


@pytest.mark.parametrize("next", [timedelta(minutes=-1), timedelta(days=8)])
def test_a_promise_out_of_range_is_refused(next: timedelta):
    with pytest.raises(Refused, match="cannot be promised"):
        people.update(Story.begin().incident, START, "x", next=next)


def test_an_empty_update_or_note_is_refused():
    with pytest.raises(Refused, match="no text"):
        people.update(Story.begin().incident, START, "  ")
    with pytest.raises(Refused, match="no text"):
        people.note(Story.begin().incident, START, "\n")


def test_a_resolved_incident_says_how_to_go_on():
    incident = resolved().incident
    for attempt in (
        lambda: people.acknowledge(incident),
        lambda: people.update(incident, START, "x"),
        lambda: people.set_status(incident, "Monitoring"),
        lambda: people.assign(incident, "ic", ANA, ANA),
        lambda: people.resolve(incident),
    ):
        with pytest.raises(Refused, match="type /incident reopen first") as refused:
            attempt()
        assert refused.value.what == "INC-42 was resolved at 22:50 UTC."
        assert refused.value.suggestions == ("/incident reopen",)


def test_a_reopened_incident_begins_at_the_first_status():
    story = resolved()
    story.then(people.reopen(story.incident, "It is back"))
    assert (story.incident.status, story.incident.is_open) == ("Investigating", True)
    assert "resolve" not in story.incident.ticked
    assert story.incident.timeline[-1].text == "Reopened: It is back"
    with pytest.raises(Refused, match="is open: Investigating"):
        people.reopen(story.incident)


def test_a_role_has_one_person_and_can_be_handed_over():
    story = Story.begin()
    story.then(people.assign(story.incident, "ic", ANA, ANA))
    with pytest.raises(Refused, match="Incident commander"):
        people.assign(story.incident, "ic", ANA, ANA)
    story.then(people.assign(story.incident, "ic", BEN, ANA))
    assert story.incident.roles == {"ic": BEN, "comms": None, "scribe": None}
    assert story.incident.timeline[-1].text == "Incident commander: <@U0BEN>"


def test_a_back_dated_note_stands_where_it_happened():
    story = Story.begin()
    story.then(people.acknowledge(story.incident), START + minutes(5))
    story.then(people.note(story.incident, START + minutes(9), "Deploy", at="22:02"), START + minutes(9))
    first = story.incident.timeline[0]
    assert (first.text, first.at, first.number) == ("Deploy", START - minutes(8), 3)
    assert first.is_back_dated and first.recorded_at == START + minutes(9)


def test_a_time_before_midnight_is_yesterdays():
    story = Story.begin()
    just_after = START + minutes(115)
    (event,) = people.note(story.incident, just_after, "x", at="23:55")
    assert event.data["at"] == "2026-11-20T23:55:00Z"


@pytest.mark.parametrize("at", ["22:30", "23:59"])
def test_a_time_that_has_not_come_is_refused_rather_than_taken_for_yesterdays(at: str):
    with pytest.raises(Refused, match="has not come"):
        people.note(Story.begin().incident, START, "x", at=at)


@pytest.mark.parametrize("at", ["24:00", "9", "noon", "12:60"])
def test_a_time_that_is_none_is_refused(at: str):
    with pytest.raises(Refused, match="is not a time"):
        people.note(Story.begin().incident, START, "x", at=at)


def test_a_moment_in_the_future_is_refused():
    with pytest.raises(Refused, match="has not come"):
        people.note(Story.begin().incident, START, "x", at=START + minutes(1))


def test_a_correction_never_takes_anything_away():
    story = resolved()
    story.then(people.note(story.incident, START + minutes(50), "It was SEV1", corrects=1))
    assert story.incident.timeline[0].text == "Declared SEV2: Elevated 5xx"
    assert story.incident.timeline[-1].corrects == 1
    with pytest.raises(Refused, match="no entry 9"):
        people.note(story.incident, START, "x", corrects=9)


def test_the_checklist_is_ticked_once_and_facts_tick_it_too():
    story = Story.begin()
    story.then(people.tick(story.incident, "assess"))
    with pytest.raises(Refused, match="ticked already"):
        people.tick(story.incident, "assess")
    story.then(people.update(story.incident, START, "x"))
    assert story.incident.ticked == {"assess", "communicate"}


@pytest.mark.parametrize(("item", "command"), [("acknowledge", "ack"), ("resolve", "resolve")])
def test_the_checklist_never_says_what_is_not_so(item, command: str):
    with pytest.raises(Refused, match=f"Type /incident {command}"):
        people.tick(Story.begin().incident, item)


def test_a_failed_step_shows_until_it_has_worked():
    story = Story.begin()
    story.then([StepFailed(step="channel", why="ratelimited"), StepFailed(step="page", will_retry=False)])
    story.then([StepFailed(step="channel", why="again")])
    assert [trouble.says for trouble in story.incident.degraded] == [
        "NOT paged",
        "channel not created; retrying",
    ]
    story.then([ChannelCreated(channel="C9", name="inc-42-x"), StepRecovered(step="page")])
    assert story.incident.degraded == ()
    assert (story.incident.channel, story.incident.channel_name) == ("C9", "inc-42-x")


def test_an_operation_is_one_thing_with_several_lines():
    def linked(phase: str, is_over: bool = False) -> OperationLinked:
        return OperationLinked(
            operation="OP-17", service="miyabi-api", phase=phase, summary="version 41 → 40", is_over=is_over
        )

    story = Story.begin().then([linked("applying")])
    assert [operation.id for operation in story.incident.running] == ["OP-17"]
    story.then([linked("succeeded", True)])
    assert story.incident.running == ()
    assert len(story.incident.operations) == 1
    lines = [entry.text for entry in story.incident.timeline if entry.kind is Kind.OPERATION]
    assert lines == ["OP-17 applying: version 41 → 40", "OP-17 succeeded: version 41 → 40"]


def test_a_stream_begins_with_its_declaration_and_has_one():
    story = Story.begin().then(people.acknowledge(Story.begin().incident))
    with pytest.raises(ValueError, match="does not begin with"):
        fold(story.records[1:])
    with pytest.raises(ValueError, match="declared once"):
        fold([story.records[0], story.records[0]])
    assert fold([]) is None


def test_events_come_back_from_the_journal_as_they_were():
    story = resolved()
    for record in story.records:
        event: IncidentEvent = from_recorded(record)
        assert to_event(event).data == record.data
