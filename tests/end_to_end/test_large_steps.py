"""A count that is mistyped costs a reason, an approval and a second look, where no limits catch it."""

import re
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from playground.kubernetes.resources import DEPLOYMENTS, HPAS
from playground.kubernetes.seed import NAME, NAMESPACE
from tests.end_to_end.conftest import CATALOG, Stage, everything, staged


@pytest.fixture
async def unlimited(tmp_path: Path) -> AsyncGenerator[Stage]:
    """A stage whose catalog gives architect-api no limits, in a cluster without autoscalers."""
    folder = tmp_path / "catalog"
    folder.mkdir()
    for file in CATALOG.rglob("*"):
        if file.is_file():
            there = folder / file.relative_to(CATALOG)
            there.parent.mkdir(parents=True, exist_ok=True)
            there.write_bytes(file.read_bytes())
    page = folder / "architect.yaml"
    page.write_text(re.sub(r"(?m)^    limits:.*\n(?:      .*\n)*", "", page.read_text(), count=1))
    async with staged(tmp_path, "http", catalog=folder) as playing:
        playing.town.kubernetes.api.cluster.store.remove(HPAS, NAMESPACE, NAME)
        yield playing


def replicas(stage: Stage) -> int:
    return stage.town.kubernetes.api.cluster.store.get(DEPLOYMENTS, NAMESPACE, NAME)["spec"]["replicas"]


async def test_more_than_three_times_as_many_asks_for_a_reason_and_an_approval(unlimited: Stage):
    await unlimited.types("U0BEN", "/scale architect-api 18")
    plan = everything(await unlimited.shows("OP-1 · plan"))
    assert "Run asks for one" in plan
    assert "1 needed" in plan
    await unlimited.types("U0BEN", "/ops run OP-1 because the sale starts now")
    await unlimited.presses("U0SAM", await unlimited.shows("1 more needed"), "op.approve")
    await unlimited.shows("OP-1 · ✅ Done")
    assert replicas(unlimited) == 18


async def test_a_smaller_step_is_one_click(unlimited: Stage):
    await unlimited.changes("U0BEN", "/scale architect-api 12")
    assert replicas(unlimited) == 12


async def test_a_count_over_a_hundred_is_typed_once_more(unlimited: Stage):
    await unlimited.types("U0BEN", "/scale architect-api 9999 because a campaign")
    plan = everything(await unlimited.shows("OP-1 · plan"))
    assert "Run asks for 9999 once more" in plan
    for typed in ("", " 999", " architect-api"):
        await unlimited.types("U0BEN", f"/ops run OP-1{typed}")
        told = await unlimited.whispers("runs when 9999 is typed once more", "U0BEN")
        assert "/ops run OP-1 9999" in everything(told)
    assert unlimited.cloud_changes() == []
    await unlimited.types("U0BEN", "/ops run OP-1 9999")
    await unlimited.shows("1 more needed")


async def test_the_dialog_of_run_asks_for_the_count(unlimited: Stage):
    await unlimited.types("U0BEN", "/scale architect-api 101 because a campaign")
    await unlimited.confirms("U0BEN", await unlimited.shows("OP-1 · plan"), "101")
    await unlimited.shows("1 more needed")


async def test_fewer_than_a_third_asks_for_an_approval_and_undo_of_it_does_not(unlimited: Stage):
    await unlimited.changes("U0BEN", "/scale architect-api 12")
    line = "/scale architect-api 3 because it is over"
    await unlimited.changes("U0BEN", line, 2, approvers=("U0SAM",))
    await unlimited.changes("U0BEN", "/undo OP-2 because it is not", 3)
    assert replicas(unlimited) == 12
