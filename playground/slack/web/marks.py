"""pins.*, reactions.* and bookmarks.*: what is marked in a channel."""

from playground.slack.errors import Refusal
from playground.slack.web.method import Caller, Desk, Method, need
from playground.slack.workspace import Room
from playground.slack.written import Json

PINS_IN_CHANNEL = 100


def pin(desk: Desk, caller: Caller, args: Json) -> Json:
    """pins.add."""
    room, message = _message(desk, caller, args, "timestamp")
    if message["ts"] in room.pins:
        raise Refusal("already_pinned")
    if len(room.pins) >= PINS_IN_CHANNEL:
        raise Refusal("too_many_pins")
    room.pins.append(message["ts"])
    desk.workspace.tell_room(room)
    event = {"type": "pin_added", "user": caller.user, "channel_id": room.id}
    desk.courier.announce("pin_added", {**event, "item": {"type": "message", "message": message}}, room)
    return {}


def unpin(desk: Desk, caller: Caller, args: Json) -> Json:
    """pins.remove."""
    room, message = _message(desk, caller, args, "timestamp")
    if message["ts"] not in room.pins:
        raise Refusal("no_pin")
    room.pins.remove(message["ts"])
    desk.workspace.tell_room(room)
    return {}


def list_pins(desk: Desk, caller: Caller, args: Json) -> Json:
    """pins.list: the newest pin first."""
    room = _inside(desk, caller, args)
    items = [
        {"type": "message", "channel": room.id, "message": room.messages[ts]} for ts in reversed(room.pins)
    ]
    return {"items": items}


def react(desk: Desk, caller: Caller, args: Json) -> Json:
    """reactions.add."""
    room, message = _message(desk, caller, args, "timestamp")
    name = need(args, "name", "no_reaction").strip(":")
    users = _users(message, name)
    if caller.user in users:
        raise Refusal("already_reacted")
    _set_reaction(desk, room, message, name, [*users, caller.user])
    event = {
        "type": "reaction_added",
        "user": caller.user,
        "reaction": name,
        "item_user": message.get("user"),
    }
    item = {"type": "message", "channel": room.id, "ts": message["ts"]}
    desk.courier.announce("reaction_added", {**event, "item": item}, room)
    return {}


def unreact(desk: Desk, caller: Caller, args: Json) -> Json:
    """reactions.remove."""
    room, message = _message(desk, caller, args, "timestamp")
    name = need(args, "name", "no_reaction").strip(":")
    users = _users(message, name)
    if caller.user not in users:
        raise Refusal("no_reaction")
    _set_reaction(desk, room, message, name, [user for user in users if user != caller.user])
    return {}


def bookmark(desk: Desk, caller: Caller, args: Json) -> Json:
    """bookmarks.add: a link at the top of a channel."""
    room = _inside(desk, caller, {"channel": need(args, "channel_id")})
    if args.get("type") != "link" or not args.get("link"):
        raise Refusal("invalid_bookmark_type" if args.get("type") != "link" else "invalid_link")
    marked = {
        "id": desk.workspace.new_id("Bk"),
        "channel_id": room.id,
        "title": need(args, "title"),
        "link": str(args["link"]),
        "emoji": args.get("emoji"),
        "type": "link",
    }
    room.bookmarks.append(marked)
    desk.workspace.tell_room(room)
    return {"bookmark": marked}


def _inside(desk: Desk, caller: Caller, args: Json) -> Room:
    room = desk.workspace.room(need(args, "channel", "channel_not_found"))
    if caller.user not in room.members:
        raise Refusal("not_in_channel" if room.kind == "channels" else "channel_not_found")
    if room.is_archived:
        raise Refusal("is_archived")
    return room


def _message(desk: Desk, caller: Caller, args: Json, ts_name: str) -> tuple[Room, Json]:
    room = _inside(desk, caller, args)
    message = room.messages.get(need(args, ts_name, "no_item_specified"))
    if message is None:
        raise Refusal("message_not_found")
    return room, message


def _users(message: Json, name: str) -> list[str]:
    found = [entry for entry in message.get("reactions", []) if entry["name"] == name]
    return list(found[0]["users"]) if found else []


def _set_reaction(desk: Desk, room: Room, message: Json, name: str, users: list[str]) -> None:
    others = [entry for entry in message.get("reactions", []) if entry["name"] != name]
    mine = [{"name": name, "users": users, "count": len(users)}] if users else []
    desk.workspace.put(room, {**message, "reactions": [*others, *mine]})


METHODS = {
    "pins.add": Method(pin, ("pins:write",)),
    "pins.remove": Method(unpin, ("pins:write",)),
    "pins.list": Method(list_pins, ("pins:read",)),
    "reactions.add": Method(react, ("reactions:write",)),
    "reactions.remove": Method(unreact, ("reactions:write",)),
    "bookmarks.add": Method(bookmark, ("bookmarks:write",)),
}
