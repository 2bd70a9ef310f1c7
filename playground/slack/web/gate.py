"""The one way into the Web API: reading the request, whose token it is, faults, limits, and the record."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from playground.slack.errors import Refusal
from playground.slack.seed import BOT_USER
from playground.slack.web import METHODS
from playground.slack.web.method import Caller, Desk, Method
from playground.slack.web.pace import Buckets
from playground.slack.web.preferences import must_be_allowed
from playground.slack.written import Call, Json

_SECRET = frozenset({"client_secret", "refresh_token"})
JSON_ARGUMENTS = {"blocks", "attachments", "metadata", "view", "files"}


@dataclass
class Gate:
    """Answers every Web API call."""

    desk: Desk
    buckets: Buckets
    faulty_calls: dict[str, int] = field(default_factory=dict[str, int])

    async def answer(self, request: Request) -> Response:
        """Answer one HTTP request to /api/{method}."""
        name = request.path_params["method"]
        try:
            args = await read_args(request, _takes_json(name))
        except Refusal as refusal:
            self._record(name, {}, refusal.code)
            return JSONResponse(refusal.body())
        token = _take_token(request, args)
        if name == "oauth.v2.access":
            args |= _basic(request)
        broken = self._fault(name, args)
        if broken is not None:
            return broken
        try:
            body = self._run(name, token, args)
        except Refusal as refusal:
            if refusal.code == "ratelimited":
                return self._too_many(name, args, float(refusal.more["wait_s"]))
            self._record(name, args, refusal.code)
            return JSONResponse(refusal.body())
        self._record(name, args, "")
        return JSONResponse({"ok": True, **body})

    def _run(self, name: str, token: str, args: Json) -> Json:
        method = METHODS.get(name)
        if method is None:
            raise Refusal("unknown_method", req_method=name)
        caller = self._caller(method, token)
        caller.need(*method.scopes)
        self._need_team(method, caller, args)
        must_be_allowed(self.desk.workspace.config.faults, name)
        self.buckets.take(name, method.per_minute, args)
        try:
            return method.run(self.desk, caller, args)
        except ValueError as error:
            raise Refusal("invalid_arguments", [str(error)]) from error

    def _need_team(self, method: Method, caller: Caller, args: Json) -> None:
        """An organization's token acts in a workspace that it names, and that the app was added to.

        https://docs.slack.dev/enterprise/developing-for-enterprise-orgs;
        slackapi/python-slack-sdk issue 1383 (missing_argument), bolt-js issue 998 (team_access_not_granted).
        """
        if not (method.wants_team and self.desk.workspace.config.enterprise and caller.is_bot):
            return
        if not args.get("team_id"):
            raise Refusal("missing_argument", ["missing required field: team_id"])
        if args["team_id"] not in self.desk.workspace.team_ids:
            raise Refusal("team_access_not_granted")

    def _caller(self, method: Method, token: str) -> Caller:
        workspace = self.desk.workspace
        if not method.token:
            return Caller(BOT_USER, None)
        if not token:
            raise Refusal("not_authed")
        if token == workspace.config.app_token:
            if method.token != "xapp":
                raise Refusal("not_allowed_token_type")
            return Caller(BOT_USER, None)
        if method.token == "xapp":
            raise Refusal("not_allowed_token_type" if token == workspace.config.bot_token else "invalid_auth")
        rotating = workspace.config.rotating
        if rotating and token in rotating.until:
            if workspace.now() >= rotating.until[token]:
                raise Refusal("token_expired")
            return Caller(BOT_USER, workspace.manifest.scopes)
        if token == workspace.config.bot_token and not rotating:
            return Caller(BOT_USER, workspace.manifest.scopes)
        for user in workspace.people.values():
            if user.token and user.token == token:
                return Caller(user.id, None)
        raise Refusal("invalid_auth")

    def _fault(self, name: str, args: Json) -> Response | None:
        faults = self.desk.workspace.config.faults
        if faults.is_on("slack-no-people") and name in {"users.info", "users.list", "usergroups.list"}:
            self._record(name, args, "http_503")
            return Response("service unavailable", status_code=503)
        for fault in ("slack-429", "slack-5xx"):
            if faults.is_on(fault):
                self.faulty_calls[fault] = calls = self.faulty_calls.get(fault, 0) + 1
                if not (calls // 2 if fault == "slack-5xx" else calls + 1) % 2:
                    continue
                if fault == "slack-429":
                    return self._too_many(name, args, 1)
                self._record(name, args, "http_500")
                return Response("server error", status_code=500)
        return None

    def _too_many(self, name: str, args: Json, wait_s: float) -> Response:
        self._record(name, args, "ratelimited")
        headers = {"Retry-After": str(max(1, round(wait_s + 0.499)))}
        return JSONResponse({"ok": False, "error": "ratelimited"}, status_code=429, headers=headers)

    def _record(self, name: str, args: Json, error: str) -> None:
        workspace = self.desk.workspace
        shown = {key: value for key, value in args.items() if key not in _SECRET}
        workspace.calls.append(Call(name, shown, workspace.now(), error))
        workspace.news.set()


async def read_args(request: Request, takes_json: bool = True) -> Json:
    """Arguments from the query, a form or a JSON body; JSON inside a form is read where Slack reads it.

    Raises Refusal invalid_json or json_not_object.
    """
    args: Json = dict(request.query_params)
    body = (await request.body()).decode()
    if request.headers.get("content-type", "").startswith("application/json"):
        found = _read_body(body or "{}")
        args |= found if takes_json else {}
    else:
        args |= dict(parse_qsl(body, keep_blank_values=True))
    for name in JSON_ARGUMENTS & args.keys():
        if isinstance(args[name], str):
            args[name] = _read_json(args[name])
    return args


def _takes_json(name: str) -> bool:
    return name not in METHODS or METHODS[name].takes_json


def _read_body(text: str) -> Json:
    try:
        found: Any = json.loads(text)
    except ValueError as error:
        raise Refusal("invalid_json") from error
    if not isinstance(found, dict):
        raise Refusal("json_not_object")
    return cast("Json", found)


def _read_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _basic(request: Request) -> Json:
    """Client id and secret as oauth.v2.access takes them in the header."""
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    if kind != "Basic":
        return {}
    id, _, secret = base64.b64decode(given).decode().partition(":")
    return {"client_id": id, "client_secret": secret}


def _take_token(request: Request, args: Json) -> str:
    given = str(args.pop("token", "") or "")
    header = request.headers.get("authorization", "")
    return header.removeprefix("Bearer ").strip() if header.startswith("Bearer ") else given
