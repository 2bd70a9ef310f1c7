"""Maintenance: announced ahead, ticked, started, done; with rights of its own while it runs."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import commands
from bot.cli.manifest import slack_manifest
from bot.clock import utc_now
from bot.serve import serving
from bot.settings import Settings
from playground.environment import Plan, running_environment
from playground.faults import FaultBoard
from tests.end_to_end.conftest import (
    CATALOG,
    INCIDENTS,
    PASSED,
    Stage,
    everything,
    keep_or_compare,
    staged,
)
from tests.waiting import SLACK_WAITS_S

WEDNESDAY = datetime(2024, 11, 13, 12, tzinfo=UTC)
"""Long past, so that timers which are due ring at once; outside every window and freeze."""


class Hands:
    """A clock that goes on by itself from a Wednesday noon, and may be put forward."""

    def __init__(self) -> None:
        self._began, self._ahead = utc_now(), timedelta()

    def __call__(self) -> datetime:
        return WEDNESDAY + self._ahead + (utc_now() - self._began)

    def to(self, at: datetime) -> None:
        self._ahead = at - WEDNESDAY


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
async def stage(
    tmp_path: Path, transport: str, hands: Hands, request: pytest.FixtureRequest
) -> AsyncGenerator[Stage]:
    async with staged(tmp_path, transport, hands) as playing:
        yield playing
    if request.node.stash.get(PASSED, False):
        keep_or_compare(request, playing.exchange)


async def says(stage: Stage, user: str, line: str, channel: str = INCIDENTS) -> None:
    ack = await stage.types(user, f"/maintenance {line}", channel)
    assert ack.status == 200
    assert not ack.body, ack.body


@pytest.mark.procedure("maintenance")
async def test_a_maintenance_goes_from_announcement_over_checklists_to_its_notice(stage: Stage, hands: Hands):
    await says(stage, "U0CHI", "schedule miyabi-api sunday 03:00 2h Upgrade the database")
    card = await stage.shows("MNT-1 · 🟡 planned", INCIDENTS)
    shown = everything(card)
    assert "maintenance of Miyabi API: Upgrade the database" in shown
    assert "2024-11-17 03:00 UTC" in shown
    assert "Careful" not in shown
    for line in (
        "Notify stakeholders",
        "Create database backup",
        "Verify rollback procedures",
        "Test changes in staging",
        "Prepare communication",
    ):
        assert f"☐ {line}" in shown
    await stage.presses("U0CHI", card, "maintenance.tick.backup")
    await stage.shows("☑ Create database backup · <@U0CHI>", INCIDENTS)

    hands.to(datetime(2024, 11, 15, 3, 1, tzinfo=UTC))
    await stage.shows("In 47 h 5", INCIDENTS)
    hands.to(datetime(2024, 11, 17, 2, 1, tzinfo=UTC))
    await stage.shows("In 58 min", INCIDENTS)
    hands.to(datetime(2024, 11, 17, 3, 1, tzinfo=UTC))
    due = everything(await stage.shows("it is time for the maintenance of Miyabi API", INCIDENTS))
    assert "/maintenance start MNT-1" in due
    assert "Not ticked: Notify stakeholders, Verify rollback procedures" in due

    await says(stage, "U0CHI", "start")
    card = await stage.shows("MNT-1 · 🟠 running", INCIDENTS)
    assert "☐ Verify all health checks pass" in everything(card)
    await stage.shows("Status: In progress", INCIDENTS)
    await stage.presses("U0CHI", card, "maintenance.tick.health")
    card = await stage.shows("☑ Verify all health checks pass", INCIDENTS)
    await says(stage, "U0CHI", "done The new version runs")
    notice = everything(await stage.shows("Status: Completed", INCIDENTS))
    for line in (
        "Subject: [MAINTENANCE] Miyabi API - Upgrade the database",
        "2024-11-17 03:0",  # and the minutes since
        " UTC - Started",
        "UTC - Completed: The new version runs",
        "Next Update: None, the maintenance is over",
    ):
        assert line in notice
    done = everything(await stage.shows("☑ Send completion notification · <@U0CHI>", INCIDENTS))
    assert done.count("MNT-1 · 🟢 done") >= 1
    await stage.types("U0EVE", "/maintenance list", INCIDENTS)
    await stage.whispers("No maintenance is planned", "U0EVE")


@pytest.mark.procedure("maintenance")
async def test_in_its_maintenance_an_owner_rolls_back_without_the_approval_that_it_takes_else(
    stage: Stage, hands: Hands
):
    await stage.types("U0DEV", "/rollback delivery-standard because 5xx")
    assert "*Approval* after Run, 1 needed" in everything(await stage.shows("OP-1 · plan"))
    await says(stage, "U0DEV", "schedule delivery-standard +25h 1h")
    card = await stage.shows("MNT-1 · 🟡 planned", INCIDENTS)
    assert "Outside the preferred window, Sunday 02:00–06:00 UTC" in everything(card)
    hands.to(WEDNESDAY + timedelta(hours=25, minutes=1))
    await says(stage, "U0DEV", "start MNT-1")
    assert "a reason and no approval" in everything(await stage.shows("MNT-1 · 🟠 running", INCIDENTS))

    await stage.types("U0DEV", "/rollback delivery-standard because the new release fails")
    plan = await stage.shows("OP-2 · plan")
    assert "*Approval*" not in everything(plan)
    await stage.presses("U0DEV", plan, "op.run")
    await stage.shows("OP-2 · ✅ Done")
    await says(stage, "U0DEV", "done")
    await stage.shows("MNT-1 · 🟢 done", INCIDENTS)
    await stage.types("U0DEV", "/undo OP-2 because it was not the release")
    assert "*Approval* after Run, 1 needed" in everything(await stage.shows("OP-3 · plan"))


async def test_a_maintenance_that_one_plans_for_oneself_at_short_notice_spares_one_no_approval(
    stage: Stage, hands: Hands
):
    await says(stage, "U0DEV", "schedule delivery-standard +2h 1h")
    await stage.shows("MNT-1 · 🟡 planned", INCIDENTS)
    hands.to(WEDNESDAY + timedelta(minutes=121))
    await says(stage, "U0DEV", "start MNT-1")
    card = everything(await stage.shows("MNT-1 · 🟠 running", INCIDENTS))
    assert "those of <@U0DEV>, who planned it less than 24 hours ahead, take the approval" in card
    await stage.types("U0DEV", "/rollback delivery-standard because the new release fails")
    assert "*Approval* after Run, 1 needed" in everything(await stage.shows("OP-1 · plan"))


async def test_a_maintenance_without_time_to_object_is_no_way_round_approvals(stage: Stage):
    await says(stage, "U0DEV", "schedule delivery-standard now 1h")
    card = await stage.shows("MNT-1 · 🟡 planned", INCIDENTS)
    await stage.presses("U0DEV", card, "maintenance.start")
    card = everything(await stage.shows("MNT-1 · 🟠 running", INCIDENTS))
    assert "changes take the approvals that they always take" in card
    await stage.types("U0DEV", "/rollback delivery-standard because 5xx")
    assert "*Approval* after Run, 1 needed" in everything(await stage.shows("OP-1 · plan"))


async def test_when_its_time_is_over_it_shows_overdue_and_its_rights_have_ended(stage: Stage, hands: Hands):
    await says(stage, "U0DEV", "schedule delivery-standard now 30m")
    await stage.shows("MNT-1 · 🟡 planned", INCIDENTS)
    await says(stage, "U0DEV", "start MNT-1")
    await stage.shows("MNT-1 · 🟠 running", INCIDENTS)
    hands.to(WEDNESDAY + timedelta(minutes=31))
    await stage.shows("MNT-1 · 🔴 overdue", INCIDENTS)
    told = everything(await stage.shows("(MNT-1) is overdue", INCIDENTS))
    assert "/maintenance done MNT-1" in told
    await stage.types("U0DEV", "/rollback delivery-standard because 5xx")
    assert "*Approval* after Run, 1 needed" in everything(await stage.shows("OP-1 · plan"))


async def test_what_was_due_while_muster_was_down_is_told_once_after_it_is_back(tmp_path: Path, hands: Hands):
    manifest = slack_manifest(commands.registry(), "http://127.0.0.1/slack/events")
    plan = Plan(manifest, utc_now, pace_s=0.05, faults=FaultBoard(), slack_waits_s=SLACK_WAITS_S)
    async with running_environment(plan) as place:
        settings = Settings(
            **place.settings(),
            catalog=CATALOG,
            data_dir=tmp_path / "data",
            port=0,
            admin_port=0,
            post_every_s=0.0,
        )
        async with serving(settings, hands) as (muster, ports):
            stage = Stage(place, muster, f"http://127.0.0.1:{ports.slack}")
            place.slack.request_url = f"{stage.bot_url}/slack/events"
            await says(stage, "U0CHI", "schedule miyabi-api sunday-03:00 1h")
            await stage.shows("MNT-1 · 🟡 planned", INCIDENTS)
        hands.to(datetime(2024, 11, 17, 3, 1, tzinfo=UTC))
        async with serving(settings, hands) as (muster, ports):
            stage = Stage(place, muster, f"http://127.0.0.1:{ports.slack}")
            await stage.shows("it is time for the maintenance of Miyabi API", INCIDENTS)
            await stage.settles()
            told = [everything(one) for one in place.slack.workspace.messages(INCIDENTS)]
            assert sum("⏰" in one for one in told) == 1
            assert sum("MNT-1 · 🟡 planned" in one for one in told) == 1


@pytest.mark.parametrize(
    ("line", "told", "typed"),
    [
        (
            "miyabi-api +2h 1h",
            "announced 48 hours ahead",
            "/maintenance schedule miyabi-api 2024-11-17T03:00 1h",
        ),
        (
            "miyabi-api 2024-11-12T03:00 1h",
            "has passed",
            "/maintenance schedule miyabi-api 2024-11-17T03:00 1h",
        ),
        ("miyabi-api sunday-03:00 3h", "at most 2h", "/maintenance schedule miyabi-api 2024-11-17T03:00 2h"),
        ("miyabi-api sunday 1h", "has no time of day", "sunday-03:00"),
        ("miyabi-api someday 1h", "is not a time ahead", "sunday-03:00, tomorrow-03:00 or +49h"),
        ("miyabi-api 2024-11-31T03:00 1h", "There is no day 2024-11-31", "2026-11-29T03:00"),
        ("brutal-patches-api now 30m --emergency", "needs a reason", "--emergency because"),
        ("brutal-patches-api now 30m", "Immediate for security issues", "--emergency because"),
        ("delivery-standard 2024-12-27T03:00 1h", "is frozen then", "Choose a time outside the freeze"),
    ],
)
async def test_what_the_runbook_does_not_allow_is_refused_with_what_to_type(stage: Stage, line, told, typed):
    await stage.types("U0ANA", f"/maintenance schedule {line}", INCIDENTS)
    shown = everything(await stage.whispers(told, "U0ANA"))
    assert typed in shown
    assert f"/maintenance schedule {line}" in shown
    assert stage.slack.workspace.messages(INCIDENTS) == []


async def test_an_emergency_is_immediate_with_its_reason(stage: Stage):
    await says(
        stage, "U0EVE", "schedule brutal-patches-api now 30m --emergency because CVE in the JWT library"
    )
    card = everything(await stage.shows("emergency maintenance of Brutal Patches API", INCIDENTS))
    assert "announced less than 48 hours ahead" in card
    assert "because CVE in the JWT library" in card
    await says(stage, "U0EVE", "start")
    await stage.shows("MNT-1 · 🟠 running", INCIDENTS)


async def test_a_cancelled_maintenance_is_told_and_rings_no_more(stage: Stage, hands: Hands):
    await says(stage, "U0CHI", "schedule miyabi-api sunday-03:00 1h")
    await stage.shows("MNT-1 · 🟡 planned", INCIDENTS)
    await says(stage, "U0CHI", "cancel MNT-1 because the release slipped")
    notice = everything(await stage.shows("Status: Cancelled", INCIDENTS))
    assert "Cancelled: the release slipped" in notice
    await stage.shows("MNT-1 · ⚪ cancelled", INCIDENTS)
    await stage.types("U0CHI", "/maintenance start MNT-1", INCIDENTS)
    await stage.whispers("MNT-1 is cancelled already", "U0CHI")


async def test_people_without_the_right_neither_plan_nor_start_nor_cancel(stage: Stage):
    await says(stage, "U0CHI", "schedule miyabi-api sunday-03:00 1h")
    card = await stage.shows("MNT-1 · 🟡 planned", INCIDENTS)
    await stage.types("U0DEV", "/maintenance schedule miyabi-api monday-03:00 1h", INCIDENTS)
    await stage.whispers("You may not run `maintenance schedule` on miyabi-api", "U0DEV")
    await stage.presses("U0DEV", card, "maintenance.cancel")
    await stage.whispers("You may not run `maintenance cancel` on miyabi-api", "U0DEV")
    await stage.types("U0DEV", "/maintenance tick backup MNT-1", INCIDENTS)
    await stage.whispers("You may not run `maintenance tick` on miyabi-api", "U0DEV")


async def test_a_start_before_its_time_and_a_time_that_is_taken_are_refused(stage: Stage):
    await says(stage, "U0CHI", "schedule miyabi-api sunday-03:00 1h")
    await stage.shows("MNT-1 · 🟡 planned", INCIDENTS)
    await stage.types("U0CHI", "/maintenance start", INCIDENTS)
    await stage.whispers("which has not come yet", "U0CHI")
    await stage.types("U0CHI", "/maintenance schedule miyabi-api sunday-03:30 1h", INCIDENTS)
    await stage.whispers("MNT-1 of miyabi-api has that time", "U0CHI")


async def test_the_empty_command_opens_its_form(stage: Stage):
    chi = stage.slack.as_user("U0CHI")
    await chi.slash(INCIDENTS, "/maintenance schedule")
    view = (await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0CHI") or None))[-1]
    filled = {"service": "miyabi-api", "start": "tomorrow", "length": "1h", "text": "Upgrade"}
    wrong = await chi.submit(view, filled)
    assert "has no time of day" in str(wrong.body)
    await chi.submit(view, {**filled, "start": "sunday 03:00"})
    await stage.shows("maintenance of Miyabi API: Upgrade", INCIDENTS)
