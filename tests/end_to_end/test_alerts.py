"""Alerts come in, are told once, and are followed by the incident that they are linked to."""

import hashlib
import hmac
import io
import json
import shutil
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr, ValidationError

from bot.clock import utc_now
from bot.settings import Settings
from playground.programs import NotHere
from tests import alertmanager
from tests.end_to_end.conftest import CATALOG, INCIDENTS, OPS, Stage, everything, staged
from tests.end_to_end.leaping import Clock
from tests.end_to_end.test_incidents import declared

TOKEN = "a-token-of-alertmanager"
OTHER = "a-token-of-grafana-too"
SECRET = "the-secret-of-a-subscription"
TOKENS = {"pagerduty": SecretStr(SECRET), "alertmanager": SecretStr(TOKEN), "grafana": SecretStr(OTHER)}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def stage(tmp_path: Path, transport: str, clock: Clock) -> AsyncGenerator[Stage]:
    async with staged(tmp_path, transport, clock, alert_tokens=TOKENS) as playing:
        yield playing


def alert(service: str = "architect-api", name: str = "HighErrorRate", *, fires: bool = True, **labels: str):
    """One alert as Alertmanager posts it."""
    return {
        "status": "firing" if fires else "resolved",
        "labels": {"alertname": name, "service": service, "severity": "P2", **labels},
        "annotations": {"summary": "Errors are at 12 % since five minutes"},
        "startsAt": "2026-12-01T02:05:00.123456789Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example/graph?g0.expr=up",
        "fingerprint": "c0ffee",
    }


def group(*alerts: dict, key: str = '{}:{alertname="HighErrorRate"}') -> dict:
    """A webhook of Alertmanager's, version 4."""
    return {
        "version": "4",
        "groupKey": key,
        "truncatedAlerts": 0,
        "status": "firing" if any(one["status"] == "firing" for one in alerts) else "resolved",
        "receiver": "muster",
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example",
        "alerts": list(alerts),
    }


def buttons(message: dict) -> set[str]:
    found = (block["elements"] for block in message["blocks"] if block["type"] == "actions")
    return {button["action_id"] for row in found for button in row}


async def posts(
    stage: Stage, body: object, *, to: str = "alertmanager", token: str = TOKEN, status: int = 200
) -> dict:
    data = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
    head = {"Authorization": f"Bearer {token}"} if token else {}
    url = f"{stage.bot_url}/alerts/{to}"
    async with aiohttp.ClientSession() as http, http.post(url, data=data, headers=head) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


def told(stage: Stage, channel: str = INCIDENTS) -> list[str]:
    """What stands in the channel of alerts."""
    return [
        one for message in stage.slack.workspace.messages(channel) if "ALR-" in (one := everything(message))
    ]


async def test_an_alert_is_told_once_edited_as_it_changes_and_said_to_be_over(stage: Stage):
    assert await posts(stage, group(alert())) == {"alerts": 1, "new": 1}
    first = await stage.shows("HighErrorRate", INCIDENTS)
    shown = everything(first)
    assert shown.startswith("🔥 HighErrorRate · Architect Dashboard API · since ")
    assert "Errors are at 12 % since five minutes" in shown
    assert buttons(first) >= {"incident.declare.alert", "line.ask.health", "line.ask.ignore"}
    assert await posts(stage, group(alert())) == {"alerts": 1, "new": 0}
    await posts(stage, group(alert(pod="a"), alert(pod="b")))
    await stage.shows("2 alerts", INCIDENTS)
    await posts(stage, group(alert(fires=False)))
    over = await stage.shows("HighErrorRate is over", INCIDENTS)
    assert over["ts"] == first["ts"]
    assert buttons(over) == set()
    assert len(told(stage)) == 1
    assert stage.cloud_changes() == []


async def test_one_that_flaps_is_one_message_and_one_that_returns_later_is_told_anew(
    stage: Stage, clock: Clock
):
    for fires in (True, False, True, False, True):
        await posts(stage, group(alert(fires=fires)))
    await stage.shows("fired 3 times", INCIDENTS)
    await posts(stage, group(alert(fires=False)))
    await stage.shows("is over", INCIDENTS)
    assert len(told(stage)) == 1
    clock.ahead += timedelta(hours=2)
    await posts(stage, group(alert()))
    await stage.shows("🔥 HighErrorRate", INCIDENTS)
    assert len(told(stage)) == 2


async def test_an_incident_is_declared_from_it_and_follows_it(stage: Stage):
    await posts(stage, group(alert()))
    await stage.presses("U0ANA", await stage.shows("HighErrorRate", INCIDENTS), "incident.declare.alert")
    view = (await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0ANA") or None))[-1]
    assert "'initial_value': 'HighErrorRate'" in str(view["blocks"])
    await stage.slack.as_user("U0ANA").submit(view, {})
    room = await stage.slack.wait_for(lambda: stage.channel("inc-1"))
    await stage.shows("🔥 HighErrorRate (ALR-1)", room)
    linked = await stage.shows("🔗 INC-1", INCIDENTS)
    assert "incident.declare.alert" not in buttons(linked)
    await posts(stage, group(alert(fires=False)))
    await stage.shows("✅ HighErrorRate (ALR-1)", room)
    await stage.timeline("INC-1", "Alert ALR-1 of alertmanager is linked: HighErrorRate")
    await stage.timeline("INC-1", "Alert ALR-1 is over")
    await posts(stage, group(alert()))
    await stage.timeline("INC-1", "Alert ALR-1 fires again")


async def test_an_alert_of_a_service_with_an_incident_is_linked_by_one_press(stage: Stage):
    room = await declared(stage, "P1 architect-api Nothing answers")
    await posts(stage, group(alert()))
    await stage.presses("U0BEN", await stage.shows("Link to INC-1", INCIDENTS), "line.ask.link")
    await stage.shows("🔥 HighErrorRate (ALR-1)", room)
    again = await stage.types("U0BEN", "/incident link ALR-1", room)
    assert "linked to INC-1 already" in str(again.body)
    missing = await stage.types("U0BEN", "/incident link ALR-7", room)
    assert "There is no alert ALR-7" in str(missing.body)


async def test_what_is_ignored_says_so_and_is_told_anew_where_it_still_fires(stage: Stage, clock: Clock):
    await posts(stage, group(alert()))
    first = await stage.shows("HighErrorRate", INCIDENTS)
    await stage.presses("U0BEN", first, "line.ask.ignore")
    ignored = await stage.shows("ignored by <@U0BEN>", INCIDENTS)
    assert everything(ignored).startswith("🔕")
    await posts(stage, group(alert(pod="a"), alert(pod="b")))
    await stage.shows("2 alerts", INCIDENTS)
    assert len(told(stage)) == 1
    clock.ahead += timedelta(minutes=61)
    await stage.slack.wait_for(lambda: len(told(stage)) == 2 or None)
    assert told(stage)[1].startswith("🔥 HighErrorRate")


async def test_who_has_no_right_keeps_nothing_quiet(stage: Stage):
    await posts(stage, group(alert()))
    await stage.presses("U0GUS", await stage.shows("HighErrorRate", INCIDENTS), "line.ask.ignore")
    await stage.settles()
    assert "🔕" not in told(stage)[0]


async def test_during_maintenance_of_its_service_it_is_kept_quiet_and_counted(stage: Stage, clock: Clock):
    await stage.types("U0ANA", "/maintenance schedule architect-api now 1h because a disk fails", INCIDENTS)
    await stage.shows("MNT-1", INCIDENTS)
    await stage.types("U0ANA", "/maintenance start MNT-1", INCIDENTS)
    await stage.shows("MNT-1 · 🟠 running", INCIDENTS)
    await posts(stage, group(alert()))
    await posts(stage, group(alert(name="Latency"), key="latency"))
    await posts(stage, group(alert(name="Latency", fires=False), key="latency"))
    listed = await stage.types("U0ANA", "/alert list")
    assert "HighErrorRate" in str(listed.body)
    assert "MNT-1" in str(listed.body)
    await stage.settles()
    assert not told(stage)
    await stage.types("U0ANA", "/maintenance done MNT-1 The disk is new", INCIDENTS)
    await stage.shows("2 alerts were kept quiet during MNT-1; 1 still fires and is told now", INCIDENTS)
    await stage.shows("🔥 HighErrorRate", INCIDENTS)


async def test_an_alert_of_no_service_is_told_all_the_same(stage: Stage):
    await posts(stage, group(alert("billing <!channel>", summary="x")))
    shown = await stage.shows("HighErrorRate", INCIDENTS)
    assert "no service of the catalog" in everything(shown)
    assert "line.ask.health" not in buttons(shown)


async def test_a_service_has_a_channel_of_its_own_and_where_that_is_closed_incidents_is_told(tmp_path: Path):
    folder = shutil.copytree(CATALOG, tmp_path / "catalog")
    file = folder / "architect.yaml"
    file.write_text(
        file.read_text().replace("  - id: architect-api\n", "  - id: architect-api\n    channel: ops\n")
    )
    async with staged(tmp_path, "http", alert_tokens=TOKENS, catalog=folder) as stage:
        await posts(stage, group(alert()))
        await stage.shows("🔥 HighErrorRate", OPS)
        assert not told(stage)
        stage.slack.workspace.room(OPS).is_archived = True
        await posts(stage, group(alert(name="Latency"), key="latency"))
        await stage.shows("🔥 Latency", INCIDENTS)


async def test_what_it_says_is_inert_bounded_and_redacted(stage: Stage):
    hostile = alert(name="<!channel> *x* `y` " + "long " * 500)
    hostile["annotations"] = {"summary": "token=xoxb-1234567890-abcdef <https://evil.example|here>"}
    hostile["generatorURL"] = "javascript:alert(1)"
    hostile["labels"]["dsn"] = "password=hunter2hunter2"
    await posts(stage, group(hostile))
    message = str(await stage.shows("ALR-1", INCIDENTS))
    assert "<!channel>" not in message
    assert "xoxb-1234567890" not in message
    assert "<https://evil.example|here>" not in message
    assert "javascript:" not in message
    [written] = await stage.muster.opened.journal.read("alr:ALR-1")
    assert "hunter2" not in str(written)


@pytest.mark.parametrize(
    ("body", "token", "to", "status", "said"),
    [
        (group(alert()), "", "alertmanager", 401, "bearer token"),
        (group(alert()), OTHER, "alertmanager", 401, "bearer token"),
        (group(alert()), TOKEN, "generic/nagios", 401, "MUSTER_ALERT_TOKENS"),
        (b'{"alerts": [{"sta', TOKEN, "alertmanager", 422, "not JSON"),
        (b"[" * 90_000, TOKEN, "alertmanager", 422, "not JSON"),
        ({"alerts": []}, TOKEN, "alertmanager", 422, "`groupKey` is missing"),
        ([1], TOKEN, "alertmanager", 422, "`alerts` is missing"),
        (b" " * 10_000_000, TOKEN, "alertmanager", 413, "too large"),
        ({"alert": {"id": 7}}, OTHER, "generic/grafana", 422, "there is no"),
    ],
)
async def test_what_cannot_be_taken_is_refused_in_words(
    stage: Stage, body: object, token: str, to: str, status: int, said: str
):
    answer = await posts(stage, body, to=to, token=token, status=status)
    assert said in answer["error"]
    await stage.settles()
    assert not told(stage)


async def test_any_tool_is_read_by_the_mapping_of_the_catalog(stage: Stage):
    said = {
        "alerts": [
            {
                "fingerprint": "f1",
                "status": "firing",
                "labels": {"alertname": "Queue grows", "service": "delivery-standard"},
                "annotations": {"summary": "12,000 wait"},
            }
        ]
    }
    assert await posts(stage, said, to="generic/grafana", token=OTHER) == {"alerts": 1, "new": 1}
    assert "12,000 wait" in everything(await stage.shows("Queue grows", INCIDENTS))
    said["alerts"][0]["status"] = "resolved"
    await posts(stage, said, to="generic/grafana", token=OTHER)
    await stage.shows("Queue grows is over", INCIDENTS)


async def test_a_real_alertmanager_posts_what_fires_and_what_is_over(stage: Stage):
    hook = f"{stage.bot_url}/alerts/alertmanager"
    labels = {"alertname": "HighLatency", "service": "architect-api"}
    began = utc_now() - timedelta(minutes=3)
    try:
        async with alertmanager.started(hook, TOKEN) as server:
            await server.post(labels, "P95 is at 900 ms", began)
            assert "P95 is at 900 ms" in everything(await stage.shows("🔥 HighLatency", INCIDENTS))
            await server.post(labels, "P95 is at 900 ms", began, utc_now())
            await stage.shows("HighLatency is over", INCIDENTS)
    except NotHere as reason:
        pytest.skip(str(reason))
    assert len(told(stage)) == 1


def pager_event(status: str, key: str = "baf7cf21b1da41b4", **more: object) -> dict:
    """A webhook of PagerDuty's, version 3, as far as its documentation names fields."""
    data = {
        "id": "PT4KHLK",
        "type": "incident",
        "html_url": "https://sub.pagerduty.example/incidents/PT4KHLK",
        "status": status,
        "incident_key": key,
        "title": "The queue does not move",
        "service": {"id": "PIJ90N7", "summary": "delivery-standard", "type": "service_reference"},
        "urgency": "high",
        **more,
    }
    event = {"id": "01D", "event_type": f"incident.{status}", "resource_type": "incident", "data": data}
    return {"event": event}


async def hooked(stage: Stage, body: object, *, secret: str = SECRET, status: int = 200) -> dict:
    data = json.dumps(body).encode()
    digest = hmac.new(secret.encode(), data, hashlib.sha256).hexdigest()
    head = {"X-PagerDuty-Signature": f"v1={'0' * 64},v1={digest}"}
    url = f"{stage.bot_url}/alerts/pagerduty"
    async with aiohttp.ClientSession() as http, http.post(url, data=data, headers=head) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


async def test_an_incident_that_pagerduty_opened_is_an_alert(stage: Stage):
    await hooked(stage, pager_event("triggered"), secret="another-secret-of-somebody", status=401)
    assert await hooked(stage, pager_event("triggered")) == {"alerts": 1, "new": 1}
    shown = everything(await stage.shows("🔥 The queue does not move", INCIDENTS))
    assert "ALR-1 · pagerduty · severity high" in shown
    assert await hooked(stage, pager_event("acknowledged")) == {"alerts": 1, "new": 0}
    await hooked(stage, pager_event("resolved"))
    await stage.shows("The queue does not move is over", INCIDENTS)
    assert await hooked(stage, {"event": {"data": {"type": "pagey"}}}) == {"alerts": 0, "new": 0}
    assert "`event.data` is missing" in (await hooked(stage, {"event": []}, status=422))["error"]


async def test_who_answers_a_page_of_musters_own_is_seen_at_once(stage: Stage):
    await declared(stage)
    await stage.timeline("INC-1", "The pager has taken the page")
    stage.town.pager.acknowledge("INC-1", "Sam Reyes", "sam@example.com")
    assert await hooked(stage, pager_event("acknowledged", "INC-1")) == {"asked": "INC-1"}
    await stage.timeline("INC-1", "Sam Reyes acknowledged the page of on call in the pager")
    await stage.settles()
    assert not told(stage)


async def test_without_a_token_there_is_no_such_door(tmp_path: Path):
    async with staged(tmp_path, "http") as stage, aiohttp.ClientSession() as http:
        answer = await http.post(f"{stage.bot_url}/alerts/alertmanager", json=group(alert()))
        assert answer.status == 404


async def test_where_slack_comes_through_a_socket_alerts_still_have_their_door(tmp_path: Path):
    async with staged(tmp_path, "socket", alert_tokens=TOKENS) as stage:
        await posts(stage, group(alert()))
        await stage.shows("🔥 HighErrorRate", INCIDENTS)


def test_a_token_that_anybody_could_guess_is_refused():
    with pytest.raises(ValidationError, match="too short"):
        Settings(alert_tokens={"alertmanager": SecretStr("secret")})


async def test_all_that_fires_is_listed(stage: Stage):
    empty = await stage.types("U0EVE", "/alert list", OPS)
    assert "No alert fires" in str(empty.body)
    await posts(stage, group(alert(), alert("miyabi-api", "Down")))
    await stage.shows("Down", INCIDENTS)
    listed = str((await stage.types("U0EVE", "/alert list", OPS)).body)
    assert "2 alerts fire." in listed
    assert "miyabi-api" in listed
