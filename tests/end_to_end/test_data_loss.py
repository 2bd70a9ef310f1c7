"""The gravest runbook, from its buttons alone: writes stop, evidence is kept, a backup takes the place."""

import asyncpg
import pytest

from tests.end_to_end.conftest import OPS, Stage, everything


async def dashboards(stage: Stage) -> object:
    assert stage.town.architect.postgres is not None
    connection = await asyncpg.connect(stage.town.architect.postgres.server.dsn("postgres", "architect"))
    try:
        return await connection.fetchval("SELECT count(*) FROM dashboards")
    finally:
        await connection.close()


async def loses_data(stage: Stage) -> None:
    assert stage.town.architect.postgres is not None
    connection = await asyncpg.connect(stage.town.architect.postgres.server.dsn("postgres", "architect"))
    await connection.execute("DELETE FROM dashboards WHERE id > 10")
    await connection.close()


def number(card: dict, line: str) -> str:
    """The action of the step whose command begins so."""
    for block in card["blocks"]:
        if f"`/{line}" in str((block.get("text") or {}).get("text")):
            return block["accessory"]["action_id"]
    raise AssertionError(f"no step runs {line}")


async def ended(stage: Stage, operation: str, name: str = "", approvers: tuple[str, ...] = ()) -> None:
    """Ben runs the plan, others agree, and it comes to its end."""
    await stage.confirms("U0BEN", await stage.shows(f"{operation} · plan"), name)
    for left, approver in zip(range(len(approvers), 0, -1), approvers, strict=True):
        await stage.presses(approver, await stage.shows(f"{left} more needed"), "op.approve")
    await stage.shows(f"{operation} · ✅ Done")


@pytest.mark.procedure("stop-writes")
@pytest.mark.usefixtures("postgres_server")
async def test_writes_stop_evidence_is_kept_and_a_backup_takes_the_place(stage: Stage):
    await stage.types("U0BEN", "/backup architect-db nightly")
    await ended(stage, "OP-1")
    before = await dashboards(stage)
    await loses_data(stage)

    await stage.types("U0BEN", "/runbook architect-api data-loss")
    card = await stage.shows("RB-1 · runbook data-loss")
    await stage.presses("U0BEN", card, number(card, "scale architect-api 0"))
    await stage.shows("OP-2 · plan")
    await stage.presses("U0BEN", card, number(card, "logs architect-api save"))
    await ended(stage, "OP-3")
    await ended(stage, "OP-2", "architect-api", ("U0SAM", "U0ANA"))
    await stage.presses("U0BEN", card, number(card, "backup architect-db"))
    await ended(stage, "OP-4")
    await stage.presses("U0BEN", card, number(card, "restore architect-db BACKUP"))
    view = (await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0BEN") or None))[-1]
    await stage.slack.as_user("U0BEN").submit(view, {"BACKUP": "nightly"})
    await ended(stage, "OP-5", "architect-db", ("U0SAM",))
    assert await dashboards(stage) == 10
    await stage.presses("U0BEN", card, number(card, "restore architect-db --swap"))
    await ended(stage, "OP-6", "architect-db", ("U0SAM", "U0ANA"))
    assert await dashboards(stage) == before
    await stage.presses("U0BEN", card, number(card, "scale architect-api 10"))
    await ended(stage, "OP-7")
    shown = everything(await stage.shows("6 of 8 steps done"))
    for operation in ("OP-2", "OP-3", "OP-4", "OP-5", "OP-6", "OP-7"):
        assert f"· {operation}" in shown
    assert "OP-7" in str(stage.slack.workspace.messages(OPS))
