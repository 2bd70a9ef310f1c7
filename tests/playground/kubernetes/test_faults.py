"""The faults a player switches on reach the clients."""

import asyncio

import pytest

from playground.kubernetes import Running
from playground.kubernetes.tables import human
from tests.playground.kubernetes.driving import DEPLOYMENT, NAME, Kubectl, admin, http


async def test_two_of_three_calls_are_throttled_with_a_time_to_wait(running: Running):
    running.faults.switch("cloud-throttles", True)
    async with http(running) as client:
        answers = [await client.get(DEPLOYMENT) for _ in range(6)]
    assert sorted(answer.status_code for answer in answers) == [200, 200, 429, 429, 429, 429]
    throttled = next(answer for answer in answers if answer.status_code == 429)
    assert throttled.headers["Retry-After"] == "1"
    assert throttled.json()["reason"] == "TooManyRequests"
    running.faults.switch("cloud-throttles", False)
    async with http(running) as client:
        assert (await client.get(DEPLOYMENT)).status_code == 200


async def test_kubectl_waits_out_the_throttling(running: Running, kubectl: Kubectl):
    await kubectl("get", "deploy", NAME)
    running.faults.switch("cloud-throttles", True)
    assert "4/4" in await kubectl("get", "deploy", NAME)


async def test_a_slow_cloud_answers_late(running: Running):
    running.faults.switch("cloud-slow", True)
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with admin(running) as client:
        assert (await client.get(DEPLOYMENT)).status_code == 200
    assert loop.time() - began >= 0.2


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1, "0s"), (-9, "<invalid>"), (0, "0s"), (119, "119s"), (120, "2m"), (599, "9m59s"), (600, "10m"),
        (10_799, "179m"), (10_800, "3h"), (12_000, "3h20m"), (28_800, "8h"), (172_800, "2d"),
        (180_000, "2d2h"), (691_200, "8d"), (63_072_000, "2y"), (80_000_000, "2y195d"),
        (260_000_000, "8y"),
    ],
)  # fmt: skip
def test_ages_are_told_as_kubectl_tells_them(seconds: int, text: str):
    assert human(seconds) == text
