"""Every way in: signed, fresh, ours, once; and nothing for people without the right."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

import commands
from bot.clock import utc_now
from model.language.declare import Kind
from tests.end_to_end.conftest import INCIDENTS, OPS, Stage, everything, staged


def slash(text: str, command: str = "/scale", **more: str) -> str:
    body = {
        "command": command,
        "text": text,
        "team_id": "T0MUSTER",
        "user_id": "U0ANA",
        "channel_id": OPS,
        "trigger_id": "1.2.door",
        "api_app_id": "A0MUSTER",
        "response_url": "http://127.0.0.1:1/x",
    }
    return urlencode({**body, **more})


async def nothing_happened(stage: Stage) -> None:
    """Neither a post nor a cloud call, also when Muster has nothing more to do."""
    await stage.settles()
    assert stage.slack.workspace.messages(OPS) == []
    assert stage.cloud_changes() == []


async def test_a_forged_signature_is_refused(stage: Stage):
    ack = await stage.slack.signed_request("/slack/events", slash("architect-api 6"), secret="forged")
    assert ack.status == 401
    await nothing_happened(stage)


async def test_a_request_of_301_seconds_ago_is_refused(stage: Stage):
    old = int(utc_now().timestamp()) - 301
    ack = await stage.slack.signed_request("/slack/events", slash("architect-api 6"), timestamp=old)
    assert ack.status == 401
    await nothing_happened(stage)


async def test_a_request_of_another_workspace_is_refused(stage: Stage):
    ack = await stage.slack.signed_request("/slack/events", slash("architect-api 6", team_id="T0OTHER"))
    assert ack.status == 200
    assert "You are of another workspace (T0OTHER), and this Muster serves T0MUSTER alone" in str(ack.body)
    await nothing_happened(stage)


async def test_a_replayed_request_has_one_effect(stage: Stage):
    body = slash("architect-api 6")
    for _ in range(3):
        assert (await stage.slack.signed_request("/slack/events", body)).status == 200
    await stage.shows("OP-1 · plan")
    await stage.settles()
    assert len(stage.slack.workspace.messages(OPS)) == 1


async def test_three_deliveries_at_the_same_moment_have_one_effect(stage: Stage):
    with stage.slack.deliver(3):
        await stage.types("U0ANA", "/scale architect-api 6")
        plan = await stage.shows("· plan")
        await stage.presses("U0ANA", plan, "op.run")
        await stage.shows("✅ Done")
    posts = [one for one in stage.slack.workspace.messages(OPS) if "OP-" in everything(one)]
    assert len(posts) == 1
    assert len(stage.cloud_changes()) == 1
    assert stage.slack.workspace.ephemerals("U0ANA") == []


async def test_a_mention_in_a_thread_is_answered_in_that_thread(stage: Stage):
    ana = stage.slack.as_user("U0ANA")
    root = await ana.say(OPS, "architect is slow")
    await ana.say(OPS, "<@UBOT> scale architect-api 6", thread_ts=root["ts"])
    plan = await stage.shows("OP-1 · plan")
    assert plan["thread_ts"] == root["ts"]


async def test_ops_takes_every_command(stage: Stage):
    await stage.types("U0ANA", "/ops scale architect-api 6")
    await stage.shows("OP-1 · plan")
    await stage.types("U0EVE", "/ops")
    shown = everything(await stage.whispers("What you may type here", "U0EVE"))
    assert "/health" in shown


async def test_help_lists_only_what_the_asker_may_run(stage: Stage):
    await stage.types("U0ANA", "/ops help")
    assert "/scale" in everything(await stage.whispers("What you may type here", "U0ANA"))
    await stage.types("U0GUS", "/ops help", INCIDENTS)
    assert stage.slack.workspace.ephemerals("U0GUS")
    assert "/scale" not in str(stage.slack.workspace.ephemerals("U0GUS"))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/scale architct-api 6", "Did you mean `architect-api`"),
        ("/scale architect-api lots", "`lots` is not a count"),
        ("/scale architect-api", "a count"),
        ("/ops scael architect-api 6", "Did you mean `/scale`"),
        ('/rollback architect-api 7 because "unclosed', None),
        ("/scale architect-api 6 --fast", "is not an option"),
        ("/scale architect-api 6 " + "x" * 8000, "characters"),
    ],
)
async def test_bad_input_says_what_to_type_and_gives_back_what_was_typed(stage: Stage, typed, told):
    await stage.types("U0ANA", typed)
    if told is None:
        await stage.shows("OP-1 · plan")
        return
    shown = everything(await stage.whispers(told, "U0ANA"))
    assert "You typed:" in shown
    assert stage.slack.workspace.messages(OPS) == []


def sample(command) -> str:
    """A line of a command that parses: its first example, on a service that exists."""
    if command.kind is Kind.OPERATION:
        return f"{command.name} OP-1"
    return f"{command.name} {command.examples[0] if command.examples else ''}".strip()


CHANGING = [one for one in commands.registry().commands if one.kind in {Kind.CHANGE, Kind.OPERATION}]


@pytest.mark.parametrize("command", CHANGING, ids=lambda one: one.name)
async def test_a_person_without_rights_changes_nothing_by_any_door(stage: Stage, command):
    await stage.types("U0ANA", "/scale architect-api 6")
    plan = await stage.shows("OP-1 · plan")
    before = stage.cloud_changes()
    for user, room in (("U0GUS", INCIDENTS), ("U0EVE", OPS)):
        person = stage.slack.as_user(user)
        await person.slash(room, f"/ops {sample(command)}")
        await person.say(room, f"<@UBOT> {sample(command)}")
        if user == "U0EVE":
            for action in ("op.run", "op.approve", "op.undo"):
                if action in str(plan["blocks"]):
                    await person.click(OPS, plan["ts"], action)
    await stage.settles()
    assert stage.cloud_changes() == before
    assert stage.desired() == 4
    assert "*Done*" not in str(stage.slack.workspace.messages(OPS))
    assert stage.slack.workspace.ephemerals("U0GUS")


FORMS = [one for one in CHANGING if one.has_form]


@pytest.mark.parametrize("command", FORMS, ids=lambda one: one.name)
@pytest.mark.parametrize("user", ["U0GUS", "U0EVE"])
async def test_a_person_without_rights_changes_nothing_by_a_form(stage: Stage, command, user):
    person = stage.slack.as_user(user)
    opened = await person.slash(INCIDENTS, f"/{command.name}")
    if user == "U0GUS":
        assert "Only full members" in str(opened.body)
        assert stage.slack.workspace.views(user) == []
        return
    view = (await stage.slack.wait_for(lambda: stage.slack.workspace.views(user) or None))[-1]
    needed = {"version": "15", "what": "203.0.113.50", "days": "30"}
    filled = {"service": "architect-api", "count": "6", "because": "I may not", **needed}
    names = {block.get("block_id") for block in view["blocks"]}
    await person.submit(view, {name: text for name, text in filled.items() if name in names})
    await stage.settles()
    assert stage.cloud_changes() == []
    assert "op.run" not in str(stage.slack.workspace.messages(INCIDENTS))


@pytest.mark.parametrize("user", ["U0GUS", "U0EVE"])
async def test_a_person_without_rights_presses_nobody_elses_buttons(stage: Stage, user):
    await stage.types("U0ANA", "/scale architect-api 6", INCIDENTS)
    plan = await stage.shows("OP-1 · plan", INCIDENTS)
    await stage.presses(user, plan, "op.run")
    await stage.whispers("", user)
    assert stage.cloud_changes() == []
    await stage.presses("U0ANA", plan, "op.run")
    finished = await stage.shows("✅ Done", INCIDENTS)
    await stage.presses(user, finished, "op.undo")
    await stage.settles()
    assert len(stage.cloud_changes()) == 1


async def test_every_entry_point_of_the_registry_refuses_a_guest(stage: Stage):
    guest = stage.slack.as_user("U0GUS")
    for command in commands.registry().commands:
        ack = await guest.slash(INCIDENTS, f"/ops {sample(command)}")
        assert ack.status == 200
        said = str(ack.body) + str(stage.slack.workspace.ephemerals("U0GUS")[-1:])
        assert "Only full members" in said, (command.name, said)
    assert stage.cloud_changes() == []
    assert stage.channel("inc-") is None


async def test_when_slack_does_not_say_who_is_in_which_group_changes_are_refused(tmp_path):

    shift = [timedelta()]

    def later() -> datetime:
        return utc_now() + shift[0]

    async with staged(tmp_path, "http", later) as stage:
        await stage.types("U0EVE", "/health architect-api")
        await stage.whispers("architect-api is", "U0EVE")
        await stage.types("U0ANA", "/incident list")
        stage.muster.chat.client.base_url = "http://127.0.0.1:1/"  # nobody listens there
        shift[0] = timedelta(minutes=50)
        ack = await stage.types("U0ANA", "/scale architect-api 6")
        assert "too old to change anything on" in str(ack.body)
        health = await stage.types("U0EVE", "/incident list")
        assert "No open incident" in str(health.body)
    assert stage.cloud_changes() == []


async def test_a_freeze_stops_changes_until_someone_breaks_the_glass(tmp_path):

    offset = datetime(2026, 12, 28, 12, tzinfo=UTC) - utc_now()
    async with staged(tmp_path, "http", lambda: utc_now() + offset) as stage:
        await stage.types("U0DEV", "/scale delivery-standard 6")
        told = await stage.whispers("is frozen", "U0DEV")
        assert "last week of each quarter" in everything(told)
        await stage.types("U0SAM", "/scale delivery-standard 6 break-glass because customers are down")
        plan = await stage.shows("· plan")
        assert "*break-glass*, to be reviewed" in everything(plan)
        assert "op.run" in str(plan["blocks"])


async def test_a_commanders_gravest_change_waits_for_others_broken_glass_or_not(stage: Stage):
    await stage.types("U0BEN", "/incident declare P1 architect-api Data is being lost", INCIDENTS)
    room = await stage.slack.wait_for(lambda: stage.channel("inc-1-"))
    await stage.slack.wait_for(lambda: "U0BEN" in stage.slack.workspace.room(room).members or None)
    await stage.types("U0BEN", "/incident role ic <@U0BEN>", room)
    await stage.types("U0BEN", "/scale 0 break-glass because writes corrupt data", room)
    await stage.confirms("U0BEN", await stage.shows("OP-1 · plan", room), "architect-api")
    stage.slack.workspace.room(room).members += ["U0SAM", "U0ANA"]
    for left, user in ((2, "U0SAM"), (1, "U0ANA")):
        waiting = await stage.shows(f"{left} more needed", room)
        assert stage.cloud_changes() == []
        await stage.presses(user, waiting, "op.approve")
    await stage.shows("✅ Done", room)
