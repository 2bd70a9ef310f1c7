"""The forms of what Slack sends to an app. https://docs.slack.dev/reference/interaction-payloads/"""

from playground.slack.seed import APP_ID
from playground.slack.workspace import Room, Workspace
from playground.slack.written import Json


def slash_form(workspace: Workspace, user: str, room: Room, command: str, text: str) -> Json:
    """The form of a slash command, without its trigger_id and response_url."""
    names = {"groups": "privategroup", "im": "directmessage", "mpim": "mpdm"}
    team, enterprise = workspace.config.team, workspace.config.enterprise
    org: Json = {"is_enterprise_install": "false"}
    if enterprise:
        org = {
            "is_enterprise_install": "true",
            "enterprise_id": enterprise.id,
            "enterprise_name": enterprise.name,
        }
    return {
        "token": "legacy",
        "team_id": workspace.where(user, room),
        "team_domain": team.domain,
        **org,
        "channel_id": room.id,
        "channel_name": names.get(room.kind, room.name),
        "user_id": user,
        "user_name": workspace.people[user].name,
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
    }


def interaction(
    workspace: Workspace, kind: str, user: str, view_id: str = "", room: Room | None = None
) -> Json:
    """What every interactive payload begins with; it carries a fresh trigger_id.

    With an organization's install `team` is null for what is in no channel: views and global shortcuts
    (slackapi/bolt-python, extract_team_id).
    """
    person, team = workspace.people[user], workspace.config.team
    enterprise = None if person.team_id else workspace.config.enterprise
    team_id = workspace.where(user, room)
    named: Json | None = {"id": team_id, "domain": team.domain}
    if enterprise:
        of_org = {"enterprise_id": enterprise.id, "enterprise_name": enterprise.name}
        named = {"id": team_id, "domain": team.domain, **of_org} if room is not None else None
    return {
        "type": kind,
        "user": {"id": user, "username": person.name, "name": person.name, "team_id": team_id},
        "api_app_id": APP_ID,
        "token": "legacy",
        "team": named,
        "enterprise": {"id": enterprise.id, "name": enterprise.name} if enterprise else None,
        "is_enterprise_install": enterprise is not None,
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
