"""The local Slack as a running server, and what tests hold of it."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager
from typing import TypeVar

import aiohttp

from playground.listening import listening
from playground.slack.app import build
from playground.slack.courier import Courier
from playground.slack.errors import Refusal
from playground.slack.manifest_rules import manifest_problems
from playground.slack.manifest_schema import schema_problems
from playground.slack.page_api import fault_cards
from playground.slack.person import Person
from playground.slack.response_url import ResponseUrls
from playground.slack.seed import WorkspaceConfig
from playground.slack.signing import sign
from playground.slack.socket_mode import SocketMode
from playground.slack.workspace import Workspace
from playground.slack.written import Ack

T = TypeVar("T")
POLL_S = 0.02
HANGS_S = 180.0
"""Seconds after which what a test waits for will not come any more; a busy machine takes fewer."""


class Running:
    """A local Slack that listens; `url` has no trailing slash."""

    def __init__(self, url: str, workspace: Workspace, courier: Courier, urls: ResponseUrls) -> None:
        self.url = url
        self.workspace = workspace
        self._courier = courier
        self._urls = urls

    @property
    def api_url(self) -> str:
        """The base_url for a Web API client."""
        return f"{self.url}/api/"

    @property
    def request_url(self) -> str | None:
        """Where requests to the app go over HTTP; None means Socket Mode."""
        return self._courier.request_url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self._courier.request_url = url

    def as_user(self, user: str) -> Person:
        """A person at the keyboard. Raises Refusal user_not_found."""
        return Person(self.workspace.person(user).id, self.workspace, self._courier, self._urls)

    @contextlib.contextmanager
    def deliver(self, times: int = 3) -> Generator[None, None, None]:
        """Within the block every request to the app goes out this many times at the same moment."""
        with self._courier.repeated(times):
            yield

    async def signed_request(
        self,
        path: str,
        body: str,
        timestamp: int | None = None,
        secret: str | None = None,
        content_type: str = "application/x-www-form-urlencoded",
    ) -> Ack:
        """POST any body to the app's origin with a signature that may be stale or forged."""
        stamp = int(self.workspace.now().timestamp()) if timestamp is None else timestamp
        proof = sign(secret or self.workspace.config.signing_secret, stamp, body)
        return await self._courier.post(path, body, {"Content-Type": content_type, **proof})

    async def verify_url(self) -> bool:
        """Whether the app passes the challenge that Slack sends when its request URL is set."""
        challenge = self.workspace.new_id("Ch")
        payload = {"type": "url_verification", "token": "legacy", "challenge": challenge}
        ack = await self._courier.send("events_api", payload)
        return ack.ok and challenge in (ack.body.get("challenge"), ack.body.get("text"))

    async def disconnect_sockets(self, reason: str = "refresh_requested") -> None:
        """Make every Socket Mode client reconnect."""
        await self._courier.sockets.disconnect(reason)

    async def delivered(self) -> None:
        """Wait until every event has reached the app and was acknowledged, or was given up."""
        await self._courier.idle()

    @property
    def socket_count(self) -> int:
        """How many Socket Mode connections are open."""
        return len(self._courier.sockets.links)

    async def wait_for(self, predicate: Callable[[], T | None], timeout_s: float = HANGS_S) -> T:
        """Wait until the predicate gives something true, and return it.

        A predicate that asks for a channel or view that is not there yet is simply not true yet. Raises
        TimeoutError that names the last Web API calls.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s
        while True:
            self.workspace.news.clear()
            with contextlib.suppress(Refusal):
                found = predicate()
                if found:
                    return found
            left_s = deadline - loop.time()
            if left_s <= 0:
                calls = [(call.method, call.error) for call in self.workspace.calls[-8:]]
                raise TimeoutError(f"not within {timeout_s} s; the last calls were {calls}")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(POLL_S, left_s)):
                    await self.workspace.news.wait()


@asynccontextmanager
async def serve(
    config: WorkspaceConfig, host: str = "127.0.0.1", port: int = 0
) -> AsyncGenerator[Running, None]:
    """Run a local Slack in this loop until the block ends.

    Raises ValueError for a manifest that Slack would refuse, OSError when the port is taken.
    """
    shape = schema_problems(config.manifest) if config.manifest else []
    problems = shape or manifest_problems(config.read_manifest())
    if problems:
        raise ValueError(f"Slack would refuse this manifest: {'; '.join(problems)}")
    workspace = Workspace(config)
    sockets = SocketMode(config.ack_timeout_s)
    # Each request to the app has its own connection: one that was idle may be hung up on as it is used
    # again, and a POST is not sent twice, so that now and then a command would get lost.
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, force_close=True)) as http:
        courier = Courier(workspace, sockets, http)
        urls = ResponseUrls(workspace, courier)
        app = build(workspace, courier, urls)
        with _hearing_faults(workspace):
            async with listening(app, host, port, with_sockets=True) as url:
                sockets.base_url = url
                try:
                    yield Running(url, workspace, courier, urls)
                finally:
                    await courier.close()


@contextlib.contextmanager
def _hearing_faults(workspace: Workspace) -> Generator[None, None, None]:
    """Tell the page of every switched fault; the board may be shared with servers that live longer."""
    listeners = workspace.config.faults.listeners

    def tell(fault_id: str, on: bool) -> None:
        workspace.tell({"type": "faults", "faults": fault_cards(workspace)})

    listeners.append(tell)
    try:
        yield
    finally:
        listeners.remove(tell)
