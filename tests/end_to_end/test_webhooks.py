"""Other systems are told what happens to incidents: signed, in order, again until they take it."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.settings import Settings
from bot.web_server import listening
from journal.audit import entries
from tests.end_to_end.conftest import INCIDENTS, Stage, everything, staged
from tests.end_to_end.leaping import Clock
from tests.end_to_end.test_incidents import declared, says

KEY = b"thirty-two bytes of a secret key"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"


@dataclass
class Receiver:
    """An endpoint that checks signatures. refuses: answers with these codes first, one each."""

    refuses: list[int] = field(default_factory=list)
    taken: list[dict] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    async def hook(self, request: Request) -> Response:
        body, head = await request.body(), request.headers
        signed = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + body
        digest = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
        if head["webhook-signature"] != f"v1,{digest}":
            return Response(status_code=401)
        self.ids.append(head["webhook-id"])
        if self.refuses:
            code = self.refuses.pop(0)
            return RedirectResponse("/elsewhere", code) if code == 302 else Response(status_code=code)
        self.taken.append(json.loads(body))
        return Response(status_code=204)

    @property
    def types(self) -> list[str]:
        return [one["type"].removeprefix("incident.") for one in self.taken]


@asynccontextmanager
async def received(receiver: Receiver) -> AsyncGenerator[str]:
    app = Starlette(routes=[Route("/hook", receiver.hook, methods=["POST"])])
    async with listening(app, "127.0.0.1", 0, "none") as port:
        yield f"http://127.0.0.1:{port}/hook"


@dataclass
class Played:
    stage: Stage
    receiver: Receiver


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def played(tmp_path: Path, clock: Clock) -> AsyncGenerator[Played]:
    receiver = Receiver()
    async with received(receiver) as url:
        hooks = {url: SecretStr(SECRET), "http://127.0.0.1:9/away": SecretStr(SECRET)}
        async with staged(tmp_path, "http", clock, webhooks=hooks) as stage:
            yield Played(stage, receiver)


async def told(played: Played, count: int) -> list[str]:
    await played.stage.slack.wait_for(lambda: len(played.receiver.taken) >= count or None)
    return played.receiver.types


async def test_the_life_of_an_incident_is_told_signed_and_in_order(played: Played):
    stage = played.stage
    room = await declared(stage)
    await says(stage, "ack", room)
    await says(stage, "note Not for others", room)
    await says(stage, "update Identified Bad config next=30m", room)
    await says(stage, "sev SEV1 All regions", room)
    await says(stage, "resolve Rolled back", room)
    types = await told(played, 5)
    assert types == ["declared", "acknowledged", "updated", "severity_changed", "resolved"]
    update = played.receiver.taken[2]["data"]
    assert update["text"] == "Bad config"
    assert update["incident"]["status"] == "Identified"
    assert update["incident"]["severity"] == "SEV2"
    assert update["incident"]["next_update_at"]
    assert update["by"]["user"] == "U0ANA"
    assert played.receiver.taken[-1]["data"]["incident"]["ended"] == "resolved"
    assert "Not for others" not in str(played.receiver.taken)


@pytest.mark.parametrize("code", [500, 429, 302])
async def test_what_is_not_taken_comes_again_under_its_id_and_before_what_follows(
    played: Played, clock: Clock, code: int
):
    played.receiver.refuses = [code]
    room = await declared(played.stage)
    await played.stage.slack.wait_for(lambda: played.receiver.ids or None)
    await says(played.stage, "ack", room)
    await played.stage.timeline("INC-1", "Acknowledged")
    clock.ahead += timedelta(seconds=6)
    assert await told(played, 2) == ["declared", "acknowledged"]
    assert played.receiver.ids[0] == played.receiver.ids[1]


async def test_each_delivery_is_in_the_audit_log(played: Played):
    await declared(played.stage)
    await told(played, 1)
    stage = played.stage
    log = "".join([one.text async for one in entries(stage.muster.opened.journal)])
    assert "incident.declared" in log
    assert '"outcome":"taken"' in log.replace(" ", "")
    assert "it was not reached" in log


async def test_after_a_day_it_is_given_up_told_and_gone_on_with(played: Played, clock: Clock):
    stage = played.stage
    await declared(stage)
    await told(played, 1)
    clock.ahead += timedelta(days=1, minutes=1)
    shown = await stage.shows("was not told of INC-1", INCIDENTS)
    assert "http://127.0.0.1:9/…" in everything(shown)
    assert "away" not in everything(shown)


def test_what_cannot_be_an_endpoint_does_not_start():
    with pytest.raises(ValidationError, match="not https"):
        Settings(webhooks={"http://example.com/hook?token=hunter2": SecretStr(SECRET)})
    with pytest.raises(ValidationError, match="does not begin with whsec_"):
        Settings(webhooks={"https://example.com/hook": SecretStr("hunter2")})
