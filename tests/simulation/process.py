"""One process of Muster in a simulated world: production's gate and features, on simulated ports."""

import asyncio
import inspect
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar, cast

from pydantic import SecretStr

import commands
from backends.registry import target_types
from bot.app import gate_on
from bot.configured import load_policies
from bot.dispatch import Dispatch
from bot.gate import streams
from bot.gate.authorizer import Authorizer
from bot.gate.incident_links import IncidentLinks
from bot.gate.open_incidents import OpenIncidentsReader
from bot.gate.projections import Projection
from bot.health import HealthChecker
from bot.incidents import feature as incidents
from bot.maintenance import feature as maintenance
from bot.on_call.reader import OnCallReader
from bot.on_call.rotation import Rotations
from bot.on_call.slack_users import SlackUsers
from bot.operations import feature as operations
from bot.patience import Patience
from bot.services import Ground, Identity, JournalServices, Services, SlackServices
from bot.settings import Settings
from bot.slack.membership import Membership
from bot.slack.messages import Chat
from bot.slack.workspaces import Workspaces
from bot.stillness import LONGEST_S, Stillness
from model import pending_query
from model.alerts import state as alert_state
from model.catalog_loader import load_catalog
from model.incidents import state as incident_state
from model.maintenance import state as maintenance_state
from model.operations import state as operation_state
from model.people import Person
from model.runbooks import state as runbook_state
from model.secrets import fingerprints_with
from tests.simulation.bell import Bell
from tests.simulation.cloud import Cloud, CloudBackend
from tests.simulation.durable import Durable
from tests.simulation.pager import SimulatedPager
from tests.simulation.slack import INCIDENTS, ME, SimulatedSlack

TEAM = "T0MUSTER"
GROUPS = {
    "U0ANA": {"operators", "incident-commanders", "engineers"},
    "U0SAM": {"operators", "engineers"},
    "U0BEN": {"architect-owners", "architect-oncall", "usage-metrics-oncall", "engineers"},
    "U0EVE": {"engineers"},
}
"""People and the groups they are in; Eve may change nothing in production."""

SERVICES = ("architect-api", "delivery-standard")

FEATURES = (operations.build, incidents.build, maintenance.build)


@lru_cache(maxsize=1)
def read() -> tuple[Any, Any, Any, Settings]:
    """Catalog, commands and policies as shipped: read once, as they never change."""
    registry = commands.registry()
    settings = Settings(
        slack_bot_token="xoxb-simulated", slack_signing_secret="simulated", watch_longest_s=600,
        budget_plans=10_000, budget_looks=10_000, budget_refusals=10_000, budget_declarations=10_000,
    )  # fmt: skip
    catalog = load_catalog(Path(__file__).parents[2] / "examples" / "catalog", target_types(), registry)
    return registry, catalog, load_policies(settings, registry, catalog), settings


_SENT = frozenset({"api_call", "apply", "post"})
"""Calls that change something elsewhere."""


class Port:
    """A port as one process has it. Dead it does nothing more; standing still it sends and hears nothing."""

    def __init__(self, port: Any, process: "Process") -> None:
        self._port, self._process = port, process

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if inspect.isasyncgenfunction(found):
            through: Any = lambda *args, **named: self._each(found, args, named)  # noqa: E731
        elif inspect.iscoroutinefunction(found):
            through = lambda *args, **named: self._through(found, args, named)  # noqa: E731
        else:
            return found
        self.__dict__[name] = through
        return through

    async def _through(self, found: Callable[..., Any], args: Any, named: Any) -> Any:
        await self._process.goes_on()
        try:
            if found.__name__ in _SENT:
                return await self._sent(found(*args, **named))
            return await found(*args, **named)
        finally:
            self._process.has_waited(found.__name__, args)
            await self._process.goes_on()

    async def _sent(self, call: Coroutine[Any, Any, Any]) -> Any:
        """What is on its way arrives, though nobody waits for the answer any more; dead men send nothing."""
        sent = asyncio.ensure_future(call)
        sent.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            return await asyncio.shield(sent)
        except asyncio.CancelledError:
            if self._process.is_dead:
                sent.cancel()
            raise

    async def _each(self, found: Callable[..., Any], args: Any, named: Any) -> AsyncGenerator[Any]:
        await self._process.goes_on()
        async for one in found(*args, **named):
            await self._process.goes_on()
            yield one


class _Stillness(Stillness):
    """On virtual time a loop never stands; the world tells when it did."""

    def __init__(self) -> None:
        super().__init__(lambda: 0.0)

    def stood(self) -> None:
        self._times += 1


class People:
    """The directory: everybody is known, and in their groups."""

    listed: ClassVar[dict[str, str]] = {}

    async def standing(self, person: Person) -> Membership:
        return Membership(frozenset(GROUPS.get(person.user, ())), "fresh", is_member=person.user in GROUPS)

    def others_in(self, handles: Iterable[str], but: str) -> int | None:
        wanted = set(handles)
        return sum(1 for user, groups in GROUPS.items() if user != but and groups & wanted)

    def members(self, handle: str) -> frozenset[str]:
        return frozenset(user for user, groups in GROUPS.items() if handle in groups)

    def mention(self, handle: str) -> str:
        return f"@{handle}"

    def name(self, user: str) -> str:
        return user

    async def meet(self, users: Iterable[str]) -> None:
        return


class Process:
    """Built as production builds it; `kill` ends it as a lost machine does."""

    def __init__(
        self,
        durable: Durable,
        cloud: Cloud,
        slack: SimulatedSlack,
        clock: Callable[[], datetime],
        twice: Callable[[], bool],
        pager: SimulatedPager,
        has_pager: bool,
    ) -> None:
        self.is_dead = False
        self._runs = asyncio.Event()
        self._runs.set()
        self._steps_left, self._then = 0, lambda: None
        self._watcher: Callable[[str, object], None] = lambda *_: None
        self.stillness = _Stillness()
        registry, catalog, policies, settings = read()
        if has_pager:
            settings = settings.model_copy(update={"pagerduty_routing_key": SecretStr("simulated")})
        mortal = lambda port: cast(Any, Port(port, self))  # noqa: E731
        opened = SimpleNamespace(
            journal=mortal(durable.journal),
            leases=mortal(durable.leases),
            posts=mortal(durable.posts),
            kept=None,
        )
        kinds: Any = dict.fromkeys(("ecs", "kubernetes"), mortal(CloudBackend(cloud)))
        prints = fingerprints_with(b"simulated")
        ground = Ground(
            settings, clock, catalog, registry, policies, cast(Any, opened), kinds, mortal(pager), prints
        )
        self.bell = Bell(durable, clock, twice, self.goes_on)
        self.chat = Chat(mortal(slack), opened.posts, clock, 1.0, stillness=self.stillness)
        self.services = self._services(ground, clock)
        self.gate = gate_on(self.services)
        dispatch = Dispatch(cast(Any, None), self.stillness)
        for build in FEATURES:
            feature = build(self.services)
            dispatch.join(feature, lambda: None)
        self._task = asyncio.ensure_future(self.bell.run(dispatch.handle, dispatch.fired))

    def _services(self, ground: Ground, clock: Callable[[], datetime]) -> Services:
        journal = ground.opened.journal
        incidents = Projection(journal, streams.incident, incident_state.fold)
        ops = Projection(journal, streams.operation, operation_state.fold)
        maintenances = Projection(journal, streams.maintenance, maintenance_state.fold)
        opened = OpenIncidentsReader(journal, incidents, lambda: None)
        people = People()

        async def incidents_channel() -> str:
            return INCIDENTS

        async def unsealed(_: str, after: int = 0) -> str:
            return ""

        slack = SlackServices(
            Identity(Workspaces((TEAM,)), ME, "B0MUSTER"), self.chat, cast(Any, None), cast(Any, people),
            cast(Any, None), incidents_channel, Patience(),
        )  # fmt: skip
        services = JournalServices(
            opened=ground.opened,
            operations=ops,
            incidents=incidents,
            maintenances=maintenances,
            runbook_runs=Projection(journal, streams.guide, runbook_state.fold),
            queries=Projection(journal, streams.look, pending_query.fold),
            alerts=Projection(journal, streams.alert, alert_state.fold),
            timers=cast(Any, None),
            later=self.bell.later,
            drainer=cast(Any, None),
            wake=self.bell.wake,
            links=IncidentLinks(journal, clock, TEAM, self.bell.wake),
            open_incidents=opened,
            seals=cast(Any, SimpleNamespace(unsealed=unsealed)),
        )
        authorizer = Authorizer(
            ground.policies, ground.catalog, people.standing, journal, ground.opened.leases, opened,
            maintenances, ops, clock,
        )  # fmt: skip

        async def no_urls(_: Any) -> tuple[()]:
            return ()

        checker = HealthChecker(ground.backends, no_urls)
        users = SlackUsers(self.chat, clock)
        on_call = OnCallReader(
            ground.catalog, (Rotations(ground.opened.journal),), users, cast(Any, people), clock
        )
        return Services(ground, slack, services, authorizer, checker, on_call, self.stillness)

    async def goes_on(self) -> None:
        """Return while it runs; wait while it stands still. Raises CancelledError once it is dead."""
        while not self._runs.is_set():
            await self._runs.wait()
        if self.is_dead:
            raise asyncio.CancelledError

    def at_step(self, number: int, then: Callable[[], None]) -> None:
        """Do something while this process waits for the answer of a call, so many calls from now."""
        self._steps_left, self._then = number, then

    def watch(self, watcher: Callable[[str, object], None]) -> None:
        """Tell somebody of each call that was answered: its name, and what was given."""
        self._watcher = watcher

    def has_waited(self, call: str, given: object) -> None:
        """A call was answered: one step more."""
        self._watcher(call, given)
        if self._steps_left:
            self._steps_left -= 1
            if not self._steps_left:
                self._then()

    @property
    def is_running(self) -> bool:
        """Whether it neither died nor stands still."""
        return not self.is_dead and self._runs.is_set()

    def stands(self) -> None:
        """As a stopped machine: nothing it was doing goes on before it `wakes`."""
        self._runs.clear()

    def wakes(self, after_s: float) -> None:
        """It goes on where it stood; its own clock tells it when that was for long."""
        if after_s > LONGEST_S:
            self.stillness.stood()
        self._runs.set()

    async def kill(self) -> None:
        """Nothing it was doing goes on, and nothing of it is tidied up."""
        self.is_dead = True
        self._task.cancel()
        self.bell.stop()
        await self.chat.close()
        self._runs.set()
        await asyncio.gather(self._task, return_exceptions=True)
