"""Declaring asks for what is missing and never borrows another system's severities."""

import pytest

from model.incidents.declare import declare, set_severity
from model.incidents.lifecycle import resolve
from model.refusal import Refused
from tests.model.incidents.builders import (
    ANA,
    ARCHITECT,
    ARCHITECT_API,
    MIYABI,
    MIYABI_API,
    MIYABI_DEV,
    SEV,
    SILENT,
    START,
    Story,
    declared,
    minutes,
)


def test_a_declared_incident_has_the_services_own_scheme_and_clock():
    incident = Story.begin().incident
    assert (incident.id, incident.severity, incident.scheme) == ("INC-42", "SEV2", "miyabi-web")
    assert incident.respond_by == START + minutes(30)
    assert incident.status == "Investigating"
    assert (incident.declared_by, incident.declared_at, incident.asked_in) == (ANA, START, "C0OPS")
    assert incident.is_open and not incident.is_acknowledged


def test_severity_is_understood_whatever_its_case():
    assert Story.begin(severity="sev1").incident.severity == "SEV1"


def test_a_severity_without_a_response_time_has_no_clock():
    incident = Story.begin(ARCHITECT, ARCHITECT_API, "Slow", "P4").incident
    assert incident.respond_by is None


def test_a_missing_severity_is_asked_for_with_commands_to_copy():
    with pytest.raises(Refused) as refused:
        declared(severity="")
    assert refused.value.instead.startswith("Choose SEV1: Complete outage; SEV2: Major degradation; ")
    assert refused.value.suggestions[1] == "/incident declare SEV2 miyabi-api Elevated 5xx"


def test_another_systems_severity_is_refused_with_the_right_ones():
    with pytest.raises(Refused, match="Miyabi Web API has no severity P1") as refused:
        declared(severity="P1")
    assert "SEV4" in refused.value.instead


def test_where_the_runbook_defines_no_severities_it_asks():
    with pytest.raises(Refused, match="the runbook of Miyabi Infrastructure defines none"):
        declared(SILENT, MIYABI_DEV, severity="")


def test_borrowed_names_are_said_to_be_borrowed_and_have_no_clock():
    levels = tuple(level.model_copy(update={"respond_within": None}) for level in SEV.levels)
    borrowed = SILENT.severities.model_copy(update={"levels": levels, "borrowed_from": "miyabi-web"})
    system = SILENT.model_copy(update={"severities": borrowed})
    with pytest.raises(Refused, match="those of miyabi-web; its response times are not watched"):
        declared(system, MIYABI_DEV, severity="")
    incident = Story.begin(system, MIYABI_DEV, severity="SEV1").incident
    assert (incident.scheme, incident.rank, incident.respond_by) == ("miyabi-web", 1, None)


def test_where_the_runbook_defines_none_the_persons_word_is_kept_without_a_clock():
    incident = Story.begin(SILENT, MIYABI_DEV, severity="SEV2").incident
    assert (incident.severity, incident.scheme, incident.respond_by) == ("SEV2", "", None)


@pytest.mark.parametrize("title", ["", "  \n "])
def test_a_title_is_needed(title: str):
    with pytest.raises(Refused, match="no title"):
        declared(title=title)


def test_a_long_title_is_refused_and_says_how_long_it_may_be():
    with pytest.raises(Refused, match="121 characters; it takes up to 120"):
        declared(title="x" * 121)


def test_a_title_is_one_line_so_that_it_cannot_forge_a_line_of_the_post():
    assert Story.begin(title="Down\nStatus: Resolved").incident.title == "Down Status: Resolved"


def test_the_clock_of_a_new_severity_starts_at_the_change():
    story = Story.begin(severity="SEV3")
    story.then(
        set_severity(story.incident, MIYABI, START + minutes(60), "sev1", "all of it"), START + minutes(60)
    )
    assert story.incident.respond_by == START + minutes(75)
    assert story.incident.timeline[-1].text == "Severity SEV3 → SEV1: all of it"


def test_the_same_severity_is_refused():
    with pytest.raises(Refused, match="SEV2 already"):
        set_severity(Story.begin().incident, MIYABI, START, "SEV2")


def test_a_resolved_incident_keeps_its_severity():
    story = Story.begin()
    story.then(resolve(story.incident))
    with pytest.raises(Refused, match="/incident reopen"):
        set_severity(story.incident, MIYABI, START, "SEV1")


def test_statuses_are_the_templates_own():
    incident = Story.begin(ARCHITECT, ARCHITECT_API, "Down", "P1").incident
    assert incident.statuses == ("INVESTIGATING", "IDENTIFIED", "RESOLVED")
    assert incident.status == "INVESTIGATING"


def test_who_asked_where_is_kept():
    (event,) = declare("INC-1", MIYABI, MIYABI_API, START, title="t", severity="SEV1", channel="C1")
    assert event.data["channel"] == "C1"
