"""Load balancers: whether anyone listens, where it leads, and which targets answer."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from backends.aws_clients import AwsClients
from backends.elbv2 import LoadBalancers, LoadBalancerTarget
from backends.elbv2.health import balancer_sign, listener_signs, target_sign
from model.catalog.schema import Service
from model.health import Verdict
from model.ports.backend import BackendError, Fault
from playground.aws.load_balancing import Sick
from tests.backends.conftest import Cloud
from tests.backends.systems import CATALOG

BALANCED = [part for one in CATALOG.services for part in one.parts if part.target.kind == "elbv2"]
WHERE = LoadBalancerTarget(region="us-east-1", load_balancer="lb", target_group="tg", ports=(80, 443))
GROUP = "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/tg/1"


def balanced(id: str) -> Service:
    return next(part for part in BALANCED if part.id == id)


@dataclass
class Balancing:
    """The backend on the playground's cloud."""

    cloud: Cloud
    backend: LoadBalancers

    @property
    def region(self):
        return self.cloud.running.world.region("us-east-1")

    async def signs(self, id: str = "delivery-standard"):
        health = await self.backend.health(balanced(id))
        return health, {one.name: one for one in health.signs}


@pytest.fixture
async def balancing(cloud: Cloud) -> AsyncIterator[Balancing]:
    backend = LoadBalancers(AwsClients(cloud.running.url, cloud.clock.sleep))
    yield Balancing(cloud, backend)
    await backend.close()


async def test_both_services_behind_load_balancers_are_well(balancing: Balancing):
    assert [part.id for part in BALANCED] == ["miyabi-dev", "delivery-standard"]
    health, signs = await balancing.signs("miyabi-dev")
    assert health.verdict is Verdict.OK
    assert signs["load balancer"].value == "active"
    assert signs["listener 80"].value == "forwards to miyabi-tg-dev"
    assert signs["load balancer targets"].value == "2 of 2 healthy"
    assert (await balancing.signs())[1]["load balancer targets"].value == "4 of 4 healthy"


async def test_an_unhealthy_target_is_named_with_its_reason(balancing: Balancing):
    tasks = balancing.region.clusters["ioanyt-prod"].services["delivery-standard"].tasks
    balancing.region.state(Sick).answers[tasks[0].ip] = 503
    health, signs = await balancing.signs()
    assert health.verdict is Verdict.DEGRADED
    expected = (
        f"1 of 4 targets are unhealthy: {tasks[0].ip}:3000 Health checks failed with these codes: [503]"
    )
    assert signs["load balancer targets"].why == expected


async def test_no_healthy_target_is_down(balancing: Balancing):
    tasks = balancing.region.clusters["ioanyt-prod"].services["delivery-standard"].tasks
    balancing.region.state(Sick).answers |= {task.ip: 500 for task in tasks}
    health, signs = await balancing.signs()
    assert health.verdict is Verdict.DOWN
    assert signs["load balancer targets"].number == 0
    assert "and 1 more" in health.reason


async def test_a_port_that_nobody_listens_on_is_down(balancing: Balancing):
    balancing.region.listeners[0]["Port"] = 8080
    health, signs = await balancing.signs()
    assert health.verdict is Verdict.DOWN
    assert signs["listener 80"].value == "missing"
    assert "it listens on 8080 only" in signs["listener 80"].why
    balancing.region.listeners.clear()
    assert "no listener at all" in (await balancing.signs())[1]["listener 80"].why


async def test_a_load_balancer_that_is_not_there_is_an_error_in_words(balancing: Balancing):
    part = balanced("miyabi-dev")
    for name in ("load_balancer", "target_group"):
        gone = part.model_copy(update={"target": part.target.model_copy(update={name: "gone"})})
        with pytest.raises(BackendError) as error:
            await balancing.backend.reach(gone)
        assert error.value.fault is Fault.NOT_FOUND
        assert error.value.next


async def test_every_call_is_granted_and_no_more(balancing: Balancing):
    await balancing.signs()
    granted = {action for one in balancing.backend.grants(BALANCED[0]) for action in one.actions}
    assert {f"elasticloadbalancing:{call.action}" for call in balancing.cloud.running.calls} == granted


def listener(port: int, **action: Any) -> dict[str, Any]:
    return {"Port": port, "DefaultActions": [action]}


@pytest.mark.parametrize(
    ("action", "verdict", "says"),
    [
        ({"Type": "forward", "TargetGroupArn": GROUP}, Verdict.OK, "forwards to tg"),
        (
            {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": GROUP}]}},
            Verdict.OK,
            "forwards to tg",
        ),
        ({"Type": "redirect", "RedirectConfig": {"Port": "443"}}, Verdict.OK, "redirects to 443"),
        ({"Type": "redirect", "RedirectConfig": {"Port": "8443"}}, Verdict.DOWN, "redirect"),
        ({"Type": "fixed-response"}, Verdict.DOWN, "fixed-response"),
        ({"Type": "forward", "TargetGroupArn": "other"}, Verdict.DOWN, "forward"),
    ],
)
def test_a_port_has_to_lead_to_the_targets(action: dict[str, Any], verdict: Verdict, says: str):
    on_443 = listener(443, Type="forward", TargetGroupArn=GROUP)
    sign = listener_signs(WHERE, [listener(80, **action), on_443], GROUP)[0]
    assert (sign.verdict, sign.value) == (verdict, says)
    assert bool(sign.why) == (verdict is not Verdict.OK)


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        ({"Code": "active"}, Verdict.OK),
        ({"Code": "active_impaired", "Reason": "no capacity"}, Verdict.DEGRADED),
        ({"Code": "failed"}, Verdict.DOWN),
    ],
)
def test_the_state_of_the_load_balancer_counts(state: dict[str, str], verdict: Verdict):
    sign = balancer_sign(WHERE, {"State": state})
    assert sign.verdict is verdict
    assert state.get("Reason", "") in sign.why


@pytest.mark.parametrize(
    ("states", "verdict", "says"),
    [
        ([], Verdict.DOWN, "no target is registered"),
        (["draining"], Verdict.DOWN, "no target is registered"),
        (["initial", "initial"], Verdict.DEGRADED, "none of 2 targets is healthy yet"),
        (["healthy", "initial"], Verdict.OK, ""),
        (["healthy", "unhealthy"], Verdict.DEGRADED, "no reason given"),
    ],
)
def test_targets_are_judged_by_those_that_answer(states: list[str], verdict: Verdict, says: str):
    shapes = [{"Target": {"Id": "10.0.0.1", "Port": 80}, "TargetHealth": {"State": one}} for one in states]
    sign = target_sign(shapes)
    assert sign.verdict is verdict
    assert says in sign.why
