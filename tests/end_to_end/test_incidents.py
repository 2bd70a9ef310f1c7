"""Incidents: every word lands where people read it, in the service's own template."""

import pytest

from bot.clock import utc_now
from tests.end_to_end.conftest import INCIDENTS, OPS, Stage, everything


async def declared(stage: Stage, line: str = "SEV2 miyabi-api Elevated 5xx") -> str:
    """Declare an incident as Ana and give its channel's id."""
    await stage.types("U0ANA", f"/incident declare {line}", INCIDENTS)
    room = await stage.slack.wait_for(lambda: stage.channel("inc-1-"))
    await stage.shows("Incident commander", room)
    await stage.slack.wait_for(lambda: "U0ANA" in stage.slack.workspace.room(room).members or None)
    return room


async def says(stage: Stage, line: str, room: str, user: str = "U0ANA") -> None:
    ack = await stage.types(user, f"/incident {line}", room)
    assert ack.status == 200
    assert "You typed" not in ack.body, ack.body


@pytest.mark.procedure("templates")
async def test_an_update_is_short_in_its_channel_and_in_the_miyabi_template_in_the_thread(stage: Stage):
    room = await declared(stage)
    await says(stage, "update Identified Bad config in the last deploy next=30m impact=Logins fail", room)
    await stage.shows("*🟠 SEV2 Identified* · Bad config in the last deploy", room)
    post = everything(await stage.shows("Subject:", INCIDENTS))
    for line in (
        "Subject: [SEV2] Miyabi API - Elevated 5xx",
        "Status: Identified",
        "Impact:",
        "Timeline:",
        "Current Actions:",
        "Next Update:",
    ):
        assert line in post
    assert "Bad config in the last deploy" in post


async def test_who_declares_in_another_channel_is_led_to_where_it_goes_on(stage: Stage):
    await stage.types("U0ANA", "/incident declare SEV2 miyabi-api Elevated 5xx", OPS)
    room = await stage.slack.wait_for(lambda: stage.channel("inc-1-"))
    told = await stage.whispers("goes on in", "U0ANA")
    assert everything(told) == f"INC-1 goes on in <#{room}>: 🔴 SEV2 Investigating: Elevated 5xx"


async def test_who_declares_in_incidents_sees_it_there_and_is_told_no_more(stage: Stage):
    room = await declared(stage)
    await stage.slack.wait_for(lambda: stage.slack.workspace.room(room).pins or None)
    await stage.settles()
    assert stage.slack.workspace.ephemerals("U0ANA") == []


async def test_what_is_typed_elsewhere_says_where_it_shows(stage: Stage):
    room = await declared(stage)
    await stage.types("U0ANA", "/incident tick INC-1 assess", OPS)
    said = everything(await stage.whispers("Ticked", "U0ANA"))
    assert said == f"Ticked: Assess severity and impact. It shows in <#{room}>."
    await stage.types("U0ANA", "/scale architect-api 6", OPS)
    await stage.shows("OP-1 · plan")
    await stage.types("U0ANA", "/ops cancel OP-1", room)
    assert "OP-1: taken; it shows in" in everything(await stage.whispers("OP-1", "U0ANA"))


@pytest.mark.procedure("templates")
async def test_an_update_of_architect_uses_its_own_template_and_severities(stage: Stage):
    room = await declared(stage, "P1 architect-api API down")
    await says(stage, "update Investigating All health checks fail eta=15:30", room)
    post = everything(await stage.shows("INCIDENT ALERT", INCIDENTS))
    assert "Service: Architect Dashboard API" in post
    assert "Severity: P1" in post
    assert "Status: INVESTIGATING" in post


async def test_a_severity_of_another_scheme_is_refused_with_the_services_own(stage: Stage):
    await stage.types("U0ANA", "/incident declare SEV1 architect-api API down", INCIDENTS)
    refused = everything(await stage.whispers("P1", "U0ANA"))
    assert "/incident declare SEV1 architect-api API down" in refused
    assert stage.channel("inc-") is None


async def test_the_headline_is_kept_current(stage: Stage):
    room = await declared(stage)
    await says(stage, "ack", room)
    await says(stage, "role ic @ana".replace("@ana", "<@U0ANA>"), room)
    await says(stage, "sev SEV1 It spreads", room)
    await says(stage, "status Monitoring", room)
    headline = await stage.shows("SEV1 Monitoring", room)
    assert "*Incident commander* <@U0ANA>" in everything(headline)
    assert "acknowledged by <@U0ANA>" in everything(headline)
    await stage.slack.wait_for(lambda: "SEV1" in stage.slack.workspace.room(room).topic or None)


@pytest.mark.procedure("status")
async def test_notes_resolving_and_reopening_land_in_the_timeline(stage: Stage):
    room = await declared(stage)
    await says(stage, f"note Traffic moved at={utc_now():%H:%M}", room)
    await says(stage, "resolve Rolled back and stable", room)
    await stage.shows("SEV2 Resolved after", room)
    await stage.shows("Status: Resolved", INCIDENTS)
    await says(stage, "reopen It is back", room)
    await stage.types("U0ANA", "/incident timeline", room)
    shown = everything(await stage.whispers("Timeline of INC-1", "U0ANA"))
    for words in ("Traffic moved", "Rolled back and stable", "It is back"):
        assert words in shown


async def test_an_update_of_a_resolved_incident_says_to_reopen(stage: Stage):
    room = await declared(stage)
    await says(stage, "resolve", room)
    await stage.types("U0ANA", "/incident update More news", room)
    await stage.whispers("/incident reopen", "U0ANA")


async def test_an_operation_on_the_service_is_in_its_channel_and_timeline(stage: Stage):
    room = await declared(stage)
    await stage.types("U0ANA", "/rollback 13 because 5xx since 14:02", room)
    plan = await stage.shows("OP-1 · plan", room)
    assert "was not typed" in everything(plan)
    await stage.presses("U0ANA", plan, "op.run")
    await stage.shows("✅ Done", room)
    await stage.shows("OP-1", room)
    await stage.types("U0ANA", "/incident timeline", room)
    shown = everything(await stage.whispers("Timeline of INC-1", "U0ANA"))
    assert "version 14 → version 13" in shown


async def test_an_operation_elsewhere_is_mirrored_in_the_incidents_channel(stage: Stage):
    room = await declared(stage)
    await stage.types("U0ANA", "/incident role ic <@U0ANA>", room)
    await stage.types("U0ANA", "/scale miyabi-api reserved=50 because load")
    await stage.shows("OP-1 · plan", room)


async def test_empty_declare_opens_a_form_and_its_mistakes_keep_what_was_typed(stage: Stage):
    ana = stage.slack.as_user("U0ANA")
    await ana.slash(INCIDENTS, "/incident declare")
    view = (await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0ANA") or None))[-1]
    wrong = await ana.submit(view, {"service": "architect-api", "severity": "SEV1", "title": "Down"})
    assert "P1" in str(wrong.body)
    await ana.submit(view, {"service": "architect-api", "severity": "P1", "title": "Down"})
    room = await stage.slack.wait_for(lambda: stage.channel("inc-"))
    assert stage.slack.workspace.room(room).name.endswith("architect-api-down")


async def test_the_shortcut_opens_the_same_form(stage: Stage):
    await stage.slack.as_user("U0EVE").shortcut("incident.declare")
    view = (await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0EVE") or None))[-1]
    assert view["title"]["text"] == "Declare an incident"


async def test_buttons_of_the_headline_do_what_is_typed_elsewhere(stage: Stage):
    room = await declared(stage)
    headline = await stage.shows("Incident commander", room)
    await stage.presses("U0CHI", headline, "incident.ack")
    await stage.shows("acknowledged by <@U0CHI>", room)
    await stage.presses("U0ANA", headline, "incident.update")
    view = (await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0ANA") or None))[-1]
    await stage.slack.as_user("U0ANA").submit(view, {"status": "Identified", "text": "It is the cache"})
    await stage.shows("It is the cache", INCIDENTS)


@pytest.mark.procedure("page")
async def test_a_pager_that_is_down_is_shown_and_recovers(stage: Stage):
    stage.town.faults.switch("pager-down", True)
    room = await declared(stage)
    await stage.shows("NOT paged", room)
    stage.town.faults.switch("pager-down", False)
    await stage.slack.wait_for(lambda: None if "NOT paged" in shown(stage, room) else True)
    assert any(event.dedup_key == "INC-1" for event in stage.town.pager.events)


def shown(stage: Stage, room: str) -> str:
    return str(stage.slack.workspace.messages(room))


@pytest.mark.procedure("checklist")
async def test_show_list_and_tick(stage: Stage):
    room = await declared(stage)
    await says(stage, "tick mitigate", room)
    await stage.types("U0GUS", "/incident list", INCIDENTS)
    await stage.types("U0EVE", "/incident list", INCIDENTS)
    await stage.whispers("1 open incident", "U0EVE")
    await stage.types("U0EVE", "/incident show", INCIDENTS)
    await stage.whispers("1 of 7 done", "U0EVE")


async def test_what_people_write_can_neither_mention_everyone_nor_forge_links(stage: Stage):
    room = await declared(stage, "SEV2 miyabi-api <!channel> <https://evil.example|click> @here token=abcdef")
    shown = str(await stage.shows("Incident commander", room))
    assert "<!channel>" not in shown
    assert "<https://evil" not in shown
    assert "abcdef" not in shown
