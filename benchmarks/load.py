"""A load of signed slash commands over kept connections; bounded in number."""

import asyncio
import hashlib
import hmac
import time
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlencode


@dataclass(frozen=True)
class Measured:
    """Latencies in ms and the rate per second of one run; `wrong` answers were not 200."""

    p50_ms: float
    p95_ms: float
    per_s: float
    wrong: int


async def load(port: int, secret: str, texts: list[str], callers: int) -> Measured:
    """Send one `/incident TEXT` for each text, over so many connections; a text with a slash is whole."""
    waiting = list(enumerate(texts))
    waiting.reverse()
    took: list[float] = []
    wrong = 0

    async def caller() -> None:
        nonlocal wrong
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while waiting:
            number, text = waiting.pop()
            request = _request(secret, text, number)
            began = time.perf_counter()
            writer.write(request)
            status = await _answer(reader)
            took.append((time.perf_counter() - began) * 1000)
            wrong += status != 200
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    length = time.perf_counter() - began
    ranked = sorted(took)
    return Measured(median(ranked), ranked[int(len(ranked) * 0.95)], len(ranked) / length, wrong)


_RUN = str(time.perf_counter_ns())


def _request(secret: str, text: str, number: int) -> bytes:
    stamp = str(int(time.time()))  # a benchmark's own clock
    command, _, words = text.partition(" ") if text.startswith("/") else ("/incident", "", text)
    body = urlencode(
        {
            "command": command,
            "text": words,
            "team_id": "T0MUSTER",
            "user_id": "U0ANA",
            "user_name": "ana",
            "channel_id": "C0INC",
            "api_app_id": "A0MUSTER",
            "trigger_id": f"{_RUN}.{time.perf_counter_ns()}.{number}",
            "response_url": "http://127.0.0.1:1/none",
        }
    ).encode()
    proof = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    head = (
        "POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\nX-Slack-Request-Timestamp: {stamp}\r\n"
        f"X-Slack-Signature: v0={proof}\r\n\r\n"
    )
    return head.encode() + body


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    lower = head.lower()
    if b"content-length:" in lower:
        await reader.readexactly(int(lower.split(b"content-length:")[1].split(b"\r\n")[0]))
    elif b"chunked" in lower:
        while size := int((await reader.readline()).strip(), 16):
            await reader.readexactly(size + 2)
        await reader.readexactly(2)
    return status
