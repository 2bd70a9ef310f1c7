"""Socket Mode: the app's WebSockets, and envelopes sent over them. https://docs.slack.dev/apis/events-api/using-socket-mode/"""

import asyncio
import contextlib
import json
import secrets
import uuid
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from playground.slack.seed import APP_ID
from playground.slack.written import Ack, Json, as_object


@dataclass
class Link:
    """One connection of the app, and the envelopes that wait for its acknowledgement."""

    socket: WebSocket
    waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict[str, "asyncio.Future[Json]"])
    is_leaving: bool = False


class SocketMode:
    """All connections of the app; every envelope goes to one of them, in turn."""

    def __init__(self, ack_timeout_s: float) -> None:
        self.ack_timeout_s = ack_timeout_s
        self.links: list[Link] = []
        self.base_url = ""
        self._tickets: set[str] = set()
        self._turn = 0

    def issue_url(self) -> str:
        """A WebSocket URL that may be connected to once."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return f"{self.base_url.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={APP_ID}"

    async def serve(self, socket: WebSocket) -> None:
        """Hold one connection until it ends."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets:
            await socket.close(code=4403)
            return
        self._tickets.discard(ticket)
        await socket.accept()
        link = Link(socket)
        self.links.append(link)
        try:
            await socket.send_json(self._hello())
            while True:
                _take_ack(link, await socket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            self._drop(link)

    async def send(self, kind: str, payload: Json, attempt: int, reason: str) -> Ack:
        """Send one envelope and wait for its acknowledgement."""
        link = self._choose()
        if link is None:
            return Ack(0, error="dispatch_failed")
        envelope = _envelope(kind, payload, attempt, reason)
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        link.waiting[envelope["envelope_id"]] = answer
        try:
            await link.socket.send_json(envelope)
            async with asyncio.timeout(self.ack_timeout_s):
                return Ack(200, await answer)
        except TimeoutError:
            return Ack(0, error="operation_timeout")
        except (WebSocketDisconnect, RuntimeError, ConnectionError):
            return Ack(0, error="dispatch_failed")
        finally:
            link.waiting.pop(envelope["envelope_id"], None)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every connected client to come again, then close, as Slack does when it moves a connection."""
        for link in list(self.links):
            link.is_leaving = True
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await link.socket.send_json({"type": "disconnect", "reason": reason, "debug_info": _debug()})
                await link.socket.close()

    def _choose(self) -> Link | None:
        live = [
            x for x in self.links if x.socket.client_state is WebSocketState.CONNECTED and not x.is_leaving
        ]
        if not live:
            return None
        self._turn += 1
        return live[self._turn % len(live)]

    def _drop(self, link: Link) -> None:
        self.links.remove(link)
        for answer in link.waiting.values():
            if not answer.done():
                answer.set_exception(ConnectionError("the app closed its connection"))

    def _hello(self) -> Json:
        info = {"app_id": APP_ID}
        return {
            "type": "hello",
            "num_connections": len(self.links),
            "connection_info": info,
            "debug_info": _debug(),
        }


def _debug() -> dict[str, Any]:
    return {"host": "local", "build_number": 1, "approximate_connection_time": 3600}


def _envelope(kind: str, payload: Json, attempt: int, reason: str) -> Json:
    envelope: Json = {
        "envelope_id": str(uuid.uuid4()),
        "type": kind,
        "payload": payload,
        "accepts_response_payload": kind != "events_api",
    }
    if kind == "events_api":
        envelope |= {"retry_attempt": attempt, "retry_reason": reason}
    return envelope


def _take_ack(link: Link, text: str) -> None:
    """Match an acknowledgement to its envelope; anything else that a client says is ignored."""
    try:
        said: Json = json.loads(text)
    except ValueError:
        return
    answer = link.waiting.get(str(said.get("envelope_id", "")))
    if answer is not None and not answer.done():
        body: Any = said.get("payload") or {}
        answer.set_result(as_object(body) if isinstance(body, dict) else {"text": str(body)})
