"""The Prometheus of the playground answers the runbook's questions about the last two hours, and goes on."""

import asyncio
import re
from datetime import UTC, datetime

import httpx
import pytest

from bot.clock import utc_now
from playground import prometheus
from playground.faults import FaultBoard
from playground.kubernetes import ADMIN_TOKEN, KubeConfig
from playground.kubernetes import serve as serve_kubernetes
from playground.prometheus import Exporter, PrometheusServer
from playground.traffic import CLIENTS, ENDPOINTS, PODS
from tests.waiting import HANGS_S

ERRORS = 'sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))'
P95 = "histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))"
RUNBOOK = {
    ERRORS: 1,
    P95: 1,
    "histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))": 1,
    "histogram_quantile(0.95, sum by (le) (rate(db_query_duration_seconds_bucket[5m])))": 1,
    'topk(10, sum by (endpoint) (rate(http_requests_total{status=~"5.."}[5m])))': len(ENDPOINTS),
    "sum by (status) (rate(http_requests_total[5m]))": 5,
    "sum by (client_ip) (rate(http_requests_total[1m]))": len(CLIENTS),
    'container_memory_usage_bytes{pod=~"architect-api.*"}': len(PODS),
    "deriv(container_memory_usage_bytes[10m])": len(PODS),
}


async def ask(server: PrometheusServer, path: str, **arguments: str | float) -> list[dict]:
    async with httpx.AsyncClient() as web:
        answer = await web.get(f"{server.url}/api/v1/{path}", params=arguments)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]["result"]


@pytest.mark.parametrize("query", RUNBOOK)
async def test_every_question_of_the_runbook_has_an_answer_for_the_whole_last_hour(prometheus_server, query):
    end = utc_now().timestamp()
    lines = await ask(prometheus_server, "query_range", query=query, start=end - 3600, end=end, step=60)
    assert len(lines) == RUNBOOK[query]
    if not query.startswith("topk"):  # which are on top changes, so a line may have gaps
        assert {len(line["values"]) for line in lines} == {61}


async def test_its_history_has_one_bad_time_over_the_thresholds_within_the_last_hour(prometheus_server):
    end = prometheus_server.exporter.began + prometheus.HISTORY_S
    for query, limit in ((ERRORS, 0.001), (P95, 0.3)):
        (line,) = await ask(prometheus_server, "query_range", query=query, start=end - 3600, end=end, step=60)
        over = [float(value) > limit for _, value in line["values"]]
        assert any(over)
        assert not all(over)
        assert not over[-1]


async def test_it_goes_on_scraping_where_its_history_ends(prometheus_server):
    async def scraped() -> float:
        now = utc_now().timestamp()
        query = "sum(count_over_time(up[2h]))"
        found = await ask(prometheus_server, "query", query=query, time=now)
        return float(found[0]["value"][1]) if found else 0

    async with asyncio.timeout(HANGS_S):
        while await scraped() < 2:
            await asyncio.sleep(0.1)
    assert [one["value"][1] for one in await ask(prometheus_server, "query", query="up")] == ["1"]
    series = await ask(prometheus_server, "query", query="count(http_requests_total)")
    assert series[0]["value"][1] == str(len(ENDPOINTS) * len(CLIENTS) * 5)
    resets = await ask(prometheus_server, "query", query="sum(resets(http_requests_total[2h]))")
    assert resets[0]["value"][1] == "0"


@pytest.mark.usefixtures("prometheus_server")
async def test_it_ends_with_its_block():
    async with prometheus.started(utc_now) as server:
        url = server.url
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/-/ready")


def test_failures_are_counted_for_as_long_as_the_fault_is_on():
    seconds = iter([0, 10, 20, 30])
    exporter = Exporter(lambda: datetime.fromtimestamp(1_800_000_000 + next(seconds), UTC))

    def failed() -> int:
        return sum(int(n) for n in re.findall(r'http_requests_total\{status="5.+\} (\d+)', exporter.page()))

    before = failed()
    exporter.is_bad = lambda: True
    during = failed()
    exporter.is_bad = lambda: False
    assert during - before > 10
    assert failed() - during <= len(ENDPOINTS)


async def test_pods_that_are_measured_are_pods_that_run():
    config = KubeConfig(pace_s=0.01, faults=FaultBoard(), now=utc_now)
    async with serve_kubernetes(config) as kubernetes, httpx.AsyncClient() as web:
        place = f"{kubernetes.url}/api/v1/namespaces/architect-production/pods"
        token = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
        answer = (await web.get(place, headers=token)).json()
    assert {pod["metadata"]["name"] for pod in answer["items"]} == set(PODS)
