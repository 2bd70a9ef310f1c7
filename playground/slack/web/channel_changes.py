"""conversations.*: making channels and changing them."""

import re

from playground.slack.errors import Refusal
from playground.slack.messages import add_member, open_direct, post
from playground.slack.web.conversations import channel_json
from playground.slack.web.method import Caller, Desk, Method, flag, id_list, need, see_room, team_of
from playground.slack.workspace import Room
from playground.slack.written import Json

NAME = re.compile(r"[\w-]{1,80}")
TOPIC_LENGTH = 250
MANAGE = ("channels:manage", "groups:write", "channels:write")


def create(desk: Desk, caller: Caller, args: Json) -> Json:
    """conversations.create: the caller is its first member."""
    is_private = flag(args, "is_private")
    caller.need(*(("groups:write",) if is_private else ("channels:manage", "channels:write")))
    workspace = desk.workspace
    name = _new_name(desk, args)
    room = Room(workspace.new_id("C"), name, [caller.user], is_private=is_private, creator=caller.user)
    room.team_id = team_of(desk, args) or workspace.config.team.id
    room.created = int(workspace.now().timestamp())
    workspace.rooms[room.id] = room
    workspace.tell_room(room)
    created = {"id": room.id, "name": name, "created": room.created, "creator": caller.user}
    desk.courier.announce("channel_created", {"type": "channel_created", "channel": created})
    return {"channel": channel_json(room, caller)}


def join(desk: Desk, caller: Caller, args: Json) -> Json:
    """conversations.join: public channels only."""
    room = desk.workspace.room(need(args, "channel", "channel_not_found"))
    if room.kind != "channels":
        raise Refusal("method_not_supported_for_channel_type")
    _live(room)
    if caller.user in room.members:
        return {"channel": channel_json(room, caller), "warning": "already_in_channel"}
    add_member(desk.workspace, desk.courier, room, caller.user)
    return {"channel": channel_json(room, caller)}


def invite(desk: Desk, caller: Caller, args: Json) -> Json:
    """conversations.invite: all or, with `force`, those that can be."""
    room = _managed(desk, caller, args, "write.invites")
    errors = [_invite_error(desk, room, caller, user) for user in id_list(args, "users")]
    if not errors:
        raise Refusal("no_user")
    wrong: list[Json] = [error for error in errors if not error["ok"]]
    if wrong and (not flag(args, "force") or len(wrong) == len(errors)):
        raise Refusal(str(wrong[0]["error"]), errors=wrong)
    for error in errors:
        if error["ok"]:
            add_member(desk.workspace, desk.courier, room, str(error["user"]), inviter=caller.user)
    return {"channel": channel_json(room, caller), **({"errors": wrong} if wrong else {})}


def set_topic(desk: Desk, caller: Caller, args: Json) -> Json:
    """conversations.setTopic: also posts Slack's own line in the channel."""
    room = _managed(desk, caller, args, "write.topic")
    room.topic = _short(args, "topic")
    desk.workspace.tell_room(room)
    text = f"set the channel topic: {room.topic}"
    post(
        desk.workspace,
        desk.courier,
        room,
        {"user": caller.user, "text": text, "subtype": "channel_topic", "topic": room.topic},
    )
    return {"channel": channel_json(room, caller)}


def set_purpose(desk: Desk, caller: Caller, args: Json) -> Json:
    """conversations.setPurpose."""
    room = _managed(desk, caller, args, "write.topic")
    room.purpose = _short(args, "purpose")
    desk.workspace.tell_room(room)
    return {"channel": channel_json(room, caller), "purpose": room.purpose}


def archive(desk: Desk, caller: Caller, args: Json) -> Json:
    """conversations.archive."""
    room = see_room(desk, caller, args, "manage")
    if room.is_archived:
        raise Refusal("already_archived")
    if room.is_general:
        raise Refusal("cant_archive_general")
    _inside(room, caller)
    room.is_archived = True
    desk.workspace.tell_room(room)
    event = {"type": "channel_archive", "channel": room.id, "user": caller.user}
    desk.courier.announce("channel_archive", event, room)
    return {}


def unarchive(desk: Desk, caller: Caller, args: Json) -> Json:
    """conversations.unarchive."""
    room = see_room(desk, caller, args, "manage")
    if not room.is_archived:
        raise Refusal("not_archived")
    room.is_archived = False
    desk.workspace.tell_room(room)
    return {}


def rename(desk: Desk, caller: Caller, args: Json) -> Json:
    """conversations.rename: only by whoever created the channel."""
    room = _managed(desk, caller, args)
    if room.creator != caller.user:
        raise Refusal("not_authorized")
    room.name = _new_name(desk, args)
    desk.workspace.tell_room(room)
    return {"channel": channel_json(room, caller)}


def open_room(desk: Desk, caller: Caller, args: Json) -> Json:
    """conversations.open: a direct message with one user, or a group of up to eight."""
    if args.get("channel"):
        room, was_open = see_room(desk, caller, args), True
        if not room.im_users:
            raise Refusal("method_not_supported_for_channel_type")
    else:
        users = id_list(args, "users")
        if not users:
            raise Refusal("users_list_not_supplied")
        if len(users) > 8:
            raise Refusal("too_many_users")
        room, was_open = open_direct(desk.workspace, [*users, caller.user])
    card = channel_json(room, caller) if flag(args, "return_im") else {"id": room.id}
    return {"channel": card, **({"no_op": True, "already_open": True} if was_open else {})}


def _managed(desk: Desk, caller: Caller, args: Json, action: str = "manage") -> Room:
    room = see_room(desk, caller, args, action)
    _inside(room, caller)
    _live(room)
    return room


def _inside(room: Room, caller: Caller) -> None:
    if caller.user not in room.members:
        raise Refusal("not_in_channel")


def _live(room: Room) -> None:
    if room.is_archived:
        raise Refusal("is_archived")


def _short(args: Json, name: str) -> str:
    text = str(args.get(name) or "")
    if len(text) > TOPIC_LENGTH:
        raise Refusal("too_long")
    return text


def _new_name(desk: Desk, args: Json) -> str:
    name = str(args.get("name") or "").removeprefix("#")
    if not name:
        raise Refusal("invalid_name_required")
    if len(name) > 80:
        raise Refusal("invalid_name_maxlength")
    if not NAME.fullmatch(name) or name != name.lower():
        raise Refusal("invalid_name_specials")
    if not any(letter.isalnum() for letter in name):
        raise Refusal("invalid_name_punctuation")
    team = team_of(desk, args) or desk.workspace.config.team.id
    taken = [one for one in desk.workspace.rooms.values() if one.name == name and not one.im_users]
    if any(one.team_id == team for one in taken):
        raise Refusal("name_taken")
    return name


def _invite_error(desk: Desk, room: Room, caller: Caller, user: str) -> Json:
    code = ""
    if user not in desk.workspace.people:
        code = "user_not_found"
    elif user == caller.user:
        code = "cant_invite_self"
    elif user in room.members:
        code = "already_in_channel"
    elif desk.workspace.config.enterprise and room.team_id not in desk.workspace.teams_of(user):
        code = "org_user_not_in_team"
    elif desk.workspace.config.faults.is_on("slack-no-inviting"):
        code = "no_permission"
    return {"user": user, "ok": not code, "error": code}


METHODS = {
    "conversations.create": Method(create, MANAGE, per_minute=20, wants_team=True),
    "conversations.join": Method(join, ("channels:join",), per_minute=50),
    "conversations.invite": Method(invite, (*MANAGE, "channels:write.invites"), per_minute=50),
    "conversations.setTopic": Method(set_topic, (*MANAGE, "channels:write.topic"), per_minute=20),
    "conversations.setPurpose": Method(set_purpose, (*MANAGE, "channels:write.topic"), per_minute=20),
    "conversations.archive": Method(archive, MANAGE, per_minute=20),
    "conversations.unarchive": Method(unarchive, MANAGE, per_minute=20),
    "conversations.rename": Method(rename, MANAGE, per_minute=20),
    "conversations.open": Method(open_room, ("im:write", "mpim:write"), per_minute=50),
}
