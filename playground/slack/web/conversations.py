"""conversations.*: looking at channels and their history."""

from playground.slack.errors import Refusal
from playground.slack.web.method import Caller, Desk, Method, flag, need, page_of, see_room, team_of
from playground.slack.workspace import Room
from playground.slack.written import Json

KINDS = {"public_channel": "channels", "private_channel": "groups", "mpim": "mpim", "im": "im"}


def _reads(action: str) -> tuple[str, ...]:
    return tuple(f"{kind}:{action}" for kind in KINDS.values())


def info(desk: Desk, caller: Caller, args: Json) -> Json:
    """conversations.info."""
    room = see_room(desk, caller, args)
    card = channel_json(room, caller)
    if flag(args, "include_num_members"):
        card["num_members"] = len(room.members)
    return {"channel": card}


def list_rooms(desk: Desk, caller: Caller, args: Json) -> Json:
    """conversations.list: private rooms only when the caller is inside."""
    found = list(_visible(desk, caller, args))
    cards: list[Json] = [{**channel_json(room, caller), "num_members": len(room.members)} for room in found]
    return page_of(cards, args, "channels")


def of_user(desk: Desk, caller: Caller, args: Json) -> Json:
    """users.conversations: those a user (the caller by default) is in."""
    user = desk.workspace.person(str(args.get("user") or caller.user))
    found = [room for room in _visible(desk, caller, args) if user.id in room.members]
    return page_of([channel_json(room, caller) for room in found], args, "channels")


def members(desk: Desk, caller: Caller, args: Json) -> Json:
    """conversations.members."""
    room = see_room(desk, caller, args)
    page = page_of([{"id": user} for user in room.members], args, "members")
    return {**page, "members": [entry["id"] for entry in page["members"]]}


def history(desk: Desk, caller: Caller, args: Json) -> Json:
    """conversations.history: newest first, thread replies left out unless broadcast."""
    room = see_room(desk, caller, args, "history")
    _inside(room, caller)
    found = [m for m in room.messages.values() if _is_top(m) and _is_between(m, args)]
    return _messages(sorted(found, key=_by_ts, reverse=True), args, room)


def replies(desk: Desk, caller: Caller, args: Json) -> Json:
    """conversations.replies: the parent, then its replies, oldest first."""
    room = see_room(desk, caller, args, "history")
    _inside(room, caller)
    ts = need(args, "ts")
    if ts not in room.messages:
        raise Refusal("thread_not_found")
    found = [m for m in room.messages.values() if m["ts"] == ts or m.get("thread_ts") == ts]
    return _messages(sorted((m for m in found if _is_between(m, args)), key=_by_ts), args, room)


def channel_json(room: Room, caller: Caller) -> Json:
    """A channel object. https://docs.slack.dev/reference/objects/conversation-object/"""
    if room.im_users and room.kind == "im":
        other = next((user for user in room.im_users if user != caller.user), caller.user)
        return {"id": room.id, "created": room.created, "is_im": True, "user": other, "is_archived": False}
    return {
        "id": room.id,
        "name": room.name,
        "name_normalized": room.name,
        "is_channel": room.kind == "channels",
        "is_group": room.kind == "groups",
        "is_im": False,
        "is_mpim": room.kind == "mpim",
        "is_private": room.kind != "channels",
        "is_archived": room.is_archived,
        "is_general": room.is_general,
        "is_member": caller.user in room.members,
        "created": room.created,
        "creator": room.creator,
        "topic": {"value": room.topic, "creator": "", "last_set": 0},
        "purpose": {"value": room.purpose, "creator": "", "last_set": 0},
        "previous_names": [],
    }


def _visible(desk: Desk, caller: Caller, args: Json) -> list[Room]:
    kinds = [KINDS.get(kind.strip(), "") for kind in str(args.get("types") or "public_channel").split(",")]
    if "" in kinds:
        raise Refusal("invalid_types")
    for kind in kinds:
        caller.need(f"{kind}:read")
    return [
        room
        for room in desk.workspace.rooms.values()
        if room.kind in kinds
        and room.team_id == team_of(desk, args)
        and (room.kind == "channels" or caller.user in room.members)
        and not (room.is_archived and flag(args, "exclude_archived"))
    ]


def _inside(room: Room, caller: Caller) -> None:
    if caller.user not in room.members:
        raise Refusal("not_in_channel")


def _by_ts(message: Json) -> float:
    return float(message["ts"])


def _is_top(message: Json) -> bool:
    is_reply = message.get("thread_ts", message["ts"]) != message["ts"]
    return not is_reply or message.get("subtype") == "thread_broadcast"


def _is_between(message: Json, args: Json) -> bool:
    ts, oldest, latest = float(message["ts"]), args.get("oldest"), args.get("latest")
    inclusive = flag(args, "inclusive")
    after = not oldest or ts > float(oldest) or (inclusive and ts == float(oldest))
    before = not latest or ts < float(latest) or (inclusive and ts == float(latest))
    return after and before


def _messages(found: list[Json], args: Json, room: Room) -> Json:
    page = page_of(found, args, "messages")
    with_metadata = flag(args, "include_all_metadata")
    page["messages"] = [
        {key: value for key, value in message.items() if key != "metadata" or (with_metadata and value)}
        | ({"pinned_to": [room.id]} if message["ts"] in room.pins else {})
        for message in page["messages"]
    ]
    return {**page, "has_more": bool(page["response_metadata"]["next_cursor"])}


METHODS = {
    "conversations.info": Method(info, _reads("read"), per_minute=50),
    "conversations.list": Method(list_rooms, _reads("read"), per_minute=20, wants_team=True),
    "users.conversations": Method(of_user, _reads("read"), per_minute=50, wants_team=True),
    "conversations.members": Method(members, _reads("read"), per_minute=100),
    "conversations.history": Method(history, _reads("history"), per_minute=50),
    "conversations.replies": Method(replies, _reads("history"), per_minute=50),
}
