"""API Gateway: what a usage plan lets through, and how that is changed."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from backends.apigateway import UsagePlan
from backends.aws_clients import AwsClients
from model.changes import RateLimit
from model.health import Verdict
from model.plan import Direction, Plan, RiskTier
from model.ports.backend import BackendError, Fault
from model.refusal import Refused
from playground.aws.services.apigateway import Plans
from tests.backends.conftest import Cloud
from tests.backends.systems import service

GATEWAY = service("miyabi-gateway")


@dataclass
class Gateway:
    """The backend on the playground's cloud."""

    cloud: Cloud
    clients: AwsClients
    backend: UsagePlan

    @property
    def one(self) -> dict[str, Any]:
        return self.cloud.running.world.region("ap-northeast-1").state(Plans).plans["m1yab1"]

    async def does(self, change: RateLimit) -> Plan:
        plan = await self.backend.plan(GATEWAY, change)
        for step in plan.steps:
            await self.backend.apply(GATEWAY, step, "t")
        seen = [one async for one in self.backend.watch(GATEWAY, plan, self.cloud.clock())]
        assert seen[-1].ok, seen
        return plan


@pytest.fixture
async def gateway(cloud: Cloud) -> AsyncIterator[Gateway]:
    clients = AwsClients(cloud.running.url, cloud.clock.sleep)
    yield Gateway(cloud, clients, UsagePlan(clients, cloud.clock, 0.01))
    await clients.close()


async def test_health_says_the_limits(gateway: Gateway):
    health = await gateway.backend.health(GATEWAY)
    assert health.verdict is Verdict.OK
    assert health.signs[0].value == "500 requests a second, 1000 at once"


async def test_a_plan_that_is_not_there_is_told(gateway: Gateway):
    gateway.cloud.running.world.region("ap-northeast-1").state(Plans).plans.clear()
    with pytest.raises(BackendError, match="Invalid Usage Plan ID") as told:
        await gateway.backend.reach(GATEWAY)
    assert told.value.fault is Fault.NOT_FOUND


async def test_rate_and_burst_are_set_in_one_call_and_undone(gateway: Gateway):
    plan = await gateway.does(RateLimit(rate=1000, burst=2000))
    assert (plan.tier, plan.direction) == (RiskTier.R2, Direction.UP)
    assert plan.steps[0].params["patchOperations"] == [
        {"op": "replace", "path": "/throttle/rateLimit", "value": "1000"},
        {"op": "replace", "path": "/throttle/burstLimit", "value": "2000"},
    ]
    assert gateway.one["throttle"] == {"rateLimit": 1000.0, "burstLimit": 2000}
    assert isinstance(plan.inverse, RateLimit)
    await gateway.does(plan.inverse)
    assert gateway.one["throttle"] == {"rateLimit": 500.0, "burstLimit": 1000}


async def test_only_what_is_named_is_sent(gateway: Gateway):
    plan = await gateway.does(RateLimit(burst=100))
    assert [(one.what, one.before, one.after) for one in plan.deltas] == [("requests at once", "1000", "100")]
    assert plan.direction is Direction.DOWN
    assert gateway.one["throttle"] == {"rateLimit": 500.0, "burstLimit": 100}


async def test_what_it_has_is_as_asked(gateway: Gateway):
    plan = await gateway.does(RateLimit(rate=500))
    assert (plan.steps, plan.inverse, gateway.cloud.writes()) == ((), None, [])


@pytest.mark.parametrize(
    ("change", "instead"),
    [
        (RateLimit(rate=20_000), "rate=10000"),
        (RateLimit(burst=10_001), "burst=10000"),
        (RateLimit(rate=0), "rate=1"),
    ],
)
async def test_outside_the_catalogs_limits_the_nearest_is_told(
    gateway: Gateway, change: RateLimit, instead: str
):
    plan = await gateway.backend.plan(GATEWAY, change)
    assert [(one.level, one.instead) for one in plan.cautions] == [
        ("stop", f"Type /scale miyabi-gateway {instead}")
    ]


async def test_great_and_broken_numbers_are_sent_as_they_are_typed(gateway: Gateway):
    for rate, typed in ((2_000_000.0, "2000000"), (0.5, "0.5"), (1234567.0, "1234567")):
        plan = await gateway.backend.plan(GATEWAY, RateLimit(rate=rate))
        assert plan.steps[0].params["patchOperations"] == [
            {"op": "replace", "path": "/throttle/rateLimit", "value": typed}
        ]


async def test_a_plan_without_a_throttle_says_so_and_needs_both_numbers(gateway: Gateway):
    del gateway.one["throttle"]
    health = await gateway.backend.health(GATEWAY)
    assert health.signs[0].value == "no limit of its own; the account's holds"
    with pytest.raises(Refused, match="needs both") as told:
        await gateway.backend.plan(GATEWAY, RateLimit(rate=300))
    assert told.value.suggestions == ("/scale miyabi-gateway rate=300 burst=200",)
    plan = await gateway.does(RateLimit(rate=300, burst=200))
    assert (plan.inverse, plan.direction) == (None, Direction.DOWN)
    assert gateway.one["throttle"] == {"rateLimit": 300.0, "burstLimit": 200}


async def test_after_a_crash_it_is_known_whether_the_limits_were_set(gateway: Gateway):
    plan, now = await gateway.backend.plan(GATEWAY, RateLimit(rate=1000)), gateway.cloud.clock()
    assert await gateway.backend.has_applied(GATEWAY, plan.steps[0], "t", now) is False
    await gateway.backend.apply(GATEWAY, plan.steps[0], "t")
    assert await gateway.backend.has_applied(GATEWAY, plan.steps[0], "t", now) is True


async def test_what_another_set_meanwhile_is_not_called_done(gateway: Gateway):
    plan = await gateway.backend.plan(GATEWAY, RateLimit(rate=1000))
    seen = [one async for one in gateway.backend.watch(GATEWAY, plan, gateway.cloud.clock())]
    assert seen[-1].ok is False
    assert "Something else set that" in seen[-1].why


async def test_a_patch_path_that_there_is_not_is_refused_as_aws_does(gateway: Gateway):
    bogus = [{"op": "replace", "path": "/throttle/rate", "value": "5"}]
    with pytest.raises(BackendError, match="Invalid patch path") as told:
        await gateway.clients.change(
            "apigateway",
            "ap-northeast-1",
            "",
            "update_usage_plan",
            usagePlanId="m1yab1",
            patchOperations=bogus,
        )
    assert told.value.sent is False
    assert gateway.one["throttle"] == {"rateLimit": 500.0, "burstLimit": 1000}
