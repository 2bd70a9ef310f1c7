"""What a command says of itself, written and read again, is the same; and nothing makes the reader fail."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.change import Amount
from model.language.declare import Command, Slot
from model.language.parameters import (
    Clock,
    Count,
    Duration,
    Name,
    Numbered,
    OneOf,
    Revision,
    ServiceNamed,
    Severity,
    Someone,
    Status,
    Switch,
    Text,
    Whole,
)
from model.language.parse import Request, parse, render
from model.people import Person
from model.refusal import Refused
from tests.model.language.conftest import CATALOG, REGISTRY, typed_in

HERE = typed_in()
WORDS = st.text(alphabet="abcdefgh ijklmnop,.:;!?()äöü-/", min_size=1, max_size=60)
TEXTS = WORDS.map(lambda text: " ".join(text.split())).filter(bool)


def values(slot: Slot) -> st.SearchStrategy[object]:
    """Anything that the argument may hold."""
    match slot.parameter:
        case ServiceNamed():
            return st.sampled_from(CATALOG.services)
        case Count():
            whole = st.builds(
                lambda how, n: Amount.model_validate({"how": how, "n": n}),
                st.sampled_from(["to", "up", "down"]),
                st.integers(0, 99_999),
            )
            times = st.integers(1, 99).map(lambda n: Amount.model_validate({"how": "times", "n": n / 4}))
            return whole | times
        case Whole() as kind:
            numbers = st.integers(kind.least, min(kind.most, 99_999))
            return numbers | st.just("none") if kind.may_be_none else numbers
        case OneOf() as kind:
            return st.sampled_from(kind.choices)
        case Severity():
            return st.sampled_from(HERE.severities)
        case Status():
            return st.sampled_from(HERE.statuses)
        case Duration():
            return st.integers(1, 7 * 1440).map(lambda minutes: timedelta(minutes=minutes))
        case Clock():
            return st.times().map(lambda at: f"{at:%H:%M}")
        case Someone():
            return st.from_regex(r"U[A-Z0-9]{4,9}", fullmatch=True).map(
                lambda u: Person(team="T0MUSTER", user=u)
            )
        case Revision():
            return st.from_regex(r"[1-9][0-9]{0,4}|v[0-9]\.[0-9]{1,2}|family:[0-9]{1,3}", fullmatch=True)
        case Numbered() as kind:
            return st.integers(1, 10**6).map(lambda n: f"{kind.prefix}-{n}")
        case Name():
            return st.sampled_from([one.id for one in CATALOG.services])
        case Switch():
            return st.just(True)
        case Text():
            return TEXTS
        case other:
            raise AssertionError(f"no values for {other}")


@st.composite
def requests(draw: st.DrawFn, command: Command) -> Request:
    given_values: dict[str, object] = {}
    for slot in command.slots:
        if slot.is_required or draw(st.booleans()):
            given_values[slot.name] = draw(values(slot))
    because = draw(st.just("") | TEXTS.filter(lambda t: "because" not in t)) if command.takes_reason else ""
    dry = draw(st.booleans()) if command.takes_reason else False
    return Request(command, given_values, dry, because)


@pytest.mark.parametrize("command", REGISTRY.commands, ids=lambda one: one.name)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_every_command_round_trips(command: Command, data: st.DataObject):
    request = data.draw(requests(command))
    found, text = REGISTRY.find(render(request).lstrip("/"))
    assert found is command
    assert parse(command, text, HERE) == request


@pytest.mark.parametrize("command", REGISTRY.commands, ids=lambda one: one.name)
@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=300) | TEXTS)
def test_no_text_makes_the_reader_fail_otherwise_than_by_saying_why(command: Command, text: str):
    try:
        parse(command, text, HERE)
    except Refused as refused:
        assert refused.what
        assert refused.instead or refused.suggestions


@pytest.mark.parametrize("command", REGISTRY.commands, ids=lambda one: one.name)
def test_every_example_parses(command: Command):
    for example in command.examples:
        text = example.replace("@ana", "<@U0ANA>")
        parse(command, text, HERE)
