"""A small workspace, a client for it, and a tiny Bolt app over either transport."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import Route

from playground.faults import FaultBoard
from playground.listening import listening
from playground.slack import Channel, Group, Running, User, WorkspaceConfig, serve
from tests.waiting import SLACK_WAITS_S

SCOPES = """
app_mentions:read bookmarks:write channels:history channels:join channels:manage channels:read chat:write
commands files:read files:write groups:history groups:read im:history im:read im:write mpim:read pins:read
pins:write reactions:write usergroups:read users:read
"""
MANIFEST = {
    "display_information": {"name": "Muster"},
    "features": {
        "app_home": {"home_tab_enabled": True},
        "bot_user": {"display_name": "muster"},
        "slash_commands": [
            {"command": "/scale", "description": "Size", "usage_hint": "SERVICE N", "should_escape": True},
            {"command": "/raw", "description": "Text as typed"},
        ],
        "shortcuts": [
            {"name": "Declare", "type": "global", "callback_id": "declare", "description": "A form"}
        ],
    },
    "oauth_config": {"scopes": {"bot": SCOPES.split()}},
    "settings": {
        "event_subscriptions": {
            "bot_events": ["app_mention", "app_home_opened", "message.channels", "member_joined_channel"]
        },
        "interactivity": {"is_enabled": True},
    },
}

CONFIG = WorkspaceConfig(
    users=(
        User("UALICE", "alice", "Alice A", token="xoxp-alice", email="a@example.com"),
        User("UBOB", "bob", "Bob B"),
    ),
    groups=(Group("S1", "sre", "SRE", ("UALICE",)),),
    channels=(
        Channel("COPS", "ops", ("UALICE", "UBOB", "UBOT")),
        Channel("CRANDOM", "random", ("UALICE",)),
        Channel("CGENERAL", "general", ("UALICE", "UBOT"), is_general=True),
        Channel("GSECRET", "secret", ("UBOB",), is_private=True),
    ),
    manifest=MANIFEST,
    ack_timeout_s=SLACK_WAITS_S,
    trigger_life_s=SLACK_WAITS_S,
    event_retry_waits_s=(0, 0, 0),
)


def config(**changes) -> WorkspaceConfig:
    """The test workspace with some things different."""
    return replace(CONFIG, **{"faults": FaultBoard(), **changes})


@pytest.fixture
async def slack() -> AsyncIterator[Running]:
    async with serve(config()) as running:
        yield running


def web_client(slack: Running, token: str = CONFIG.bot_token) -> AsyncWebClient:
    """Slack's own client, pointed at the local Slack."""
    return AsyncWebClient(token, base_url=slack.api_url)


@pytest.fixture
async def client(slack) -> AsyncWebClient:
    return web_client(slack)


class Tick:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def tick() -> Tick:
    return Tick()


def bolt(slack: Running) -> AsyncApp:
    """A Bolt app of this workspace, without listeners."""
    return AsyncApp(
        client=web_client(slack), signing_secret=CONFIG.signing_secret, process_before_response=True
    )


@asynccontextmanager
async def over_http(slack: Running, app: AsyncApp) -> AsyncIterator[None]:
    """Run a Bolt app behind HTTP on loopback."""
    handler = AsyncSlackRequestHandler(app)
    web = Starlette(routes=[Route("/slack/events", handler.handle, methods=["POST"])])
    async with listening(web, "127.0.0.1", 0) as url:
        slack.request_url = f"{url}/slack/events"
        yield


@asynccontextmanager
async def over_socket(slack: Running, app: AsyncApp) -> AsyncIterator[None]:
    """Run a Bolt app over Socket Mode."""
    handler = AsyncSocketModeHandler(app, CONFIG.app_token, web_client=web_client(slack))
    await handler.connect_async()
    try:
        await slack.wait_for(lambda: slack.socket_count)
        yield
    finally:
        await handler.close_async()


Connect = Callable[[Running, AsyncApp], AbstractAsyncContextManager[None]]


@pytest.fixture(params=[over_http, over_socket], ids=["http", "socket"])
def connect(request) -> Connect:
    return request.param
