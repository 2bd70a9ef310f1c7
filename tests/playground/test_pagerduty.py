"""PagerDuty takes what its documentation takes, and opens alerts by dedup key."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from playground.faults import FaultBoard
from playground.pagerduty import PagerConfig, RunningPager, serve

KEY = "R0UT1NGKEY0000000000000000000000"
PAYLOAD = {"summary": "Production API Down - P1", "severity": "critical", "source": "Prometheus"}
TRIGGER = {"routing_key": KEY, "event_action": "trigger", "payload": PAYLOAD}


class Clock:
    at = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def pager(clock: Clock) -> AsyncIterator[RunningPager]:
    async with serve(PagerConfig(clock, FaultBoard(), rate=3)) as running:
        yield running


async def send(pager: RunningPager, event: Any) -> httpx.Response:
    async with httpx.AsyncClient() as web:
        return await web.post(f"{pager.url}/v2/enqueue", json=event)


async def test_a_trigger_is_accepted_and_given_a_dedup_key(pager: RunningPager) -> None:
    answer = await send(pager, TRIGGER)
    assert answer.status_code == 202
    body = answer.json()
    assert (body["status"], body["message"]) == ("success", "Event processed")
    assert pager.alerts[KEY, body["dedup_key"]].status == "triggered"


async def test_an_alert_is_acknowledged_and_resolved_by_its_dedup_key(pager: RunningPager) -> None:
    await send(pager, {**TRIGGER, "dedup_key": "INC-7"})
    alert = pager.alerts[KEY, "INC-7"]
    seen: list[str] = []
    for action in ("acknowledge", "resolve"):
        answer = await send(pager, {"routing_key": KEY, "event_action": action, "dedup_key": "INC-7"})
        assert (answer.status_code, answer.json()["dedup_key"]) == (202, "INC-7")
        seen.append(alert.status)
    assert seen == ["acknowledged", "resolved"]


async def test_triggering_twice_is_one_alert_and_after_resolving_a_new_one(pager: RunningPager) -> None:
    event = {**TRIGGER, "dedup_key": "INC-7"}
    await send(pager, event)
    await send(pager, event)
    first = pager.alerts[KEY, "INC-7"]
    assert len(first.events) == 2
    first.status = "resolved"
    await send(pager, event)
    assert pager.alerts[KEY, "INC-7"] is not first


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"routing_key": ""}, "'routing_key' is missing or blank"),
        ({"routing_key": "short"}, "'routing_key' is invalid"),
        ({"event_action": "page"}, "'event_action' is missing or invalid"),
        ({"event_action": "resolve"}, "'dedup_key' is missing or blank"),
        ({"dedup_key": "x" * 256}, "'dedup_key' is invalid"),
        ({"payload": None}, "'payload' is missing or invalid"),
        ({"payload": {**PAYLOAD, "summary": ""}}, "'payload.summary' is missing or blank"),
        ({"payload": {**PAYLOAD, "summary": "x" * 1025}}, "'payload.summary' is longer"),
        ({"payload": {**PAYLOAD, "severity": "SEV1"}}, "'payload.severity' is invalid"),
        ({"payload": {**PAYLOAD, "source": None}}, "'payload.source' is missing or blank"),
    ],
)
async def test_an_invalid_event_is_refused_with_what_is_wrong(
    pager: RunningPager, change: dict[str, Any], complaint: str
) -> None:
    answer = await send(pager, {**TRIGGER, **change})
    body = answer.json()
    assert (answer.status_code, body["status"]) == (400, "invalid event")
    assert any(error.startswith(complaint) for error in body["errors"])
    assert pager.events == []


async def test_a_body_that_is_no_event_is_refused(pager: RunningPager) -> None:
    assert (await send(pager, [])).status_code == 400
    async with httpx.AsyncClient() as web:
        assert (await web.post(f"{pager.url}/v2/enqueue", content=b"{")).status_code == 400
        assert (await web.post(f"{pager.url}/v2/enqueue", content=b" " * 600_000)).status_code == 413


async def test_too_many_events_in_a_minute_are_refused_until_it_is_over(
    pager: RunningPager, clock: Clock
) -> None:
    statuses = [(await send(pager, TRIGGER)).status_code for _ in range(4)]
    assert statuses == [202, 202, 202, 429]
    clock.at += timedelta(seconds=61)
    assert (await send(pager, TRIGGER)).status_code == 202


async def test_a_failing_pagerduty_answers_500_and_keeps_nothing(pager: RunningPager) -> None:
    pager.config.faults.switch("pager-down", True)
    assert (await send(pager, TRIGGER)).status_code == 500
    assert pager.events == []
