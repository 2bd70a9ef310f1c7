"""Views as they are shown: made from what the app sent, stacked, replaced and closed."""

import secrets

from playground.slack.blocks import initial_state, with_ids
from playground.slack.errors import Refusal
from playground.slack.seed import APP_ID, BOT_ID
from playground.slack.workspace import Workspace
from playground.slack.written import Json


def make_view(workspace: Workspace, view: Json, user: str) -> Json:
    """A view object with Slack's own fields, for this user. Raises Refusal duplicate_external_id."""
    external_id = str(view.get("external_id") or "")
    if external_id and any(shown["external_id"] == external_id for _, shown in workspace.all_views()):
        raise Refusal("duplicate_external_id")
    view_id, enterprise = workspace.new_id("V"), workspace.config.enterprise
    return {
        **_content(view),
        "id": view_id,
        "team_id": workspace.where(user) if enterprise else workspace.config.team.id,
        "app_id": APP_ID,
        "app_installed_team_id": enterprise.id if enterprise else workspace.config.team.id,
        "bot_id": BOT_ID,
        "hash": _new_hash(workspace),
        "root_view_id": view_id,
        "previous_view_id": None,
    }


def show(workspace: Workspace, user: str, stack: list[Json]) -> None:
    """Make this the user's stack of modals and show its top."""
    workspace.modals[user] = stack
    if stack:
        workspace.tell({"type": "view_opened", "view": stack[-1]}, only=user)


def push(workspace: Workspace, user: str, view: Json) -> Json:
    """Put a new view on top of the user's stack."""
    stack = workspace.modals.get(user, [])
    made = make_view(workspace, view, user)
    made |= {"root_view_id": stack[0]["id"], "previous_view_id": stack[-1]["id"]}
    show(workspace, user, [*stack, made])
    return made


def replace(workspace: Workspace, user: str, old: Json, view: Json) -> Json:
    """Show new content in place of an open view; what people typed stays where block and action ids stay."""
    fresh = _content(view)
    kept = old["state"]["values"]
    for block_id, actions in fresh["state"]["values"].items():
        for action_id in actions:
            before = kept.get(block_id, {}).get(action_id)
            if before is not None and before["type"] == actions[action_id]["type"]:
                actions[action_id] = before
    changed = {**old, **fresh, "hash": _new_hash(workspace)}
    if workspace.homes.get(user, {}).get("id") == old["id"]:
        workspace.homes[user] = changed
        workspace.tell({"type": "home", "view": changed}, only=user)
        return changed
    put_view(workspace, user, changed)
    workspace.tell({"type": "view_updated", "view": changed}, only=user)
    return changed


def set_state(workspace: Workspace, user: str, view: Json, values: Json) -> Json:
    """Keep what a person typed so far; the view as it was stays as it was, for those who hold it."""
    typed = {**view, "state": {"values": values}}
    if workspace.homes.get(user, {}).get("id") == view["id"]:
        workspace.homes[user] = typed
    put_view(workspace, user, typed)
    return typed


def put_view(workspace: Workspace, user: str, view: Json) -> None:
    """Store the new form of a view that is in the user's stack."""
    stack = workspace.modals.get(user, [])
    workspace.modals[user] = [view if shown["id"] == view["id"] else shown for shown in stack]


def close(workspace: Workspace, user: str, view: Json, everything: bool = False) -> None:
    """Take a view from the top of the stack, or all of them, and show what was beneath."""
    closed = workspace.modals.get(user, [])
    rest = [] if everything else [shown for shown in closed if shown["id"] != view["id"]]
    workspace.modals[user] = rest
    for gone in closed:
        if gone not in rest:
            workspace.tell({"type": "view_closed", "view_id": gone["id"]}, only=user)
    if rest:
        workspace.tell({"type": "view_updated", "view": rest[-1]}, only=user)


def _content(view: Json) -> Json:
    blocks = with_ids(view["blocks"])
    return {
        "type": view["type"],
        "title": view.get("title"),
        "close": view.get("close"),
        "submit": view.get("submit"),
        "blocks": blocks,
        "private_metadata": view.get("private_metadata", ""),
        "callback_id": view.get("callback_id", ""),
        "external_id": view.get("external_id", ""),
        "clear_on_close": bool(view.get("clear_on_close", False)),
        "notify_on_close": bool(view.get("notify_on_close", False)),
        "state": {"values": initial_state(blocks)},
    }


def _new_hash(workspace: Workspace) -> str:
    return f"{int(workspace.now().timestamp())}.{secrets.token_hex(4)}"
