"""The one port that everybody reaches: length first, then the signature, then what stands in a request."""

import asyncio
import json
import logging

import httpx
import pytest

from bot.clock import utc_now
from bot.slack.signing import is_signed
from tests.end_to_end.conftest import Stage
from tests.waiting import HANGS_S

PATH = "/slack/events"
SECRET = "shh"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-slack-request-timestamp": "soon", "x-slack-signature": "v0=00"},
        {"x-slack-request-timestamp": "-1", "x-slack-signature": "v0=00"},
        {"x-slack-request-timestamp": "9" * 400, "x-slack-signature": "v0=00"},
        {"x-slack-request-timestamp": "1700000000", "x-slack-signature": "v0=00"},
        {"x-slack-request-timestamp": "²³", "x-slack-signature": "é"},
    ],
    ids=["none", "words", "negative", "endless", "old", "not-ascii"],
)
@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b"\xff\xfe not utf-8", b"payload={", b'{"a":', b""], ids=lambda body: body[:9]
)
async def test_what_is_not_signed_is_refused_without_being_read(stage: Stage, caplog, body, headers):
    raw = {key.encode(): value.encode() for key, value in headers.items()}
    async with httpx.AsyncClient(base_url=stage.bot_url) as client:
        answer = await client.post(
            PATH, content=body, headers=[*raw.items(), (b"content-type", b"application/json")]
        )
    assert answer.status_code == 401
    assert [one for one in caplog.records if one.levelno >= logging.WARNING] == []


async def test_more_than_a_request_of_slacks_is_refused_by_its_length(stage: Stage):
    async with httpx.AsyncClient(base_url=stage.bot_url) as client:
        answer = await client.post(PATH, content=b"x" * 1_000_001)
    assert answer.status_code == 413


async def test_a_signed_request_that_is_none_of_slacks_is_a_bad_request(stage: Stage):
    ack = await stage.slack.signed_request(PATH, "[" * 50_000, content_type="application/json")
    assert ack.status == 400


async def test_half_a_request_does_not_stay_open(stage: Stage):
    host, port = stage.bot_url.removeprefix("http://").split(":")
    began = [
        b"POST /slack/events HTTP/1.1\r\nhost: a\r\ncontent-length: 900000\r\n\r\n" + b"x" * 500,
        b"POST /slack/events HTTP/1.1\r\nhost: a\r\n",
        b"",
    ]

    async def until_closed(start: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(start)
        await writer.drain()
        said = await reader.read()
        writer.close()
        return said

    async with asyncio.timeout(HANGS_S):
        said = await asyncio.gather(*(until_closed(start) for start in began))
    assert said[0].startswith(b"HTTP/1.1 408")
    assert said[1:] == [b"", b""]
    assert (await stage.types("U0ANA", "/incident list")).status == 200


def test_a_signature_is_of_the_raw_bytes_and_of_this_minute():
    import hashlib
    import hmac

    now = utc_now()
    stamp = str(int(now.timestamp()))

    def signature(body: bytes) -> str:
        return "v0=" + hmac.new(b"shh", f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()

    body = json.dumps({"a": "é"}).encode() + b"\xff"
    assert is_signed(SECRET, body, stamp, signature(body), now)
    assert not is_signed(SECRET, body + b" ", stamp, signature(body), now)
    assert not is_signed("other", body, stamp, signature(body), now)
    assert not is_signed("", body, stamp, signature(body), now)
