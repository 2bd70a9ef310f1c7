"""A journal that an earlier version wrote opens, verifies, and goes on."""

import json
from pathlib import Path

from bot.cli.audit import audit
from bot.clock import utc_now
from bot.open_journal import journal_of
from bot.settings import Settings
from tests.end_to_end.conftest import staged

RECORDED = json.loads(
    (Path(__file__).parents[1] / "journal" / "recorded" / "journal.json").read_text("utf-8")
)


async def restored(folder: Path) -> None:
    """The journal as version 0.1.0 of 2026-11-30 left it: a scale of architect-api, and its undo."""
    data = folder / "data"
    data.mkdir()
    (data / "audit.key").write_text(RECORDED["audit_key"])
    (data / "audit.key").chmod(0o600)
    async with journal_of(Settings(data_dir=data), utc_now) as opened:
        client = opened.client
        await client.flushall()
        for key, (kind, value) in RECORDED["keys"].items():
            match kind:
                case "string":
                    await client.set(key, value)
                case "hash":
                    await client.hset(key, mapping=value)
                case "zset":
                    await client.zadd(key, dict(value))
                case _:
                    for id, fields in value:
                        await client.xadd(key, fields, id=id)


async def test_it_verifies_and_what_was_done_then_is_known_and_gone_on_with(tmp_path):
    await restored(tmp_path)
    async with staged(tmp_path, "http", accept_log=0) as stage:
        said: list[str] = []
        opened = stage.muster.opened
        assert (await opened.verify()).first_bad is None
        undone = await stage.muster.operations.get("OP-1")
        assert undone is not None
        assert undone.undone_by == "OP-2"
        await stage.types("U0ANA", "/scale architect-api 5")
        await stage.presses("U0ANA", await stage.shows("OP-3 · plan"), "op.run")
        await stage.shows("OP-3 · ✅ Done")
        assert await audit(Settings(data_dir=tmp_path / "data"), "verify", "", said.append) == 0, said
