"""What is acted on is what was judged: by name, in its channel, or because it is the only one there is."""

import pytest

import commands
from model.alerts import events as alert_events
from model.effects import ACTIONS
from model.incidents import events as incident_events
from model.maintenance import events as maintenance_events
from model.operations import events as operation_events
from model.subject import numbered
from tests.end_to_end.conftest import INCIDENTS, OPS, Stage, everything
from tests.end_to_end.test_incidents import declared, says

P1 = "P1 architect-api API down"
STREAMS = ("inc:INC-1", "op:OP-1", "mnt:MNT-1")

ENGINEERS = {
    "alert ignore",
    "incident ack",
    "incident accept",
    "incident decline",
    "incident handoff",
    "incident link",
    "incident task",
    "incident task-done",
    "incident tasks",
    "incident note",
    "incident promise",
    "incident role",
    "incident sev",
    "incident show",
    "incident started",
    "incident status",
    "incident tick",
    "incident timeline",
    "incident text",
    "incident catchup",
    "incident update",
    "runbook tick",
}
"""What every engineer may do, wherever; of all else, a right elsewhere opens nothing."""

REFUSED = ("may not", "need", "Nothing in this channel", "only changes that belong to it")
FILLED = {"text": "It was planned work", "team": "architect-oncall", "item": "backup", "status": "Resolved"}
ACTING = [one for one in commands.registry().commands if numbered(one) and one.name not in ENGINEERS]


def line_of(command, id: str) -> str:
    """The command with what it cannot do without, and the id where one is given."""
    slot = numbered(command)
    words = [command.name]
    for one in command.slots:
        if one is slot:
            words += [f"{one.name}={id}" if one.is_option else id] if id else []
        elif one.is_required and not one.is_option:
            words.append(FILLED[one.name])
    return " ".join(words)


async def joined(stage: Stage, line: str, *users: str) -> str:
    """An incident's channel, with these people in it."""
    room = await declared(stage, line)
    stage.slack.workspace.room(room).members += users
    return room


async def written_by(stage: Stage, user: str) -> list[str]:
    journal = stage.muster.opened.journal
    return [one.type for stream in STREAMS for one in await journal.read(stream) if one.who.user == user]


async def test_a_right_elsewhere_opens_no_command_on_something_else(stage: Stage):
    room = await joined(stage, P1, "U0CHI", "U0BEN")
    await stage.types("U0BEN", "/scale architect-api 6", room)
    await stage.shows("OP-1 · plan", room)
    await stage.types("U0BEN", "/maintenance schedule architect-api +72h 1h Upgrade", INCIDENTS)
    await stage.shows("MNT-1", INCIDENTS)
    ids = {"INC": "INC-1", "OP": "OP-1", "MNT": "MNT-1", "RB": "RB-1"}
    for command in ACTING:
        slot = numbered(command)
        id = ids[slot.parameter.prefix]  # type: ignore[union-attr]  # it is Numbered
        for channel, named in ((OPS, ""), (OPS, id), (room, id), (room, "")):
            if slot.is_required and not named:  # type: ignore[union-attr]
                continue
            ack = await stage.types("U0CHI", f"/ops {line_of(command, named)}", channel)
            said = str(ack.body)
            assert any(words in said for words in REFUSED), (command.name, said)
    assert await written_by(stage, "U0CHI") == []
    assert stage.cloud_changes() == []


async def test_the_only_open_incident_is_judged_like_a_named_one(stage: Stage):
    await declared(stage, P1)
    for line in ("resolve fine", "resolve incident=INC-1 fine", "escalate", "page architect-oncall"):
        ack = await stage.types("U0CHI", f"/incident {line}", OPS)
        assert "You may not run" in str(ack.body), (line, ack.body)
    await stage.types("U0BEN", "/incident resolve fine", OPS)
    await stage.shows("P1 RESOLVED", INCIDENTS)
    for line in ("reopen", "postmortem"):
        ack = await stage.types("U0CHI", f"/incident {line} incident=INC-1", OPS)
        assert "You may not run" in str(ack.body), (line, ack.body)
    found = await stage.muster.incidents.get("INC-1")
    assert found is not None
    assert not found.is_open


@pytest.mark.parametrize(
    "line", ["status Resolved", "update Resolved It is over", "update RESOLVED it is over", "resolve over"]
)
async def test_ending_an_incident_is_one_right_by_whatever_words(stage: Stage, line):
    room = await joined(stage, P1, "U0EVE")
    ack = await stage.types("U0EVE", f"/incident {line}", room)
    assert "You may not run `incident resolve`" in str(ack.body)
    await says(stage, "update Identified Bad config", room, "U0EVE")
    found = await stage.muster.incidents.get("INC-1")
    assert found is not None
    assert found.is_open


async def test_a_form_that_ends_an_incident_needs_the_same_right(stage: Stage):
    room = await joined(stage, P1, "U0EVE")
    await stage.types("U0EVE", "/incident update", room)
    view = (await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0EVE") or None))[-1]
    await stage.slack.as_user("U0EVE").submit(view, {"status": "RESOLVED", "text": "over"})
    await stage.settles()
    found = await stage.muster.incidents.get("INC-1")
    assert found is not None
    assert found.is_open


async def test_an_id_that_stands_first_is_what_is_acted_on(stage: Stage):
    room = await declared(stage, P1)
    await stage.types("U0ANA", "/incident declare SEV3 miyabi-api Slow", INCIDENTS)
    await stage.slack.wait_for(lambda: stage.channel("inc-2-"))
    await stage.types("U0ANA", "/incident update INC-2 Identified Queue is full", room)
    await stage.timeline("INC-2", "Identified: Queue is full")
    await stage.types("U0ANA", "/incident sev INC-2 SEV2", room)
    await says(stage, 'note "INC-2 may be related"', room)
    await stage.timeline("INC-1", "INC-2 may be related")
    await stage.types("U0ANA", "/incident resolve INC-2", room)
    one, two = [await stage.muster.incidents.get(id) for id in ("INC-1", "INC-2")]
    assert one is not None and two is not None
    assert one.is_open
    assert not two.is_open
    assert not any("Queue" in entry.text for entry in one.timeline)
    ack = await stage.types("U0ANA", "/incident resolve INC-2 incident=INC-1", room)
    assert "INC-2 and INC-1 are both named" in str(ack.body)


async def test_a_guest_sees_nothing_on_the_home_tab(stage: Stage):
    await declared(stage, "P1 architect-api The vault is open")
    await stage.types("U0DEV", "/rollback delivery-standard because errors since noon")
    await stage.presses("U0DEV", await stage.shows("OP-1 · plan"), "op.run")
    await stage.shows("waits for approval")
    for user, sees in (("U0GUS", False), ("U0SAM", True)):
        await stage.slack.as_user(user).open_home()
        home = await stage.slack.wait_for(lambda user=user: stage.slack.workspace.home(user) or None)
        assert ("The vault is open" in str(home)) is sees
        assert ("op.approve" in str(home)) is sees
    assert "Only full members" in str(stage.slack.workspace.home("U0GUS"))
    await stage.slack.as_user("U0EVE").open_home()
    eves = await stage.slack.wait_for(lambda: stage.slack.workspace.home("U0EVE") or None)
    assert "op.approve" not in str(eves)


async def test_a_plan_is_dropped_by_whom_it_concerns_and_all_see_by_whom(stage: Stage):
    await stage.types("U0BEN", "/rollback architect-api because 5xx since noon")
    plan = await stage.shows("OP-1 · plan")
    for user in ("U0CHI", "U0EVE"):
        await stage.presses(user, plan, "op.cancel")
        await stage.whispers("You may not run `cancel`", user)
    await stage.types("U0SAM", "/ops cancel OP-1 because Ana restarts it")
    told = everything(await stage.shows("OP-1 · cancelled"))
    assert "By <@U0SAM>: Ana restarts it. Nothing was changed." in told
    await stage.types("U0EVE", "/scale brutal-patches-table read=20")
    await stage.presses("U0EVE", await stage.shows("OP-2 · plan"), "op.cancel")
    await stage.shows("OP-2 · cancelled")


def test_every_event_that_a_person_causes_has_its_right():
    """An event that is in neither list would be a way around the policies."""
    ours = {
        "alert.fired",
        "alert.linked",
        "alert.resolved",
        "alert.returned",
        "incident.alert_changed",
        "incident.task_due",
        "incident.channel_created",
        "incident.operation_linked",
        "incident.level_told",
        "incident.on_call_found",
        "incident.page_taken",
        "incident.page_seen",
        "incident.looked",
        "incident.step_failed",
        "incident.step_recovered",
        "incident.next_update_due",
        "incident.next_update_overdue",
        "incident.response_overdue",
        "maintenance.reminded",
        "op.proposed",
        "op.planned",
        "op.turned_down",
        "op.voided",
        "op.glass_announced",
        "op.waits",
        "op.started",
        "op.step_begun",
        "op.step_done",
        "op.step_failed",
        "op.failing",
        "op.superseded",
        "op.dropped",
        "op.ended",
        "op.verified",
        "op.expired",
        "op.undone",
    }
    types = {
        kind.model_fields["type"].default
        for module in (alert_events, incident_events, maintenance_events, operation_events)
        for kind in vars(module).values()
        if isinstance(kind, type) and "type" in getattr(kind, "model_fields", {})
    }
    assert types - set(ACTIONS) - ours - {None} <= {t for t in types if not isinstance(t, str)}
    assert set(ACTIONS.values()) <= {one.action for one in commands.registry().commands}
