"""Metrics of Prometheus and of an application's own page, as charts and in words."""

import pytest

from tests.end_to_end.conftest import Stage, everything


@pytest.mark.procedure("prometheus")
@pytest.mark.usefixtures("prometheus_server")
async def test_a_query_of_the_catalog_is_drawn_with_its_limit(stage: Stage):
    await stage.types("U0BEN", "/metrics architect-api error-rate since=2h")
    message = await stage.shows("Error rate")
    picture = next(block for block in message["blocks"] if block["type"] == "image")
    file = stage.slack.workspace.files[picture["slack_file"]["id"]]
    assert file.content.startswith(b"\x89PNG")
    assert "P2: over 0.1%" in picture["alt_text"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("top-endpoints", "Errors by endpoint"),
        ("errors-by-status", "Errors by status"),
        ("latency", "P95 latency"),
        ("latency-p99", "P99 latency"),
        ("db-query-time", "P95 database query time"),
        ("memory-growth", "Memory growth by pod"),
        ("memory-by-pod", "Memory by pod"),
        ("requests-by-client", "Requests by client"),
        ("requests", "Requests"),
    ],
)
@pytest.mark.usefixtures("prometheus_server")
async def test_every_query_of_the_runbook_has_data(stage: Stage, name: str, words: str):
    await stage.types("U0BEN", f"/metrics architect-api {name} since=2h")
    shown = everything(await stage.shows(words))
    assert "no data" not in shown


@pytest.mark.usefixtures("prometheus_server")
async def test_without_a_name_every_metric_is_shown_as_it_is_now(stage: Stage):
    await stage.types("U0BEN", "/metrics architect-api")
    shown = everything(await stage.shows("latency-p99"))
    assert "error-rate" in shown


@pytest.mark.usefixtures("prometheus_server")
async def test_a_metric_there_is_not_is_refused_with_those_there_are(stage: Stage):
    await stage.types("U0BEN", "/metrics architect-api latencie")
    shown = everything(await stage.shows("has no metrics called `latencie`"))
    assert "`latency`" in shown


async def test_a_metrics_server_that_is_down_is_said_and_nothing_is_changed(stage: Stage):
    await stage.types("U0BEN", "/metrics architect-api latency")
    shown = everything(await stage.shows("cannot be reached"))
    assert "Nothing was changed." in shown
    assert "/health architect-api" in shown


@pytest.mark.procedure("metrics-page")
async def test_an_applications_own_page_is_read_as_it_is_now(stage: Stage):
    await stage.types("U0EVE", "/metrics brutal-patches-api tokens")
    shown = everything(await stage.shows("Rejected tokens"))
    assert "result=rejected" in shown


async def test_a_pages_histogram_gives_its_p95(stage: Stage):
    await stage.types("U0EVE", "/metrics brutal-patches-api response-time")
    shown = everything(await stage.shows("P95 response time"))
    assert " ms" in shown
