"""The page's way in: state, live events, and what its users do."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import cast
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from playground.faults import FAULTS
from playground.slack.courier import Courier
from playground.slack.errors import Refusal
from playground.slack.person import Person
from playground.slack.response_url import ResponseUrls
from playground.slack.workspace import Room, Workspace, room_card
from playground.slack.written import Ack, Json

Answer = Callable[[Person, Json], Awaitable[Json]]


class PageApi:
    """Serves `/page/*` for one workspace."""

    def __init__(self, workspace: Workspace, courier: Courier, urls: ResponseUrls) -> None:
        self.workspace = workspace
        self.courier = courier
        self.urls = urls

    def routes(self) -> list[BaseRoute]:
        """The routes of the page protocol."""
        doings: dict[str, Answer] = {
            "send": _send,
            "action": _action,
            "suggest": _suggest,
            "view_submit": _view_submit,
            "view_close": _view_close,
            "shortcut": _shortcut,
            "home": _home,
        }
        return [
            Route("/page/state", self.state),
            WebSocketRoute("/page/ws", self.live),
            Route("/page/faults", self.faults, methods=["GET", "POST"]),
            *(
                Route(f"/page/{name}", self._doing(answer), methods=["POST"])
                for name, answer in doings.items()
            ),
        ]

    async def state(self, request: Request) -> Response:
        """Everything the page shows to one user."""
        user = request.query_params.get("user", "")
        if user not in self.workspace.people:
            return JSONResponse({"ok": False, "error": "user_not_found"}, status_code=404)
        return JSONResponse(page_state(self.workspace, user))

    async def faults(self, request: Request) -> Response:
        """The switchboard: read it, or switch one fault."""
        if is_foreign(request):
            return FOREIGN
        if request.method == "POST":
            wanted = cast("Json", json.loads(await request.body()))
            try:
                self.workspace.config.faults.switch(str(wanted.get("id")), bool(wanted.get("on")))
            except KeyError:
                return JSONResponse({"ok": False, "error": "no_such_fault"}, status_code=404)
        return JSONResponse({"ok": True, "faults": fault_cards(self.workspace)})

    async def live(self, socket: WebSocket) -> None:
        """Send one user every change that they may see, until the page goes away."""
        user = socket.query_params.get("user", "")
        if user not in self.workspace.people or is_foreign(socket):
            await socket.close(code=4404)
            return
        await socket.accept()
        queue: asyncio.Queue[Json] = asyncio.Queue()

        def hear(event: Json, only: str | None) -> None:
            if only in (None, user) and _may_see(self.workspace, user, event):
                queue.put_nowait(event)

        stop = self.workspace.listen(hear)
        sender = asyncio.create_task(_pump(queue, socket))
        try:
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            pass
        finally:
            stop()
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)

    def _doing(self, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
        async def run(request: Request) -> Response:
            if is_foreign(request):
                return FOREIGN
            try:
                body = cast("Json", json.loads(await request.body()))
                person = self.workspace.person(str(body.get("user")))
                return JSONResponse(
                    await answer(Person(person.id, self.workspace, self.courier, self.urls), body)
                )
            except Refusal as refusal:
                return JSONResponse({"ok": False, "error": refusal.code})
            except (ValueError, KeyError) as error:
                return JSONResponse({"ok": False, "error": f"bad request: {error}"}, status_code=400)

        return run


FOREIGN = JSONResponse({"ok": False, "error": "another site may not act here"}, status_code=403)


def is_foreign(connection: HTTPConnection) -> bool:
    """Whether a browser says that another site's page makes this request; every site can reach localhost."""
    origin = connection.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != connection.headers.get("host")


async def _send(person: Person, body: Json) -> Json:
    text, thread = str(body["text"]), body.get("thread_ts")
    if text.startswith("/"):
        return _answer(await person.slash(str(body["channel"]), text, thread))
    if not text.strip():
        return {"ok": False, "error": "no_text"}
    await person.say(str(body["channel"]), text, thread)
    return {"ok": True}


async def _action(person: Person, body: Json) -> Json:
    action, state = body["action"], body.get("state")
    values = cast("Json", state).get("values", state) if isinstance(state, dict) else None
    if body.get("view_id"):
        return _answer(await person.act_in_view(str(body["view_id"]), action, values))
    return _answer(await person.act(str(body["channel"]), str(body["message_ts"]), action, values))


async def _suggest(person: Person, body: Json) -> Json:
    typed, view = str(body.get("value") or ""), str(body["view_id"])
    return {"ok": True, "options": await person.type_in(view, str(body["action_id"]), typed)}


async def _view_submit(person: Person, body: Json) -> Json:
    state = cast("Json", body.get("state") or {})
    ack = await person.submit(str(body["view_id"]), cast("Json", state.get("values") or {}))
    return {"ok": True} if ack.error == "client_errors" else _answer(ack)


async def _view_close(person: Person, body: Json) -> Json:
    await person.close(str(body["view_id"]))
    return {"ok": True}


async def _shortcut(person: Person, body: Json) -> Json:
    return _answer(
        await person.shortcut(str(body["callback_id"]), body.get("channel"), body.get("message_ts"))
    )


async def _home(person: Person, body: Json) -> Json:
    await person.open_home()
    return {"ok": True}


def _answer(ack: Ack) -> Json:
    return {"ok": True} if ack.ok else {"ok": False, "error": ack.error}


async def _pump(queue: asyncio.Queue[Json], socket: WebSocket) -> None:
    while True:
        await socket.send_json(await queue.get())


def _may_see(workspace: Workspace, user: str, event: Json) -> bool:
    channel = event.get("channel")
    room_id = str(cast("Json", channel)["id"] if isinstance(channel, dict) else channel or "")
    room = workspace.rooms.get(room_id)
    return room is None or _is_open_to(room, user)


def _is_open_to(room: Room, user: str) -> bool:
    return room.kind == "channels" or user in room.members


def page_state(workspace: Workspace, user: str) -> Json:
    """The answer of /page/state."""
    team = workspace.config.team
    mine = workspace.ephemerals(user)
    rooms = [room for room in workspace.rooms.values() if _is_open_to(room, user)]
    return {
        "me": user,
        "team": {"id": team.id, "name": team.name},
        "users": [
            {
                "id": u.id,
                "name": u.name,
                "real_name": u.real_name,
                "title": u.title,
                "color": u.color,
                "is_bot": u.is_bot,
            }
            for u in workspace.people.values()
        ],
        "channels": [{**room_card(room), "messages": _messages(room, mine)} for room in rooms],
        "commands": [
            {"command": c.command, "description": c.description, "usage_hint": c.usage_hint}
            for c in workspace.manifest.commands
        ],
        "groups": [
            {"id": g.id, "handle": g.handle, "name": g.name, "users": list(g.users)}
            for g in workspace.groups.values()
        ],
        "faults": fault_cards(workspace),
        "views": workspace.views(user),
        "home": workspace.home(user),
    }


def fault_cards(workspace: Workspace) -> list[Json]:
    """Every fault with whether it is on."""
    board = workspace.config.faults
    return [{"id": f.id, "title": f.title, "explains": f.explains, "on": board.is_on(f.id)} for f in FAULTS]


def _messages(room: Room, mine: list[Json]) -> list[Json]:
    shown = [{**message, "channel": room.id} for message in room.messages.values()]
    shown += [message for message in mine if message["channel"] == room.id]
    return sorted(shown, key=lambda message: float(message["ts"]))
