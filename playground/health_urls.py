"""The health URLs of the five systems, on one port under `/<host>/<path>`.

Sources: the expected answers in miyabi-web-api.md 3.1, usage-metrics-api.md, miyabi-infrastructure.md,
architect-api.md and brutal-patches-api.md. The last two, and the load balancer of Miyabi Infrastructure,
document no body. Two runbooks name `api.example.com`: here, as in the catalog, each of the
two has a host of its own. Any `miyabi-alb-dev…` host is that load balancer.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from playground import patches_traffic
from playground.exposition import CONTENT_TYPE, page
from playground.faults import FaultBoard
from playground.listening import listening

MIYABI = "api.miyabi.dev"
USAGE_METRICS = "usage-metrics.example.com"
MIYABI_INFRA = "miyabi-alb-dev-xxxxx.us-west-2.elb.amazonaws.com"
ARCHITECT = "architect.example.com"
BRUTAL = "api.brutalpatches.com"
JSON = "application/json"


@dataclass(frozen=True)
class Answer:
    """What one URL answers. `body` is sent as JSON unless it is text."""

    body: dict[str, Any] | str
    status: int = 200
    media: str = JSON

    def text(self) -> str:
        """The body as it is sent."""
        return self.body if isinstance(self.body, str) else json.dumps(self.body)


@dataclass(frozen=True)
class Visit:
    """One request that came: the host in its path, the rest of the path, and the status it got."""

    host: str
    path: str
    at: datetime
    status: int


@dataclass
class HealthConfig:
    """How to run it.

    now: the clock, aware. latency_s: seconds before every answer; latencies_s: by host, instead.
    overrides: by host, an answer that replaces those of all its paths. down: hosts that answer 503.
    """

    now: Callable[[], datetime]
    faults: FaultBoard
    latency_s: float = 0.0
    latencies_s: dict[str, float] = field(default_factory=dict[str, float])
    overrides: dict[str, Answer] = field(default_factory=dict[str, Answer])
    down: set[str] = field(default_factory=set[str])


@dataclass
class RunningHealth:
    """The running server: its URL (append `/<host>/<path>`), who came, and since when it runs."""

    config: HealthConfig
    url: str = ""
    visits: list[Visit] = field(default_factory=list[Visit])
    since: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.since = self.config.now()

    def answer(self, host: str, path: str) -> Answer:
        """What this URL answers now."""
        now = self.config.now()
        known = documented(now, up_s=(now - self.since).total_seconds())
        pages = known.get(MIYABI_INFRA if host.startswith("miyabi-alb-dev") else host)
        if pages is None or path not in pages:
            return Answer({"error": "Not Found"}, 404)
        if self.config.faults.is_on("health-down") or host in self.config.down:
            return Answer(unhealthy(pages[path]), 503)
        return self.config.overrides.get(host, pages[path])


def unhealthy(answer: Answer) -> dict[str, Any]:
    """The same answer when all is not well: the database cannot be reached."""
    if isinstance(answer.body, str):
        return {"status": "unhealthy"}
    body = {**answer.body, "status": "unhealthy"}
    if "database" in body:
        database = cast(dict[str, Any], body["database"])
        body["database"] = {**database, "active_connections": 0, "status": "disconnected"}
    return body


def documented(now: datetime, up_s: float = 0.0) -> dict[str, dict[str, Answer]]:
    """Every host with its paths and their answers when all is well. up_s: seconds for which counters grew."""
    stamp = now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z"
    pool = {"active_connections": 2, "idle_connections": 8, "max_connections": 10, "status": "connected"}
    usage = {
        "status": "healthy",
        "timestamp": stamp,
        "service": "ioanyt-delivery-standard",
        "version": "1.0.0",
    }
    detailed = {
        "status": "ok",
        "timestamp": stamp,
        "checks": {"database": {"status": "up"}, "cache": {"status": "up"}, "memory": {"status": "up"}},
    }
    measured = patches_traffic.families(patches_traffic.RAN_BEFORE_S + up_s)
    return {
        MIYABI: {"/api/v1/health": Answer({"status": "ok", "version": "0.1.0", "database": pool})},
        USAGE_METRICS: {"/health": Answer(usage)},
        MIYABI_INFRA: {"/health": Answer({"status": "ok"})},
        ARCHITECT: {"/health": Answer({"status": "ok"})},
        BRUTAL: {
            "/health": Answer({"status": "ok", "timestamp": stamp}),
            "/health/detailed": Answer(detailed),
            "/monitoring/metrics": Answer(page(measured), media=CONTENT_TYPE),
        },
    }


def application(running: RunningHealth) -> Starlette:
    """The ASGI application."""

    async def health(request: Request) -> Response:
        host, path = request.path_params["host"], "/" + request.path_params["path"]
        config = running.config
        await asyncio.sleep(config.latencies_s.get(host, config.latency_s))
        answer = running.answer(host, path)
        running.visits.append(Visit(host, path, config.now(), answer.status))
        return Response(answer.text(), answer.status, media_type=answer.media)

    return Starlette(routes=[Route("/{host}/{path:path}", health, methods=["GET", "HEAD"])])


@asynccontextmanager
async def serve(
    config: HealthConfig, host: str = "127.0.0.1", port: int = 0
) -> AsyncGenerator[RunningHealth, None]:
    """Serve all health URLs."""
    running = RunningHealth(config)
    async with listening(application(running), host, port) as url:
        running.url = url
        yield running
