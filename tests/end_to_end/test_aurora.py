"""An Aurora cluster, and a Multi-AZ instance: looked at, failed over and back, backed up, restored beside."""

import shutil
from collections.abc import AsyncGenerator
from datetime import timedelta
from itertools import chain
from pathlib import Path

import pytest
import yaml

from bot.cli.grants import iam_policies
from bot.clock import utc_now
from bot.settings import Settings
from playground.aws import Rights
from playground.aws.cloud import Region
from playground.aws.services.rds import Rds
from playground.aws.services.rds_clusters import Clusters, DbCluster, add_cluster
from tests.end_to_end.conftest import CATALOG, Stage, everything, staged

PLACE = "ap-northeast-1"
MEMBERS = {"shop-db-1": 1, "shop-db-2": 2, "shop-db-3": 0}


def catalog_with_cluster(folder: Path) -> Path:
    """The example's catalog with shop-db beside miyabi-db."""
    shutil.copytree(CATALOG, folder)
    file = folder / "miyabi-web.yaml"
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    other = next(one for one in data["services"] if one["id"] == "miyabi-db")
    kept = {key: other[key] for key in ("source", "environment", "owners", "on_call") if key in other}
    target = {"kind": "aurora", "region": PLACE, "account": "112530848482", "cluster": "shop-db"}
    data["services"].append({**kept, "id": "shop-db", "name": "shop-db", "target": target})
    file.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return folder


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncGenerator[Stage]:
    catalog = catalog_with_cluster(tmp_path / "catalog")
    iam = tuple(chain.from_iterable(iam_policies(Settings(catalog=catalog)).values()))
    async with staged(tmp_path, "http", place={"iam": iam}, catalog=catalog) as playing:
        add_cluster(region(playing), utc_now(), "shop-db", MEMBERS, "db.r6g.large")
        yield playing


def region(stage: Stage) -> Region:
    return stage.town.aws.world.region(PLACE)


def cluster(stage: Stage, name: str = "shop-db") -> DbCluster:
    return region(stage).state(Clusters).held[name]


async def test_its_health_says_who_writes_and_who_reads(stage: Stage):
    await stage.types("U0ANA", "/health shop-db")
    shown = everything(await stage.whispers("shop-db", "U0ANA"))
    assert "shop-db-1, available, db.r6g.large" in shown
    assert "reader shop-db-3" in shown
    assert "reader shop-db-2" in shown


async def test_a_cluster_that_nobody_writes_to_is_down(stage: Stage):
    cluster(stage).writer = ""
    await stage.types("U0ANA", "/health shop-db")
    await stage.whispers("shop-db has no writer: nothing can be written", "U0ANA")


async def test_the_reader_that_aurora_prefers_takes_over_and_undo_goes_back(stage: Stage):
    await stage.types("U0ANA", "/failover shop-db because its zone is failing")
    plan = await stage.shows("OP-1 · plan")
    said = everything(plan)
    assert "shop-db-1 → shop-db-3" in said
    assert "less than 35 s" in said
    await stage.confirms("U0ANA", plan)
    await stage.shows("OP-1 · ✅ Done")
    assert cluster(stage).writer == "shop-db-3"
    await stage.changes("U0ANA", "/undo OP-1 because the zone is back", 2)
    assert cluster(stage).writer == "shop-db-1"


async def test_a_smaller_reader_is_warned_of(stage: Stage):
    region(stage).state(Rds).instances["shop-db-2"].klass = "db.t4g.medium"
    await stage.types("U0ANA", "/failover shop-db to=shop-db-2 because the writer hangs")
    assert "it may not carry the same load" in everything(await stage.shows("OP-1 · plan"))


REFUSED = [
    ("/failover shop-db to=shop-db-9 because it hangs", "has no instance"),
    ("/restart shop-db because it hangs", "/failover shop-db"),
    ("/restore shop-db --swap because it is right", "Muster does not swap Aurora clusters"),
    ("/restore shop-db nothing because data loss", "has no snapshot"),
]


@pytest.mark.parametrize(("line", "words"), REFUSED, ids=[line for line, _ in REFUSED])
async def test_what_cannot_be_is_refused_with_what_to_type(stage: Stage, line: str, words: str):
    await stage.types("U0ANA", line)
    await stage.whispers(words, "U0ANA")
    assert stage.cloud_changes() == []


async def test_without_a_reader_nobody_can_take_over(stage: Stage):
    cluster(stage).tiers = {"shop-db-1": 0}
    await stage.types("U0ANA", "/failover shop-db because it hangs")
    await stage.whispers("has no reader, so nobody can take over", "U0ANA")


async def test_a_cluster_that_is_being_changed_takes_no_failover(stage: Stage):
    cluster(stage).doing, cluster(stage).until = "backing-up", utc_now() + timedelta(hours=1)
    await stage.types("U0ANA", "/failover shop-db because it hangs")
    await stage.whispers("shop-db is backing-up", "U0ANA")


async def test_a_snapshot_of_the_cluster_is_restored_beside_it_with_an_instance(stage: Stage):
    await stage.changes("U0ANA", "/backup shop-db before-migration")
    await stage.changes(
        "U0ANA", "/restore shop-db before-migration because data loss", 2, "shop-db", ("U0SAM",)
    )
    made = cluster(stage, "shop-db-restored")
    assert (made.writer, list(made.tiers)) == ("shop-db-restored-1", ["shop-db-restored-1"])
    assert made.settings["DeletionProtection"] is True
    assert made.settings["DBSubnetGroup"] == "shop-private"
    assert cluster(stage).writer == "shop-db-1"


async def test_a_restore_names_what_it_cannot_give(stage: Stage):
    await stage.types("U0ANA", "/restore shop-db rds:shop-db-daily because data loss")
    plan = everything(await stage.shows("OP-1 · plan"))
    assert "3 instances: it gets one" in plan
    assert "maintenance window" in plan
    assert "CreateDBInstance" in plan


async def test_it_is_restored_as_it_was_at_a_moment(stage: Stage):
    at = utc_now() - timedelta(hours=2)
    line = f"/restore shop-db at={at:%Y-%m-%dT%H:%M} because data was deleted"
    await stage.changes("U0ANA", line, 1, "shop-db", ("U0SAM",))
    made = cluster(stage, "shop-db-restored")
    assert made.group == "sg-shop"
    calls = stage.town.aws.made("RestoreDBClusterToPointInTime")
    assert calls[0].params["SourceDBClusterIdentifier"] == "shop-db"


async def test_a_moment_that_is_too_late_is_refused_with_the_latest(stage: Stage):
    await stage.types("U0ANA", f"/restore shop-db at={utc_now():%Y-%m-%dT%H:%M} because data loss")
    await stage.whispers("can go to moments from", "U0ANA")


def test_what_is_granted_for_a_cluster_is_what_the_tests_above_call(tmp_path: Path):
    target = "cluster:shop-db"
    catalog = Settings(catalog=catalog_with_cluster(tmp_path / "catalog"))
    documents = tuple(chain.from_iterable(iam_policies(catalog).values()))
    granted = {
        action
        for one in Rights.of(documents).statements
        for action in one["Action"]
        if any(target in str(arn) for arn in one["Resource"])
    }
    assert granted == {
        "rds:AddTagsToResource",
        "rds:CreateDBClusterSnapshot",
        "rds:CreateDBInstance",
        "rds:DescribeDBClusterSnapshots",
        "rds:DescribeDBClusters",
        "rds:FailoverDBCluster",
        "rds:RestoreDBClusterFromSnapshot",
        "rds:RestoreDBClusterToPointInTime",
    }
