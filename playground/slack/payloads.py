"""The forms of what Slack sends to an app. https://docs.slack.dev/reference/interaction-payloads/"""

from playground.slack.seed import APP_ID
from playground.slack.workspace import Room, Workspace
from playground.slack.written import Json


def slash_form(workspace: Workspace, user: str, room: Room, command: str, text: str) -> Json:
    """The form of a slash command, without its trigger_id and response_url."""
    names = {"groups": "privategroup", "im": "directmessage", "mpim": "mpdm"}
    team = workspace.config.team
    return {
        "token": "legacy",
        "team_id": workspace.people[user].team_id or team.id,
        "team_domain": team.domain,
        "channel_id": room.id,
        "channel_name": names.get(room.kind, room.name),
        "user_id": user,
        "user_name": workspace.people[user].name,
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
    }


def interaction(workspace: Workspace, kind: str, user: str, view_id: str = "") -> Json:
    """What every interactive payload begins with; it carries a fresh trigger_id."""
    person, team = workspace.people[user], workspace.config.team
    team_id = person.team_id or team.id
    return {
        "type": kind,
        "user": {"id": user, "username": person.name, "name": person.name, "team_id": team_id},
        "api_app_id": APP_ID,
        "token": "legacy",
        "team": {"id": team_id, "domain": team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": workspace.new_trigger(user, view_id),
    }


def message_container(room: Room, message: Json, attachment: int) -> Json:
    """Where in a message somebody acted."""
    container: Json = {
        "type": "message_attachment" if attachment else "message",
        "message_ts": message["ts"],
        "channel_id": room.id,
        "is_ephemeral": bool(message.get("ephemeral", False)),
    }
    if attachment:
        container |= {"attachment_id": attachment, "is_app_unfurl": False}
    if message.get("thread_ts"):
        container["thread_ts"] = message["thread_ts"]
    return container


def room_ref(room: Room) -> Json:
    """A channel as interactive payloads name it."""
    names = {"groups": "privategroup", "im": "directmessage", "mpim": "mpdm"}
    return {"id": room.id, "name": names.get(room.kind, room.name)}
