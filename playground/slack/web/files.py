"""files.*: the three steps of an upload, and what became of it."""

import asyncio
from typing import Any

from playground.slack.content import read_content
from playground.slack.errors import Refusal
from playground.slack.messages import post
from playground.slack.seed import BOT_USER
from playground.slack.stored_file import StoredFile
from playground.slack.web.method import Caller, Desk, Method, id_list, need
from playground.slack.workspace import Room, app_marks
from playground.slack.written import Json, objects

ALT_TEXT, CHANNELS = 1_000, 100


def get_upload_url(desk: Desk, caller: Caller, args: Json) -> Json:
    """files.getUploadURLExternal: where to send the bytes of one file.

    https://docs.slack.dev/reference/methods/files.getUploadURLExternal
    """
    name, length = need(args, "filename"), need(args, "length")
    if not length.isdigit():
        raise Refusal("invalid_arguments", ["length must be a number"])
    if int(length) == 0:
        raise Refusal("missing_argument")
    alt = str(args.get("alt_txt") or "")
    if len(alt) > ALT_TEXT:
        raise Refusal("alt_txt_too_large")
    workspace = desk.workspace
    file = StoredFile(
        id=workspace.new_id("F"),
        name=name,
        title=name,
        size=int(length),
        user=caller.user,
        created=int(workspace.now().timestamp()),
        alt_txt=alt,
        snippet_type=str(args.get("snippet_type") or ""),
    )
    workspace.files[file.id] = file
    return {"file_id": file.id, "upload_url": f"{desk.courier.sockets.base_url}/upload/v1/{file.id}"}


def complete(desk: Desk, caller: Caller, args: Json) -> Json:
    """files.completeUploadExternal: makes the files real and shares them, once, as one message each channel.

    Slack answers before it has processed the files: types are empty and the message is not there yet.
    https://docs.slack.dev/reference/methods/files.completeUploadExternal
    """
    given = objects(args.get("files"))
    if not given:
        raise Refusal("invalid_arguments", ["missing required field: files"])
    rooms = _rooms(desk, caller, args)
    files = [_uploaded(desk, caller, entry) for entry in given]
    message = _message(desk, caller, args, rooms)
    for file, entry in zip(files, given, strict=True):
        file.title, file.is_complete = str(entry.get("title") or file.name), True
    answer = {"files": [_card(desk, file) for file in files]}
    desk.courier.run(_process(desk, files, rooms, message))
    return answer


def info(desk: Desk, caller: Caller, args: Json) -> Json:
    """files.info. https://docs.slack.dev/reference/methods/files.info"""
    return {"file": _card(desk, _file(desk, need(args, "file", "file_not_found")))}


async def _process(desk: Desk, files: list[StoredFile], rooms: list[Room], message: Json) -> None:
    """What Slack's job does after the answer: the types become known, then the message appears."""
    await asyncio.sleep(desk.workspace.config.file_processing_s)
    for file in files:
        file.is_processed = True
        file.room_ids += [room.id for room in rooms]
    desk.workspace.news.set()
    for room in rooms:
        cards = [_card(desk, file) for file in files]
        post(desk.workspace, desk.courier, room, {**message, "files": cards, "upload": True})


def _rooms(desk: Desk, caller: Caller, args: Json) -> list[Room]:
    """Where to share; chat:write.public does not reach here: the app must be inside."""
    channels = id_list(args, "channels") or id_list(args, "channel_id")
    if len(channels) > CHANNELS:
        raise Refusal("channels_limit_exceeded")
    rooms = [desk.workspace.room(channel) for channel in channels]
    for room in rooms:
        if caller.user not in room.members:
            raise Refusal("not_in_channel" if room.kind == "channels" else "channel_not_found")
        if room.is_archived:
            raise Refusal("posting_to_channel_denied")
    return rooms


def _message(desk: Desk, caller: Caller, args: Json, rooms: list[Room]) -> Json:
    """The message that will carry the files; a comment hides blocks, as at Slack."""
    message: dict[str, Any] = {"user": caller.user, "text": ""}
    text = str(args.get("initial_comment") or "")
    if text or args.get("blocks"):
        given: Json = {"text": text} if text else {"blocks": args["blocks"]}
        message |= read_content(desk.workspace, "files.completeUploadExternal", given)
    message |= app_marks(desk.workspace) if caller.user == BOT_USER else {}
    if args.get("thread_ts"):
        message["thread_ts"] = str(args["thread_ts"])
        if any(message["thread_ts"] not in room.messages for room in rooms):
            raise Refusal("thread_not_found")
    return message


def _uploaded(desk: Desk, caller: Caller, entry: Json) -> StoredFile:
    """The file of an upload ticket, which is good once. Raises Refusal."""
    file = desk.workspace.files.get(str(entry.get("id")))
    if file is None or file.is_complete or file.user != caller.user:
        raise Refusal("file_not_found")
    if file.content is None:
        raise Refusal("file_update_failed", ["the bytes of the file were not uploaded"])
    return file


def _file(desk: Desk, id: str) -> StoredFile:
    file = desk.workspace.files.get(id)
    if file is None or not file.is_complete:
        raise Refusal("file_not_found")
    return file


def _card(desk: Desk, file: StoredFile) -> Json:
    return file.card(desk.courier.sockets.base_url, desk.workspace.config.team.id)


METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, ("files:write",), per_minute=100, takes_json=False),
    "files.completeUploadExternal": Method(complete, ("files:write",), per_minute=100),
    "files.info": Method(info, ("files:read",), per_minute=100, takes_json=False),
}
