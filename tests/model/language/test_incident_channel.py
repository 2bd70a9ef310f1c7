"""In an incident's channel the service may be left out; a service that was meant is never replaced."""

import pytest

from model.language.parse import ParsedCommand, parse, render
from model.refusal import Refused
from tests.model.language.conftest import REGISTRY, typed_in

CHANNEL = "architect-api"


def read(line: str, service: str | None = CHANNEL) -> ParsedCommand:
    command, text = REGISTRY.find(line)
    return parse(command, text, typed_in(service))


@pytest.mark.parametrize(
    ("line", "means"),
    [
        ("scale 6", "/scale architect-api 6"),
        ("scale +2 dry", "/scale architect-api +2 dry"),
        ("scale min=2 max=4", "/scale architect-api min=2 max=4"),
        ("rollback", "/rollback architect-api"),
        ("rollback 41", "/rollback architect-api 41"),
        ("rollback architect:41", "/rollback architect-api architect:41"),
        ("restart", "/restart architect-api"),
        ("restart hard", "/restart architect-api --hard"),
        ("restart because stuck", "/restart architect-api because stuck"),
        ("health", "/health architect-api"),
        ("history", "/history architect-api"),
        ("incident declare P1 Everything is down", "/incident declare P1 architect-api Everything is down"),
    ],
)
def test_it_is_the_incidents_own(line: str, means: str):
    request = read(line)
    assert render(request) == means
    assert request.assumed


@pytest.mark.parametrize(
    "line", ["scale miyabi-dev 3", "rollback miyabi-dev", "incident declare SEV2 miyabi-api x"]
)
def test_a_service_that_is_named_is_never_replaced(line: str):
    request = read(line)
    assert request.service is not None
    assert request.service.id in line
    assert not request.assumed


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("rollback architct-api", "/rollback architect-api"),
        ("rollback architect-api2", "/rollback architect-api"),
        ("rollback miyabi-apy 7", "/rollback miyabi-api 7"),
        ("scale architct-api 6", "/scale architect-api 6"),
        ("restart architct-api dry because x", "/restart architect-api dry because x"),
        ("health miyabi", "miyabi-api"),
        ("rollback latest", "Services"),
        ("scale 6 miyabi-dev", "/scale miyabi-dev 6"),
        ("rollback 41 architect-api", "/rollback architect-api 41"),
        ("incident declare SEV2 Elevated 5xx on miyabi-api", "/incident declare miyabi-api SEV2"),
    ],
)
def test_a_mistyped_or_misplaced_one_is_refused(line: str, told: str):
    with pytest.raises(Refused) as refused:
        read(line)
    said = f"{refused.value.what} {refused.value.instead} {' '.join(refused.value.suggestions)}"
    assert told in said


def test_a_mistyped_service_does_not_begin_the_title_of_another_ones_incident():
    request = read("incident declare SEV2 miyabi-apy Elevated 5xx")
    assert request.service is None


@pytest.mark.parametrize("line", ["scale 6", "rollback 41", "rollback", "restart", "health"])
def test_elsewhere_it_may_not_be_left_out(line: str):
    with pytest.raises(Refused):
        read(line, None)


def test_an_incident_of_a_service_that_is_gone_gives_no_service():
    with pytest.raises(Refused):
        read("restart", "no-longer-there")
