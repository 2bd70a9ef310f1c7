"""Messages as they come to be: posted, threaded, shown to one person, removed; and the events they cause."""

from playground.slack.courier import Courier
from playground.slack.seed import BOT_USER
from playground.slack.workspace import Room, Workspace, app_marks
from playground.slack.written import Json


def post(workspace: Workspace, courier: Courier, room: Room, message: Json, broadcast: bool = False) -> Json:
    """Store a new message with a fresh ts, count it in its thread, and send its events."""
    message = {"type": "message", "ts": workspace.new_ts(), **message}
    if broadcast and "thread_ts" in message:
        message["subtype"] = "thread_broadcast"
    workspace.put(room, message)
    if message.get("thread_ts", message["ts"]) != message["ts"]:
        _count_reply(workspace, room, message)
    announce_message(courier, room, message)
    if f"<@{BOT_USER}" in str(message.get("text", "")) and message.get("user") != BOT_USER:
        event = {**message, "type": "app_mention", "channel": room.id}
        if courier.workspace.config.enterprise:
            # In an organization this names the organization, not a workspace (slackapi/bolt-python,
            # extract_actor_team_id).
            event["user_team"] = courier.workspace.config.enterprise.id
        courier.announce("app_mention", event, room)
    return message


def announce_message(courier: Courier, room: Room, event: Json) -> None:
    """Send the `message.*` event that fits the type of the room."""
    kind = {"channels": "channel", "groups": "group"}.get(room.kind, room.kind)
    courier.announce(
        f"message.{room.kind}", {"type": "message", **event, "channel": room.id, "channel_type": kind}, room
    )


def remove(workspace: Workspace, courier: Courier, room: Room, message: Json) -> None:
    """Take a message away, with its pin."""
    room.messages.pop(message["ts"])
    if message["ts"] in room.pins:
        room.pins.remove(message["ts"])
        workspace.tell_room(room)
    workspace.tell({"type": "message_deleted", "channel": room.id, "ts": message["ts"]})
    event = {"subtype": "message_deleted", "deleted_ts": message["ts"], "previous_message": message}
    announce_message(courier, room, {**event, "ts": workspace.new_ts(), "hidden": True})


def show_ephemeral(workspace: Workspace, room: Room, user: str, content: Json) -> Json:
    """Show something of the app's to one user only."""
    shown: Json = {
        "type": "message",
        "subtype": "bot_message",
        "ts": workspace.new_ts(),
        "user": BOT_USER,
        **content,
        **app_marks(workspace),
        "channel": room.id,
        "ephemeral": True,
        "for_user": user,
    }
    workspace.unseen.append(shown)
    workspace.tell({"type": "message", "channel": room.id, "message": shown}, only=user)
    return shown


def add_member(workspace: Workspace, courier: Courier, room: Room, user: str, inviter: str = "") -> None:
    """Let a user into a room, and tell the app."""
    room.members.append(user)
    workspace.tell_room(room)
    event: Json = {"type": "member_joined_channel", "user": user, "channel": room.id}
    event |= {"channel_type": "C" if room.kind == "channels" else "G", "team": workspace.config.team.id}
    if inviter:
        event["inviter"] = inviter
    courier.announce("member_joined_channel", event, room)


def open_direct(workspace: Workspace, users: list[str]) -> tuple[Room, bool]:
    """The direct message between these users, and whether it had been open before.

    Raises Refusal user_not_found.
    """
    members = tuple(sorted({workspace.person(user).id for user in users}))
    for room in workspace.rooms.values():
        if room.im_users == members:
            return room, True
    name = ", ".join(workspace.people[user].name for user in members if user != BOT_USER)
    room = Room(workspace.new_id("D"), name, list(members), im_users=members)
    room.team_id = workspace.where(next((one for one in members if one != BOT_USER), BOT_USER))
    workspace.rooms[room.id] = room
    workspace.tell_room(room)
    return room, False


def _count_reply(workspace: Workspace, room: Room, reply: Json) -> None:
    parent = room.messages.get(reply["thread_ts"])
    if parent is None:
        return
    authors = [*parent.get("reply_users", [])]
    if reply.get("user") not in authors:
        authors.append(reply.get("user"))
    counts = {
        "thread_ts": parent["ts"],
        "reply_count": int(parent.get("reply_count", 0)) + 1,
        "reply_users": authors,
        "reply_users_count": len(authors),
        "latest_reply": reply["ts"],
    }
    workspace.put(room, {**parent, **counts})
