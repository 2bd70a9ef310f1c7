"""A whole Muster against the whole playground, over sockets, for each transport."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import commands
from bot.app import Muster
from bot.cli.manifest import slack_manifest
from bot.clock import utc_now
from bot.serve import serving
from bot.settings import Settings
from model.incidents.timeline import TimelineEntry
from model.slash import Slash
from playground.architect import NONE, Servers
from playground.environment import Environment, Plan, running_environment
from playground.faults import FaultBoard
from playground.slack import Running
from tests.end_to_end import exchanges
from tests.end_to_end.exchanges import Exchange
from tests.end_to_end.rights import USED, printed, used_in
from tests.waiting import HANGS_S, SLACK_WAITS_S

CATALOG = Path(__file__).parents[2] / "examples" / "catalog"
INCIDENTS = "C0INC"
OPS = "C0OPS"
BUDGETS = ("budget_declarations", "budget_plans", "budget_looks", "budget_refusals")
OVER_BOTH = {"test_main_job", "test_incidents"}
PASSED = pytest.StashKey[bool]()
_USED: set[str] = set()


@dataclass
class Stage:
    """What a test plays on."""

    town: Environment
    muster: Muster
    bot_url: str
    admin_url: str = ""
    exchange: Exchange = field(default_factory=Exchange)

    @property
    def slack(self) -> Running:
        return self.town.slack

    async def types(self, user: str, text: str, channel: str = OPS):
        """A person types a line; gives the acknowledgement."""
        self.exchange.types(user, text)
        ack = await self.slack.as_user(user).slash(channel, text)
        assert ack.ok, f"{text} was not taken: {ack.error}"
        return ack

    async def shows(self, words: str, channel: str = OPS) -> dict:
        """Wait until a message of the channel says these words; gives the message."""

        def found():
            for message in reversed(self.slack.workspace.messages(channel)):
                if words in everything(message):
                    return {**message, "channel": channel}
            return None

        try:
            message = await self.slack.wait_for(found)
            self.exchange.shown(everything(message))
            return message
        except TimeoutError as error:
            said = "\n---\n".join(everything(one) for one in self.slack.workspace.messages(channel))
            raise AssertionError(f"no message says {words!r}; there are:\n{said}") from error

    async def whispers(self, words: str, user: str) -> dict:
        """Wait until only this person is shown these words."""

        def found():
            for message in reversed(self.slack.workspace.ephemerals(user)):
                if words in everything(message):
                    return message
            return None

        try:
            message = await self.slack.wait_for(found)
            self.exchange.shown(everything(message))
            return message
        except TimeoutError as error:
            said = "\n---\n".join(everything(one) for one in self.slack.workspace.ephemerals(user))
            raise AssertionError(f"{user} is not told {words!r}, but:\n{said}") from error

    async def presses(self, user: str, message: dict, action: str):
        """A person presses a button of a message."""
        message = await self._with(message, action)
        self.exchange.types(user, f"[{label_of(message, action)}]")
        return await self.slack.as_user(user).click(message["channel"], message["ts"], action)

    async def _with(self, message: dict, action: str) -> dict:
        """The message once it has that button: it may have been about to be edited."""

        def found():
            posted = {one["ts"]: one for one in self.slack.workspace.messages(message["channel"])}
            now = {**message, **posted.get(message["ts"], {})}
            return now if f"'action_id': '{action}'" in str(now) else None

        return await self.slack.wait_for(found)

    async def chooses(self, user: str, view: dict, service: str) -> dict:
        """A person chooses a service in a form; the form as it is then."""
        await self.slack.as_user(user).click_in_view(view["id"], "service", service)

        def anew() -> dict | None:
            shown = self.slack.workspace.views(user)[-1]
            return shown if shown["hash"] != view["hash"] else None

        return await self.slack.wait_for(anew)

    async def confirms(self, user: str, plan: dict, name: str = "") -> None:
        """A person presses Run, and types the service's name where it is asked for."""
        await self.presses(user, plan, "op.run")
        if name:
            view = (await self.slack.wait_for(lambda: self.slack.workspace.views(user) or None))[-1]
            await self.slack.as_user(user).submit(view, {"name": name})

    async def changes(
        self, user: str, line: str, number: int = 1, name: str = "", approvers: tuple[str, ...] = ()
    ) -> dict:
        """A person asks for a change and runs it, others approve; gives its message when it is done."""
        await self.types(user, line)
        await self.confirms(user, await self.shows(f"OP-{number} · plan"), name)
        for left, approver in zip(range(len(approvers), 0, -1), approvers, strict=True):
            await self.presses(approver, await self.shows(f"{left} more needed"), "op.approve")
        return await self.shows(f"OP-{number} · ✅ Done")

    async def settles(self) -> None:
        """Wait until Muster has nothing to do: all is delivered, followed, and rung that was due."""
        async with asyncio.timeout(HANGS_S):
            while True:
                await self.slack.delivered()
                if not await self._left():
                    return
                await asyncio.sleep(0.02)

    async def _left(self) -> int:
        """How many streams have news that nobody has followed, and how many timers are due."""
        opened = self.muster.opened
        keys, now_ms = opened.journal.keys, int(opened.journal.clock().timestamp() * 1000)
        return await opened.client.zcard(keys.dirty) + await opened.client.zcount(keys.timers, "-inf", now_ms)

    async def timeline(self, incident: str, words: str) -> TimelineEntry:
        """Wait until the incident's timeline says these words; gives the entry."""
        async with asyncio.timeout(HANGS_S):
            while True:
                found = await self.muster.incidents.get(incident)
                for entry in found.timeline if found else ():
                    if words in entry.text:
                        return entry
                await asyncio.sleep(0.02)

    def channel(self, prefix: str) -> str | None:
        """The id of the channel whose name begins so."""
        for room in self.slack.workspace.rooms.values():
            if room.name.startswith(prefix):
                return room.id
        return None

    def desired(
        self, service: str = "delivery-standard", cluster: str = "ioanyt-prod", region="us-east-1"
    ) -> int:
        """The desired count of an ECS service, as the cloud has it."""
        return self.town.aws.world.region(region).clusters[cluster].services[service].desired

    def task_definition(self) -> str:
        """What delivery-standard runs, as the cloud has it."""
        services = self.town.aws.world.region("us-east-1").clusters["ioanyt-prod"].services
        return services["delivery-standard"].primary.definition.arn

    def cloud_changes(self) -> list[str]:
        """Calls that changed something, in any cloud."""
        reads = ("Describe", "List", "Get")
        aws = [call.action for call in self.town.aws.calls if not call.action.startswith(reads)]
        kube = [
            f"{call.verb} {call.path}"
            for call in self.town.kubernetes.calls
            if call.verb not in {"get", "list", "watch"}
        ]
        return aws + kube


def label_of(message: dict, action: str) -> str:
    """What stands on a button."""
    for block in message.get("blocks") or []:
        for element in [*block.get("elements", []), block.get("accessory") or {}]:
            if str(element.get("action_id", "")).startswith(action):
                return str(element["text"]["text"])
    return action


def everything(message: dict) -> str:
    """All text of a message, as a person reads it."""
    found: list[str] = [message.get("text") or ""]

    def walk(part: object) -> None:
        if isinstance(part, dict):
            for key, value in part.items():
                if key == "text" and isinstance(value, str):
                    found.append(value)
                else:
                    walk(value)
        elif isinstance(part, list):
            for one in part:
                walk(one)

    walk(message.get("blocks") or [])
    return "\n".join(found)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Incidents and operations come over both transports; behind the gate all else takes the same way."""
    if "transport" in metafunc.fixturenames:
        is_over_both = metafunc.module.__name__.rsplit(".", 1)[-1] in OVER_BOTH
        metafunc.parametrize("transport", ["http", "socket"] if is_over_both else ["http"])


@asynccontextmanager
async def staged(
    folder: Path,
    transport: str,
    clock: Callable[[], datetime] = utc_now,
    servers: Servers = NONE,
    place: dict | None = None,
    **more: object,
) -> AsyncGenerator[Stage]:
    """A playground and a Muster in it, on one clock.

    servers: real ones, made as new. place: of the playground's plan; more: settings.
    """
    url = "http://127.0.0.1/slack/events" if transport == "http" else None
    iam, rbac = printed()
    usual = {"pace_s": 0.05, "faults": FaultBoard(), "iam": iam, "rbac": rbac, "architect": servers}
    usual |= {"slack_waits_s": SLACK_WAITS_S}
    registry = commands.registry()
    here = Slash.of(str(more.get("slash", "all")), registry.slash)
    usual |= {"manifest": slack_manifest(registry, url, here), "now": utc_now}
    plan = Plan(**{**usual, **(place or {})})
    async with running_environment(plan) as town_:
        quick = {
            "catalog": CATALOG,
            "watch_poll_s": 0.05,
            "autoscaler_sync_s": 0.4,
            "scaling_check_s": 3.0,
            "watch_longest_s": 30,
            "post_every_s": 0.0,
            "retry_s": 0.3,
            **dict.fromkeys(BUDGETS, 1000),
        }
        settings = Settings(
            **town_.settings(),
            data_dir=folder / "data",
            port=0,
            admin_port=0,
            transport=transport,
            **{**quick, **more},
        )
        async with serving(settings, clock) as (muster, ports), AsyncExitStack() as stack:
            if transport == "http":
                town_.slack.request_url = f"http://127.0.0.1:{ports.slack}/slack/events"
            else:
                await town_.slack.wait_for(lambda: town_.slack.socket_count or None)
            if clock is not utc_now:
                leaps = asyncio.create_task(_look_when_it_leaps(clock, muster))
                stack.callback(leaps.cancel)
            yield Stage(town_, muster, f"http://127.0.0.1:{ports.slack}", f"http://127.0.0.1:{ports.admin}")
        assert town_.slack.workspace.refused == []
        _USED.update(used_in(town_))


async def _look_when_it_leaps(clock: Callable[[], datetime], muster: Muster) -> None:
    """Muster looks at its timers every few seconds; a test that makes minutes pass need not wait for that."""
    ahead = clock() - utc_now()
    while True:
        await asyncio.sleep(0.02)
        now = clock() - utc_now()
        if now - ahead > timedelta(seconds=0.5):
            await muster.look()
            ahead = now


@pytest.fixture
async def stage(
    tmp_path: Path, transport: str, architect_servers: Servers, request: pytest.FixtureRequest
) -> AsyncGenerator[Stage]:
    async with staged(tmp_path, transport, servers=architect_servers) as playing:
        yield playing
    if transport == "http" and request.node.stash.get(PASSED, False):
        keep_or_compare(request, playing.exchange)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.CallInfo, None]:
    report = (yield).get_result()
    if report.when == "call":
        item.stash[PASSED] = report.passed


@pytest.fixture(scope="session", autouse=True)
def rights_used(request: pytest.FixtureRequest) -> Generator[None]:
    """What Muster called in this process, told to whoever ends the session."""
    yield
    used = request.config.stash.setdefault(USED, set())
    used |= _USED
    if hasattr(request.config, "workeroutput"):
        request.config.workeroutput["used"] = sorted(used)


def keep_or_compare(request: pytest.FixtureRequest, exchange: Exchange) -> None:
    """Hold what this test typed and was shown against docs/procedures.md, or write it there."""
    params = getattr(request.node, "callspec", None)
    which = [str(value) for name, value in params.params.items() if name != "transport"] if params else []
    case = f"[{which[0].split()[0]}]" if which else ""
    test = f"tests/end_to_end/{request.path.name}::{request.node.originalname}{case}"
    for mark in request.node.iter_markers("procedure"):
        row = mark.args[0]
        if request.config.getoption("--write-procedures"):
            exchanges.write(row, test, exchange)
            continue
        page = exchanges.PAGE.read_text() if exchanges.PAGE.exists() else ""
        kept = exchanges.sections(page).get((row, test), "")
        assert exchanges.told(kept) == exchange.said, f"docs/procedures.md is stale: {row} {test}"
