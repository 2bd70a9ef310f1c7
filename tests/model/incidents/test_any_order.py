"""Any sequence of commands, at any pace, by anyone, leaves an incident that makes sense."""

import contextlib
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from model.incidents import lifecycle as people
from model.incidents.checklist import SAYS
from model.incidents.clocks import clocks, fire
from model.incidents.declare import set_severity
from model.incidents.events import OperationLinked, StepFailed, StepRecovered
from model.incidents.post import render_post
from model.incidents.state import fold
from model.refusal import Refused
from tests.model.incidents.builders import ANA, ARCHITECT, ARCHITECT_API, BEN, START, Story

WORDS = st.text(min_size=1, max_size=60)
STATUSES = st.sampled_from(["INVESTIGATING", "identified", "Resolved", "Fixed"])
STEPS = st.sampled_from(["channel", "topic", "page", "post"])
PEOPLE = st.sampled_from([ANA, BEN])


class AnyOrder(RuleBasedStateMachine):
    """Every rule is a command; a refusal must leave everything as it was."""

    now: datetime
    story: Story

    @initialize(severity=st.sampled_from(["P1", "P2", "P4"]))
    def declare(self, severity: str) -> None:
        self.now = START
        self.story = Story.begin(ARCHITECT, ARCHITECT_API, "Down", severity)

    def attempt(self, decide, *args, **kwargs) -> None:
        with contextlib.suppress(Refused):
            self.story.then(decide(self.story.incident, *args, **kwargs), self.now)

    @rule(n=st.integers(0, 90))
    def time_passes(self, n: int) -> None:
        self.now += timedelta(minutes=n)

    @rule()
    def acknowledge(self) -> None:
        self.attempt(people.acknowledge)

    @rule(text=WORDS, status=st.one_of(st.just(""), STATUSES), n=st.one_of(st.none(), st.integers(-5, 60)))
    def update(self, text: str, status: str, n: int | None) -> None:
        promised = None if n is None else timedelta(minutes=n)
        self.attempt(people.update, self.now, text, status=status, next=promised)

    @rule(status=STATUSES)
    def set_status(self, status: str) -> None:
        self.attempt(people.set_status, status)

    @rule(severity=st.sampled_from(["P1", "P2", "P3", "P4", "SEV1"]))
    def set_severity(self, severity: str) -> None:
        self.attempt(set_severity, ARCHITECT, self.now, severity)

    @rule(role=st.sampled_from(["ic", "comms", "scribe"]), person=PEOPLE)
    def assign(self, role, person) -> None:
        self.attempt(people.assign, role, person, person)

    @rule(text=WORDS, back=st.integers(-10, 900))
    def note(self, text: str, back: int) -> None:
        self.attempt(people.note, self.now, text, at=self.now - timedelta(minutes=back))

    @rule(item=st.sampled_from(list(SAYS)))
    def tick(self, item) -> None:
        self.attempt(people.tick, item)

    @rule(text=st.text(max_size=20))
    def resolve(self, text: str) -> None:
        self.attempt(people.resolve, text)

    @rule(text=st.text(max_size=20))
    def reopen(self, text: str) -> None:
        self.attempt(people.reopen, text)

    @rule(n=st.integers(1, 3), is_over=st.booleans())
    def operate(self, n: int, is_over: bool) -> None:
        linked = OperationLinked(
            operation=f"OP-{n}", service="architect-api", phase="x", summary="y", is_over=is_over
        )
        self.story.then([linked], self.now)

    @rule(step=STEPS, works=st.booleans())
    def effect(self, step, works: bool) -> None:
        self.story.then([StepRecovered(step=step) if works else StepFailed(step=step)], self.now)

    @rule()
    def clocks_ring(self) -> None:
        self.story.then(fire(self.story.incident, ARCHITECT, self.now), self.now)
        assert fire(self.story.incident, ARCHITECT, self.now) == ()

    @precondition(lambda self: len(self.story.records) > 1)
    @rule(data=st.data())
    def replay_in_chunks(self, data: st.DataObject) -> None:
        cut = data.draw(st.integers(1, len(self.story.records) - 1))
        first = fold(self.story.records[:cut])
        assert fold(self.story.records[cut:], first) == self.story.incident

    @invariant()
    def makes_sense(self) -> None:
        incident = self.story.incident
        assert incident.is_open == (incident.status != "RESOLVED")
        assert incident.status in incident.statuses
        assert incident.version == len(self.story.records) == len(incident.timeline)
        assert {entry.number for entry in incident.timeline} == set(range(1, incident.version + 1))
        times = [entry.at for entry in incident.timeline]
        assert times == sorted(times)
        assert all(entry.at <= entry.recorded_at <= self.now for entry in incident.timeline)
        assert (incident.acknowledged_at is None) == ("acknowledge" not in incident.ticked)
        if not incident.is_open:
            assert incident.next_update_at is None
            assert clocks(incident, ARCHITECT) == ()

    @invariant()
    def can_always_be_told(self) -> None:
        assert self.story.incident.severity in render_post(self.story.incident, ARCHITECT, self.now)


AnyOrder.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestAnyOrder = AnyOrder.TestCase


@given(st.lists(WORDS.filter(str.strip), min_size=1, max_size=20))
def test_folding_twice_gives_the_same(texts: list[str]):
    story = Story.begin()
    for text in texts:
        story.then(people.note(story.incident, START, text))
    assert fold(story.records) == fold(list(story.records))
