"""Clocks say what is due, go off once, and follow what people promise."""

from model.catalog.system import EscalationLevel, SeverityLevel
from model.incidents.clocks import clocks, fire
from model.incidents.declare import set_severity
from model.incidents.lifecycle import acknowledge, resolve, update
from tests.model.incidents.builders import ARCHITECT, ARCHITECT_API, MIYABI, START, Story, minutes


def outage() -> Story:
    return Story.begin(ARCHITECT, ARCHITECT_API, "Down", "P1")


def kinds(story: Story, system=ARCHITECT) -> list[tuple[str, str, float]]:
    return [
        (clock.kind, clock.level, (clock.due_at - START).total_seconds() / 60)
        for clock in clocks(story.incident, system)
    ]


def test_response_and_escalations_run_from_the_declaration():
    assert kinds(outage()) == [
        ("escalation", "Level 2", 5),
        ("response", "", 5),
        ("escalation", "Level 3", 15),
        ("escalation", "Level 4", 30),
    ]


def test_nobody_is_alarmed_within_the_first_minute_whatever_the_runbook_calls_immediate():
    levels = SeverityLevel(id="P1", means="Down", respond_within=minutes(0), rank=1)
    at_once = EscalationLevel(name="Level 2", who=("Manager",), after=minutes(0))
    system = ARCHITECT.model_copy(
        update={
            "severities": ARCHITECT.severities.model_copy(update={"levels": (levels,)}),
            "escalation": ARCHITECT.escalation.model_copy(update={"levels": (at_once,)}),
        }
    )
    story = Story.begin(system, ARCHITECT_API, "Down", "P1")
    assert kinds(story, system) == [("escalation", "Level 2", 1), ("response", "", 1)]
    story.then(fire(story.incident, system, START + minutes(1)), START + minutes(1))
    assert kinds(story, system) == []


def test_a_level_that_is_only_for_other_severities_does_not_escalate():
    story = Story.begin(ARCHITECT, ARCHITECT_API, "Errors", "P2")
    assert ("escalation", "Level 4", 30) not in kinds(story)


def test_an_answer_stops_the_response_and_the_levels_that_wait_for_an_answer():
    story = outage()
    story.then(acknowledge(story.incident))
    assert kinds(story) == [("escalation", "Level 4", 30)]


def test_a_clock_goes_off_once():
    story = outage()
    now = START + minutes(16)
    story.then(fire(story.incident, ARCHITECT, now), now)
    assert [record.type for record in story.records[1:]] == [
        "incident.escalated",
        "incident.response_overdue",
        "incident.escalated",
    ]
    assert fire(story.incident, ARCHITECT, now) == ()
    assert kinds(story) == [("escalation", "Level 4", 30)]
    assert story.incident.timeline[-1].text == "Escalated to Level 3: Director, VP Engineering"


def test_nothing_rings_before_its_time():
    assert fire(outage().incident, ARCHITECT, START + minutes(4.99)) == ()


def test_a_promise_is_reminded_of_and_then_overdue():
    story = Story.begin()
    story.then(acknowledge(story.incident))
    story.then(update(story.incident, START, "x", next=minutes(30)))
    assert kinds(story, MIYABI) == [("update_due", "", 25), ("update_overdue", "", 30)]
    story.then(fire(story.incident, MIYABI, START + minutes(25)), START + minutes(25))
    assert kinds(story, MIYABI) == [("update_overdue", "", 30)]
    story.then(fire(story.incident, MIYABI, START + minutes(30)), START + minutes(30))
    assert kinds(story, MIYABI) == []
    texts = [entry.text for entry in story.incident.timeline[-2:]]
    assert texts == [
        "The update promised for 22:40 UTC is due soon",
        "The update promised for 22:40 UTC is overdue",
    ]


def test_a_short_promise_is_reminded_of_at_half_its_time():
    story = Story.begin()
    story.then(update(story.incident, START, "x", next=minutes(4)))
    assert ("update_due", "", 2) in kinds(story, MIYABI)


def test_waking_up_late_says_overdue_without_the_reminder():
    story = Story.begin()
    story.then(acknowledge(story.incident))
    story.then(update(story.incident, START, "x", next=minutes(30)))
    events = fire(story.incident, MIYABI, START + minutes(90))
    assert [event.type for event in events] == ["incident.next_update_overdue"]
    story.then(events, START + minutes(90))
    assert fire(story.incident, MIYABI, START + minutes(91)) == ()


def test_a_moved_deadline_is_another_clock():
    story = Story.begin(severity="SEV3")
    before = {clock.key for clock in clocks(story.incident, MIYABI)}
    story.then(set_severity(story.incident, MIYABI, START + minutes(1), "SEV1"), START + minutes(1))
    after = {clock.key for clock in clocks(story.incident, MIYABI)}
    assert before.isdisjoint(after)
    assert all(key.startswith("INC-42/") for key in before | after)


def test_a_resolved_incident_has_no_clock():
    story = outage()
    story.then(update(story.incident, START, "x", next=minutes(30)))
    story.then(resolve(story.incident))
    assert kinds(story) == []
    assert fire(story.incident, ARCHITECT, START + minutes(600)) == ()
