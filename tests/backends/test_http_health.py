"""Health URLs against the playground's: status, body and latency held against the runbook."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from backends.http_health import LONGEST_BODY, HealthUrls, judged
from model.catalog.schema import HealthCheck
from model.health import Verdict
from playground.faults import FaultBoard
from playground.health_urls import MIYABI, Answer, HealthConfig, RunningHealth, serve

URL = f"https://{MIYABI}/api/v1/health"


def check(url: str = URL, **settings: object) -> HealthCheck:
    return HealthCheck.model_validate({"source": "test", "url": url, **settings})


@pytest.fixture
async def place() -> AsyncIterator[RunningHealth]:
    async with serve(
        HealthConfig(now=lambda: datetime(2026, 3, 4, tzinfo=UTC), faults=FaultBoard())
    ) as running:
        yield running


@pytest.fixture
async def urls(place: RunningHealth) -> AsyncIterator[HealthUrls]:
    async with httpx.AsyncClient() as client:
        yield HealthUrls(client, {"*": place.url})


async def test_the_documented_answer_is_healthy_and_its_latency_is_a_number(urls: HealthUrls):
    expected = {"status": "ok", "database": {"status": "connected"}}
    (sign,) = await urls.check([check(json_body=expected)])
    assert (sign.verdict, sign.why) == (Verdict.OK, "")
    assert sign.value.startswith("200 in ")
    assert sign.number is not None
    assert 0 < sign.number < 5000


async def test_another_status_is_down_and_says_which(urls: HealthUrls, place: RunningHealth):
    place.config.down.add(MIYABI)
    (sign,) = await urls.check([check()])
    assert sign.verdict is Verdict.DOWN
    assert sign.why.endswith("answers 503, not 200")


async def test_another_body_is_degraded_and_says_where(urls: HealthUrls, place: RunningHealth):
    place.config.overrides[MIYABI] = Answer({"status": "ok", "database": {"status": "slow"}})
    (sign,) = await urls.check([check(json_body={"database": {"status": "connected"}})])
    assert sign.verdict is Verdict.DEGRADED
    assert "database.status is 'slow', not 'connected'" in sign.why


async def test_a_slow_answer_is_degraded(urls: HealthUrls, place: RunningHealth):
    place.config.latencies_s[MIYABI] = 0.05
    (sign,) = await urls.check([check(slow_ms=10)])
    assert sign.verdict is Verdict.DEGRADED
    assert "over 10 ms" in sign.why


async def test_no_answer_in_time_is_down(urls: HealthUrls, place: RunningHealth):
    place.config.latencies_s[MIYABI] = 5
    (sign,) = await urls.check([check(timeout_s=0.05)])
    assert (sign.verdict, sign.value) == (Verdict.DOWN, "no answer")
    assert "within 0.05 s" in sign.why


async def test_a_host_that_does_not_listen_is_down():
    async with httpx.AsyncClient() as client:
        (sign,) = await HealthUrls(client, {"*": "http://127.0.0.1:9"}).check([check()])
    assert sign.verdict is Verdict.DOWN
    assert "cannot be connected to" in sign.why
    assert "127.0.0.1" not in sign.why


async def test_one_url_that_is_down_hides_no_other(urls: HealthUrls):
    signs = await urls.check([check("https://unknown.example.com/health"), check()])
    assert [one.verdict for one in signs] == [Verdict.DOWN, Verdict.OK]


async def test_an_override_of_the_host_goes_before_that_of_every_host(place: RunningHealth):
    async with httpx.AsyncClient() as client:
        urls = HealthUrls(client, {"*": "http://127.0.0.1:9", MIYABI: place.url + "/"})
        (sign,) = await urls.check([check(f"{URL}?deep=1")])
    assert sign.verdict is Verdict.OK
    assert [(one.host, one.path) for one in place.visits] == [(MIYABI, "/api/v1/health")]


@pytest.mark.parametrize("trickle", [False, True], ids=["huge", "endless"])
async def test_a_body_without_end_is_cut_off(trickle: bool):
    done = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
        try:
            for _ in range(40):
                writer.write(b" " if trickle else b" " * (LONGEST_BODY // 4))
                await writer.drain()
                await asyncio.sleep(0.02 if trickle else 0)
        except ConnectionError:
            pass  # cut off, as it should be
        writer.close()
        done.set()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, httpx.AsyncClient() as client:
        (sign,) = await HealthUrls(client, {}).check(
            [check(f"http://127.0.0.1:{port}/", timeout_s=0.2 if trickle else 30)]
        )
        await done.wait()
    assert sign.verdict is (Verdict.DOWN if trickle else Verdict.OK)


def test_a_body_that_is_not_json_is_degraded():
    sign = judged(check(json_body={"status": "ok"}), "x", 200, "<html>", 1.0)
    assert sign.why == "x: the answer is not JSON"


def test_a_json_body_of_another_shape_is_degraded():
    sign = judged(check(json_body={"status": "ok"}), "x", 200, '["ok"]', 1.0)
    assert sign.why == "x: the answer is not an object"
