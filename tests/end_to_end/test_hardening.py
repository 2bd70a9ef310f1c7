"""What must not be seen, injected or done twice by a finger that is in a hurry."""

import asyncio
import json
import os
import signal
from pathlib import Path

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.clock import utc_now
from journal.audit import Filter, show
from journal.embedded import start_or_attach
from playground.slack.signing import sign
from tests.end_to_end.conftest import OPS, Stage, everything
from tests.end_to_end.test_incidents import declared


def answers(stage: Stage) -> list[str]:
    """What Ana alone was shown; that a target is still being read, which a busy machine may say, is none."""
    told = map(everything, stage.slack.workspace.ephemerals("U0ANA"))
    return [one for one in told if "· reading " not in one]


async def test_a_guest_does_not_see_a_plans_exact_calls(stage: Stage):
    await stage.types("U0ANA", "/scale architect-api 6")
    plan = await stage.shows("OP-1 · plan")
    stage.slack.workspace.room(plan["channel"]).members.append("U0GUS")
    await stage.presses("U0GUS", plan, "op.details")
    await stage.whispers("Only full members", "U0GUS")
    assert stage.slack.workspace.views("U0GUS") == []
    [kept] = await show(stage.muster.opened.journal, Filter(user="U0GUS"))
    assert kept["audit"]["line"] == "details OP-1"
    assert kept["audit"]["allowed"] is False


async def test_a_guest_gets_no_form(stage: Stage):
    ack = await stage.slack.as_user("U0GUS").slash("C0INC", "/scale")
    assert "Only full members" in str(ack.body)
    assert stage.slack.workspace.views("U0GUS") == []
    [kept] = await show(stage.muster.opened.journal, Filter(user="U0GUS"))
    assert (kept["audit"]["line"], kept["audit"]["allowed"]) == ("scale", False)


async def test_run_pressed_and_its_dialog_sent_three_times_runs_once(stage: Stage):
    await stage.types("U0ANA", "/rollback delivery-standard")
    plan = await stage.shows("OP-1 · plan")
    await asyncio.gather(*(stage.presses("U0ANA", plan, "op.run") for _ in range(3)))
    [view] = await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0ANA") or None)
    assert stage.cloud_changes() == []
    ana = stage.slack.as_user("U0ANA")
    await asyncio.gather(*(ana.submit(view, {"because": "5xx since the deploy"}) for _ in range(3)))
    await stage.shows("OP-1 · ✅ Done")
    assert stage.cloud_changes() == ["UpdateService"]


async def test_run_delivered_three_times_opens_one_dialog_and_says_nothing(stage: Stage):
    await stage.types("U0ANA", "/rollback delivery-standard")
    plan = await stage.shows("OP-1 · plan")
    with stage.slack.deliver(3):
        await stage.presses("U0ANA", plan, "op.run")
    opened = [call.error for call in stage.slack.workspace.calls if call.method == "views.open"]
    assert sorted(opened) == ["", "exchanged_trigger_id", "exchanged_trigger_id"]
    assert len(stage.slack.workspace.views("U0ANA")) == 1
    assert answers(stage) == []


async def test_a_form_delivered_three_times_asks_once(stage: Stage):
    await stage.types("U0ANA", "/scale")
    [view] = await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0ANA") or None)
    view = await stage.chooses("U0ANA", view, "architect-api")
    with stage.slack.deliver(3):
        await stage.slack.as_user("U0ANA").submit(view, {"count": "6"})
    await stage.shows(" · plan")
    await stage.settles()
    assert len(stage.slack.workspace.messages(OPS)) == 1
    assert answers(stage) == []


async def test_an_event_that_slack_retries_is_one_request(stage: Stage):
    await stage.slack.as_user("U0ANA").say(OPS, "<@UBOT> scale architect-api 6")
    await stage.shows(" · plan")
    [first] = [one for one in stage.slack.workspace.deliveries if one.kind == "events_api"]
    body = json.dumps(first.payload)
    async with aiohttp.ClientSession() as http:
        for attempt in ("1", "2"):
            proof = sign(stage.slack.workspace.config.signing_secret, int(utc_now().timestamp()), body)
            retry = {"X-Slack-Retry-Num": attempt, "X-Slack-Retry-Reason": "http_timeout"}
            headers = {"Content-Type": "application/json", **proof, **retry}
            async with http.post(f"{stage.bot_url}/slack/events", data=body, headers=headers) as answer:
                assert answer.status == 200
    await stage.settles()
    plans = [one for one in stage.slack.workspace.messages(OPS) if " · plan" in everything(one)]
    assert len(plans) == 1
    assert answers(stage) == []


@pytest.mark.parametrize("button", ["op.details", "op.run"])
async def test_who_presses_while_the_journal_is_away_is_told_so(stage: Stage, tmp_path: Path, button: str):
    await stage.types("U0ANA", "/rollback delivery-standard")
    plan = await stage.shows("OP-1 · plan")
    journal = await start_or_attach(tmp_path / "data")
    os.kill(journal.pid, signal.SIGSTOP)
    try:
        await stage.presses("U0ANA", plan, button)
        await stage.whispers("The journal", "U0ANA")
    finally:
        os.kill(journal.pid, signal.SIGCONT)
    assert stage.slack.workspace.views("U0ANA") == []
    assert stage.cloud_changes() == []


async def test_the_mention_that_counts_is_musters_own(stage: Stage):
    text = "hey <@U0BEN> please, <@UBOT> scale architect-api 5"
    await stage.slack.as_user("U0ANA").say("C0OPS", text)
    await stage.shows("replicas 4 → 5")


async def test_a_title_can_neither_mention_everyone_in_a_topic_nor_in_a_dialog(stage: Stage):
    room = await declared(stage, "SEV2 miyabi-api Look <!channel> now")
    topic = stage.slack.workspace.room(room).topic
    assert "<!channel>" not in topic
    headline = next(one for one in stage.slack.workspace.messages(room) if "INC-1" in everything(one))
    assert "<!channel>" not in str(headline["blocks"])


async def test_no_log_has_a_secret_in_clear_when_slack_takes_no_answer(stage: Stage):
    await stage.slack.as_user("U0ANA").say(OPS, "<@UBOT> help")
    sent = stage.slack.workspace.deliveries
    first = await stage.slack.wait_for(lambda: next((one for one in sent if one.kind == "events_api"), None))
    line = "<@UBOT> config architect-api set JWT_SECRET=hunter2"
    event = {**first.payload["event"], "channel": "C0GONE", "user": "U0GONE", "text": line}
    body = json.dumps({**first.payload, "event": event, "event_id": "Ev0GONE"})
    with capture_logs() as said:
        await stage.slack.signed_request("/slack/events", body, content_type="application/json")

        def unanswered() -> dict | None:
            return next((dict(one) for one in said if one["event"] == "could not answer"), None)

        unsaid = await stage.slack.wait_for(unanswered)
    assert unsaid["line"] == "config architect-api set JWT_SECRET=[secret removed]"
    assert "hunter2" not in str(said)


async def test_a_guests_40000_characters_are_refused_by_their_length_and_others_go_on(stage: Stage):
    stage.slack.workspace.room(OPS).members.append("U0GUS")
    await stage.slack.as_user("U0GUS").say(OPS, "<@UBOT> " + "eyJ" * 13_000)
    await stage.types("U0ANA", "/scale architect-api 6")
    await stage.shows("OP-1 · plan")
    told = await stage.whispers("39,000 characters; a command takes up to 4,000", "U0GUS")
    assert "eyJeyJ" * 100 not in everything(told)
