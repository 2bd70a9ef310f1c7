"""The health URLs answer as the runbooks document, until something is wrong."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from playground import health_urls
from playground.faults import FaultBoard
from playground.health_urls import Answer, HealthConfig, RunningHealth, serve
from tests.waiting import HANGS_S

AT = datetime(2026, 3, 4, 12, 0, 0, 5000, tzinfo=UTC)


@pytest.fixture
async def running() -> AsyncIterator[RunningHealth]:
    async with serve(HealthConfig(lambda: AT, FaultBoard())) as server:
        yield server


async def get(running: RunningHealth, place: str, read_s: float = HANGS_S) -> httpx.Response:
    async with httpx.AsyncClient(timeout=httpx.Timeout(HANGS_S, read=read_s)) as web:
        return await web.get(f"{running.url}/{place}")


async def test_miyabi_answers_with_its_database_pool(running: RunningHealth) -> None:
    answer = await get(running, "api.miyabi.dev/api/v1/health")
    assert answer.json() == {
        "status": "ok",
        "version": "0.1.0",
        "database": {
            "active_connections": 2,
            "idle_connections": 8,
            "max_connections": 10,
            "status": "connected",
        },
    }


async def test_usage_metrics_answers_with_service_version_and_time(running: RunningHealth) -> None:
    answer = await get(running, "usage-metrics.example.com/health")
    assert answer.json() == {
        "status": "healthy",
        "timestamp": "2026-03-04T12:00:00.005Z",
        "service": "ioanyt-delivery-standard",
        "version": "1.0.0",
    }


@pytest.mark.parametrize(
    "place",
    [
        "miyabi-alb-dev-12345.us-west-2.elb.amazonaws.com/health",
        "architect.example.com/health",
        "api.brutalpatches.com/health",
        "api.brutalpatches.com/health/detailed",
    ],
)
async def test_every_other_system_answers_well(running: RunningHealth, place: str) -> None:
    answer = await get(running, place)
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


async def test_the_metrics_page_is_prometheus_text_with_the_documented_names(running: RunningHealth) -> None:
    answer = await get(running, "api.brutalpatches.com/monitoring/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    names = {family.name for family in text_string_to_metric_families(answer.text)}
    assert names == {
        "http_requests",
        "http_request_duration_seconds",
        "errors",
        "database_query_duration_seconds",
        "cache_operations",
        "jwt_tokens",
        "active_connections",
    }


async def test_what_the_metrics_page_counts_grows_with_time():
    clock = [AT]
    counts = []
    async with serve(HealthConfig(lambda: clock[-1], FaultBoard())) as server:
        for _ in range(2):
            page = await get(server, "api.brutalpatches.com/monitoring/metrics")
            families = {family.name: family for family in text_string_to_metric_families(page.text)}
            counts.append(families["http_requests"].samples[0].value)
            clock.append(AT + timedelta(seconds=100))
    assert counts[1] - counts[0] == 940


async def test_all_are_down_when_the_fault_is_on(running: RunningHealth) -> None:
    running.config.faults.switch("health-down", True)
    for host, pages in health_urls.documented(AT).items():
        for path in pages:
            assert (await get(running, host + path)).status_code == 503
    broken = (await get(running, "api.miyabi.dev/api/v1/health")).json()
    assert broken["database"]["status"] == "disconnected"
    running.config.faults.switch("health-down", False)
    assert (await get(running, "api.miyabi.dev/api/v1/health")).status_code == 200


async def test_one_host_can_be_down_or_answer_something_else(running: RunningHealth) -> None:
    running.config.down.add(health_urls.MIYABI)
    running.config.overrides[health_urls.ARCHITECT] = Answer({"status": "degraded"}, 200)
    assert (await get(running, "api.miyabi.dev/api/v1/health")).status_code == 503
    assert (await get(running, "architect.example.com/health")).json() == {"status": "degraded"}
    assert (await get(running, "usage-metrics.example.com/health")).status_code == 200


async def test_a_slow_host_keeps_only_its_own_callers_waiting(running: RunningHealth) -> None:
    running.config.latencies_s[health_urls.BRUTAL] = 30.0
    with pytest.raises(httpx.ReadTimeout):
        await get(running, "api.brutalpatches.com/health", read_s=0.2)
    assert (await get(running, "api.miyabi.dev/api/v1/health")).status_code == 200


async def test_what_is_not_documented_is_not_found_and_visits_are_kept(running: RunningHealth) -> None:
    assert (await get(running, "api.miyabi.dev/nope")).status_code == 404
    assert (await get(running, "elsewhere.example/health")).status_code == 404
    assert [(visit.host, visit.path, visit.status) for visit in running.visits] == [
        ("api.miyabi.dev", "/nope", 404),
        ("elsewhere.example", "/health", 404),
    ]
