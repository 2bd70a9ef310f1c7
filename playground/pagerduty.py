"""PagerDuty's Events API v2: takes, checks and keeps events, and opens alerts by their dedup key."""

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from playground.aws.ids import Ids
from playground.faults import FaultBoard
from playground.listening import listening
from playground.pagerduty_rest import TOKEN, Account, routes

__all__ = ["TOKEN", "PagerConfig", "RunningPager", "serve"]

ACTIONS = ("trigger", "acknowledge", "resolve")
SEVERITIES = ("critical", "error", "warning", "info")
MOST_BYTES = 512 * 1024
MOST_SUMMARY = 1024
MOST_DEDUP_KEY = 255
ROUTING_KEY = 32


@dataclass
class PagerConfig:
    """How to run it. now: the clock, aware. rate: events a minute for each routing key before a 429."""

    now: Callable[[], datetime]
    faults: FaultBoard
    rate: int = 120


@dataclass(frozen=True)
class Event:
    """One event that was taken."""

    action: str
    dedup_key: str
    routing_key: str
    body: dict[str, Any]
    at: datetime


@dataclass
class Alert:
    """What the events of one dedup key have come to. status: triggered, acknowledged or resolved."""

    dedup_key: str
    routing_key: str
    summary: str
    severity: str
    status: str = "triggered"
    by: str = ""
    email: str = ""
    events: list[Event] = field(default_factory=list[Event])


@dataclass
class RunningPager:
    """The running server: its URL, the events it took, and the alerts they opened."""

    config: PagerConfig
    url: str = ""
    events: list[Event] = field(default_factory=list[Event])
    alerts: dict[tuple[str, str], Alert] = field(default_factory=dict[tuple[str, str], Alert])
    ids: Ids = field(default_factory=lambda: Ids("pagerduty"))
    account: Account = field(default_factory=Account)
    suppressed: set[str] = field(default_factory=set[str])
    """Routing keys of services that are disabled or in maintenance: 202, and no incident follows."""

    def incidents(self, key: str, full: bool = False) -> list[dict[str, Any]]:
        """Incidents of an incident key, as `GET /incidents` lists them.

        full: with `include[]=acknowledgers`, whole users instead of references.
        """
        found = [one for (_, dedup), one in self.alerts.items() if dedup == key]
        shown = [one for one in found if one.routing_key not in self.suppressed]
        return [_incident(one, full) for one in shown]

    def acknowledge(self, key: str, by: str, email: str = "") -> None:
        """Somebody acknowledges in PagerDuty's own app."""
        for (_, dedup), alert in self.alerts.items():
            if dedup == key:
                alert.status, alert.by, alert.email = "acknowledged", by, email

    def take(self, body: dict[str, Any]) -> Event:
        """Keep a checked event and let it do what it says."""
        key = body.get("dedup_key") or self.ids.hex(32)
        event = Event(body["event_action"], key, body["routing_key"], body, self.config.now())
        self.events.append(event)
        alert = self.alerts.get((event.routing_key, key))
        if event.action == "trigger" and (alert is None or alert.status == "resolved"):
            payload = body["payload"]
            alert = Alert(key, event.routing_key, payload["summary"], payload["severity"])
            self.alerts[event.routing_key, key] = alert
        elif alert is not None and alert.status != "resolved" and event.action != "trigger":
            alert.status = {"acknowledge": "acknowledged", "resolve": "resolved"}[event.action]
        if alert is not None:
            alert.events.append(event)
        return event

    def is_too_fast(self, routing_key: str) -> bool:
        """Whether this key has had its events for the last minute."""
        now = self.config.now()
        recent = [
            event
            for event in self.events
            if event.routing_key == routing_key and (now - event.at).total_seconds() < 60
        ]
        return len(recent) >= self.config.rate


def _incident(alert: Alert, full: bool) -> dict[str, Any]:
    """As the REST API shows it: `acknowledgements` name who (developer.pagerduty.com, "Incidents")."""
    who = {"id": "PUSER", "type": "user_reference", "summary": alert.by}
    if full:
        who |= {"type": "user", "name": alert.by, "email": alert.email}
    return {
        "id": f"Q{alert.dedup_key}",
        "type": "incident",
        "incident_key": alert.dedup_key,
        "status": alert.status,
        "title": alert.summary,
        "acknowledgements": [{"at": "", "acknowledger": who}] if alert.by else [],
    }


def faults_of(body: object) -> list[str]:
    """What PagerDuty would say is wrong with this event; empty when nothing is."""
    if not isinstance(body, dict):
        return ["JSON is not an object"]
    event = cast(dict[str, Any], body)
    key, action, dedup = event.get("routing_key"), event.get("event_action"), event.get("dedup_key")
    found: list[str] = []
    if not key:
        found.append("'routing_key' is missing or blank")
    elif not isinstance(key, str) or len(key) != ROUTING_KEY:
        found.append("'routing_key' is invalid (must be 32 characters)")
    if action not in ACTIONS:
        found.append(f"'event_action' is missing or invalid (must be one of {', '.join(ACTIONS)})")
    if dedup is not None and (not isinstance(dedup, str) or len(dedup) > MOST_DEDUP_KEY):
        found.append(f"'dedup_key' is invalid (must be a string of at most {MOST_DEDUP_KEY} characters)")
    if action in {"acknowledge", "resolve"} and not dedup:
        found.append("'dedup_key' is missing or blank")
    if action == "trigger":
        found.extend(payload_faults(event.get("payload")))
    return found


def payload_faults(payload: object) -> list[str]:
    """What is wrong with the payload of a trigger."""
    if not isinstance(payload, dict):
        return ["'payload' is missing or invalid"]
    given = cast(dict[str, Any], payload)
    found = [
        f"'payload.{name}' is missing or blank"
        for name in ("summary", "source", "severity")
        if not given.get(name)
    ]
    if given.get("severity") and given["severity"] not in SEVERITIES:
        found.append(f"'payload.severity' is invalid (must be one of {', '.join(SEVERITIES)})")
    if len(str(given.get("summary", ""))) > MOST_SUMMARY:
        found.append(f"'payload.summary' is longer than {MOST_SUMMARY} characters")
    return found


def invalid(errors: list[str]) -> Response:
    """A refusal with its reasons."""
    body = {"status": "invalid event", "message": "Event object is invalid", "errors": errors}
    return JSONResponse(body, 400)


def application(running: RunningPager) -> Starlette:
    """The ASGI application."""

    async def enqueue(request: Request) -> Response:
        if running.config.faults.is_on("pager-down"):
            return JSONResponse({"status": "error", "message": "Internal Server Error"}, 500)
        raw = await request.body()
        if len(raw) > MOST_BYTES:
            return JSONResponse({"status": "error", "message": "Request entity too large"}, 413)
        try:
            body = json.loads(raw)
        except ValueError:
            return invalid(["JSON cannot be parsed"])
        errors = faults_of(body)
        if errors:
            return invalid(errors)
        if running.is_too_fast(body["routing_key"]):
            return JSONResponse({"status": "throttle exceeded", "message": "Requests are too fast"}, 429)
        event = running.take(body)
        answer = {"status": "success", "message": "Event processed", "dedup_key": event.dedup_key}
        return JSONResponse(answer, 202)

    events = Route("/v2/enqueue", enqueue, methods=["POST"])
    return Starlette(routes=[events, *routes(running.account, running.incidents)])


@asynccontextmanager
async def serve(
    config: PagerConfig, host: str = "127.0.0.1", port: int = 0
) -> AsyncGenerator[RunningPager, None]:
    """Serve the Events API; events go to `<url>/v2/enqueue`."""
    running = RunningPager(config)
    async with listening(application(running), host, port) as url:
        running.url = url
        yield running
