"""Status posts follow the service's own template, line by line, and never guess."""

from pathlib import Path

from model.catalog.system import System, Template
from model.catalog.templates import VARIABLES
from model.incidents.events import OperationLinked, Updated
from model.incidents.lifecycle import acknowledge, note, resolve, set_status, update
from model.incidents.post import UNKNOWN, render_post, variables
from tests.model.incidents.builders import ARCHITECT, ARCHITECT_API, MIYABI, MIYABI_API, START, Story, minutes

HERE = Path(__file__).parent
TEMPLATES = HERE.parents[2] / "examples" / "catalog" / "templates"


def with_template(system: System, name: str) -> System:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    template = system.template or Template(source=system.source, id=system.id, file=name, text="")
    return system.model_copy(update={"template": template.model_copy(update={"text": text})})


def golden(name: str) -> list[str]:
    return (HERE / "golden" / name).read_text(encoding="utf-8").splitlines()


def miyabi() -> Story:
    story = Story.begin(MIYABI, MIYABI_API)
    story.then(acknowledge(story.incident), START + minutes(4))
    story.then(
        note(story.incident, START + minutes(6), "Version 42 went live", at="22:02"), START + minutes(6)
    )
    rollback = OperationLinked(
        operation="OP-17", service="miyabi-api", phase="applying", summary="roll back version 42 → 41"
    )
    story.then([rollback], START + minutes(8))
    told = update(
        story.incident,
        START + minutes(10),
        "Version 42 fails on half of the requests.",
        status="identified",
        next=minutes(30),
        affected="Public API",
        impact="About half of the requests fail with 502",
        actions=["Rolling back to version 41"],
    )
    return story.then(told, START + minutes(10))


def architect() -> Story:
    story = Story.begin(ARCHITECT, ARCHITECT_API, "API down", "P1")
    told = update(
        story.incident,
        START + minutes(7),
        "No pod starts: the image cannot be pulled.",
        status="identified",
        affected="All endpoints",
        eta="22:45 UTC",
    )
    return story.then(told, START + minutes(7))


def test_a_miyabi_post_is_the_communication_template_of_its_runbook():
    system = with_template(MIYABI, "miyabi.txt.j2")
    assert render_post(miyabi().incident, system, START + minutes(10)).splitlines() == golden("miyabi.txt")


def test_an_architect_post_is_the_incident_alert_of_its_runbook():
    system = with_template(ARCHITECT, "architect.txt.j2")
    assert render_post(architect().incident, system, START + minutes(7)).splitlines() == golden(
        "architect.txt"
    )


def test_a_system_without_a_template_has_a_plain_one():
    assert render_post(miyabi().incident, MIYABI, START + minutes(10)).splitlines() == golden("plain.txt")


def test_what_nobody_said_is_not_guessed():
    values = variables(Story.begin().incident, MIYABI, START)
    for name in ("eta", "customers", "affected", "next_update", "updates_url"):
        assert values[name] == UNKNOWN
    assert values["actions"] == [UNKNOWN]
    assert values["impact"] == ["Miyabi API", "User impact: not yet known"]


def test_a_resolved_incident_promises_nothing_more():
    story = miyabi()
    story.then(resolve(story.incident), START + minutes(40))
    values = variables(story.incident, MIYABI, START + minutes(40))
    assert (values["status"], values["next_update"]) == ("Resolved", "None, the incident is resolved")


def test_a_long_timeline_keeps_its_first_line_and_the_latest_ones_and_counts_the_rest():
    story = Story.begin()
    for n in range(40):
        story.then(note(story.incident, START + minutes(n), f"Thing {n}"), START + minutes(n))
    lines = variables(story.incident, MIYABI, START + minutes(40))["timeline"]
    assert isinstance(lines, list)
    assert lines[0] == ("22:10", "Declared SEV2: Elevated 5xx")
    assert lines[1] == ("22:41", "32 more entries: /incident timeline")
    assert lines[2:] == [(f"22:{10 + n}", f"Thing {n}") for n in range(32, 40)]


def test_a_time_on_another_day_has_its_date():
    story = Story.begin()
    tomorrow = START + minutes(150)
    story.then(update(story.incident, tomorrow, "Still", next=minutes(24 * 60)), tomorrow)
    values = variables(story.incident, MIYABI, tomorrow)
    assert values["timeline"] == [("2026-11-20 22:10", "Declared SEV2: Elevated 5xx"), ("00:40", "Still")]
    assert values["next_update"] == "2026-11-22 00:40 UTC"


def test_text_cannot_forge_a_line_of_the_post():
    story = Story.begin()
    story.then([Updated(text="Fine\nStatus: Resolved", impact="a\nb", actions=("x\n\nNext Update: never",))])
    lines = render_post(story.incident, MIYABI, START).splitlines()
    assert [line for line in lines if line.startswith(("Status", "Next"))] == [
        "Status: Investigating",
        "Next update: Not yet known",
    ]
    assert "- a" in lines and "- b" in lines


def test_text_that_looks_like_a_template_is_only_text():
    story = Story.begin(title="{{ 7 * 7 }} {% raw %}")
    assert "{{ 7 * 7 }} {% raw %}" in render_post(story.incident, MIYABI, START)


def test_a_status_change_without_words_is_told_as_well():
    story = miyabi()
    story.then(set_status(story.incident, "Monitoring"), START + minutes(20))
    post = render_post(story.incident, MIYABI, START + minutes(20))
    assert "- 22:30 UTC - Status Identified → Monitoring" in post.splitlines()


def test_a_template_gets_exactly_the_variables_the_catalog_promises():
    assert set(variables(Story.begin().incident, MIYABI, START)) == VARIABLES


def test_a_very_long_line_is_cut_in_a_post():
    story = Story.begin()
    story.then(note(story.incident, START, "x" * 2000))
    post = render_post(story.incident, MIYABI, START)
    assert max(map(len, post.splitlines())) < 330
