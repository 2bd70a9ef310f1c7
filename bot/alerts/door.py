"""`POST /alerts/…`: whose it is, first; then how much, then what stands in it. Answered from the journal."""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.alerts.recorder import AlertRecorder
from bot.bodies import Unread, body_of
from model.alerts import alertmanager, generic, pagerduty
from model.alerts.notice import AlertNotice, AlertRefused
from model.catalog.alerts import AlertMapping
from model.catalog.schema import Catalog
from model.ports.journal import JournalUnavailable
from model.refusal import Refused

_LOG = structlog.get_logger()

LARGE = 20_000
"""Bytes from which a body is read beside the event loop."""

ALERTMANAGER, PAGERDUTY = "alertmanager", "pagerduty"


class AlertDoor:
    """tokens: by the tool's name, its bearer token; PagerDuty's is the secret that it signs with.

    ask: looks in the pager what became of an incident's pages.
    """

    def __init__(
        self,
        catalog: Catalog,
        tokens: Mapping[str, str],
        recorder: AlertRecorder,
        ask: Callable[[str], Awaitable[None]],
    ) -> None:
        self._catalog, self._tokens, self._recorder, self._ask = catalog, dict(tokens), recorder, ask
        self._mappings = sources_of(catalog)

    @property
    def is_open(self) -> bool:
        """Whether any tool has a token."""
        return bool(self._tokens)

    async def alertmanager(self, request: Request) -> Response:
        """Alertmanager's webhook."""
        return await self._taken(request, ALERTMANAGER)

    async def generic(self, request: Request) -> Response:
        """A tool that the catalog maps."""
        return await self._taken(request, str(request.path_params["name"]))

    async def pagerduty(self, request: Request) -> Response:
        """PagerDuty's webhooks: of a page of Muster's own the pager is asked at once; others are alerts.

        What the pager itself says then is what counts, so a webhook that comes twice or late does nothing.
        """
        try:
            body = await body_of(request)
        except Unread as error:
            return _answer(error.status, str(error))
        signature = request.headers.get("x-pagerduty-signature", "")
        if not pagerduty.is_signed(self._tokens.get(PAGERDUTY, ""), body, signature):
            return _answer(401, "not signed with the secret in MUSTER_ALERT_TOKENS (`pagerduty`)")
        try:
            said = await self._parsed(body)
            if incident := pagerduty.page_of(said):
                await self._ask(incident)
                return JSONResponse({"asked": incident})
            notices = pagerduty.notices(said, self._catalog)
        except AlertRefused as refused:
            return _not_understood(PAGERDUTY, refused)
        except JournalUnavailable as error:
            return _not_taken(PAGERDUTY, error)
        return await self._recorded(PAGERDUTY, notices)

    async def _taken(self, request: Request, name: str) -> Response:
        """401 without its token, 4xx for what cannot be read, 503 where the journal is away; else 200."""
        if not self._is_known(name, request.headers.get("authorization", "")):
            return _answer(401, f"no valid bearer token for {name[:40]!r}; see MUSTER_ALERT_TOKENS")
        try:
            body = await body_of(request)
        except Unread as error:
            return _answer(error.status, str(error))
        try:
            notices = self._read(name, await self._parsed(body))
        except AlertRefused as refused:
            return _not_understood(name, refused)
        return await self._recorded(name, notices)

    async def _recorded(self, name: str, notices: Sequence[AlertNotice]) -> Response:
        try:
            news = await self._recorder.record(notices)
        except (JournalUnavailable, Refused) as error:  # Refused: a stream that a newer Muster wrote
            return _not_taken(name, error)
        return JSONResponse({"alerts": len(notices), "new": news})

    def _is_known(self, name: str, given: str) -> bool:
        token = self._tokens.get(name, "")
        wanted = f"Bearer {token}".encode()
        return hmac.compare_digest(wanted, given.encode(errors="replace")) and bool(token)

    async def _parsed(self, body: bytes) -> object:
        """Raises AlertRefused."""
        try:
            return await asyncio.to_thread(json.loads, body) if len(body) > LARGE else json.loads(body)
        except (ValueError, RecursionError) as error:
            raise AlertRefused("this is not JSON") from error

    def _read(self, name: str, said: object) -> tuple[AlertNotice, ...]:
        """Raises AlertRefused."""
        if name == ALERTMANAGER:
            return alertmanager.notices(said, self._catalog)
        mapping = self._mappings.get(name)
        if mapping is None:
            raise AlertRefused(f"the catalog has no `alert_sources` entry {name!r}")
        return generic.notices(said, name, mapping, self._catalog)


def sources_of(catalog: Catalog) -> dict[str, AlertMapping]:
    """The tools that the catalog maps, by name."""
    return {name: one for system in catalog.systems for name, one in system.alert_sources.items()}


def _not_understood(name: str, refused: AlertRefused) -> Response:
    _LOG.warning("alert not understood", source=name, why=str(refused))
    return _answer(422, str(refused))


def _not_taken(name: str, error: Exception) -> Response:
    _LOG.warning("alert not taken", source=name, why=str(error))
    return _answer(503, "the journal is not reachable; send it again")


def _answer(status: int, why: str) -> Response:
    return JSONResponse({"error": why}, status_code=status, headers={"connection": "close"})
