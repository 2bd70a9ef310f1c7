"""views.*: modals and the App Home."""

from typing import Any

from playground.slack.checks import check_view
from playground.slack.content import file_problems
from playground.slack.errors import Refusal
from playground.slack.modals import make_view, push, replace, show
from playground.slack.web.method import Caller, Desk, Method, need
from playground.slack.written import Json, Refused, as_object

STACK = 3


def open_view(desk: Desk, caller: Caller, args: Json) -> Json:
    """views.open: needs a trigger no older than three seconds; a new modal covers what was open."""
    view = _read_view(desk, "views.open", args)
    trigger = desk.workspace.exchange(need(args, "trigger_id"))
    made = make_view(desk.workspace, view, trigger.user)
    show(desk.workspace, trigger.user, [made])
    return {"view": made}


def push_view(desk: Desk, caller: Caller, args: Json) -> Json:
    """views.push: on top of the view whose interaction gave the trigger, at most three deep."""
    view = _read_view(desk, "views.push", args)
    trigger = desk.workspace.exchange(need(args, "trigger_id"))
    stack = desk.workspace.modals.get(trigger.user, [])
    if not stack or not trigger.view_id:
        raise Refusal("not_found")
    if len(stack) >= STACK:
        raise Refusal("push_limit_reached")
    return {"view": push(desk.workspace, trigger.user, view)}


def update_view(desk: Desk, caller: Caller, args: Json) -> Json:
    """views.update: by id or external id; a hash given must be the current one."""
    view = _read_view(desk, "views.update", args)
    user, old = desk.workspace.view(str(args.get("view_id") or ""), str(args.get("external_id") or ""))
    if args.get("hash") and args["hash"] != old["hash"]:
        raise Refusal("hash_conflict")
    return {"view": replace(desk.workspace, user, old, view)}


def publish(desk: Desk, caller: Caller, args: Json) -> Json:
    """views.publish: the App Home of one user."""
    if not desk.workspace.manifest.has_home:
        raise Refusal("not_enabled")
    view = _read_view(desk, "views.publish", args, kind="home")
    user = desk.workspace.person(need(args, "user_id")).id
    old = desk.workspace.homes.get(user)
    if args.get("hash") and old and args["hash"] != old["hash"]:
        raise Refusal("hash_conflict")
    made = make_view(desk.workspace, view, user)
    if old:
        made |= {"id": old["id"], "root_view_id": old["id"]}
    desk.workspace.homes[user] = made
    desk.workspace.tell({"type": "home", "view": made}, only=user)
    return {"view": made}


def _read_view(desk: Desk, method: str, args: Json, kind: str = "modal") -> Json:
    view: Any = args.get("view")
    why = check_view(view)
    why += file_problems(desk.workspace, as_object(view).get("blocks"))
    if not why and method != "views.update" and view["type"] != kind:
        why = [f"view must be of type {kind} [json-pointer:/view/type]"]
    if why:
        desk.workspace.refused.append(Refused(method, args, why))
        raise Refusal("invalid_arguments", why)
    return view


METHODS = {
    "views.open": Method(open_view, per_minute=100),
    "views.push": Method(push_view, per_minute=100),
    "views.update": Method(update_view, per_minute=100),
    "views.publish": Method(publish, per_minute=100),
}
