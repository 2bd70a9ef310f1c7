"""A company with hundreds of services: each can be chosen in a form, by a part of its name."""

import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import yaml

from playground.slack.errors import Refusal
from tests.end_to_end.conftest import CATALOG, INCIDENTS, OPS, Stage, staged

MANY = 150


def catalog_of_many(folder: Path) -> Path:
    """The examples' catalog with MANY more functions like miyabi-api."""
    shutil.copytree(CATALOG, folder)
    file = folder / "miyabi-web.yaml"
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    other = next(one for one in data["services"] if one["id"] == "miyabi-api")
    kept = {key: other[key] for key in ("source", "environment", "owners", "on_call", "target")}
    data["services"] += [{**kept, "id": f"shop-{n:03d}", "name": f"Shop {n}"} for n in range(MANY)]
    file.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return folder


@pytest.fixture(params=["http", "socket"])
async def stage(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncGenerator[Stage]:
    async with staged(tmp_path, request.param, catalog=catalog_of_many(tmp_path / "catalog")) as playing:
        yield playing


async def opened(stage: Stage, user: str, line: str, channel: str) -> dict:
    await stage.slack.as_user(user).slash(channel, line)
    return (await stage.slack.wait_for(lambda: stage.slack.workspace.views(user) or None))[-1]


async def test_a_service_past_the_hundredth_can_be_chosen_by_a_part_of_its_name(stage: Stage):
    ana = stage.slack.as_user("U0ANA")
    view = await opened(stage, "U0ANA", "/incident declare", INCIDENTS)
    offered = [one["value"] for one in await ana.type_in(view["id"], "service", "p-14")]
    assert offered[:3] == ["shop-140", "shop-141", "shop-142"]
    assert len(await ana.type_in(view["id"], "service", "shop")) == 100
    await ana.submit(view, {"service": "shop-149", "severity": "SEV3", "title": "Down"})
    room = await stage.slack.wait_for(lambda: stage.channel("inc-"))
    assert "shop-149" in stage.slack.workspace.room(room).name


async def test_what_is_nothing_like_a_service_offers_the_likest(stage: Stage):
    view = await opened(stage, "U0BEN", "/scale", OPS)
    offered = await stage.slack.as_user("U0BEN").type_in(view["id"], "service", "shpo-7")
    assert "shop-007" in [one["value"] for one in offered]


async def test_nobody_is_asked_for_the_options_of_what_is_no_such_select(stage: Stage):
    view = await opened(stage, "U0BEN", "/scale", OPS)
    with pytest.raises(Refusal, match="no_such_action"):
        await stage.slack.as_user("U0BEN").type_in(view["id"], "count", "shop")
