"""Tags that move are deployed by the digest that they point to now, where the registry may be asked."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from playground.image_registry import RunningRegistry, serving_registry
from playground.kubernetes.resources import DEPLOYMENTS
from playground.kubernetes.seed import NAME, NAMESPACE
from tests.end_to_end.conftest import Stage, everything, staged

REPOSITORY = "architect/architect-api"


@pytest.fixture
async def registry() -> AsyncGenerator[RunningRegistry]:
    async with serving_registry() as running:
        for tag in ("2.14.2", "2.15.0", "2.16.0", "main"):
            running.push(REPOSITORY, tag, f"manifest of {tag}")
        yield running


@pytest.fixture
async def stage(tmp_path: Path, registry: RunningRegistry) -> AsyncGenerator[Stage]:
    asked = {"registry.example.com": registry.setting}
    async with staged(tmp_path, "http", image_registries=asked) as playing:
        yield playing


def image(stage: Stage) -> str:
    item = stage.town.kubernetes.api.cluster.store.get(DEPLOYMENTS, NAMESPACE, NAME)
    return item["spec"]["template"]["spec"]["containers"][0]["image"].rpartition("/")[2]


async def test_a_moving_tag_runs_by_its_digest_and_comes_back_by_it(stage: Stage, registry: RunningRegistry):
    first = registry.push(REPOSITORY, "main", "one")
    await stage.types("U0BEN", "/deploy architect-api main because the fix")
    plan = everything(await stage.shows("OP-1 · plan"))
    assert f"architect-api:main → {first[:19]}… (as of now)" in plan
    assert "tag it has not" not in plan
    await stage.confirms("U0BEN", await stage.shows("OP-1 · plan"))
    await stage.shows("OP-1 · ✅ Done")
    assert image(stage) == f"architect-api:main@{first}"
    second = registry.push(REPOSITORY, "main", "two")
    await stage.changes("U0BEN", "/deploy architect-api main because the next", 2)
    assert image(stage) == f"architect-api:main@{second}"
    await stage.types("U0BEN", "/history architect-api")
    shown = everything(await stage.whispers("*Versions*", "U0BEN"))
    assert f"architect-api:main@{first[:19]}…" in shown
    assert f"architect-api:main@{second[:19]}…" in shown
    await stage.changes("U0BEN", "/undo OP-2 because it is slower", 3)
    assert image(stage) == f"architect-api:main@{first}"


async def test_what_the_registry_has_not_is_refused_with_what_it_has(stage: Stage):
    await stage.types("U0BEN", "/deploy architect-api mian because the fix")
    told = everything(await stage.whispers("There is no image", "U0BEN"))
    assert "type /deploy architect-api main" in told
    await stage.types("U0BEN", f"/deploy architect-api sha256:{'0' * 64} because the fix")
    told = everything(await stage.whispers("OP-2 · Not possible", "U0BEN"))
    assert "2.16.0" in told
    assert stage.cloud_changes() == []


async def test_a_version_that_is_there_is_deployed_as_it_is_written(stage: Stage):
    await stage.changes("U0BEN", "/deploy architect-api 2.16.0 because the fix")
    assert image(stage) == "architect-api:2.16.0"


async def test_where_the_registry_may_not_be_asked_the_plan_says_that_the_tag_may_move(tmp_path: Path):
    async with staged(tmp_path, "http") as stage:
        await stage.types("U0BEN", "/deploy architect-api main because the fix")
        plan = everything(await stage.shows("OP-1 · plan"))
        assert "`main` may move" in plan
        assert "registry.example.com is not among MUSTER_IMAGE_REGISTRIES" in plan
        await stage.types("U0BEN", "/deploy architect-api 2.16.0 because the fix")
        plan = everything(await stage.shows("OP-2 · plan"))
        assert "may move" not in plan
