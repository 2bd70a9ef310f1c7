"""response_url: five answers within thirty minutes to one interaction."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from playground.slack.content import read_content
from playground.slack.courier import Courier
from playground.slack.errors import Refusal
from playground.slack.messages import post, remove, show_ephemeral
from playground.slack.seed import BOT_USER
from playground.slack.workspace import Room, Workspace, app_marks
from playground.slack.written import Json

USES, LIFE = 5, timedelta(minutes=30)


@dataclass
class Reply:
    """One response_url: where it answers, and the message it may replace."""

    room: Room
    user: str
    born: datetime
    message: Json | None = None
    uses: int = 0


class ResponseUrls:
    """All response URLs that were handed out."""

    def __init__(self, workspace: Workspace, courier: Courier) -> None:
        self.workspace = workspace
        self.courier = courier
        self._replies: dict[str, Reply] = {}

    def issue(self, room: Room, user: str, message: Json | None = None) -> str:
        """A fresh URL for an interaction in this room, with the message that was acted on."""
        key = secrets.token_urlsafe(18)
        self._replies[key] = Reply(room, user, self.workspace.now(), message)
        return f"{self.courier.sockets.base_url}/response/{self.workspace.config.team.id}/{key}"

    async def answer(self, request: Request) -> Response:
        """Answer one POST to a response URL."""
        reply = self._replies.get(request.path_params["key"])
        if reply is None or self.workspace.now() - reply.born > LIFE:
            return JSONResponse({"ok": False, "error": "expired_url"}, status_code=404)
        if reply.uses >= USES:
            return JSONResponse({"ok": False, "error": "used_url"}, status_code=404)
        reply.uses += 1
        try:
            show_answer(self.workspace, self.courier, reply, _read(await request.body()), "response_url")
        except ValueError:
            return JSONResponse({"ok": False, "error": "invalid_payload"}, status_code=400)
        except Refusal as refusal:
            return JSONResponse(refusal.body(), status_code=200)
        return PlainTextResponse("ok")


def show_answer(workspace: Workspace, courier: Courier, reply: Reply, body: Json, method: str) -> None:
    """Show what an app answered to an interaction. Raises Refusal as Slack would."""
    original = reply.message
    if body.get("delete_original") and original is not None:
        _delete(workspace, courier, reply.room, original)
        return
    if method == "slash_ack" and not any(body.get(name) for name in ("text", "blocks", "attachments")):
        return
    content = read_content(workspace, method, body)
    if body.get("replace_original") and original is not None:
        _replace(workspace, reply.room, original, content)
        return
    if body.get("thread_ts"):
        content["thread_ts"] = str(body["thread_ts"])
    if body.get("response_type") == "in_channel":
        post(workspace, courier, reply.room, {**content, "user": BOT_USER, **app_marks(workspace)})
        return
    show_ephemeral(workspace, reply.room, reply.user, content)


def _read(body: bytes) -> Json:
    found: Any = json.loads(body)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return cast("Json", found)


def _delete(workspace: Workspace, courier: Courier, room: Room, message: Json) -> None:
    if message["ts"] in room.messages:
        remove(workspace, courier, room, message)
        return
    workspace.unseen[:] = [shown for shown in workspace.unseen if shown["ts"] != message["ts"]]
    event = {"type": "message_deleted", "channel": room.id, "ts": message["ts"]}
    workspace.tell(event, only=message.get("for_user"))


def _replace(workspace: Workspace, room: Room, message: Json, content: Json) -> None:
    current = room.messages.get(message["ts"])
    if current is not None:
        edited = {"user": BOT_USER, "ts": workspace.new_ts()}
        workspace.put(room, {**current, "blocks": [], "attachments": [], **content, "edited": edited})
        return
    for number, shown in enumerate(workspace.unseen):
        if shown["ts"] == message["ts"]:
            changed: Json = {**shown, "blocks": [], "attachments": [], **content}
            workspace.unseen[number] = changed
            workspace.tell(
                {"type": "message", "channel": room.id, "message": changed}, only=changed["for_user"]
            )
