"""PagerDuty's REST API v2: one GET, with the reason in words where it gives none.

Token in `Authorization: Token token=…`, version 2 in `Accept`: developer.pagerduty.com, "Authentication" and
"Versioning". 429 with `ratelimit-reset` in seconds: support.pagerduty.com/docs/rest-api-rate-limits.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, cast

import httpx

ACCEPT = "application/vnd.pagerduty+json;version=2"
LONGEST_WAIT_S = 3.0
"""How long a 429 is waited for at most, in seconds; then it is said."""

PAGE = 100
"""Entries asked for at a time; PagerDuty gives up to 100 ("Pagination")."""

MOST_PAGES = 10


class PagerDutyRefused(Exception):
    """PagerDuty gave no answer; says why, and what mends it."""


class PagerDutyRest:
    """token: a read-only key of the REST API is enough."""

    def __init__(self, url: str, token: str, client: httpx.AsyncClient) -> None:
        self._url, self._token, self._client = url.rstrip("/"), token, client

    @property
    def is_on(self) -> bool:
        """Whether a token is configured."""
        return bool(self._token)

    async def get(self, path: str, query: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON object at a path. Raises PagerDutyRefused."""
        if not self._token:
            raise PagerDutyRefused("no token of PagerDuty's REST API is set: MUSTER_PAGERDUTY_API_TOKEN")
        headers = {"Authorization": f"Token token={self._token}", "Accept": ACCEPT}
        for is_last in (False, True):
            try:
                answer = await self._client.get(
                    f"{self._url}{path}", params=dict(query), headers=headers, timeout=5
                )
            except httpx.HTTPError as error:
                raise PagerDutyRefused(f"PagerDuty was not reached ({type(error).__name__})") from error
            if answer.status_code != 429 or is_last:
                break
            await asyncio.sleep(min(_seconds(answer.headers.get("ratelimit-reset")), LONGEST_WAIT_S))
        return _read(answer, path)

    async def pages(self, path: str, query: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
        """The entries of every page, while `more` says so. Raises PagerDutyRefused."""
        found: list[dict[str, Any]] = []
        for _ in range(MOST_PAGES):
            answer = await self.get(path, {**query, "limit": PAGE, "offset": len(found)})
            found += cast(Sequence[dict[str, Any]], answer.get(name) or [])
            if not answer.get("more"):
                break
        return found


def _read(answer: httpx.Response, path: str) -> dict[str, Any]:
    match answer.status_code:
        case 200:
            pass
        case 401:
            raise PagerDutyRefused("PagerDuty does not know the token (401): see MUSTER_PAGERDUTY_API_TOKEN")
        case 403:
            raise PagerDutyRefused("PagerDuty's token may not read this (403)")
        case 404:
            raise PagerDutyRefused(f"PagerDuty has nothing at {path} (404): is the id in the catalog right?")
        case 429:
            raise PagerDutyRefused("PagerDuty takes no more requests now (429)")
        case code:
            raise PagerDutyRefused(f"PagerDuty answered {code}")
    try:
        read = answer.json()
    except ValueError as error:
        raise PagerDutyRefused("PagerDuty's answer is no JSON") from error
    if not isinstance(read, dict):
        raise PagerDutyRefused("PagerDuty's answer is not the documented one")
    return cast(dict[str, Any], read)


def _seconds(text: str | None) -> float:
    return float(text) if text and text.isdigit() else 1.0
