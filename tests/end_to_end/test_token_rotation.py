"""Tokens that run out are renewed in time, once for all processes, and outlast a start."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.cli.check_slack import check_slack
from bot.rotating import rotation_of
from bot.settings import NotConfigured, Settings
from bot.slack.messages import SlackRefused
from playground.listening import listening
from playground.slack import Rotating
from tests.end_to_end.conftest import Stage, staged
from tests.end_to_end.leaping import Clock


def renewals(stage: Stage) -> list[str]:
    calls = stage.slack.workspace.calls
    return [call.error for call in calls if call.method == "oauth.v2.access"]


def another(stage: Stage, clock: Clock):
    """The same rotation in another process, with a client of its own."""
    settings = Settings(**stage.town.settings())
    client = AsyncWebClient(base_url=stage.slack.api_url)
    rotation = rotation_of(settings, stage.muster.opened, clock, client)
    assert rotation is not None
    return rotation, client


async def test_a_token_is_renewed_before_it_runs_out_once_for_two_processes(tmp_path: Path):
    clock = Clock()
    async with staged(tmp_path, "http", clock, place={"rotating": Rotating(), "now": clock}) as stage:
        await stage.types("U0ANA", "/incident list")
        assert renewals(stage) == [""]
        (one, first), (other, second) = another(stage, clock), another(stage, clock)
        await asyncio.gather(one.renew(), other.renew())
        assert renewals(stage) == [""]
        assert first.token == second.token == stage.muster.chat.client.token
        clock.ahead = timedelta(hours=10, minutes=1)
        await asyncio.gather(one.renew(), other.renew())
        assert renewals(stage) == ["", ""]
        assert first.token == second.token != stage.muster.chat.client.token
        await first.auth_test()
        stored = str(
            await stage.muster.opened.client.get(stage.muster.opened.journal.keys.kept("slack-token"))
        )
        assert "xoxe" not in stored


async def test_a_restart_goes_on_with_the_token_that_is_kept(tmp_path: Path):
    rotating = Rotating()
    place = {"rotating": rotating}
    async with staged(tmp_path, "http", place=place) as stage:
        await stage.types("U0ANA", "/incident list")
        kept = stage.muster.chat.client.token
    async with staged(tmp_path, "http", place=place) as stage:
        await stage.types("U0ANA", "/scale architect-api 6")
        await stage.shows("OP-1 · plan")
        assert renewals(stage) == []
        assert stage.muster.chat.client.token == kept


async def test_a_refused_renewal_is_told_and_the_token_that_lasts_serves_on(tmp_path: Path):
    clock, told = Clock(), []
    place = {"rotating": Rotating(), "now": clock}
    async with staged(tmp_path, "http", clock, place=place) as stage:
        rotation, client = another(stage, clock)
        rotating = stage.slack.workspace.config.rotating
        assert rotating is not None
        rotating.refresh = "xoxe-1-revoked-by-an-admin"
        clock.ahead = timedelta(hours=11)
        with pytest.raises(SlackRefused, match="install the app again"):
            await rotation.renew()
        await client.auth_test()
        heard = asyncio.Event()

        async def tell(why: str) -> None:
            told.append(why)
            heard.set()

        async with rotation.running(tell, every_s=0.01):
            await heard.wait()
        assert "invalid_refresh_token" in told[0]
        assert len(told) == 1
        settings = Settings(**stage.town.settings(), data_dir=tmp_path / "other")
        said = "\n".join([str(one) async for one in check_slack(settings)])
        assert "MEND Slack token: Slack refused oauth.v2.access: invalid_refresh_token" in said


def test_rotation_without_the_apps_credentials_is_refused_with_what_to_set():
    settings = Settings(slack_refresh_token="xoxe-1-a", slack_signing_secret="s")
    with pytest.raises(NotConfigured, match=r"Set MUSTER_SLACK_CLIENT_ID .* and MUSTER_SLACK_CLIENT_SECRET"):
        settings.require_slack()


async def test_an_answer_that_nobody_foresaw_ends_no_renewing(tmp_path: Path):
    answers = iter([{"ok": True}, {"ok": True, "access_token": "xoxe.xoxb-1", "expires_in": "soon"}])
    good = {"ok": True, "access_token": "xoxe.xoxb-2", "refresh_token": "xoxe-2", "expires_in": 43_200}

    async def renewing(_: Request) -> JSONResponse:
        return JSONResponse(next(answers, good))

    clock = Clock()
    routes = [Route("/oauth.v2.access", renewing, methods=["POST"])]
    async with (
        staged(tmp_path, "http", clock, place={"rotating": Rotating(), "now": clock}) as stage,
        listening(Starlette(routes=routes)) as url,
    ):
        clock.ahead = timedelta(hours=11)
        settings = Settings(**{**stage.town.settings(), "slack_api_url": f"{url}/"})
        client = AsyncWebClient(base_url=f"{url}/")
        rotation = rotation_of(settings, stage.muster.opened, clock, client)
        assert rotation is not None
        async with rotation.running(lambda _: asyncio.sleep(0), every_s=0.01):
            await stage.slack.wait_for(lambda: client.token == "xoxe.xoxb-2" or None)
