"""One process of Muster in a simulated world: production's gate and operations, on simulated ports."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar, cast

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
from bot.operations import feature as operations
from bot.patience import Patience
from bot.services import Ground, Identity, JournalServices, Services, SlackServices
from bot.settings import Settings
from bot.slack.membership import Membership
from bot.slack.messages import Chat
from bot.slack.workspaces import Workspaces
from model import pending_query
from model.catalog_loader import load_catalog
from model.incidents import state as incident_state
from model.maintenance import state as maintenance_state
from model.operations import state as operation_state
from model.people import Person
from model.runbooks import state as runbook_state
from model.secrets import fingerprints_with
from tests.simulation.cloud import Cloud, CloudBackend
from tests.simulation.durable import Bell, Durable
from tests.simulation.slack import SimulatedSlack

TEAM = "T0MUSTER"
GROUPS = {
    "U0ANA": {"operators", "incident-commanders", "engineers"},
    "U0SAM": {"operators", "engineers"},
    "U0BEN": {"architect-owners", "architect-oncall", "engineers"},
    "U0EVE": {"engineers"},
}
"""People and the groups they are in; Eve may change nothing in production."""

SERVICES = ("architect-api", "delivery-standard")


@lru_cache(maxsize=1)
def _read() -> tuple[Any, Any, Any, Settings]:
    """Catalog, commands and policies as shipped: read once, as they never change."""
    registry = commands.registry()
    settings = Settings(
        slack_bot_token="xoxb-simulated", slack_signing_secret="simulated", watch_longest_s=600,
        budget_plans=10_000, budget_looks=10_000, budget_refusals=10_000, budget_declarations=10_000,
    )  # fmt: skip
    catalog = load_catalog(Path(__file__).parents[2] / "examples" / "catalog", target_types(), registry)
    return registry, catalog, load_policies(settings, registry, catalog), settings


class Mortal:
    """A port of one process: once that is dead, nothing it still tries is done."""

    def __init__(self, port: Any, is_dead: Callable[[], bool]) -> None:
        self._port, self._is_dead = port, is_dead

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found
        if self._is_dead():
            return _nothing

        return found


async def _nothing(*_: Any, **__: Any) -> Any:
    raise asyncio.CancelledError


class People:
    """The directory: everybody is known, and in their groups."""

    listed: ClassVar[dict[str, str]] = {}

    async def standing(self, person: Person) -> Membership:
        return Membership(frozenset(GROUPS.get(person.user, ())), "fresh", is_member=person.user in GROUPS)

    def others_in(self, handles: Iterable[str], but: str) -> int | None:
        wanted = set(handles)
        return sum(1 for user, groups in GROUPS.items() if user != but and groups & wanted)


class Process:
    """Built as production builds it; `kill` ends it as a lost machine does."""

    def __init__(
        self,
        durable: Durable,
        cloud: Cloud,
        slack: SimulatedSlack,
        clock: Callable[[], datetime],
        twice: Callable[[], bool],
    ) -> None:
        self.is_dead = False
        registry, catalog, policies, settings = _read()
        mortal = lambda port: cast(Any, Mortal(port, lambda: self.is_dead))  # noqa: E731
        opened = SimpleNamespace(
            journal=mortal(durable.journal),
            leases=mortal(durable.leases),
            posts=mortal(durable.posts),
            kept=None,
        )
        kinds: Any = dict.fromkeys(("ecs", "kubernetes"), mortal(CloudBackend(cloud)))
        prints = fingerprints_with(b"simulated")
        ground = Ground(
            settings, clock, catalog, registry, policies, cast(Any, opened), kinds, cast(Any, None), prints
        )
        self.bell = Bell(durable, clock, twice)
        self.chat = Chat(mortal(slack), opened.posts, clock, 1.0)
        self.services = self._services(ground, clock)
        self.gate = gate_on(self.services)
        dispatch = Dispatch(cast(Any, None))
        feature = operations.build(self.services)
        dispatch.join(feature.reactions, feature.timers, lambda: None)
        self._task = asyncio.ensure_future(self.bell.run(dispatch.handle, dispatch.fired))

    def _services(self, ground: Ground, clock: Callable[[], datetime]) -> Services:
        journal = ground.opened.journal
        incidents = Projection(journal, streams.incident, incident_state.fold)
        ops = Projection(journal, streams.operation, operation_state.fold)
        maintenances = Projection(journal, streams.maintenance, maintenance_state.fold)
        opened = OpenIncidentsReader(journal, incidents, lambda: None)
        people = People()

        async def incidents_channel() -> str:
            return "C0INC"

        async def unsealed(_: str, after: int = 0) -> str:
            return ""

        slack = SlackServices(
            Identity(Workspaces((TEAM,)), "U0MUSTER", "B0MUSTER"), self.chat, cast(Any, None),
            cast(Any, people), cast(Any, None), incidents_channel, Patience(),
        )  # fmt: skip
        services = JournalServices(
            opened=ground.opened,
            operations=ops,
            incidents=incidents,
            maintenances=maintenances,
            runbook_runs=Projection(journal, streams.guide, runbook_state.fold),
            queries=Projection(journal, streams.look, pending_query.fold),
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

        return Services(ground, slack, services, authorizer, HealthChecker(ground.backends, no_urls))

    async def kill(self) -> None:
        """Nothing it was doing goes on, and nothing of it is tidied up."""
        self.is_dead = True
        self._task.cancel()
        self.bell.stop()
        await self.chat.close()
        await asyncio.gather(self._task, return_exceptions=True)
