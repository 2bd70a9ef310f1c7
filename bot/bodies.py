"""The body of a request from outside: bounded in length and in time."""

import asyncio

from starlette.requests import ClientDisconnect, Request

LONGEST_BODY = 1_000_000
"""Bytes of a request; Slack's own and an Alertmanager's stay far below."""

BODY_S = 5.0
"""Seconds that a request's body may take to arrive."""


class Unread(Exception):
    """It was not read whole; `status` is the HTTP answer."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


async def body_of(request: Request) -> bytes:
    """The raw body. Raises Unread."""
    length = request.headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()) or int(length[:20]) > LONGEST_BODY:
        raise Unread(413, "too large, or of unknown length")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LONGEST_BODY:
                    raise Unread(413, "longer than it said")
    except (TimeoutError, ClientDisconnect) as error:
        raise Unread(408, "the request did not arrive in time") from error
    return bytes(body)
