"""Registries are asked what a tag points to, and nobody else is whatever an image is called."""

from collections.abc import AsyncGenerator

import pytest

from backends.registries import OciRegistries
from model.images import ImageName
from model.ports.images import Found, Missing, NotAsked
from playground.image_registry import RunningRegistry, serving_registry

API = ImageName("registry.example.com", "team/api")


@pytest.fixture
async def registry() -> AsyncGenerator[RunningRegistry]:
    async with serving_registry() as running:
        yield running


@pytest.fixture
async def asks(registry: RunningRegistry) -> AsyncGenerator[OciRegistries]:
    made = OciRegistries({"registry.example.com": registry.setting})
    yield made
    await made.close()


async def test_a_tag_is_the_digest_it_points_to_now(registry: RunningRegistry, asks: OciRegistries):
    first = registry.push("team/api", "main", "one")
    assert await asks.look(API, "main") == Found(first)
    second = registry.push("team/api", "main", "two")
    assert await asks.look(API, "main") == Found(second)
    assert await asks.look(API, second) == Found(second)


async def test_what_is_not_there_is_told_with_what_is(registry: RunningRegistry, asks: OciRegistries):
    for tag in ("main", "v1.0", "v1.1"):
        registry.push("team/api", tag, tag)
    assert await asks.look(API, "mian") == Missing(("main",))
    assert await asks.look(API, "sha256:" + "0" * 64) == Missing(("main", "v1.0", "v1.1"))


async def test_no_other_host_is_asked_whatever_the_image_is_called(asks: OciRegistries):
    looked = await asks.look(ImageName("169.254.169.254", "latest/meta-data"), "main")
    assert isinstance(looked, NotAsked)
    assert "MUSTER_IMAGE_REGISTRIES" in looked.why


async def test_a_token_is_fetched_from_no_host_that_is_not_known(
    registry: RunningRegistry, asks: OciRegistries
):
    async with serving_registry() as other:
        registry.push("team/api", "main", "one")
        registry.realm = f"{other.url}/token"
        looked = await asks.look(API, "main")
        assert isinstance(looked, NotAsked)
        assert "which is not among" in looked.why
        assert other.calls == []


async def test_wrong_credentials_and_silence_are_said_and_raise_nothing(registry: RunningRegistry):
    registry.push("team/api", "main", "one")
    wrong = OciRegistries({"registry.example.com": registry.url})
    looked = await wrong.look(API, "main")
    await wrong.close()
    assert isinstance(looked, NotAsked)
    assert "password may be wrong" in looked.why
    nobody = OciRegistries({"registry.example.com": "http://127.0.0.1:9"})
    looked = await nobody.look(API, "main")
    await nobody.close()
    assert isinstance(looked, NotAsked)
    assert "does not answer" in looked.why
