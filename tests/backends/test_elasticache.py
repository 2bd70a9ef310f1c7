"""ElastiCache: how a cluster is, and snapshots of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from backends.aws_clients import AwsClients
from backends.elasticache import ElastiCache
from model.changes import Backup, Restart
from model.health import Verdict
from model.plan import Plan, Progress, RiskTier
from model.ports.backend import BackendError, Fault
from model.refusal import Refused
from playground.aws.services.elasticache import Cache
from tests.backends.conftest import Cloud
from tests.backends.systems import MOST_LOOKS, service

CACHE = service("miyabi-cache-dev")


@dataclass
class Caches:
    """The backend on the playground's cloud."""

    cloud: Cloud
    backend: ElastiCache

    @property
    def state(self) -> Cache:
        return self.cloud.running.world.region("us-west-2").state(Cache)

    async def applies(self, name: str = "") -> Plan:
        plan = await self.backend.plan(CACHE, Backup(name=name))
        await self.backend.apply(CACHE, plan.steps[0], "OP-1-0")
        return plan

    async def watches(self, plan: Plan) -> list[Progress]:
        seen: list[Progress] = []
        async for progress in self.backend.watch(CACHE, plan, self.cloud.clock()):
            seen.append(progress)
            assert len(seen) < MOST_LOOKS, seen[-3:]
        return seen


@pytest.fixture
async def caches(cloud: Cloud) -> AsyncIterator[Caches]:
    clients = AwsClients(cloud.running.url, cloud.clock.sleep)
    backend = ElastiCache(clients, cloud.clock, 3.0, cloud.clock.sleep)
    yield Caches(cloud, backend)
    await backend.close()


async def test_health_says_status_size_and_engine(caches: Caches):
    health = await caches.backend.health(CACHE)
    assert health.verdict is Verdict.OK
    assert health.signs[0].value == "available, cache.t3.micro, redis 7.0.7"


async def test_a_cluster_that_is_not_there_is_told_by_name(caches: Caches):
    caches.state.clusters.clear()
    with pytest.raises(BackendError, match="miyabi-cache-dev") as told:
        await caches.backend.reach(CACHE)
    assert told.value.fault is Fault.NOT_FOUND


async def test_a_snapshot_without_a_name_is_called_by_its_time_and_watched(caches: Caches):
    plan = await caches.applies()
    name = "miyabi-cache-dev-20260304-120000"
    assert plan.change == Backup(name=name)
    assert plan.tier is RiskTier.R1
    assert await caches.backend.has_applied(CACHE, plan.steps[0], "t", caches.cloud.clock())
    seen = await caches.watches(plan)
    assert [one.last_event for one in seen] == [f"{name} is creating.", f"{name} is available."]
    assert [one.id for one in await caches.backend.backups(CACHE)] == [name, "miyabi-cache-snapshot-20260225"]


async def test_while_one_is_taken_health_is_well_and_another_is_refused(caches: Caches):
    await caches.applies("first")
    health = await caches.backend.health(CACHE)
    assert (health.verdict, health.signs[0].value[:12]) == (Verdict.OK, "snapshotting")
    with pytest.raises(Refused, match="miyabi-cache-dev is snapshotting"):
        await caches.backend.plan(CACHE, Backup(name="second"))


async def test_a_snapshot_that_is_not_listed_yet_is_waited_for_and_not_for_ever(caches: Caches):
    plan = await caches.backend.plan(CACHE, Backup(name="before-upgrade"))
    assert await caches.backend.has_applied(CACHE, plan.steps[0], "t", caches.cloud.clock()) is False
    seen = await caches.watches(plan)
    assert seen[0].ok is None
    assert (seen[-1].ok, seen[-1].why) == (False, "before-upgrade is missing.")


@pytest.mark.parametrize("name", ["1st", "a--b", "ends-", "dotted.name", "n" * 41])
async def test_a_name_that_elasticache_does_not_take_is_refused(caches: Caches, name: str):
    with pytest.raises(Refused, match="no name for a snapshot"):
        await caches.backend.plan(CACHE, Backup(name=name))


async def test_a_name_that_is_taken_is_refused(caches: Caches):
    with pytest.raises(Refused, match="already"):
        await caches.backend.plan(CACHE, Backup(name="miyabi-cache-snapshot-20260225"))


async def test_a_snapshot_changes_nothing_that_plans_depend_on(caches: Caches):
    first = await caches.backend.fingerprint(CACHE)
    await caches.watches(await caches.applies())
    assert await caches.backend.fingerprint(CACHE) == first


async def test_it_takes_snapshots_and_nothing_else(caches: Caches):
    assert caches.backend.accepts(Backup())
    assert not caches.backend.accepts(Restart())
