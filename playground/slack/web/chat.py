"""chat.*: posting, editing and deleting messages."""

from playground.slack.content import TEXT_IN_UPDATE, read_content, read_metadata
from playground.slack.errors import Refusal
from playground.slack.messages import announce_message, open_direct, post, remove, show_ephemeral
from playground.slack.seed import BOT_ID
from playground.slack.web.method import Caller, Desk, Method, flag, need
from playground.slack.workspace import Room, app_marks
from playground.slack.written import Json


def post_message(desk: Desk, caller: Caller, args: Json) -> Json:
    """chat.postMessage: a new message, in a thread when `thread_ts` is given."""
    room = _target(desk, caller, args)
    _may_post(room, caller)
    content = read_content(desk.workspace, "chat.postMessage", args)
    _must_be_preferred(desk, room, str(content.get("text", "")))
    message = {**content, **_author(desk, caller, args)}
    if args.get("thread_ts"):
        message["thread_ts"] = _thread(room, str(args["thread_ts"]))
    posted = post(desk.workspace, desk.courier, room, message, broadcast=flag(args, "reply_broadcast"))
    return {"channel": room.id, "ts": posted["ts"], "message": posted}


def _must_be_preferred(desk: Desk, room: Room, text: str) -> None:
    """Workspace preferences: who may mention @here and @channel, who may post where everybody is.

    https://docs.slack.dev/reference/methods/chat.postMessage#errors (restricted_action)
    """
    faults = desk.workspace.config.faults
    calls_all = any(mark in text for mark in ("<!here", "<!channel", "<!everyone"))
    if (faults.is_on("slack-no-here") and calls_all) or (
        faults.is_on("slack-no-announcing") and room.is_general
    ):
        raise Refusal("restricted_action")


def post_ephemeral(desk: Desk, caller: Caller, args: Json) -> Json:
    """chat.postEphemeral: shown to one member of a channel, stored nowhere else."""
    room = _target(desk, caller, args)
    user = need(args, "user")
    _may_post(room, caller)
    if user not in room.members:
        raise Refusal("user_not_in_channel")
    content = read_content(desk.workspace, "chat.postEphemeral", args)
    if args.get("thread_ts"):
        content["thread_ts"] = _thread(room, str(args["thread_ts"]))
    return {"message_ts": show_ephemeral(desk.workspace, room, user, content)["ts"]}


def update(desk: Desk, caller: Caller, args: Json) -> Json:
    """chat.update: what is not given stays, except that text alone takes the old blocks away.

    Only an edit of text is marked as edited. https://docs.slack.dev/reference/methods/chat.update
    """
    room = _target(desk, caller, args)
    message = _own_message(room, caller, args, "cant_update_message")
    if room.is_archived:
        raise Refusal("is_archived")
    content = _changes(desk, args)
    if "text" in content and not content["blocks"]:
        content["edited"] = {"user": caller.user, "ts": desk.workspace.new_ts()}
    changed = desk.workspace.put(room, {**message, **content})
    event = {"subtype": "message_changed", "message": changed, "previous_message": message}
    announce_message(desk.courier, room, {**event, "ts": desk.workspace.new_ts(), "hidden": True})
    return {"channel": room.id, "ts": changed["ts"], "text": changed["text"], "message": changed}


def _changes(desk: Desk, args: Json) -> Json:
    """What an update sets; metadata alone is enough, and an empty object takes it away."""
    content: Json = {}
    if args.get("metadata") is None or any(
        args.get(name) is not None for name in ("text", "blocks", "attachments")
    ):
        content = read_content(desk.workspace, "chat.update", args, TEXT_IN_UPDATE)
    if args.get("metadata") is not None:
        content["metadata"] = read_metadata(args["metadata"]) if args["metadata"] else None
    if args.get("text") is None:
        content.pop("text", None)
    elif "blocks" not in content:
        content["blocks"] = []
    return content


def delete(desk: Desk, caller: Caller, args: Json) -> Json:
    """chat.delete: only what the caller posted."""
    room = _target(desk, caller, args)
    message = _own_message(room, caller, args, "cant_delete_message")
    remove(desk.workspace, desk.courier, room, message)
    return {"channel": room.id, "ts": message["ts"]}


def get_permalink(desk: Desk, caller: Caller, args: Json) -> Json:
    """chat.getPermalink."""
    room = _target(desk, caller, args)
    ts = need(args, "message_ts")
    if ts not in room.messages:
        raise Refusal("message_not_found")
    link = f"https://{desk.workspace.config.team.domain}.slack.com/archives/{room.id}/p{ts.replace('.', '')}"
    thread = room.messages[ts].get("thread_ts")
    if thread and thread != ts:
        link += f"?thread_ts={thread}&cid={room.id}"
    return {"channel": room.id, "permalink": link}


def _target(desk: Desk, caller: Caller, args: Json) -> Room:
    """The room to post in; a user id means the direct message with that user."""
    channel = need(args, "channel", "channel_not_found")
    if channel in desk.workspace.people:
        return open_direct(desk.workspace, [channel, caller.user])[0]
    if desk.workspace.config.enterprise and channel not in desk.workspace.rooms:
        raise Refusal("team_not_found" if channel.lower() == channel else "channel_not_found")
    room = desk.workspace.room(channel)
    if room.kind != "channels" and caller.user not in room.members:
        raise Refusal("channel_not_found")
    return room


def _may_post(room: Room, caller: Caller) -> None:
    if room.is_archived:
        raise Refusal("is_archived")
    if caller.user not in room.members and not caller.has("chat:write.public"):
        raise Refusal("not_in_channel")


def _thread(room: Room, thread_ts: str) -> str:
    parent = room.messages.get(thread_ts)
    if parent is None:
        raise Refusal("thread_not_found")
    if parent.get("thread_ts", thread_ts) != thread_ts:
        raise Refusal("cannot_reply_to_message")
    return thread_ts


def _author(desk: Desk, caller: Caller, args: Json) -> Json:
    if not caller.is_bot:
        return {"user": caller.user, "team": desk.workspace.config.team.id}
    author = {"user": caller.user, **app_marks(desk.workspace)}
    if args.get("username") or args.get("icon_emoji") or args.get("icon_url"):
        caller.need("chat:write.customize")
        author |= {"username": args.get("username"), "subtype": "bot_message"}
    return author


def _own_message(room: Room, caller: Caller, args: Json, code: str) -> Json:
    message = room.messages.get(need(args, "ts", "message_not_found"))
    if message is None:
        raise Refusal("message_not_found")
    is_own = message.get("bot_id") == BOT_ID if caller.is_bot else message.get("user") == caller.user
    if not is_own:
        raise Refusal(code)
    return message


METHODS = {
    "chat.postMessage": Method(post_message, ("chat:write",), per_minute=0),
    "chat.postEphemeral": Method(post_ephemeral, ("chat:write",), per_minute=100),
    "chat.update": Method(update, ("chat:write",), per_minute=50),
    "chat.delete": Method(delete, ("chat:write",), per_minute=50),
    "chat.getPermalink": Method(get_permalink, per_minute=0),
}
