"""Forms come filled in, offer what the service has, and give back what was typed."""

from typing import Any

import pytest

from bot.views.incident import forms
from model.catalog.schema import Catalog
from model.incidents.lifecycle import update
from tests.model.incidents.builders import (
    CATALOG,
    MIYABI,
    MIYABI_DEV,
    SILENT,
    START,
    Story,
    a_service,
    minutes,
)


def field(form: forms.Form, name: str) -> dict[str, Any]:
    (block,) = [block for block in form["blocks"] if block.get("block_id") == name]
    return block["element"]


def offered(element: dict[str, Any]) -> list[str]:
    return [option["value"] for option in element["options"]]


def test_declaring_for_a_service_offers_its_own_severities():
    form = forms.declare_form(CATALOG, service="architect-api", severity="p1", title="Down", channel="C1")
    assert offered(field(form, "severity")) == ["P1", "P2", "P3", "P4"]
    assert field(form, "severity")["initial_option"]["value"] == "P1"
    assert field(form, "service")["initial_option"]["value"] == "architect-api"
    assert field(form, "title")["initial_value"] == "Down"
    assert (form["callback_id"], form["private_metadata"]) == ("incident.declare", "C1")


def test_declaring_without_a_service_offers_every_severity_and_says_whose():
    element = field(forms.declare_form(CATALOG), "severity")
    assert offered(element) == ["SEV1", "SEV2", "SEV3", "SEV4", "P1", "P2", "P3", "P4"]
    assert element["options"][4]["text"]["text"] == "P1 · Architect Dashboard API"


def test_where_no_runbook_has_severities_a_word_is_typed():
    silent = Catalog(systems=(SILENT,), services=(MIYABI_DEV,))
    assert field(forms.declare_form(silent), "severity")["type"] == "plain_text_input"


@pytest.mark.parametrize("n", [1, 100])
def test_any_number_of_services_can_be_chosen(n: int):
    many = tuple(a_service(f"svc-{i}", f"Service {i}", MIYABI) for i in range(n))
    form = forms.declare_form(Catalog(systems=(MIYABI,), services=many), service=f"svc-{n - 1}")
    groups = field(form, "service")["option_groups"]
    assert all(len(group["options"]) <= 100 for group in groups)
    assert sum(len(group["options"]) for group in groups) == n


@pytest.mark.parametrize("n", [101, 2_000])
def test_of_more_services_than_slack_takes_a_part_of_the_name_is_typed(n: int):
    many = tuple(a_service(f"svc-{i}", f"Service {i}", MIYABI) for i in range(n))
    form = forms.declare_form(Catalog(systems=(MIYABI,), services=many), service=f"svc-{n - 1}")
    assert field(form, "service")["type"] == "external_select"
    assert field(form, "service")["initial_option"]["value"] == f"svc-{n - 1}"


def test_an_update_starts_from_what_was_said_before():
    story = Story.begin()
    told = update(
        story.incident,
        START,
        "x",
        status="Identified",
        next=minutes(30),
        impact="Half fail",
        actions=["a", "b"],
    )
    story.then(told)
    form = forms.update_form(story.incident, text="Typed before", next="30m")
    assert field(form, "status")["initial_option"]["value"] == "Identified"
    assert offered(field(form, "status")) == ["Investigating", "Identified", "Monitoring", "Resolved"]
    assert field(form, "text")["initial_value"] == "Typed before"
    assert field(form, "next")["initial_option"]["value"] == "30m"
    assert field(form, "impact")["initial_value"] == "Half fail"
    assert field(form, "actions")["initial_value"] == "a\nb"
    assert "initial_value" not in field(form, "eta")
    assert form["private_metadata"] == "INC-42"


def test_a_mistake_is_said_on_top_and_cannot_mention_anyone():
    form = forms.update_form(Story.begin().incident, error="No status <!channel>")
    assert form["blocks"][0]["text"]["text"] == "⚠️ *Not done* No status &lt;!channel&gt;"


def test_severity_and_role_forms_know_the_incident():
    incident = Story.begin().incident
    severity = forms.severity_form(incident, MIYABI)
    assert field(severity, "severity")["initial_option"]["value"] == "SEV2"
    role = forms.role_form(incident, role="comms")
    assert field(role, "role")["initial_option"]["value"] == "comms"
    assert field(role, "person")["type"] == "users_select"
    assert severity["private_metadata"] == role["private_metadata"] == "INC-42"
