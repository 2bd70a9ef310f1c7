"""The HTTP side: who asks, may they, what for; answers as JSON, Table, text or stream."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from playground.faults import FaultBoard
from playground.kubernetes import deleting, discovery, reading, writing
from playground.kubernetes.access import Account, forbidden
from playground.kubernetes.cluster import Cluster
from playground.kubernetes.logstream import follow, open_log, text_of
from playground.kubernetes.requests import ApiRequest, parse
from playground.kubernetes.resources import CUSTOM, NODE_METRICS, POD_METRICS, Json
from playground.kubernetes.reviews import REVIEWS
from playground.kubernetes.status import Refusal, no_such_path
from playground.kubernetes.tables import table, wants_table
from playground.kubernetes.usage import node_metrics, one_metric, pod_metrics
from playground.kubernetes.watching import Watcher

TOKEN_PATH = "t"  # a path part, not a secret


@dataclass(frozen=True)
class Call:
    """One request as it came. `verb` is Kubernetes' own (`patch`), or empty for discovery.

    rule: what RBAC authorised it by, as `group/resource:verb` (`core` is the group without a name).
    """

    method: str
    verb: str
    path: str
    query: Mapping[str, str]
    body: bytes
    user_agent: str
    user: str
    rule: str = ""

    def json(self) -> Json:
        """The body as an object. Raises ValueError when it is none."""
        return json.loads(self.body)


@dataclass
class Api:
    """Answers requests about one cluster; `calls` keeps every one of them, discovery apart."""

    cluster: Cluster
    accounts: Mapping[str, Account]
    faults: FaultBoard
    slow_s: float
    bookmark_s: float
    calls: list[Call] = field(default_factory=list[Call])
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    turns: Counter[str] = field(default_factory=Counter[str])

    def app(self) -> Starlette:
        """The ASGI application."""
        methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        return Starlette(routes=[Route("/{path:path}", self.answer, methods=methods)])

    async def answer(self, request: Request) -> Response:
        """Answer any request; refusals become Status objects."""
        try:
            return await self._answer(request)
        except Refusal as refusal:
            wait = refusal.details.get("retryAfterSeconds")
            headers = {"Retry-After": str(wait)} if wait else None
            return JSONResponse(refusal.body(), refusal.code, headers)

    async def _answer(self, request: Request) -> Response:
        path, token = _path_and_token(request)
        account = self.accounts.get(token)
        if account is None:
            raise Refusal(401, "Unauthorized")
        await self._suffer(request)
        document = discovery.answer(path) if request.method == "GET" else None
        if document is not None:
            return JSONResponse(document)
        if path in ("healthz", "livez", "readyz"):
            return PlainTextResponse("ok")
        ask = parse(request.method, path, request.query_params)
        agent = request.headers.get("user-agent", "")
        ask = replace(
            ask,
            raw=await request.body(),
            content=request.headers.get("content-type", "application/json").partition(";")[0].strip(),
            manager=ask.query.get("fieldManager") or agent.partition("/")[0] or "unknown",
        )
        query = dict(request.query_params)
        rule, user = _rule(ask), account.user
        self.calls.append(Call(request.method, ask.verb, f"/{path}", query, ask.raw, agent, user, rule))
        if ask.resource in REVIEWS:
            return JSONResponse(REVIEWS[ask.resource](account, ask), 201)
        _authorise(account, ask)
        if ask.resource in CUSTOM and ask.resource not in self.cluster.installed:
            raise no_such_path()
        return self._serve(ask, request.headers.get("accept", ""))

    async def _suffer(self, request: Request) -> None:
        if self.faults.is_on("cloud-slow"):
            await asyncio.sleep(self.slow_s)
        if self.faults.is_on("cloud-throttles"):
            asked = f"{request.method} {request.url}"  # each by itself, so that none is starved by others
            self.turns[asked] += 1
            if self.turns[asked] % 3:
                message = "the server has received too many requests and has asked us to try again later"
                raise Refusal(429, message, details={"retryAfterSeconds": 1})

    def _serve(self, ask: ApiRequest, accept: str) -> Response:
        if ask.sub == "log":
            return self._log(ask)
        if ask.verb == "watch":
            watcher = Watcher(self.cluster.store, ask, self.closing, self.bookmark_s)
            return StreamingResponse(self._watch(watcher, accept), media_type="application/json")
        if ask.resource in (POD_METRICS, NODE_METRICS):
            return JSONResponse(self._metrics(ask))
        if ask.verb in ("get", "list") and ask.sub != "scale":
            return JSONResponse(self._read(ask, accept))
        code = 201 if ask.verb == "create" else 200
        return JSONResponse(_ACTIONS[ask.verb](self.cluster.store, ask), code)

    def _read(self, ask: ApiRequest, accept: str) -> Json:
        store = self.cluster.store
        document = _ACTIONS[ask.verb](store, ask)
        if not wants_table(accept):
            return document
        is_list = ask.verb == "list"
        items = document["items"] if is_list else [document]
        version = document["metadata"]["resourceVersion"]
        meta = document["metadata"] if is_list else {"resourceVersion": version}
        return table(ask.resource, items, meta, store.now(), ask.query.get("includeObject", ""))

    def _metrics(self, ask: ApiRequest) -> Json:
        store = self.cluster.store
        if ask.resource is NODE_METRICS:
            items = node_metrics(store, store.now())
        else:
            items = pod_metrics(store, ask.namespace, store.now())
        if ask.verb == "get":
            return one_metric(items, ask.resource.plural, ask.name)
        return reading.list_page(store, ask, items)

    async def _watch(self, watcher: Watcher, accept: str) -> AsyncIterator[bytes]:
        head, ask = True, watcher.ask
        async for event in watcher.events():
            if wants_table(accept) and event["type"] in ("ADDED", "MODIFIED", "DELETED"):
                item = event["object"]
                meta = {"resourceVersion": item["metadata"]["resourceVersion"]}
                include = ask.query.get("includeObject", "")
                shown = table(ask.resource, [item], meta, self.cluster.store.now(), include, head=head)
                event, head = event | {"object": shown}, False
            yield json.dumps(event, separators=(",", ":")).encode() + b"\n"

    def _log(self, ask: ApiRequest) -> Response:
        _, lines = open_log(self.cluster, ask)
        if ask.flag("follow") and not ask.flag("previous"):
            return StreamingResponse(follow(self.cluster, ask, self.closing), media_type="text/plain")
        return PlainTextResponse(text_of(lines, ask))


_ACTIONS: dict[str, Callable[..., Json]] = {
    "get": reading.get,
    "list": reading.list_page,
    "create": writing.create,
    "update": writing.update,
    "patch": writing.patch,
    "delete": deleting.delete,
    "deletecollection": deleting.delete_many,
}


def _path_and_token(request: Request) -> tuple[str, str]:
    """The path, and the token of the Authorization header or of a leading `/t/<token>`.

    kubectl sends no credentials over plain HTTP; its kubeconfig therefore names the token in the path.
    """
    parts = request.path_params["path"].strip("/").split("/")
    if parts[0] == TOKEN_PATH and len(parts) > 2:
        return "/".join(parts[2:]), parts[1]
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if not parts[0]:
        raise no_such_path()
    return "/".join(parts), token.strip() if scheme.lower() == "bearer" else ""


def _rule(ask: ApiRequest) -> str:
    plural = f"{ask.resource.plural}/{ask.sub}" if ask.sub else ask.resource.plural
    return f"{ask.resource.group or 'core'}/{plural}:{ask.verb}"


def _authorise(account: Account, ask: ApiRequest) -> None:
    plural = f"{ask.resource.plural}/{ask.sub}" if ask.sub else ask.resource.plural
    namespace = ask.name if ask.resource.plural == "namespaces" else ask.namespace
    # Source: the RBAC documentation: lists and watches are those of one object where a field selector
    # asks for metadata.name, so that a rule with resourceNames may allow them.
    selected = re.fullmatch(r"metadata\.name=([^,]+)", ask.query.get("fieldSelector", ""))
    name = ask.name or (selected[1] if selected else "")
    if not account.may(ask.verb, ask.resource.group, plural, namespace, name):
        raise forbidden(account, ask.verb, ask.resource, ask.sub, ask.namespace, ask.name)
