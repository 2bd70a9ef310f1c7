"""Somebody who may write to Redis makes nothing happen, and is noticed."""

import json
import re
from datetime import timedelta

import pytest
from pydantic import ValidationError

from bot.admin.reindex import HOW
from bot.cli.audit import audit
from bot.clock import utc_now
from bot.open_journal import journal_of
from bot.settings import Settings
from journal.checks import ServerUnfit
from journal.indexes import differing
from tests.end_to_end.conftest import INCIDENTS, OPS, Stage, everything, staged
from tests.journal.builders import commit, write


async def test_a_change_that_nobody_confirmed_is_not_run_whatever_its_stream_says(stage: Stage):
    await stage.types("U0BEN", "/scale architect-api 6")
    await stage.shows("OP-1 · plan")
    opened = stage.muster.opened
    keys, client = opened.journal.keys, opened.client
    operation = await stage.muster.operations.get("OP-1")
    assert operation is not None and operation.plan is not None
    version, stream = operation.version, "op:OP-1"
    event = {
        "at": utc_now().isoformat(),
        "who": {"team": "T0MUSTER", "user": "U0BEN", "via": "button"},
        "type": "op.confirmed",
        "data": {"fingerprint": operation.plan.fingerprint},
    }
    await client.xadd(keys.stream(stream), {"e": json.dumps(event)}, id=f"{version + 1}-0")
    head = await client.hget(keys.heads, stream)
    await client.hset(keys.heads, stream, f"{version + 1} {head.partition(' ')[2]}")
    await client.zadd(keys.dirty, {stream: 0})
    told = everything(await stage.shows("OP-1 · 🔴 Failed"))
    assert "that the audit log does not know" in told
    assert stage.cloud_changes() == []
    assert "Somebody wrote into Muster's journal" in everything(await stage.shows("beside Muster", INCIDENTS))


async def test_a_log_that_lost_entries_is_not_gone_on_with_until_somebody_says_so(tmp_path):
    settings = Settings(data_dir=tmp_path / "data")
    async with journal_of(settings, utc_now) as opened:
        await opened.journal.next_id("OP")
        for number in range(1, 6):
            await opened.journal.commit(commit(write("a", number)))
    async with journal_of(settings, utc_now) as opened:
        await opened.client.flushall()
    with pytest.raises(ServerUnfit, match="has 0 entries, and had 5 before"):
        async with journal_of(settings, utc_now):
            pass
    async with journal_of(Settings(data_dir=tmp_path / "data", accept_log=0), utc_now) as opened:
        await opened.journal.commit(commit(write("a", 1)))


async def test_verify_starts_nothing_and_says_what_it_cannot_know(tmp_path):
    said: list[str] = []
    assert await audit(Settings(data_dir=tmp_path / "none"), "verify", "", said.append) == 2
    assert "nothing to look at" in said[-1]
    assert not (tmp_path / "none").exists()
    settings = Settings(data_dir=tmp_path / "data")
    async with journal_of(settings, utc_now) as opened:
        opened.anchor.unlink(missing_ok=True)
        assert await audit(settings, "verify", "", said.append) == 2
        assert "cut short cannot be noticed" in said[-1]
    async with journal_of(settings, utc_now) as opened:
        await opened.journal.commit(commit(write("a", 1)))
    async with journal_of(settings, utc_now):
        assert await audit(settings, "verify", "", said.append) == 0
        assert said[-1] == "1 entries, none altered; the anchor is entry 1."


async def test_what_lies_in_the_data_folder_is_its_owners_alone(tmp_path):
    folder = tmp_path / "data"
    async with journal_of(Settings(data_dir=folder), utc_now):
        pass
    (folder / "audit.key").chmod(0o644)
    async with journal_of(Settings(data_dir=folder), utc_now):
        modes = {path.name: path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()}
    assert modes
    assert set(modes.values()) == {0o600}


def test_a_key_that_is_too_short_for_a_seal_is_refused():
    with pytest.raises(ValidationError, match="too short to keep a seal"):
        Settings(audit_key="short")


async def test_a_redis_without_a_password_is_meant_or_refused(tmp_path):
    key = "k" * 32
    with pytest.raises(ServerUnfit, match="asks for no password"):
        async with journal_of(
            Settings(redis_url="redis://10.0.0.1:6379", audit_key=key, data_dir=tmp_path), utc_now
        ):
            pass


def test_no_secret_stands_in_the_settings_words():
    said = repr(
        Settings(
            redis_url="redis://:hunter2@cache",
            postgres_urls={"a": "postgresql://u:hunter2@db"},
            prometheus_overrides={"a": "http://u:hunter2@p"},
            health_overrides={"a": "http://u:hunter2@h"},
        )
    )
    assert "hunter2" not in said


async def busy(stage: Stage) -> None:
    """One of everything that stands in a list."""
    await stage.types("U0BEN", "/incident declare P4 architect-api It is slow")
    await stage.slack.wait_for(lambda: stage.channel("inc-1-"))
    await stage.types("U0SAM", "/scale architect-api 6 because of load")
    await stage.shows("OP-1 · plan")
    start = utc_now() + timedelta(days=14 - utc_now().isoweekday())
    line = f"/maintenance schedule miyabi-api {start:%Y-%m-%d}T03:00 2h Upgrade"
    assert not (await stage.types("U0CHI", line, INCIDENTS)).body
    await stage.shows("MNT-1", INCIDENTS)


async def test_lists_that_somebody_emptied_are_told_and_made_anew_at_the_next_start(tmp_path):
    settings = Settings(data_dir=tmp_path / "data")
    said: list[str] = []
    async with staged(tmp_path, "http") as stage:
        await busy(stage)
        channel = stage.channel("inc-1-")
        opened = stage.muster.opened
        keys, client = opened.journal.keys, opened.client
        await client.delete(keys.ordered("open-incidents"), keys.map("incident-of-channel"))
        await client.zrem(keys.ordered("operations:architect-api"), "OP-1")
        await client.zadd(keys.ordered("incidents"), {"INC-77": 1})
        assert await audit(settings, "verify", "", said.append) == 1
        told = "\n".join(said)
        for one in (
            "open-incidents lacks INC-1",
            f"incident-of-channel lacks {channel}",
            "operations:architect-api lacks OP-1",
            "incidents has INC-77",
            "4 entries of lists differ",
        ):
            assert one in told
    async with staged(tmp_path, "http") as stage:
        shown = everything(
            await stage.shows("Lists of Muster's journal were not as its events say", INCIDENTS)
        )
        assert "open-incidents lacks INC-1" in shown
        assert "INC-1" in str((await stage.types("U0BEN", "/incident list")).body)
        assert await audit(settings, "verify", "", said.append) == 0, said


async def test_lists_are_as_the_events_say_after_everything_that_moves_them(tmp_path):
    async with staged(tmp_path, "http") as stage:
        await busy(stage)
        await stage.types("U0SAM", "/ops cancel OP-1")
        await stage.shows("OP-1 · cancelled")
        await stage.types("U0BEN", "/incident resolve incident=INC-1 It was a slow query")
        await stage.timeline("INC-1", "slow query")
        await stage.types("U0ANA", "/incident reopen incident=INC-1 It is back")
        await stage.timeline("INC-1", "back")
        await stage.types("U0CHI", "/maintenance cancel MNT-1 because of the incident", INCIDENTS)
        await stage.shows("MNT-1 · ⚪ cancelled", INCIDENTS)
        assert await differing(stage.muster.opened.journal, HOW) == []


async def test_each_day_the_position_is_told_outside_and_verify_takes_it_back(tmp_path):
    settings = Settings(data_dir=tmp_path / "data")
    ahead = [timedelta()]
    said: list[str] = []
    async with staged(
        tmp_path, "http", lambda: utc_now() + ahead[0], operators_channel="ops", redelivery_s=0.5
    ) as stage:
        await stage.types("U0BEN", "/incident list")
        journal = stage.muster.opened.journal
        await stage.slack.wait_for(lambda: journal.proven.entries or None)
        ahead[0] = timedelta(days=1)
        line = everything(await stage.shows("Audit log: ", OPS))
        anchor = re.search(r"--anchor (\d+:[0-9a-f]{40})`", line)[1]
        assert await audit(settings, "verify", "", said.append, anchor) == 0, said
        assert await audit(settings, "verify", "", said.append, f"{'9' * 3}:{'0' * 40}") == 1
        assert "there were 999 entries before" in said[-1]


async def test_the_anchor_may_be_kept_on_another_disk(tmp_path):
    outside = tmp_path / "outside" / "anchor"
    outside.parent.mkdir()
    settings = Settings(data_dir=tmp_path / "data", anchor_file=outside)
    async with journal_of(settings, utc_now) as opened:
        await opened.journal.commit(commit(write("a", 1)))
    assert outside.exists()
    assert not (tmp_path / "data" / "audit.anchor").exists()
    async with journal_of(settings, utc_now) as opened:
        await opened.client.flushall()
    with pytest.raises(ServerUnfit, match="outside/anchor"):
        async with journal_of(settings, utc_now):
            pass
