"""A small server that speaks the page's protocol, says what it is told and writes down what it heard."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from playground.listening import listening
from tests.waiting import HANGS_S

Json = dict[str, Any]
PAGE = Path(__file__).parents[3] / "playground" / "page"


@dataclass
class Stub:
    """`state` is what the page loads, `heard` what it posted, `answers` what a path answers instead of ok."""

    state: Json
    url: str = ""
    heard: list[tuple[str, Json]] = field(default_factory=list)
    answers: dict[str, Json | Callable[[Json], Json]] = field(default_factory=dict)
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    sockets: dict[str, set[WebSocket]] = field(default_factory=dict)

    async def emit(self, event: Json, user: str | None = None) -> None:
        """Send an event to everyone, or to one user."""
        for owner, sockets in self.sockets.items():
            if user in (None, owner):
                for one in list(sockets):
                    await one.send_json(event)

    async def say(self, channel: str, **message: Any) -> None:
        """Post or change a message, in the state and to the sockets."""
        found = next(c for c in self.state["channels"] if c["id"] == channel)
        found["messages"] = [m for m in found["messages"] if m["ts"] != message["ts"]] + [message]
        await self.emit({"type": "message", "channel": channel, "message": {"channel": channel, **message}})

    def posts(self, path: str) -> list[Json]:
        """The bodies that were posted to a path."""
        return [body for heard, body in self.heard if heard == path]

    async def wait_for(self, path: str, count: int) -> list[Json]:
        """The first posts to a path, once there are so many. Raises TimeoutError."""
        async with asyncio.timeout(HANGS_S):
            while len(self.posts(path)) < count:
                await asyncio.sleep(0.01)
        return self.posts(path)[:count]

    async def drop(self) -> None:
        """Cut every socket."""
        for sockets in self.sockets.values():
            for one in list(sockets):
                with suppress(RuntimeError):
                    await one.close(1012)

    async def on_state(self, request: Request) -> JSONResponse:
        known = {u["id"] for u in self.state["users"]}
        asked = request.query_params.get("user")
        return JSONResponse({**self.state, "me": asked if asked in known else self.state["me"]})

    async def on_post(self, request: Request) -> JSONResponse:
        path, body = request.path_params["name"], await request.json()
        self.heard.append((path, body))
        if path in self.held:
            await self.held[path].wait()
        answer = self.answers.get(path, {"ok": True})
        return JSONResponse(answer(body) if callable(answer) else answer)

    async def on_socket(self, socket: WebSocket) -> None:
        mine = self.sockets.setdefault(socket.query_params["user"], set())
        await socket.accept()
        mine.add(socket)
        with suppress(WebSocketDisconnect, RuntimeError):
            while True:
                await socket.receive_text()
        mine.discard(socket)

    def app(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route("/page/state", self.on_state),
                Route("/page/{name}", self.on_post, methods=["POST"]),
                WebSocketRoute("/page/ws", self.on_socket),
                Mount("/", StaticFiles(directory=PAGE, html=True)),
            ]
        )


@asynccontextmanager
async def serve_stub(state: Json) -> AsyncIterator[Stub]:
    """Serve the page with a state on a free port of loopback."""
    stub = Stub(state)
    async with listening(stub.app(), with_sockets=True) as stub.url:
        yield stub
        await stub.drop()
