"""Delivery to the app, signed over HTTP or over Socket Mode, with retries of events."""

import asyncio
import json
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp

from playground.slack.seed import APP_ID, BOT_USER
from playground.slack.signing import sign
from playground.slack.socket_mode import SocketMode
from playground.slack.workspace import Room, Workspace
from playground.slack.written import Ack, Json, as_object

FORM = "application/x-www-form-urlencoded"


class Courier:
    """Takes requests to the app and brings back how it acknowledged."""

    def __init__(self, workspace: Workspace, sockets: SocketMode, http: aiohttp.ClientSession) -> None:
        self.workspace = workspace
        self.sockets = sockets
        self.request_url = workspace.config.request_url
        self._http = http
        self._times = 1
        self._errands: set[asyncio.Task[None]] = set()

    @contextmanager
    def repeated(self, times: int) -> Generator[None, None, None]:
        """Within the block every request goes out this many times at the same moment, with one body."""
        self._times = times
        try:
            yield
        finally:
            self._times = 1

    async def send(self, kind: str, payload: Json, attempt: int = 0, reason: str = "") -> Ack:
        """Deliver once (or as often as `repeated` says) and return the first copy's acknowledgement."""
        copies = range(self._times)
        acks = await asyncio.gather(*(self._once(kind, payload, attempt, reason) for _ in copies))
        for ack in acks:
            self.workspace.note_delivery(kind, payload, ack, attempt)
        return acks[0]

    async def post(self, path: str, body: str, headers: dict[str, str]) -> Ack:
        """POST a raw body to the app's own origin, or to the whole request URL when `path` is empty."""
        url = self.request_url or ""
        if path:
            parts = urlsplit(url)
            url = f"{parts.scheme}://{parts.netloc}{path}"
        try:
            async with asyncio.timeout(self.workspace.config.ack_timeout_s):
                async with self._http.post(url, data=body.encode(), headers=headers) as answer:
                    may_retry = answer.headers.get("X-Slack-No-Retry") != "1"
                    return _read_ack(answer.status, await answer.text(), may_retry)
        except TimeoutError:
            return Ack(0, error="operation_timeout")
        except aiohttp.ClientError:
            return Ack(0, error="dispatch_failed")

    def announce(self, subscription: str, event: Json, room: Room | None = None) -> None:
        """Send an event to the app in the background, if its manifest subscribes and it may see the room."""
        if subscription not in self.workspace.manifest.events:
            return
        if room is not None and BOT_USER not in room.members:
            return
        self.run(self._deliver_event(_event_body(self.workspace, event, room)))

    def run(self, errand: Coroutine[Any, Any, None]) -> None:
        """Start work that nobody waits for; it is cancelled when the server stops."""
        task = asyncio.get_running_loop().create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def idle(self) -> None:
        """Wait until nothing is under way in the background."""
        while self._errands:
            await asyncio.wait(self._errands)

    async def close(self) -> None:
        """Stop everything that is still under way."""
        for task in list(self._errands):
            task.cancel()
        await asyncio.gather(*self._errands, return_exceptions=True)

    async def _deliver_event(self, body: Json) -> None:
        ack = await self.send("events_api", body)
        for attempt, wait_s in enumerate(self.workspace.config.event_retry_waits_s, start=1):
            if ack.ok or not ack.may_retry:
                return
            await asyncio.sleep(wait_s)
            reason = "http_timeout" if ack.error == "operation_timeout" else "http_error"
            ack = await self.send("events_api", body, attempt, reason)

    async def _once(self, kind: str, payload: Json, attempt: int, reason: str) -> Ack:
        if not self.request_url:
            return await self.sockets.send(kind, payload, attempt, reason)
        content_type, body = encode(kind, payload)
        stamp = int(self.workspace.now().timestamp())
        headers = {"Content-Type": content_type, **sign(self.workspace.config.signing_secret, stamp, body)}
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        return await self.post("", body, headers)


def encode(kind: str, payload: Json) -> tuple[str, str]:
    """Content type and body in which Slack sends this kind over HTTP."""
    if kind == "events_api":
        return "application/json", json.dumps(payload)
    if kind == "interactive":
        return FORM, urlencode({"payload": json.dumps(payload)})
    return FORM, urlencode(payload)


def _read_ack(status: int, text: str, may_retry: bool) -> Ack:
    try:
        found: Any = json.loads(text) if text else {}
    except ValueError:
        found = text
    body: Json = as_object(found) if isinstance(found, dict) else {"text": text}
    return Ack(status, body, "" if status == 200 else "app_did_not_respond", may_retry)


def _event_body(workspace: Workspace, event: Json, room: Room | None = None) -> Json:
    """An event; that of an organization's install names it, and its authorization is of no workspace.

    https://docs.slack.dev/enterprise/developing-for-enterprise-orgs
    """
    person = workspace.people.get(str(event.get("user") or ""))
    team = workspace.config.team.id
    if workspace.config.enterprise:
        is_ours = person is not None and not person.team_id
        team = workspace.where(person.id, room) if person and is_ours else room.team_id if room else team
    enterprise = workspace.config.enterprise
    authorization = {
        "enterprise_id": enterprise.id if enterprise else None,
        "team_id": None if enterprise else team,
        "user_id": BOT_USER,
        "is_bot": True,
        "is_enterprise_install": enterprise is not None,
    }
    return {
        "token": "legacy",
        "team_id": team,
        **({"enterprise_id": enterprise.id} if enterprise else {}),
        "api_app_id": APP_ID,
        "event": {"event_ts": workspace.new_ts(), **event},
        "type": "event_callback",
        "event_id": workspace.new_id("Ev"),
        "event_time": int(workspace.now().timestamp()),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
    }
