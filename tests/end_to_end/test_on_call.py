"""Who is on call: read from the catalog's rotation or from PagerDuty, mentioned, invited, asked to lead."""

import shutil
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import utc_now
from playground.pagerduty_rest import PagerUser, Schedule, Shift
from tests.end_to_end.conftest import CATALOG, INCIDENTS, Stage, everything, staged
from tests.end_to_end.test_incidents import declared


class At:
    """A clock that goes on from a moment that a test chooses."""

    def __init__(self) -> None:
        self.behind = utc_now() - datetime(2026, 11, 30, 3, 0, tzinfo=UTC)  # a Monday noon in Tokyo

    def __call__(self) -> datetime:
        return utc_now() - self.behind


@pytest.fixture
def at() -> At:
    return At()


@pytest.fixture
async def stage(tmp_path: Path, transport: str, at: At) -> AsyncGenerator[Stage]:
    async with staged(tmp_path, transport, at) as playing:
        yield playing


async def test_a_rotation_says_who_now_who_next_and_until_when(stage: Stage):
    await stage.types("U0EVE", "/oncall miyabi-api")
    shown = everything(await stage.whispers("On call for Miyabi Web", "U0EVE"))
    handover = int(datetime(2026, 11, 30, 12, 0, tzinfo=UTC).timestamp())
    assert f"*Now* <@U0CHI> until <!date^{handover}^" in shown
    assert "☎ +81 3 5550 0142" in shown
    assert f"*Next* <@U0SAM> from <!date^{handover}^" in shown


async def test_the_sun_is_followed(stage: Stage, at: At):
    at.behind -= timedelta(hours=10)
    await stage.types("U0EVE", "/oncall miyabi-oncall")
    shown = everything(await stage.whispers("On call for Miyabi Web", "U0EVE"))
    assert "*Now* <@U0SAM> until" in shown
    assert "*Next* <@U0CHI> · ☎ +81 3 5550 0142 from" in shown


async def test_a_swap_is_kept_and_ends_by_itself(stage: Stage, at: At):
    ack = await stage.types("U0EVE", "/oncall swap miyabi-oncall <@U0EVE> now 2h")
    assert "<@U0EVE> is on call for `miyabi-oncall`" in ack.body["text"]
    await stage.types("U0EVE", "/oncall miyabi-oncall")
    shown = everything(await stage.whispers("*Now* <@U0EVE> until", "U0EVE"))
    assert "*Next* <@U0CHI>" in shown  # the rest of the turn that was swapped
    at.behind -= timedelta(hours=3)
    await stage.types("U0SAM", "/oncall miyabi-oncall")
    await stage.whispers("*Now* <@U0CHI> until", "U0SAM")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/oncall swap miyabi-oncal <@U0EVE> now 2h", "Type `miyabi-oncall`"),
        ("/oncall swap miyabi-oncall <@U0EVE> 2026-11-01T09:00 2h", "That time is over"),
        ("/oncall swap miyabi-oncall eve now 2h", "Type @ and pick the person"),
        ("/oncall miyabi-oncal", "miyabi-oncall"),
    ],
)
async def test_what_is_not_understood_says_what_to_type(stage: Stage, line: str, said: str):
    ack = await stage.types("U0EVE", line)
    assert said in str(ack.body)


async def test_a_guest_swaps_nothing(stage: Stage):
    ack = await stage.types("U0GUS", "/oncall swap miyabi-oncall <@U0GUS> now 2h", INCIDENTS)
    assert "may not" in str(ack.body) or "Only full members" in str(ack.body)


async def test_a_group_without_a_schedule_is_said_to_be_one(stage: Stage):
    await stage.types("U0EVE", "/oncall architect-api")
    shown = everything(await stage.whispers("On call for the Architect", "U0EVE"))
    assert "<@U0BEN>" in shown
    assert "It has no schedule" in shown


async def test_without_a_word_all_schedules_are_shown_and_in_a_channel_looking_wakes_nobody(stage: Stage):
    await stage.types("U0EVE", "/oncall")
    shown = everything(await stage.whispers("On call for Miyabi Web", "U0EVE"))
    assert "On call for the Usage Metrics API" in shown
    room = await declared(stage)
    await stage.types("U0ANA", "/oncall", room)
    assert "*Now* Chi Tanaka until" in everything(await stage.shows("*Now* Chi", room))


async def test_who_is_on_call_is_mentioned_invited_and_asked_to_lead(stage: Stage):
    room = await declared(stage)
    post = await stage.shows("📟 On call for Miyabi API: <@U0CHI> until", room)
    assert "☎ +81 3 5550 0142" in everything(post)
    assert "<@U0SAM>" not in everything(post)
    await stage.slack.wait_for(lambda: "U0CHI" in stage.slack.workspace.room(room).members or None)
    await stage.timeline("INC-1", "On call (miyabi-oncall): <@U0CHI>")
    await stage.presses("U0CHI", post, "line.ask.lead")
    await stage.shows("<@U0CHI> leads INC-1 now", room)
    await stage.slack.wait_for(
        lambda: None if "line.ask.lead" in str(stage.slack.workspace.messages(room)) else True
    )


async def test_a_level_says_who_was_told_how_and_whom_to_call_for_who_was_not(stage: Stage, at: At):
    room = await declared(stage, "P1 architect-api API down")
    assert "Escalated" not in str(stage.slack.workspace.messages(room))  # not within a minute
    at.behind -= timedelta(minutes=2)
    post = everything(await stage.shows("Escalated to Level 2", room))
    assert "✅ Lead Engineer: told here, <!subteam^S0ARW>" in post
    assert "📟 Lead Engineer: paged, PagerDuty accepted it for `architect-owners` <!date^" in post
    assert "❌ *NOT told*: “Manager”, the catalog maps it to no Slack group" in post
    assert "; call " in post
    at.behind -= timedelta(minutes=14)
    post = everything(await stage.shows("*Nobody was told* of Level 3", room))
    assert "“VP Engineering”, the catalog maps it to no Slack group, schedule or pager; call @vp-eng" in post
    keys = {key: alert.status for (_, key), alert in stage.town.pager.alerts.items()}
    assert keys["INC-1:architect-owners"] == "triggered"
    await stage.types("U0ANA", "/incident resolve Over", room)
    await stage.slack.wait_for(
        lambda: all(one.status == "resolved" for one in stage.town.pager.alerts.values()) or None
    )


async def test_a_pager_that_is_down_is_said_in_the_level_and_told_when_it_is_back(stage: Stage, at: At):
    room = await declared(stage, "P1 architect-api API down")
    stage.town.faults.switch("pager-down", on=True)
    at.behind -= timedelta(minutes=2)
    post = await stage.shows("“Lead Engineer”, PagerDuty answered 500", room)
    assert "tried again; call" in everything(post)
    stage.town.faults.switch("pager-down", on=False)
    told = await stage.shows("PagerDuty accepted it for `architect-owners`", room)
    assert told["ts"] == post["ts"]


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    """The example catalog with the schedule of Miyabi kept in PagerDuty."""
    folder = tmp_path / "catalog"
    shutil.copytree(CATALOG, folder)
    people = folder / "people.yaml"
    before, _, _ = people.read_text().partition("schedules:\n")
    schedule = "schedules:\n  miyabi-oncall: {name: Miyabi in PagerDuty, kind: pagerduty, id: PMIYABI}\n"
    people.write_text(before + schedule)
    return folder


@pytest.fixture
async def paged(tmp_path: Path, transport: str, at: At, catalog: Path) -> AsyncGenerator[Stage]:
    async with staged(tmp_path, transport, at, catalog=catalog) as playing:
        sam = PagerUser("PSAM", "Sam Reyes", "SAM@example.com")
        eve = PagerUser("PEVE", "Eve Martin", "eve@example.com")
        zoe = PagerUser("PZOE", "Zoe Nobody", "zoe@elsewhere.example")
        now = at().replace(microsecond=0)
        day = timedelta(days=1)
        shifts = [
            Shift(sam, now - day, now + day),
            Shift(eve, now - timedelta(hours=1), now + timedelta(hours=1), is_override=True),
            Shift(zoe, now + day, now + 2 * day),
        ]
        playing.town.pager.account.schedules["PMIYABI"] = Schedule("PMIYABI", "Miyabi", shifts)
        yield playing


async def test_a_schedule_of_pagerduty_is_read_with_its_overrides_page_by_page(paged: Stage):
    account = paged.town.pager.account
    account.page, account.throttled = 1, 1
    await paged.types("U0EVE", "/oncall miyabi-api")
    shown = everything(await paged.whispers("Miyabi in PagerDuty", "U0EVE"))
    assert "*Now* <@U0EVE> until" in shown
    assert "*Next* <@U0SAM> from" in shown
    assert sum(one.startswith("/oncalls?") for one in account.seen) > 2


async def test_a_schedule_that_no_policy_uses_is_read_by_itself(paged: Stage):
    paged.town.pager.account.schedules["PMIYABI"].in_policy = False
    await paged.types("U0EVE", "/oncall miyabi-api")
    assert "*Now* <@U0EVE> until" in everything(await paged.whispers("Miyabi in PagerDuty", "U0EVE"))


async def test_somebody_whom_slack_does_not_know_is_named(paged: Stage, at: At):
    at.behind -= timedelta(days=1, hours=2)
    await paged.types("U0EVE", "/oncall miyabi-api")
    shown = everything(await paged.whispers("Miyabi in PagerDuty", "U0EVE"))
    assert "*Now* Zoe Nobody (not in Slack) until" in shown


async def test_a_pagerduty_that_fails_is_said_and_the_incident_goes_on(paged: Stage):
    account = paged.town.pager.account
    account.failing = True
    await paged.types("U0EVE", "/oncall miyabi-api")
    await paged.whispers("PagerDuty answered 500", "U0EVE")
    room = await declared(paged)
    await paged.shows("who is on call is not known; retrying (PagerDuty answered 500)", room)
    account.failing = False
    await paged.shows("📟 On call for Miyabi API: <@U0EVE> until", room)


async def test_a_swap_of_a_schedule_in_pagerduty_is_made_there(paged: Stage):
    ack = await paged.types("U0EVE", "/oncall swap miyabi-oncall <@U0EVE> now 2h")
    assert "Make an override there" in str(ack.body)


async def test_a_level_is_escalated_to_by_its_name_and_only_once(stage: Stage):
    room = await declared(stage, "P1 architect-api API down")
    await stage.types("U0ANA", "/incident escalate 3", room)
    await stage.shows("*Nobody was told* of Level 3", room)
    ack = await stage.types("U0ANA", "/incident escalate level 3", room)
    assert "Level 3 was told already" in str(ack.body)
    ack = await stage.types("U0ANA", "/incident escalate 9", room)
    assert "No level of the matrix is called" in str(ack.body)
    assert "Level 2" in str(ack.body)


async def test_a_person_is_paged_in_slack_and_it_is_said_that_no_pager_calls_them(stage: Stage):
    room = await declared(stage, "P1 architect-api API down")
    await stage.types("U0ANA", "/incident page <@U0EVE> Look at the queue", room)
    post = everything(await stage.shows("📟 <@U0EVE> paged by Ana Lima: Look at the queue", room))
    assert "no pager calls a person" in post
    await stage.slack.wait_for(lambda: "U0EVE" in stage.slack.workspace.room(room).members or None)
