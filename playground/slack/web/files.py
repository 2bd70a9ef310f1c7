"""files.*: the three steps of an upload."""

from typing import Any, cast

from playground.slack.errors import Refusal
from playground.slack.messages import post
from playground.slack.records import Json
from playground.slack.seed import BOT_USER
from playground.slack.web.method import Caller, Desk, Method, id_list, need
from playground.slack.workspace import app_marks


def get_upload_url(desk: Desk, caller: Caller, args: Json) -> Json:
    """files.getUploadURLExternal: where to send the bytes of one file."""
    length = need(args, "length")
    if not length.isdigit() or int(length) == 0:
        raise Refusal("invalid_arguments", ["length must be a positive number"])
    file_id = desk.workspace.new_id("F")
    desk.workspace.files[file_id] = {
        "id": file_id,
        "name": need(args, "filename"),
        "title": str(args.get("title") or args["filename"]),
        "size": int(length),
        "user": caller.user,
        "alt_txt": args.get("alt_txt"),
        "is_done": False,
    }
    return {"file_id": file_id, "upload_url": f"{desk.courier.sockets.base_url}/upload/v1/{file_id}"}


def complete(desk: Desk, caller: Caller, args: Json) -> Json:
    """files.completeUploadExternal: shares the files in channels, as one message each."""
    given = cast("list[Json]", args.get("files") or [])
    if not given:
        raise Refusal("invalid_arguments", ["missing required field: files"])
    files = [_finish(desk, entry) for entry in given]
    for channel in id_list(args, "channels") or id_list(args, "channel_id"):
        room = desk.workspace.room(channel)
        if caller.user not in room.members:
            raise Refusal("not_in_channel" if room.kind == "channels" else "channel_not_found")
        message: dict[str, Any] = {
            "user": caller.user,
            "text": str(args.get("initial_comment") or ""),
            "files": files,
        }
        if caller.user == BOT_USER:
            message |= app_marks(desk.workspace)
        if args.get("thread_ts"):
            message["thread_ts"] = str(args["thread_ts"])
        post(desk.workspace, desk.courier, room, message)
    return {"files": files}


def _finish(desk: Desk, entry: Json) -> Json:
    file = desk.workspace.files.get(str(entry.get("id")))
    if file is None:
        raise Refusal("file_not_found")
    if file["id"] not in desk.workspace.file_bytes:
        raise Refusal("file_update_failed", ["the bytes of the file were not uploaded"])
    file |= {"title": str(entry.get("title") or file["title"]), "is_done": True}
    url = f"{desk.courier.sockets.base_url}/files/{file['id']}"
    mimetype = "image/png" if file["name"].endswith(".png") else "text/plain"
    file |= {"url_private": url, "permalink": url, "mimetype": mimetype}
    return {key: value for key, value in file.items() if key != "is_done"}


METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, ("files:write",), per_minute=100),
    "files.completeUploadExternal": Method(complete, ("files:write",), per_minute=100),
}
