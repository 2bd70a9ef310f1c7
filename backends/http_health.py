"""Health URLs: asked over HTTP, held against the answer that the runbook says is healthy."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlsplit

import httpx

from model.catalog.schema import HealthCheck
from model.health import Check, Verdict

LONGEST_BODY = 1_000_000
"""Bytes of an answer that are read; the rest is left."""


class HealthUrls:
    """Asks URLs. `overrides`: host → base URL to ask instead; `*` stands for every host."""

    def __init__(self, client: httpx.AsyncClient, overrides: Mapping[str, str]) -> None:
        self._client, self._overrides = client, overrides

    async def check(self, checks: Sequence[HealthCheck]) -> tuple[Check, ...]:
        """One sign for each URL, asked at the same time. Never raises."""
        return tuple(await asyncio.gather(*(self._one(check) for check in checks)))

    async def _one(self, check: HealthCheck) -> Check:
        name = check.url.split("://", 1)[-1]
        began = time.perf_counter()
        try:
            async with asyncio.timeout(check.timeout_s):
                status, body = await self._ask(self._address(check.url))
        except TimeoutError:
            return _silent(name, f"{name} does not answer within {check.timeout_s:g} s")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return _silent(name, f"{name} does not answer: {_words(error)}")
        return judged(check, name, status, body, (time.perf_counter() - began) * 1000)

    async def _ask(self, url: str) -> tuple[int, str]:
        """The status and the beginning of the body. Redirects are not followed: they are answers too."""
        body = bytearray()
        async with self._client.stream("GET", url, timeout=None, follow_redirects=False) as answer:
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) >= LONGEST_BODY:
                    break
        return answer.status_code, bytes(body[:LONGEST_BODY]).decode(errors="replace")

    def _address(self, url: str) -> str:
        parts = urlsplit(url)
        base = self._overrides.get(parts.netloc) or self._overrides.get("*")
        query = f"?{parts.query}" if parts.query else ""
        return f"{base.rstrip('/')}/{parts.netloc}{parts.path}{query}" if base else url


def _silent(name: str, why: str) -> Check:
    return Check(name=name, value="no answer", verdict=Verdict.DOWN, why=why)


def _words(error: Exception) -> str:
    """The kind of error and what the system says of it, without an address that is not the catalog's."""
    kind = type(error).__name__
    return {"ConnectError": "it cannot be connected to", "RemoteProtocolError": "it hung up"}.get(kind, kind)


def judged(check: HealthCheck, name: str, status: int, body: str, took_ms: float) -> Check:
    """The sign of one answer: wrong status is down, wrong body or slow is degraded."""
    value = f"{status} in {took_ms:.0f} ms"

    def sign(verdict: Verdict, why: str) -> Check:
        return Check(name=name, value=value, verdict=verdict, why=why, number=took_ms)

    if status != check.status:
        return sign(Verdict.DOWN, f"{name} answers {status}, not {check.status}")
    if check.json_body and (wrong := _wrong(check.json_body, body)):
        return sign(Verdict.DEGRADED, f"{name}: {wrong}")
    if check.slow_ms is not None and took_ms > check.slow_ms:
        return sign(Verdict.DEGRADED, f"{name} took {took_ms:.0f} ms, over {check.slow_ms} ms")
    return sign(Verdict.OK, "")


def _wrong(expected: Mapping[str, Any], body: str) -> str:
    """The first part of the answer that is not as the runbook says; empty when all of it is."""
    try:
        found: Any = json.loads(body)
    except ValueError:
        return "the answer is not JSON"
    return _differs(expected, found, "")


def _differs(expected: Any, found: Any, path: str) -> str:
    if isinstance(expected, Mapping):
        if not isinstance(found, dict):
            return f"{path or 'the answer'} is not an object"
        known, wanted = cast(dict[str, Any], found), cast(Mapping[str, Any], expected)
        return next(
            (
                said
                for key in wanted
                if (said := _differs(wanted[key], known.get(key), f"{path}.{key}".lstrip(".")))
            ),
            "",
        )
    return "" if expected == found else f"{path} is {found!r}, not {expected!r}"
