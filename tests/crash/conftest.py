"""`muster run` as a process of its own in the playground, to be killed at will and started again."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

import commands
from bot.cli.manifest import slack_manifest
from bot.clock import utc_now
from playground.environment import Environment, Plan, running_environment
from tests.end_to_end.conftest import CATALOG, Stage
from tests.waiting import HANGS_S, SLACK_WAITS_S


@dataclass
class Bot:
    """One `muster run` on one data directory. said: its log until it was ready."""

    place: Environment
    folder: Path
    child: subprocess.Popen[str] | None = None
    url: str = ""
    muster: Path = Path(sys.executable).parent / "muster"
    said: list[str] = field(default_factory=list)

    async def start(self) -> None:
        """Start it, or start it again; returns when Slack reaches it."""
        told = {
            **self.place.settings(),
            "catalog": str(CATALOG),
            "data_dir": str(self.folder),
            "port": "0",
            "admin_port": "0",
            "watch_poll_s": "0.1",
            "post_every_s": "0.05",
            "retry_s": "0.5",
            # A turn lasts two thirds of it. A bot that stands for longer loses it, on a busy machine too,
            # and what was lost three times is set aside as if it killed whoever begins it.
            "redelivery_s": "15",
        }
        settings = {
            f"MUSTER_{key.upper()}": json.dumps(value) if isinstance(value, dict) else str(value)
            for key, value in told.items()
        }
        self.child = subprocess.Popen(
            [self.muster, "run"],
            env={**os.environ, **settings},  # noqa: TID251  # the child's own environment
            stderr=subprocess.PIPE,
            text=True,
        )
        port = await asyncio.wait_for(asyncio.to_thread(self._port), HANGS_S)
        self.url = f"http://127.0.0.1:{port}/slack/events"
        self.answers()

    def answers(self) -> None:
        """From now on Slack sends its requests here."""
        self.place.slack.request_url = self.url

    def _port(self) -> int:
        assert self.child is not None and self.child.stderr is not None
        self.said.clear()
        for line in self.child.stderr:
            self.said.append(line)
            if '"event": "ready"' in line:
                return int(json.loads(line)["port"])
        raise AssertionError("muster run ended:\n" + "".join(self.said))

    def kill(self) -> None:
        """`kill -9`: no good-bye."""
        assert self.child is not None
        self.child.send_signal(signal.SIGKILL)
        self.child.wait(HANGS_S)
        assert self.child.stderr is not None
        self.child.stderr.close()

    def journal_pid(self) -> int:
        """The embedded server's process id, as it says itself."""
        import redis

        with redis.Redis(unix_socket_path=str(self.folder / "valkey.sock")) as client:
            return int(client.info("server")["process_id"])

    def end(self) -> None:
        """Stop whatever is left of it."""
        if self.child is not None and self.child.poll() is None:
            self.kill()
        try:
            os.kill(self.journal_pid(), signal.SIGKILL)
        except Exception:  # it is gone already
            return


class Clock:
    """The playground's time: it may be held, and pods that are to start then wait."""

    def __init__(self) -> None:
        self._held: datetime | None = None

    def __call__(self) -> datetime:
        return self._held or utc_now()

    def hold(self) -> None:
        self._held = utc_now()

    def go_on(self) -> None:
        self._held = None


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def place(clock: Clock) -> AsyncGenerator[Environment]:
    manifest = slack_manifest(commands.registry(), "http://127.0.0.1/slack/events")
    plan = Plan(manifest, clock, pace_s=0.4, slack_waits_s=SLACK_WAITS_S)
    async with running_environment(plan) as running:
        yield running
        assert running.slack.workspace.refused == []


@pytest.fixture
async def bot(place: Environment, tmp_path: Path) -> AsyncGenerator[Bot]:
    made = Bot(place, tmp_path)
    await made.start()
    yield made
    made.end()


@pytest.fixture
async def other(bot: Bot) -> AsyncGenerator[Bot]:
    """A second bot on the first one's journal; it is started by the test."""
    made = Bot(bot.place, bot.folder)
    yield made
    if made.child is not None and made.child.poll() is None:
        made.kill()


@pytest.fixture
def stage(place: Environment) -> Stage:
    return Stage(place, None, "")  # type: ignore[arg-type]  # the bot is another process
