"""RDS: snapshots, restores beside what is in use, swaps that a crash does not break, classes, replicas."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from backends.aws_clients import AwsClients
from backends.rds import Rds
from model.changes import Amount, Backup, Change, InstanceClass, Replicas, Restore, Swap
from model.health import Verdict
from model.plan import Direction, Plan, Progress, RiskTier
from model.ports.backend import BackendError, Fault
from model.refusal import Refused
from playground.aws.services.ec2 import add_group
from playground.aws.services.rds import LIVED_IN, Instance
from playground.aws.services.rds import Rds as RdsState
from tests.backends.conftest import Cloud
from tests.backends.systems import MOST_LOOKS, service

DB = service("miyabi-db")
TOKYO = "ap-northeast-1"


@dataclass
class Databases:
    """The backend on the playground's cloud."""

    cloud: Cloud
    clients: AwsClients
    backend: Rds

    @property
    def state(self) -> RdsState:
        return self.cloud.running.world.region(TOKYO).state(RdsState)

    @property
    def one(self) -> Instance:
        return self.state.instances["miyabi-db"]

    async def call(self, operation: str, **params: Any) -> dict[str, Any]:
        return await self.clients.change("rds", TOKYO, "", operation, **params)

    async def applies(self, change: Change) -> Plan:
        plan = await self.backend.plan(DB, change)
        for index, step in enumerate(plan.steps):
            await self.backend.apply(DB, step, f"OP-1-{index}")
        return plan

    async def watches(self, plan: Plan, since: datetime | None = None) -> list[Progress]:
        seen: list[Progress] = []
        async for progress in self.backend.watch(DB, plan, since or self.cloud.clock()):
            seen.append(progress)
            assert len(seen) < MOST_LOOKS, seen[-3:]
        return seen

    async def does(self, change: Change) -> Plan:
        plan = await self.applies(change)
        seen = await self.watches(plan)
        assert seen[-1].ok, seen[-1]
        return plan


@pytest.fixture
async def databases(cloud: Cloud) -> AsyncIterator[Databases]:
    clients = AwsClients(cloud.running.url, cloud.clock.sleep)
    backend = Rds(clients, cloud.clock, 3.0, cloud.clock.sleep)
    yield Databases(cloud, clients, backend)
    await backend.close()


async def test_health_says_status_class_storage_and_who_may_reach_it(databases: Databases):
    health = await databases.backend.health(DB)
    assert health.verdict is Verdict.OK
    assert {sign.name: sign.value for sign in health.signs} == {
        "instance": "available, db.t4g.medium",
        "engine": "postgres 15.8, 100 GiB",
        "security group miyabi-db-sg": "lets in miyabi-lambda-sg on 5432",
    }


@pytest.mark.parametrize("source", ["0.0.0.0/0", "::/0"])
async def test_a_security_group_that_is_open_to_the_world_is_a_bad_sign(databases: Databases, source: str):
    databases.one.group = add_group(databases.cloud.running.world.region(TOKYO), "open", 5432, source)
    health = await databases.backend.health(DB)
    assert (health.verdict, health.reason) == (Verdict.DEGRADED, "open is open to the world")


async def test_what_waits_for_the_maintenance_window_is_told_and_not_pulled_in(databases: Databases):
    await databases.call(
        "modify_db_instance", DBInstanceIdentifier="miyabi-db", DBInstanceClass="db.r6g.large"
    )
    health = await databases.backend.health(DB)
    assert health.reason == "it waits for the maintenance window: DBInstanceClass db.r6g.large"
    assert databases.one.klass == "db.t4g.medium"
    with pytest.raises(Refused, match="wait for its maintenance window"):
        await databases.backend.plan(DB, InstanceClass(to="db.r6g.xlarge"))


async def test_a_database_that_is_not_there_is_told_by_name(databases: Databases):
    del databases.state.instances["miyabi-db"]
    with pytest.raises(BackendError, match="miyabi-db not found") as told:
        await databases.backend.health(DB)
    assert told.value.fault is Fault.NOT_FOUND


async def test_backups_are_its_own_snapshots_newest_first(databases: Databases):
    found = await databases.backend.backups(DB)
    assert [(one.id, one.status, one.note) for one in found] == [
        ("rds:miyabi-db-daily", "available", "automated"),
        ("miyabi-db-pre-migration", "available", "manual"),
    ]


async def test_a_snapshot_without_a_name_is_called_by_its_time_and_watched(databases: Databases):
    plan = await databases.applies(Backup())
    name = "miyabi-db-manual-20260304-120000"
    assert plan.change == Backup(name=name)
    assert plan.tier is RiskTier.R1
    assert await databases.backend.has_applied(DB, plan.steps[0], "OP-1-0", databases.cloud.clock())
    seen = await databases.watches(plan)
    assert [one.last_event for one in seen] == [f"{name} is creating.", f"{name} is available."]
    assert databases.state.snapshots[name].instance == "miyabi-db"


async def test_a_snapshot_that_is_not_listed_yet_is_waited_for_and_not_for_ever(databases: Databases):
    plan = await databases.backend.plan(DB, Backup(name="before-index"))
    seen = await databases.watches(plan)
    assert seen[0].ok is None
    assert (seen[-1].ok, seen[-1].why) == (False, "before-index is missing.")


@pytest.mark.parametrize("name", ["1st", "a--b", "ends-", "dotted.name"])
async def test_a_name_that_rds_does_not_take_is_refused(databases: Databases, name: str):
    with pytest.raises(Refused, match="no name for a snapshot"):
        await databases.backend.plan(DB, Backup(name=name))


async def test_a_name_that_is_taken_is_refused_even_behind_many_newer_ones(databases: Databases):
    await databases.does(Backup(name="first"))
    for number in range(60):
        await databases.call(
            "create_db_snapshot", DBInstanceIdentifier="miyabi-db", DBSnapshotIdentifier=f"n{number}"
        )
        databases.cloud.clock.pass_s(1)
    assert "first" not in {one.id for one in await databases.backend.backups(DB)}
    with pytest.raises(Refused, match="already"):
        await databases.backend.plan(DB, Backup(name="first"))
    assert (await databases.backend.plan(DB, Restore(backup="first"))).steps


async def test_a_snapshot_is_restored_beside_with_the_settings_of_the_one_in_use(databases: Databases):
    before = databases.one
    plan = await databases.does(Restore(backup="miyabi-db-pre-migration"))
    assert plan.tier is RiskTier.R3
    assert plan.steps[0].params == {
        "Tags": [{"Key": "team", "Value": "miyabi"}],
        "DBInstanceIdentifier": "miyabi-db-restored",
        "DBSnapshotIdentifier": "miyabi-db-pre-migration",
        "DBInstanceClass": "db.t4g.medium",
        "VpcSecurityGroupIds": [before.group],
        "DBSubnetGroupName": "miyabi-private",
        "DBParameterGroupName": "default.postgres15",
        "OptionGroupName": "default:postgres-15",
        "Port": 5432,
        "MultiAZ": True,
        "PubliclyAccessible": False,
        "StorageType": "gp3",
        "DeletionProtection": True,
        "CopyTagsToSnapshot": False,
        "BackupRetentionPeriod": 7,
        "EnableIAMDatabaseAuthentication": False,
        "EnableCloudwatchLogsExports": ["postgresql"],
    }
    told = {one.code: one.text for one in plan.cautions}
    assert "enhanced monitoring, seconds (60)" in told["not-given"]
    new = databases.state.instances["miyabi-db-restored"]
    wanted = {**LIVED_IN, "TagList": [{"Key": "team", "Value": "miyabi"}]}
    made = {**new.settings, "MonitoringInterval": 60}
    assert {key: made[key] for key in wanted} == wanted
    assert databases.one is before
    with pytest.raises(Refused, match="There is an instance miyabi-db-restored already"):
        await databases.backend.plan(DB, Restore(backup="miyabi-db-pre-migration"))


async def test_data_of_a_moment_is_restored_beside_with_the_same_settings(databases: Databases):
    at = databases.cloud.clock() - timedelta(minutes=30)
    plan = await databases.does(Restore(at=at))
    assert plan.steps[0].call == "rds:RestoreDBInstanceToPointInTime"
    assert plan.steps[0].params["MultiAZ"] is True
    assert next(one for one in plan.cautions if one.code == "latest")
    assert databases.state.instances["miyabi-db-restored"].settings["DeletionProtection"] is True
    step, began = plan.steps[0], databases.cloud.clock()
    assert await databases.backend.has_applied(DB, step, "t", began) is True


async def test_a_moment_that_is_too_near_is_refused_with_the_latest(databases: Databases):
    now = databases.cloud.clock()
    with pytest.raises(Refused, match="The latest moment") as told:
        await databases.backend.plan(DB, Restore(at=now - timedelta(minutes=1)))
    assert told.value.suggestions == (f"/restore miyabi-db at={now - timedelta(minutes=5):%Y-%m-%dT%H:%M}",)


async def test_an_automated_snapshot_can_be_restored(databases: Databases):
    await databases.does(Restore(backup="rds:miyabi-db-daily"))
    assert "miyabi-db-restored" in databases.state.instances


@pytest.mark.parametrize("name", ["miyabi-db-pre-migratoin", "miyabi-db-dev-pre-migration"])
async def test_a_snapshot_unknown_or_of_another_database_is_refused_with_the_nearest(
    databases: Databases, name: str
):
    with pytest.raises(Refused, match="has no snapshot") as told:
        await databases.backend.plan(DB, Restore(backup=name))
    assert "miyabi-db-pre-migration" in told.value.instead


async def test_a_snapshot_that_is_still_made_is_not_restored(databases: Databases):
    await databases.applies(Backup(name="half"))
    with pytest.raises(Refused, match="half is creating"):
        await databases.backend.plan(DB, Restore(backup="half"))


async def test_there_is_no_swap_before_the_restore_is_available(databases: Databases):
    with pytest.raises(Refused, match="no instance miyabi-db-restored") as told:
        await databases.backend.plan(DB, Swap())
    assert "/restore miyabi-db BACKUP" in told.value.instead
    await databases.applies(Restore(backup="miyabi-db-pre-migration"))
    with pytest.raises(Refused, match="miyabi-db-restored is creating"):
        await databases.backend.plan(DB, Swap())


async def test_a_swap_waits_for_the_first_rename_before_the_second(databases: Databases):
    before = databases.one
    await databases.does(Restore(backup="miyabi-db-pre-migration"))
    new = databases.state.instances["miyabi-db-restored"]
    new.settings["MultiAZ"] = False
    plan = await databases.does(Swap())
    told = next(one.text for one in plan.cautions if one.code == "other-settings")
    assert "Multi-AZ yes → no" in told
    assert "enhanced monitoring, seconds 60 → no" in told
    assert "deletion" not in told
    assert (plan.tier, plan.others) == (RiskTier.R3, 2)
    assert databases.one is new
    assert databases.state.instances["miyabi-db-old"] is before
    renames = [call for call in databases.cloud.writes() if call.action == "ModifyDBInstance"]
    assert len(renames) == 2
    with pytest.raises(Refused, match="no instance miyabi-db-restored"):
        await databases.backend.plan(DB, Swap())


async def test_after_a_crash_at_any_step_of_a_swap_it_is_known_what_took_effect(databases: Databases):
    await databases.does(Restore(backup="miyabi-db-pre-migration"))
    plan, at = await databases.backend.plan(DB, Swap()), databases.cloud.clock()

    async def known() -> list[bool | None]:
        return [await databases.backend.has_applied(DB, step, "t", at) for step in plan.steps]

    assert await known() == [False, False]
    await databases.backend.apply(DB, plan.steps[0], "t")
    assert await known() == [True, False]
    databases.cloud.clock.pass_s(60)
    assert await known() == [True, False]
    await databases.backend.apply(DB, plan.steps[1], "t")
    assert (await known())[1] is True
    databases.cloud.clock.pass_s(60)
    assert (await known())[1] is True


async def test_a_swap_that_broke_off_between_its_renames_is_finished_by_the_same_words(databases: Databases):
    await databases.does(Restore(backup="miyabi-db-pre-migration"))
    new = databases.state.instances["miyabi-db-restored"]
    plan = await databases.backend.plan(DB, Swap())
    await databases.backend.apply(DB, plan.steps[0], "t")
    databases.cloud.clock.pass_s(60)
    with pytest.raises(Refused, match="half swapped") as told:
        await databases.backend.plan(DB, Backup())
    assert told.value.instead == "Type /restore miyabi-db --swap to finish."
    health = await databases.backend.health(DB)
    assert health.verdict is Verdict.DOWN
    assert "half swapped. Type /restore miyabi-db --swap" in health.reason
    assert [one.name for one in health.signs] == ["instance", "miyabi-db-old", "miyabi-db-restored"]
    rest = await databases.does(Swap())
    assert rest.steps == plan.steps[1:]
    assert databases.one is new


async def test_the_second_rename_gives_up_while_the_name_is_taken(databases: Databases):
    await databases.does(Restore(backup="miyabi-db-pre-migration"))
    plan = await databases.backend.plan(DB, Swap())
    with pytest.raises(BackendError, match="miyabi-db is still taken") as told:
        await databases.backend.apply(DB, plan.steps[1], "t")
    assert (told.value.fault, told.value.sent) == (Fault.CONFLICT, False)


async def test_a_swap_tells_that_read_replicas_stay_with_the_old_data(databases: Databases):
    await databases.does(Replicas(count=Amount(how="to", n=1)))
    await databases.does(Restore(backup="miyabi-db-pre-migration"))
    plan = await databases.backend.plan(DB, Swap())
    assert [one.code for one in plan.cautions] == ["cuts-connections", "replicas-stay", "other-settings"]


async def test_a_class_needs_a_snapshot_of_the_last_day(databases: Databases):
    def stops(plan: Plan) -> list[tuple[str, str]]:
        return [(one.code, one.instead) for one in plan.cautions if one.level == "stop"]

    change = InstanceClass(to="db.r6g.large")
    assert stops(await databases.backend.plan(DB, change)) == [("snapshot-first", "Type /backup miyabi-db")]
    await databases.applies(Backup())
    assert stops(await databases.backend.plan(DB, change)), "a snapshot that is still made does not count"
    databases.cloud.clock.pass_s(60)
    assert stops(await databases.backend.plan(DB, change)) == []
    databases.cloud.clock.at += timedelta(hours=25)
    assert stops(await databases.backend.plan(DB, change))


async def test_a_class_is_changed_at_once_watched_and_undone(databases: Databases):
    await databases.does(Backup())
    plan = await databases.applies(InstanceClass(to="db.r6g.large"))
    assert plan.tier is RiskTier.R3
    assert plan.steps[0].params["ApplyImmediately"] is True
    assert await databases.backend.has_applied(DB, plan.steps[0], "t", databases.cloud.clock())
    health = await databases.backend.health(DB)
    assert any("it is being changed" in sign.why for sign in health.signs)
    assert (await databases.watches(plan))[-1].ok
    assert databases.one.klass == "db.r6g.large"
    assert plan.inverse is not None
    await databases.does(plan.inverse)
    assert databases.one.klass == "db.t4g.medium"


async def test_a_class_that_another_set_meanwhile_is_not_called_done(databases: Databases):
    plan = await databases.backend.plan(DB, InstanceClass(to="db.r6g.large"))
    assert await databases.backend.has_applied(DB, plan.steps[0], "t", databases.cloud.clock()) is False
    seen = await databases.watches(plan)
    assert (seen[-1].ok, seen[-1].why) == (False, "It is db.t4g.medium; something else set that.")


async def test_a_class_there_is_not_is_refused_with_those_there_are(databases: Databases):
    with pytest.raises(Refused, match=r"does not have .*db\.r6g\.lrage") as told:
        await databases.backend.plan(DB, InstanceClass(to="db.r6g.lrage"))
    assert told.value.suggestions[0] == "/scale miyabi-db class=db.r6g.large"


async def test_the_class_it_has_is_as_asked(databases: Databases):
    plan = await databases.backend.plan(DB, InstanceClass(to="db.t4g.medium"))
    assert (plan.steps, plan.cautions, plan.inverse) == ((), (), None)


async def test_read_replicas_are_added_by_number_or_by_one_more(databases: Databases):
    plan = await databases.does(Replicas(count=Amount(how="up", n=1)))
    assert (plan.direction, plan.size) == (Direction.UP, 1)
    await databases.does(Replicas(count=Amount(how="to", n=2)))
    assert databases.state.instances["miyabi-db-read-2"].source == "miyabi-db"
    plan = await databases.backend.plan(DB, Replicas(count=Amount(how="to", n=2)))
    assert plan.steps == ()


async def test_a_read_replica_is_never_taken_away(databases: Databases):
    await databases.does(Replicas(count=Amount(how="to", n=1)))
    with pytest.raises(Refused, match="deletes a copy of the data"):
        await databases.backend.plan(DB, Replicas(count=Amount(how="to", n=0)))


async def test_nothing_is_planned_while_something_is_done_to_it(databases: Databases):
    await databases.does(Backup())
    await databases.applies(InstanceClass(to="db.r6g.large"))
    for change in (Backup(), Replicas(count=Amount(how="up", n=1)), InstanceClass(to="db.t3.medium")):
        with pytest.raises(Refused, match="miyabi-db is modifying"):
            await databases.backend.plan(DB, change)


async def test_the_fingerprint_moves_with_what_plans_depend_on_and_nothing_else(databases: Databases):
    first = await databases.backend.fingerprint(DB)
    await databases.does(Backup())
    assert await databases.backend.fingerprint(DB) == first
    await databases.does(Replicas(count=Amount(how="to", n=1)))
    assert await databases.backend.fingerprint(DB) != first


async def test_what_aws_refuses_is_told_in_its_words(databases: Databases):
    plan = await databases.backend.plan(DB, Backup(name="mine"))
    await databases.applies(Backup(name="mine"))
    databases.cloud.clock.pass_s(60)
    with pytest.raises(BackendError, match="identifier mine already exists") as told:
        await databases.backend.apply(DB, plan.steps[0], "t")
    assert told.value.sent is False
