"""Deliveries: each endpoint is told in order, again and again until it takes it, or given up after a day."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import structlog
from pydantic import AwareDatetime, ValidationError

from bot.gate import streams
from bot.gate.projections import Projection
from bot.ids import TimerId
from bot.reactions import Later
from bot.slack.operators import Operators
from bot.views.message import Message, safe
from model.events import Actor, RecordedEvent
from model.incidents.state import Incident
from model.incidents.webhook import TOLD, payload
from model.ports.journal import Commit, Journal, Kept
from model.standard_webhooks import headers
from model.value import Value

_LOG = structlog.get_logger()

TIMEOUT_S = 10.0
"""Seconds that an endpoint has to answer."""

WAITS = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 3600))
"""How long until it is tried again, after each failure; the last one for all that follow."""

GIVEN_UP = timedelta(days=1)
KEPT = timedelta(days=90)
"""How long it is known up to where an endpoint was told of an incident."""


class Place(Value):
    """How far an endpoint is with an incident. told: the last event; tries: failures of the next one."""

    told: int
    tries: int = 0
    since: AwareDatetime | None = None


@dataclass(frozen=True)
class Endpoint:
    """Who is told. name: short, for timers and what is kept; it follows from the address alone."""

    url: str
    key: bytes

    @property
    def name(self) -> str:
        """Eight letters of the address's digest."""
        return hashlib.sha256(self.url.encode()).hexdigest()[:8]

    @property
    def shown(self) -> str:
        """The address without what may be a secret in it."""
        parts = httpx.URL(self.url)
        return f"{parts.scheme}://{parts.host}{f':{parts.port}' if parts.port else ''}/…"


class Deliveries:
    """Reaction to `inc:` streams beside the incidents' own, and timer `hook:<endpoint>/<incident>`."""

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        http: httpx.AsyncClient,
        incidents: Projection[Incident],
        journal: Journal,
        kept: Kept,
        later: Later,
        clock: Callable[[], datetime],
        operators: Operators,
        team: str,
    ) -> None:
        self._endpoints: Mapping[str, Endpoint] = {one.name: one for one in endpoints}
        self._http, self._incidents, self._journal, self._kept = http, incidents, journal, kept
        self._later, self._clock, self._operators = later, clock, operators
        self._who = Actor(team=team, user="MUSTER", via="system")

    async def follow(self, id: str, news: Sequence[RecordedEvent]) -> None:
        """Set a timer for each endpoint: nothing is sent here, as others wait for their turn."""
        told = [one for one in news if one.type in TOLD]
        for name in self._endpoints if told else ():
            place = await self._place(name, id)
            if place is None:
                await self._keep(name, id, Place(told=told[0].version - 1))
            if place is None or not place.tries:
                await self._later(TimerId("hook", f"{name}/{id}"), self._clock())

    async def fire(self, subject: str) -> None:
        """Deliver what the endpoint was not told yet, in order, until one is not taken."""
        name, _, id = subject.partition("/")
        endpoint, place = self._endpoints.get(name), await self._place(name, id)
        if endpoint is None or place is None:
            return  # it is not configured any more
        for event in await self._journal.read(streams.incident(id)):
            if event.version <= place.told or event.type not in TOLD:
                continue
            why = await self._deliver(endpoint, id, event)
            now = self._clock()
            if why:
                since = place.since or now
                if now - since < GIVEN_UP:
                    tries = place.tries + 1
                    await self._keep(name, id, Place(told=place.told, tries=tries, since=since))
                    wait = WAITS[min(tries, len(WAITS)) - 1]
                    await self._later(TimerId("hook", subject), now + wait)
                    return
                await self._give_up(endpoint, id, event, why)
            place = Place(told=event.version)
            await self._keep(name, id, place)

    async def _deliver(self, endpoint: Endpoint, id: str, event: RecordedEvent) -> str:
        """Why it was not taken; nothing when it was. Each try is in the audit log."""
        then = await self._incidents.as_of(id, event.version)
        if then is None:
            return ""
        body = json.dumps(payload(then, event), ensure_ascii=False, separators=(",", ":")).encode()
        hook, now = f"{id}.{event.version}", self._clock()
        signed = headers(endpoint.key, hook, int(now.timestamp()), body)
        signed |= {"content-type": "application/json", "user-agent": "Muster"}
        try:
            async with self._http.stream(
                "POST", endpoint.url, content=body, headers=signed, timeout=TIMEOUT_S, follow_redirects=False
            ) as answer:  # what it answers is not read: the status is the answer
                why = "" if 200 <= answer.status_code < 300 else f"it answered {answer.status_code}"
        except httpx.HTTPError as error:
            why = f"it was not reached ({type(error).__name__})"
        if why:
            _LOG.warning("webhook not taken", endpoint=endpoint.shown, webhook=hook, why=why)
        said = {"webhook": hook, "event": event.type, "endpoint": endpoint.shown, "outcome": why or "taken"}
        await self._journal.commit(Commit(at=now, who=self._who, audit={**said}))
        return why

    async def _give_up(self, endpoint: Endpoint, id: str, event: RecordedEvent, why: str) -> None:
        said = (
            f"⚠️ `{safe(endpoint.shown, 200)}` was not told of {id} (`{event.type}`): {why}, for a day. "
            "The events after it are delivered as they come."
        )
        await self._operators.tell(f"hook:{endpoint.name}", Message(text=said))

    async def _place(self, name: str, id: str) -> Place | None:
        text = await self._kept.find(f"hook:{name}:{id}")
        try:
            return Place.model_validate_json(text) if text else None
        except ValidationError:
            return None

    async def _keep(self, name: str, id: str, place: Place) -> None:
        await self._kept.keep(f"hook:{name}:{id}", place.model_dump_json(), KEPT)
