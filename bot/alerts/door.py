"""`POST /alerts/…`: whose it is, first; then how much, then what stands in it. Answered from the journal."""

import asyncio
import hmac
import json
from collections.abc import Mapping
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.alerts.recorder import AlertRecorder
from bot.bodies import Unread, body_of
from model.alerts import alertmanager, generic
from model.alerts.notice import AlertNotice, AlertRefused
from model.catalog.alerts import AlertMapping
from model.catalog.schema import Catalog
from model.ports.journal import JournalUnavailable

_LOG = structlog.get_logger()

LARGE = 20_000
"""Bytes from which a body is read beside the event loop."""

ALERTMANAGER = "alertmanager"


class AlertDoor:
    """tokens: by the tool's name, what it has to send as `Authorization: Bearer …`."""

    def __init__(self, catalog: Catalog, tokens: Mapping[str, str], recorder: AlertRecorder) -> None:
        self._catalog, self._tokens, self._recorder = catalog, dict(tokens), recorder
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

    async def _taken(self, request: Request, name: str) -> Response:
        """401 without its token, 4xx for what cannot be read, 503 where the journal is away; else 200."""
        if not self._is_known(name, request.headers.get("authorization", "")):
            return _answer(401, f"no valid bearer token for {name[:40]!r}; see MUSTER_ALERT_TOKENS")
        try:
            body = await body_of(request)
        except Unread as error:
            return _answer(error.status, str(error))
        try:
            if len(body) > LARGE:
                notices = await asyncio.to_thread(self._read, name, body)
            else:
                notices = self._read(name, body)
        except AlertRefused as refused:
            _LOG.warning("alert not understood", source=name, why=str(refused))
            return _answer(422, str(refused))
        try:
            news = await self._recorder.record(notices)
        except JournalUnavailable as error:
            _LOG.warning("alert not taken", source=name, why=str(error))
            return _answer(503, "the journal is not reachable; send it again")
        return JSONResponse({"alerts": len(notices), "new": news})

    def _is_known(self, name: str, given: str) -> bool:
        token = self._tokens.get(name, "")
        wanted = f"Bearer {token}".encode()
        return hmac.compare_digest(wanted, given.encode(errors="replace")) and bool(token)

    def _read(self, name: str, body: bytes) -> tuple[AlertNotice, ...]:
        """Raises AlertRefused."""
        try:
            said: Any = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise AlertRefused("this is not JSON") from error
        if name == ALERTMANAGER:
            return alertmanager.notices(said, self._catalog)
        mapping = self._mappings.get(name)
        if mapping is None:
            raise AlertRefused(f"the catalog has no `alert_sources` entry {name!r}")
        return generic.notices(said, name, mapping, self._catalog)


def sources_of(catalog: Catalog) -> dict[str, AlertMapping]:
    """The tools that the catalog maps, by name."""
    return {name: one for system in catalog.systems for name, one in system.alert_sources.items()}


def _answer(status: int, why: str) -> Response:
    return JSONResponse({"error": why}, status_code=status, headers={"connection": "close"})
