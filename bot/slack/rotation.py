"""Access tokens that run out (token rotation): renewed in time, once for all processes, kept between starts.

https://docs.slack.dev/authentication/using-token-rotation: a token lasts 12 hours; renewing it gives a new
refresh token too, and revokes the one that was used, so that two processes must not renew at the same time.
"""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# (slack_sdk's responses are untyped)

import asyncio
import base64
import hashlib
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from pydantic import AwareDatetime, ValidationError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.messages import SlackRefused, SlackUnreachable
from journal.hidden import hide, reveal
from model.ports.journal import JournalUnavailable, Kept, LeaseHeld, Leases
from model.value import Value

_LOG = structlog.get_logger()
EARLY = timedelta(hours=2)
"""So long before its end a token is renewed; a refusal can be mended meanwhile."""

_NAME = "slack-token"
_KEPT_FOR = timedelta(days=400)
_LEASE = timedelta(seconds=30)
_LOOKS, _LOOK_S = 60, 0.5
_METHOD = "oauth.v2.access"


@dataclass(frozen=True)
class Credentials:
    """What the settings give. refresh: the token that came with the install; later ones are kept."""

    client_id: str
    client_secret: str
    refresh: str

    @property
    def basic(self) -> str:
        """The app's id and secret as HTTP takes them, which Slack prefers to arguments."""
        return base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()

    @property
    def mark(self) -> str:
        """Tells one install's tokens from another's, and nothing else."""
        return hashlib.sha256(self.refresh.encode()).hexdigest()[:16]


class Tokens(Value):
    """An access token, until when it is taken, and what renews it. of: the install's mark."""

    access: str
    refresh: str
    until: AwareDatetime
    of: str


class Rotation:
    """Keeps the client's token fresh. key: hides tokens in the store, beside its seal."""

    def __init__(
        self,
        client: AsyncWebClient,
        given: Credentials,
        kept: Kept,
        leases: Leases,
        key: bytes,
        clock: Callable[[], datetime],
    ) -> None:
        self._client, self._given, self._kept, self._leases = client, given, kept, leases
        self._key, self._clock, self._me = key, clock, secrets.token_hex(8)
        self._asking = AsyncWebClient(base_url=client.base_url, timeout=10)

    async def renew(self) -> None:
        """Give the client the token that is kept, or a new one when that runs out soon.

        Raises SlackRefused, SlackUnreachable or JournalUnavailable; a token that still lasts serves on.
        """
        tokens = await self._find()
        if tokens is not None:
            self._client.token = tokens.access
        if tokens is None or self._is_due(tokens):
            self._client.token = (await self._renewed()).access

    @asynccontextmanager
    async def running(
        self, told: Callable[[str], Awaitable[None]], every_s: float = 60.0
    ) -> AsyncGenerator[None]:
        """Renew as long as the block lasts. told: why that was refused, or nothing when it is well again."""
        task = asyncio.create_task(self._run(told, every_s))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self, told: Callable[[str], Awaitable[None]], every_s: float) -> None:
        was = ""
        while True:
            await asyncio.sleep(every_s)
            try:
                await self.renew()
                why = ""
            except SlackRefused as refused:
                why = str(refused)
                _LOG.error("slack token not renewed", error=why)
            except (SlackUnreachable, JournalUnavailable) as error:
                _LOG.warning("slack token not renewed", error=str(error))
                continue
            except Exception:  # an answer nobody foresaw ends no renewing
                _LOG.exception("slack token not renewed")
                continue
            if why != was:
                was = why
                await told(why)

    def _is_due(self, tokens: Tokens) -> bool:
        return self._clock() >= tokens.until - EARLY

    async def _renewed(self) -> Tokens:
        """By whoever comes first; the others find what that one kept."""
        for _ in range(_LOOKS):
            lease = await self._leases.take(_NAME, self._me, _LEASE, self._clock())
            tokens = await self._find()
            if isinstance(lease, LeaseHeld):
                if tokens is not None and not self._is_due(tokens):
                    return tokens
                await asyncio.sleep(_LOOK_S)
                continue
            try:
                if tokens is None or self._is_due(tokens):
                    tokens = await self._asked(tokens.refresh if tokens else self._given.refresh)
                    await self._kept.keep(_NAME, hide(self._key, tokens.model_dump_json()), _KEPT_FOR)
                return tokens
            finally:
                await self._leases.release(lease)
        raise SlackUnreachable("another process has been renewing Slack's token for half a minute")

    async def _asked(self, refresh: str) -> Tokens:
        try:
            answer = await self._asking.api_call(
                _METHOD,
                data={"grant_type": "refresh_token", "refresh_token": refresh},
                headers={"Authorization": f"Basic {self._given.basic}"},
            )
        except SlackApiError as error:
            raise SlackRefused(_METHOD, str(error.response.get("error"))) from error
        except (OSError, TimeoutError) as error:
            raise SlackUnreachable(f"{_METHOD}: {error}") from error
        until = self._clock() + timedelta(seconds=int(str(answer["expires_in"])))
        return Tokens(
            access=str(answer["access_token"]),
            refresh=str(answer["refresh_token"]),
            until=until,
            of=self._given.mark,
        )

    async def _find(self) -> Tokens | None:
        """What was kept of this install; another refresh token in the settings begins anew."""
        text = await self._kept.find(_NAME)
        if text is None:
            return None
        try:
            tokens = Tokens.model_validate_json(reveal(self._key, text))
        except (ValueError, ValidationError):
            _LOG.warning("kept slack token not understood")
            return None
        return tokens if tokens.of == self._given.mark else None
