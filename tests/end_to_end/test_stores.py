"""RDS, ElastiCache, DynamoDB and API Gateway: looked at, backed up, restored beside, resized, limited."""

from datetime import timedelta

import pytest

from bot.clock import utc_now
from playground.aws.services.apigateway import Plans
from playground.aws.services.dynamodb import Dynamo, Table
from playground.aws.services.ec2 import add_group
from playground.aws.services.elasticache import Cache
from playground.aws.services.rds import Instance, Rds
from tests.end_to_end.conftest import Stage, everything


def rds(stage: Stage, region: str = "ap-northeast-1") -> Rds:
    return stage.town.aws.world.region(region).state(Rds)


def instance(stage: Stage, name: str = "miyabi-db") -> Instance:
    return rds(stage).instances[name]


@pytest.mark.procedure("rds-status")
async def test_a_database_shows_its_status_and_who_may_reach_it(stage: Stage):
    await stage.types("U0CHI", "/health miyabi-db")
    shown = everything(await stage.whispers("miyabi-db is", "U0CHI"))
    assert "available, db.t4g.medium" in shown
    assert "lets in miyabi-lambda-sg on 5432" in shown


async def test_a_database_that_is_open_to_the_world_is_degraded(stage: Stage):
    region = stage.town.aws.world.region("ap-northeast-1")
    instance(stage).group = add_group(region, "miyabi-db-open", 5432, "0.0.0.0/0")
    await stage.types("U0CHI", "/health miyabi-db")
    await stage.whispers("miyabi-db-open is open to the world", "U0CHI")


@pytest.mark.procedure("backup")
async def test_a_snapshot_is_taken_and_watched_until_it_is_available(stage: Stage):
    await stage.changes("U0CHI", "/backup miyabi-db before-index")
    assert rds(stage).snapshots["before-index"].instance == "miyabi-db"


@pytest.mark.procedure("backups")
async def test_history_lists_snapshots(stage: Stage):
    await stage.types("U0CHI", "/history miyabi-db")
    await stage.whispers("miyabi-db-pre-migration", "U0CHI")


@pytest.mark.procedure("restore")
async def test_a_snapshot_is_restored_beside_and_swapped_in_by_three_people(stage: Stage):
    before = instance(stage)
    restore = "/restore miyabi-db miyabi-db-pre-migration because a bad migration"
    await stage.changes("U0CHI", restore, name="miyabi-db", approvers=("U0SAM",))
    new = instance(stage, "miyabi-db-restored")
    assert (new.klass, new.group) == (before.klass, before.group)
    assert instance(stage) is before
    swap = "/restore miyabi-db --swap because the data is right"
    await stage.changes("U0CHI", swap, 2, "miyabi-db", ("U0SAM", "U0ANA"))
    assert instance(stage) is new
    assert instance(stage, "miyabi-db-old") is before


async def test_a_database_is_restored_beside_as_it_was_at_a_moment(stage: Stage):
    at = utc_now() - timedelta(hours=1)
    line = f"/restore miyabi-db at={at:%Y-%m-%dT%H:%M} because rows were deleted"
    await stage.changes("U0CHI", line, name="miyabi-db", approvers=("U0SAM",))
    assert f"{at:%Y-%m-%d %H:%M} UTC" in everything(await stage.shows("OP-1 · "))
    assert instance(stage, "miyabi-db-restored").settings["TagList"] == [{"Key": "team", "Value": "miyabi"}]
    assert instance(stage).id == "miyabi-db"


async def test_a_moment_is_typed_as_a_time_of_day(stage: Stage):
    await stage.types("U0CHI", "/restore miyabi-db at=14:00 because rows were deleted")
    plan = everything(await stage.shows("OP-1 · plan"))
    assert "14:00 UTC" in plan


async def test_a_snapshot_of_another_database_is_refused_with_its_own(stage: Stage):
    await stage.types("U0CHI", "/restore miyabi-db miyabi-db-dev-pre-migration because wrong")
    shown = everything(await stage.whispers("has no snapshot", "U0CHI"))
    assert "miyabi-db-pre-migration" in shown
    assert stage.cloud_changes() == []


@pytest.mark.procedure("database-class")
async def test_a_class_is_changed_after_a_fresh_snapshot_and_undone(stage: Stage):
    await stage.types("U0CHI", "/scale miyabi-db class=db.r6g.large because slow")
    shown = everything(await stage.whispers("a snapshot of the last 24 h", "U0CHI"))
    assert "/backup miyabi-db" in shown
    assert instance(stage).klass == "db.t4g.medium"
    await stage.changes("U0CHI", "/backup miyabi-db", 2)
    line = "/scale miyabi-db class=db.r6g.large because slow"
    await stage.changes("U0CHI", line, 3, "miyabi-db", ("U0SAM",))
    assert instance(stage).klass == "db.r6g.large"


async def test_a_class_that_there_is_not_is_refused_with_those_there_are(stage: Stage):
    await stage.types("U0CHI", "/scale miyabi-db class=db.r6g.huge because slow")
    shown = everything(await stage.whispers("RDS does not have", "U0CHI"))
    assert "class=db.r6g.large" in shown


@pytest.mark.procedure("database-class")
async def test_a_read_replica_is_added(stage: Stage):
    await stage.changes("U0CHI", "/scale miyabi-db replicas=+1 because reports")
    assert instance(stage, "miyabi-db-read").source == "miyabi-db"


async def test_a_read_replica_is_never_taken_away_from_here(stage: Stage):
    await stage.changes("U0CHI", "/scale miyabi-db replicas=1 because reports")
    await stage.types("U0CHI", "/scale miyabi-db replicas=0 because costs")
    await stage.whispers("deletes a copy of the data", "U0CHI")
    assert "miyabi-db-read" in rds(stage).instances


@pytest.mark.procedure("backup")
async def test_a_cache_is_backed_up(stage: Stage):
    await stage.changes("U0CHI", "/backup miyabi-cache-dev before-upgrade")
    snapshots = stage.town.aws.world.region("us-west-2").state(Cache).snapshots
    assert snapshots["before-upgrade"].cluster == "miyabi-cache-dev"
    await stage.types("U0CHI", "/history miyabi-cache-dev")
    await stage.whispers("before-upgrade", "U0CHI")
    await stage.types("U0CHI", "/health miyabi-cache-dev")
    await stage.whispers("cache.t3.micro", "U0CHI")


@pytest.mark.procedure("table-status")
async def test_a_table_shows_its_status_capacity_and_throttles(stage: Stage):
    await stage.types("U0EVE", "/health brutal-patches-table")
    shown = everything(await stage.whispers("brutal-patches-table is", "U0EVE"))
    assert "25 read, 10 write" in shown
    assert "Throttled reads" in shown
    assert "read and" in shown.partition("consumed")[2]


@pytest.mark.procedure("capacity")
async def test_a_tables_capacity_is_set_and_undone(stage: Stage):
    table = stage.town.aws.world.region("us-east-1").state(Dynamo).tables["BrutalPatchesTable-prod"]
    line = "/scale brutal-patches-table read=50 write=20 because throttled"
    await stage.changes("U0EVE", line)
    assert (table.read, table.write) == (50, 20)
    table.until = table.born + timedelta()
    await stage.changes("U0EVE", "/undo OP-1 because it is over", 2)
    assert (table.read, table.write) == (25, 10)


@pytest.mark.procedure("backup")
async def test_a_table_is_backed_up(stage: Stage):
    await stage.changes("U0EVE", "/backup brutal-patches-table before-import")
    backups = stage.town.aws.world.region("us-east-1").state(Dynamo).backups
    assert backups[-1]["BackupName"] == "before-import"
    await stage.types("U0EVE", "/history brutal-patches-table")
    await stage.whispers("before-import", "U0EVE")


def table(stage: Stage, name: str = "BrutalPatchesTable-prod") -> Table:
    return stage.town.aws.world.region("us-east-1").state(Dynamo).tables[name]


async def test_a_table_is_restored_beside_as_it_was_at_a_moment(stage: Stage):
    at = utc_now() - timedelta(hours=1)
    line = f"/restore brutal-patches-table at={at:%Y-%m-%dT%H:%M} because rows were deleted"
    await stage.types("U0EVE", line)
    plan = everything(await stage.shows("OP-1 · plan"))
    assert "will not have: auto scaling, IAM policies, alarms, tags, streams, time to live" in plan
    assert "point-in-time recovery" in plan
    await stage.changes("U0EVE", line, 2, "brutal-patches-table", ("U0SAM",))
    made = table(stage, "BrutalPatchesTable-prod-restored").made_of
    assert made == at.replace(second=0, microsecond=0)


async def test_a_table_without_point_in_time_recovery_says_what_there_is(stage: Stage):
    table(stage).keeps_moments = False
    await stage.types("U0EVE", "/restore brutal-patches-table at=14:00 because rows were deleted")
    told = everything(await stage.whispers("Point-in-time recovery", "U0EVE"))
    assert "/history brutal-patches-table" in told


async def test_a_moment_that_a_table_has_not_reached_is_refused_with_the_latest(stage: Stage):
    at = utc_now() - timedelta(minutes=2)
    await stage.types("U0EVE", f"/restore brutal-patches-table at={at:%Y-%m-%dT%H:%M} because deleted")
    told = everything(await stage.whispers("The latest moment", "U0EVE"))
    assert "/restore brutal-patches-table at=" in told


async def test_a_backup_of_a_table_is_not_restored_from_here_and_says_what_is(stage: Stage):
    await stage.types("U0EVE", "/restore brutal-patches-table monthly because rows were deleted")
    told = everything(await stage.whispers("not restored from here", "U0EVE"))
    assert "/restore brutal-patches-table at=" in told


@pytest.mark.procedure("usage-plan")
async def test_a_usage_plan_shows_its_limits(stage: Stage):
    await stage.types("U0CHI", "/health miyabi-gateway")
    await stage.whispers("500 requests a second, 1000 at once", "U0CHI")


@pytest.mark.procedure("rate-limit")
async def test_a_rate_limit_is_set_and_undone(stage: Stage):
    plan = stage.town.aws.world.region("ap-northeast-1").state(Plans).plans["m1yab1"]
    await stage.changes("U0CHI", "/scale miyabi-gateway rate=1000 because 429s")
    assert plan["throttle"] == {"rateLimit": 1000.0, "burstLimit": 1000}
    await stage.changes("U0CHI", "/undo OP-1 because it is over", 2)
    assert plan["throttle"] == {"rateLimit": 500.0, "burstLimit": 1000}


async def test_a_rate_over_the_hard_limit_is_refused_with_the_nearest(stage: Stage):
    await stage.types("U0CHI", "/scale miyabi-gateway rate=20000 because more")
    shown = everything(await stage.whispers("may run from 1 to 10000", "U0CHI"))
    assert "rate=10000" in shown
