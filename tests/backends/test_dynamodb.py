"""DynamoDB: how a table is, backups of it, and a capacity that takes few decreases a day."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from backends.aws_clients import AwsClients
from backends.dynamodb import DynamoDb
from model.changes import Backup, Capacity, Change
from model.health import Verdict
from model.plan import Direction, Plan, Progress, RiskTier
from model.ports.backend import BackendError, Fault
from model.refusal import Refused
from playground.aws.services.dynamodb import MOST_DECREASES, Dynamo, Table
from tests.backends.conftest import Cloud
from tests.backends.systems import MOST_LOOKS, service

TABLE = service("brutal-patches-table")
NAME = "BrutalPatchesTable-prod"


@dataclass
class Tables:
    """The backend on the playground's cloud."""

    cloud: Cloud
    backend: DynamoDb

    @property
    def one(self) -> Table:
        return self.cloud.running.world.region("us-east-1").state(Dynamo).tables[NAME]

    async def applies(self, change: Change) -> Plan:
        plan = await self.backend.plan(TABLE, change)
        for index, step in enumerate(plan.steps):
            await self.backend.apply(TABLE, step, f"OP-1-{index}")
        return plan

    async def watches(self, plan: Plan) -> list[Progress]:
        seen: list[Progress] = []
        async for progress in self.backend.watch(TABLE, plan, self.cloud.clock()):
            seen.append(progress)
            assert len(seen) < MOST_LOOKS, seen[-3:]
        return seen

    async def does(self, change: Change) -> Plan:
        plan = await self.applies(change)
        seen = await self.watches(plan)
        assert seen[-1].ok, seen[-1]
        return plan


@pytest.fixture
async def tables(cloud: Cloud) -> AsyncIterator[Tables]:
    backend = DynamoDb(AwsClients(cloud.running.url, cloud.clock.sleep), cloud.clock, 3.0, cloud.clock.sleep)
    yield Tables(cloud, backend)
    await backend.close()


async def test_health_says_status_and_what_is_provisioned(tables: Tables):
    health = await tables.backend.health(TABLE)
    assert health.verdict is Verdict.OK
    assert [(sign.name, sign.value) for sign in health.signs] == [
        ("table", "ACTIVE, 48,213 items"),
        ("capacity", "25 read, 10 write"),
        ("consumed", health.signs[2].value),
    ]
    assert 0 < float(health.signs[2].value.split()[0]) < 25


async def test_a_table_that_consumes_all_it_has_is_degraded(tables: Tables):
    tables.one.read = 1
    health = await tables.backend.health(TABLE)
    assert (health.verdict, health.reason) == (Verdict.DEGRADED, "all of its capacity is consumed")


async def test_the_table_is_told_of_when_its_metrics_are_not(tables: Tables):
    tables.cloud.running.config.denied.add("cloudwatch:GetMetricData")
    health = await tables.backend.health(TABLE)
    assert health.signs[0].value == "ACTIVE, 48,213 items"
    assert health.signs[2].verdict is Verdict.UNKNOWN


async def test_a_table_that_is_not_there_is_told_by_name(tables: Tables):
    tables.cloud.running.world.region("us-east-1").state(Dynamo).tables.clear()
    with pytest.raises(BackendError, match=f"Table: {NAME} not found") as told:
        await tables.backend.reach(TABLE)
    assert told.value.fault is Fault.NOT_FOUND


async def test_capacity_is_set_watched_until_active_and_undone(tables: Tables):
    plan = await tables.applies(Capacity(read=50, write=20))
    assert (plan.tier, plan.direction) == (RiskTier.R2, Direction.UP)
    health = await tables.backend.health(TABLE)
    assert (health.verdict, health.reason) == (Verdict.DEGRADED, f"{NAME} is UPDATING")
    with pytest.raises(Refused, match="UPDATING"):
        await tables.backend.plan(TABLE, Capacity(read=60))
    seen = await tables.watches(plan)
    assert [one.last_event for one in seen] == ["UPDATING: 50 read, 20 write", "ACTIVE: 50 read, 20 write"]
    assert isinstance(plan.inverse, Capacity)
    assert (plan.inverse.read, plan.inverse.write) == (25, 10)
    await tables.does(plan.inverse)
    assert (tables.one.read, tables.one.write) == (25, 10)


async def test_the_side_that_is_not_named_stays_as_it_is(tables: Tables):
    plan = await tables.does(Capacity(write=40))
    assert (tables.one.read, tables.one.write) == (25, 40)
    assert [(one.what, one.before, one.after) for one in plan.deltas] == [("write capacity", "10", "40")]


async def test_what_it_has_is_as_asked_and_nothing_is_sent(tables: Tables):
    plan = await tables.applies(Capacity(read=25, write=10))
    assert (plan.steps, plan.inverse) == ((), None)
    assert tables.cloud.writes() == []


async def test_after_a_crash_it_is_known_whether_the_capacity_was_set(tables: Tables):
    plan, now = await tables.backend.plan(TABLE, Capacity(read=50)), tables.cloud.clock()
    assert await tables.backend.has_applied(TABLE, plan.steps[0], "t", now) is False
    await tables.backend.apply(TABLE, plan.steps[0], "t")
    assert await tables.backend.has_applied(TABLE, plan.steps[0], "t", now) is True


async def test_a_decrease_warns_that_few_are_taken_a_day(tables: Tables):
    plan = await tables.backend.plan(TABLE, Capacity(read=5))
    assert [one.code for one in plan.cautions] == ["few-decreases", "owner"]
    assert plan.direction is Direction.DOWN


async def test_a_decrease_too_many_says_what_holds_and_when_it_works_again(tables: Tables):
    tables.one.decreases = MOST_DECREASES
    plan = await tables.backend.plan(TABLE, Capacity(read=5))
    with pytest.raises(BackendError, match="takes no more changes of BrutalPatchesTable-prod") as told:
        await tables.backend.apply(TABLE, plan.steps[0], "t")
    assert told.value.next.startswith("Capacity is as it was.")
    assert told.value.sent is False
    assert tables.one.read == 25


async def test_an_on_demand_table_has_no_capacity_to_set(tables: Tables):
    tables.one.read = tables.one.write = 0
    with pytest.raises(Refused, match="billed on demand") as told:
        await tables.backend.plan(TABLE, Capacity(read=5))
    assert "/metrics brutal-patches-table" in told.value.instead
    health = await tables.backend.health(TABLE)
    assert health.signs[1].value == "on demand"


async def test_what_another_set_meanwhile_is_not_called_done(tables: Tables):
    plan = await tables.applies(Capacity(read=50))
    tables.one.read = 30
    seen = await tables.watches(plan)
    assert (seen[-1].ok, seen[-1].why) == (False, "ACTIVE: 30 read, 10 write; something else set that.")


async def test_a_backup_without_a_name_is_called_by_its_time_and_watched(tables: Tables):
    plan = await tables.applies(Backup())
    name = "manual-backup-20260304-120000"
    assert plan.change == Backup(name=name)
    assert plan.tier is RiskTier.R1
    assert await tables.backend.has_applied(TABLE, plan.steps[0], "t", tables.cloud.clock())
    seen = await tables.watches(plan)
    assert [one.last_event for one in seen] == [f"{name} is creating.", f"{name} is available."]
    assert [one.id for one in await tables.backend.backups(TABLE)] == [name, "monthly"]


async def test_a_backup_that_is_not_listed_yet_is_waited_for_and_not_for_ever(tables: Tables):
    plan = await tables.backend.plan(TABLE, Backup(name="before-import"))
    assert await tables.backend.has_applied(TABLE, plan.steps[0], "t", tables.cloud.clock()) is False
    seen = await tables.watches(plan)
    assert seen[0].ok is None
    assert (seen[-1].ok, seen[-1].why) == (False, "before-import is missing.")


@pytest.mark.parametrize(("name", "why"), [("ab", "no name"), ("a:b:c", "no name"), ("monthly", "already")])
async def test_a_name_that_cannot_be_one_or_is_taken_is_refused(tables: Tables, name: str, why: str):
    with pytest.raises(Refused, match=why):
        await tables.backend.plan(TABLE, Backup(name=name))


async def test_the_fingerprint_moves_with_the_capacity_and_nothing_else(tables: Tables):
    first = await tables.backend.fingerprint(TABLE)
    await tables.does(Backup())
    assert await tables.backend.fingerprint(TABLE) == first
    await tables.does(Capacity(read=26))
    assert await tables.backend.fingerprint(TABLE) != first
