"""Dumps of PostgreSQL to S3, restored beside the database in use, then swapped in."""

import asyncio
import gzip
from pathlib import Path
from typing import Any

import asyncpg
import boto3
import pytest

from tests.end_to_end.conftest import Stage, everything


async def query(stage: Stage, statement: str, database: str = "architect") -> object:
    """One value, as the server's own user sees it."""
    assert stage.town.architect.postgres is not None
    connection = await asyncpg.connect(stage.town.architect.postgres.server.dsn("postgres", database))
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def bucket(stage: Stage) -> Any:
    """The bucket, as someone with another key sees it."""
    return boto3.client(
        "s3",
        endpoint_url=stage.town.aws.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


async def stored(stage: Stage, key: str) -> bytes:
    """A dump as it lies in the bucket."""
    s3 = bucket(stage)
    return await asyncio.to_thread(lambda: s3.get_object(Bucket="backups", Key=key)["Body"].read())


@pytest.mark.procedure("dump")
@pytest.mark.usefixtures("postgres_server")
async def test_a_dump_lies_in_the_bucket_whole(stage: Stage):
    await stage.changes("U0BEN", "/backup architect-db before-index")
    text = gzip.decompress(await stored(stage, "architect/before-index.sql.gz")).decode()
    assert "CREATE TABLE public.dashboards" in text
    assert "-- PostgreSQL database dump complete" in text
    await stage.types("U0BEN", "/history architect-db")
    await stage.whispers("before-index.sql.gz", "U0BEN")


@pytest.mark.usefixtures("postgres_server")
async def test_a_dump_that_breaks_off_leaves_nothing_in_the_bucket(stage: Stage):
    """Parts of an upload that nobody ends are kept, unseen, and paid for."""
    await query(stage, "CREATE TABLE private (id int)")
    await query(stage, "REVOKE ALL ON private FROM PUBLIC")
    await stage.types("U0BEN", "/backup architect-db broken")
    await stage.confirms("U0BEN", await stage.shows("OP-1 · plan"))
    shown = everything(await stage.shows("OP-1 · 🔴 Failed"))
    assert "permission denied for table private" in shown
    left = await asyncio.to_thread(lambda: bucket(stage).list_multipart_uploads(Bucket="backups"))
    assert "Uploads" not in left


@pytest.mark.procedure("backups")
@pytest.mark.usefixtures("postgres_server")
async def test_history_lists_the_dumps_that_can_be_restored(stage: Stage):
    await stage.types("U0BEN", "/history architect-db")
    shown = everything(await stage.whispers("*Backups*", "U0BEN"))
    assert "backup_1771244400.sql.gz" in shown
    assert "/restore architect-db BACKUP" in shown


@pytest.mark.procedure("restore-dump")
@pytest.mark.usefixtures("postgres_server")
async def test_a_dump_is_restored_beside_and_swapped_in_by_three_people(stage: Stage):
    before = await query(stage, "SELECT count(*) FROM dashboards")
    await stage.changes("U0BEN", "/backup architect-db good")
    await query(stage, "DELETE FROM dashboards WHERE id > 10")
    await stage.changes(
        "U0BEN", "/restore architect-db good because data loss", 2, name="architect-db", approvers=("U0SAM",)
    )
    assert await query(stage, "SELECT count(*) FROM dashboards") == 10
    assert await query(stage, "SELECT count(*) FROM dashboards", "architect_restored") == before
    swap = "/restore architect-db --swap because the data is right"
    await stage.changes("U0BEN", swap, 3, name="architect-db", approvers=("U0SAM", "U0ANA"))
    assert await query(stage, "SELECT count(*) FROM dashboards") == before
    assert await query(stage, "SELECT count(*) FROM dashboards", "architect_old") == 10


@pytest.mark.usefixtures("postgres_server")
async def test_a_restore_asks_for_a_fresh_backup_first(stage: Stage):
    await stage.types("U0BEN", "/restore architect-db backup_1771244400 because data loss")
    shown = everything(await stage.whispers("backup younger than an hour", "U0BEN"))
    assert "/backup architect-db" in shown


@pytest.mark.usefixtures("postgres_server")
async def test_a_backup_there_is_not_is_refused_with_those_there_are(stage: Stage):
    await stage.types("U0BEN", "/restore architect-db backup_1771244401 because data loss")
    shown = everything(await stage.whispers("has no backup", "U0BEN"))
    assert "backup_1771244400.sql.gz" in shown


@pytest.mark.usefixtures("postgres_server")
async def test_a_swap_without_a_restore_says_what_to_do_first(stage: Stage):
    await stage.types("U0BEN", "/restore architect-db --swap because impatient")
    shown = everything(await stage.whispers("no database architect_restored", "U0BEN"))
    assert "/restore architect-db BACKUP" in shown


@pytest.mark.usefixtures("postgres_server")
async def test_a_dump_that_is_broken_leaves_nothing_behind(stage: Stage):
    """A file that ends early is never half a database."""
    await stage.changes("U0BEN", "/backup architect-db whole")
    whole = await stored(stage, "architect/whole.sql.gz")
    cut = {"Bucket": "backups", "Key": "architect/cut.sql.gz", "Body": whole[: len(whole) // 2]}
    await asyncio.to_thread(lambda: bucket(stage).put_object(**cut))
    await stage.types("U0BEN", "/restore architect-db cut because data loss")
    await stage.confirms("U0BEN", await stage.shows("OP-2 · plan"), "architect-db")
    await stage.presses("U0SAM", await stage.shows("1 more needed"), "op.approve")
    shown = everything(await stage.shows("OP-2 · 🔴 Failed"))
    assert "ends too early" in shown
    assert (
        await query(stage, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", "architect_restored")
        == 0
    )


@pytest.mark.usefixtures("postgres_server")
async def test_a_dump_cannot_make_muster_run_a_program(stage: Stage, tmp_path: Path):
    mark = tmp_path / "ran"
    evil = gzip.compress(f"SELECT 1;\n\\! touch {mark}\n".encode())
    await stage.changes("U0BEN", "/backup architect-db fresh")
    put = {"Bucket": "backups", "Key": "architect/evil.sql.gz", "Body": evil}
    await asyncio.to_thread(lambda: bucket(stage).put_object(**put))
    await stage.types("U0BEN", "/restore architect-db evil because data loss")
    await stage.confirms("U0BEN", await stage.shows("OP-2 · plan"), "architect-db")
    await stage.presses("U0SAM", await stage.shows("1 more needed"), "op.approve")
    await stage.shows("OP-2 · 🔴 Failed")
    assert not mark.exists()
