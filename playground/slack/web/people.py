"""auth.test, users.*, usergroups.* and apps.connections.open: who is who."""

from datetime import timedelta

from playground.slack.errors import Refusal
from playground.slack.seed import APP_ID, BOT_ID, BOT_USER, Group, User
from playground.slack.web.method import Caller, Desk, Method, flag, need, page_of, team_of
from playground.slack.written import Json


def api_test(desk: Desk, caller: Caller, args: Json) -> Json:
    """api.test: echoes, or fails as it is asked to."""
    if args.get("error"):
        raise Refusal(str(args["error"]), args=args)
    return {"args": args}


def auth_test(desk: Desk, caller: Caller, args: Json) -> Json:
    """auth.test: whose token this is. An organization's is of no workspace, and its team the organization.

    slackapi/bolt-python, AuthorizeResult.from_auth_test_response.
    """
    team, enterprise = desk.workspace.config.team, desk.workspace.config.enterprise
    found = {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "team_id": team.id,
        "user": desk.workspace.people[caller.user].name,
        "user_id": caller.user,
        "is_enterprise_install": False,
    }
    if enterprise and caller.is_bot:
        found |= {"team": enterprise.name, "team_id": enterprise.id, "enterprise_id": enterprise.id}
        found["is_enterprise_install"] = True
    return {**found, "bot_id": BOT_ID} if caller.is_bot else found


def auth_teams(desk: Desk, caller: Caller, args: Json) -> Json:
    """auth.teams.list: the workspaces that an organization's app was added to.

    https://docs.slack.dev/reference/methods/auth.teams.list
    """
    enterprise = desk.workspace.config.enterprise
    teams = {one.id: one for one in (desk.workspace.config.team, *(enterprise.teams if enterprise else ()))}
    listed: list[Json] = [{"id": one, "name": teams[one].name} for one in desk.workspace.team_ids]
    return page_of(listed, args, "teams")


def refresh(desk: Desk, caller: Caller, args: Json) -> Json:
    """oauth.v2.access, grant_type=refresh_token: a new pair; the refresh token that was used is revoked.

    https://docs.slack.dev/reference/methods/oauth.v2.access
    """
    rotating = desk.workspace.config.rotating
    if rotating is None or args.get("client_id") != rotating.client_id:
        raise Refusal("invalid_client_id")
    if args.get("client_secret") != rotating.client_secret:
        raise Refusal("bad_client_secret")
    if args.get("grant_type") != "refresh_token":
        raise Refusal("invalid_grant_type")
    if args.get("refresh_token") != rotating.refresh:
        raise Refusal("invalid_refresh_token")
    access, rotating.refresh = desk.workspace.new_id("xoxe.xoxb-1-"), desk.workspace.new_id("xoxe-1-")
    rotating.until[access] = desk.workspace.now() + timedelta(seconds=rotating.life_s)
    return {
        "access_token": access,
        "refresh_token": rotating.refresh,
        "expires_in": int(rotating.life_s),
        "token_type": "bot",
        "bot_user_id": BOT_USER,
        "app_id": APP_ID,
    }


def user_info(desk: Desk, caller: Caller, args: Json) -> Json:
    """users.info."""
    return {"user": user_json(desk, desk.workspace.person(need(args, "user", "user_not_found")), caller)}


def users_list(desk: Desk, caller: Caller, args: Json) -> Json:
    """users.list."""
    workspace, team = desk.workspace, team_of(desk, args)
    found = [
        user for user in workspace.people.values() if user.team_id or team in workspace.teams_of(user.id)
    ]
    people = [user_json(desk, user, caller) for user in found]
    return {**page_of(people, args, "members"), "cache_ts": int(desk.workspace.now().timestamp())}


def by_email(desk: Desk, caller: Caller, args: Json) -> Json:
    """users.lookupByEmail: the person of an address, whatever its case; no deactivated one.

    https://docs.slack.dev/reference/methods/users.lookupByEmail (users_not_found; scope users:read.email)
    """
    email = need(args, "email", "users_not_found").casefold()
    for user in desk.workspace.people.values():
        if user.email and user.email.casefold() == email and not user.is_deleted:
            return {"user": user_json(desk, user, caller)}
    raise Refusal("users_not_found")


def groups_list(desk: Desk, caller: Caller, args: Json) -> Json:
    """usergroups.list."""
    with_users, team = flag(args, "include_users"), team_of(desk, args)
    first = desk.workspace.config.team.id
    found = [group for group in desk.workspace.groups.values() if (group.team_id or first) == team]
    return {"usergroups": [group_json(desk, group, with_users) for group in found]}


def group_users(desk: Desk, caller: Caller, args: Json) -> Json:
    """usergroups.users.list."""
    group = desk.workspace.groups.get(need(args, "usergroup"))
    if group is None:
        raise Refusal("no_such_subteam")
    return {"users": list(group.users)}


def open_connection(desk: Desk, caller: Caller, args: Json) -> Json:
    """apps.connections.open: a WebSocket URL for Socket Mode."""
    return {"url": desk.courier.sockets.issue_url()}


def user_json(desk: Desk, user: User, caller: Caller) -> Json:
    """A user object; the address only for those who were granted it."""
    enterprise = desk.workspace.config.enterprise
    team = user.team_id or desk.workspace.teams_of(user.id)[0]
    of_org: Json = {}
    if enterprise and not user.team_id and not user.is_bot:
        teams = list(desk.workspace.teams_of(user.id))
        of_org = {"enterprise_user": {"id": user.id, "enterprise_id": enterprise.id, "teams": teams}}
    profile: Json = {
        "real_name": user.real_name or user.name,
        "display_name": user.name,
        "title": user.title,
        "team": team,
    }
    if user.email and caller.has("users:read.email"):
        profile["email"] = user.email
    if user.is_bot:
        profile |= {"bot_id": BOT_ID, "api_app_id": APP_ID}
    return {
        "id": user.id,
        "team_id": team,
        "name": user.name,
        "deleted": user.is_deleted,
        "color": user.color,
        "real_name": profile["real_name"],
        "tz": user.tz,
        "tz_offset": user.tz_offset_s,
        "profile": profile,
        "is_admin": False,
        "is_owner": False,
        "is_restricted": user.is_guest,
        "is_ultra_restricted": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "is_stranger": bool(user.team_id),
        **of_org,
    }


def group_json(desk: Desk, group: Group, with_users: bool) -> Json:
    """A user group object."""
    card: Json = {
        "id": group.id,
        "team_id": group.team_id or desk.workspace.config.team.id,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "user_count": len(group.users),
        "date_delete": 0,
    }
    return {**card, "users": list(group.users)} if with_users else card


METHODS = {
    "api.test": Method(api_test, per_minute=0, token=""),
    "auth.test": Method(auth_test, per_minute=0),
    "auth.teams.list": Method(auth_teams, per_minute=20),
    "oauth.v2.access": Method(refresh, per_minute=0, token=""),
    "users.info": Method(user_info, ("users:read",), per_minute=100),
    "users.list": Method(users_list, ("users:read",), per_minute=20, wants_team=True),
    "users.lookupByEmail": Method(by_email, ("users:read.email",), per_minute=50),
    "usergroups.list": Method(groups_list, ("usergroups:read",), per_minute=20, wants_team=True),
    "usergroups.users.list": Method(group_users, ("usergroups:read",), per_minute=20),
    "apps.connections.open": Method(open_connection, ("connections:write",), per_minute=1000, token="xapp"),
}
