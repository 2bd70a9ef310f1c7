"""A filled-in form is a command line, and reads back as what was filled in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.form import line, typed_run
from model.language.parse import parse
from model.plan import RiskTier
from tests.model.language.conftest import REGISTRY, typed_in
from tests.model.operations.test_life import planned

TEXT = st.text(alphabet="abc SEV2 High next=30m --dry Identified \"'.,", min_size=1, max_size=60)


@given(text=TEXT.map(lambda text: " ".join(text.split())).filter(bool))
def test_what_is_written_into_a_form_is_text_and_nothing_else(text: str):
    command = REGISTRY.by_action("incident.update")
    typed = line(command, {"status": "Monitoring", "text": text, "next": "30m", "impact": text})
    found, rest = REGISTRY.find(typed)
    request = parse(found, rest, typed_in())
    assert request.values["text"] == text
    assert request.values["impact"] == text
    assert request.values["status"] == "Monitoring"


@pytest.mark.parametrize("text", ["Identified", 'He said "down"', "High", "SEV1", "miyabi-api"])
def test_a_title_of_one_word_stays_the_title(text: str):
    command = REGISTRY.by_action("incident.declare")
    typed = line(command, {"service": "architect-api", "severity": "P1", "title": text})
    found, rest = REGISTRY.find(typed)
    request = parse(found, rest, typed_in())
    assert request.values["title"] == text
    assert request.values["severity"] == "P1"


def test_a_change_with_its_reason_and_dry():
    command = REGISTRY.by_action("scale")
    typed = line(command, {"service": "architect-api", "count": "6", "dry": "yes", "because": "load"})
    found, rest = REGISTRY.find(typed)
    request = parse(found, rest, typed_in())
    assert (request.dry, request.because) == (True, "load")


def test_what_a_dialog_asks_for_can_be_typed_instead():
    operation = planned(RiskTier.R3, needs_reason=True, service="architect-db")
    found, rest = REGISTRY.find(typed_run(operation).removeprefix("/ops "))
    request = parse(found, rest, typed_in())
    assert (found.action, request.because) == ("run", "REASON")
    assert request.values == {"operation": "OP-1", "name": "architect-db"}
