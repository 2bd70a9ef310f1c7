"""Addresses blocked before a load balancer, and the firewall put there; never what is our own."""

import pytest

from playground.aws.services.wafv2 import Waf
from tests.end_to_end.conftest import Stage, everything


def blocked(stage: Stage, name: str = "miyabi-blocked-dev", region: str = "us-west-2") -> list[str]:
    """The ranges that the cloud blocks."""
    sets = stage.town.aws.world.region(region).state(Waf).sets.values()
    return next(one.addresses for one in sets if one.name == name)


@pytest.mark.procedure("block")
async def test_an_address_is_blocked_beside_the_others_and_let_in_again_by_undo(stage: Stage):
    blocked(stage).append("198.51.100.0/24")
    await stage.changes("U0CHI", "/block miyabi-dev 203.0.113.50 because 900 requests a second")
    assert blocked(stage) == ["198.51.100.0/24", "203.0.113.50/32"]
    await stage.changes("U0CHI", "/undo OP-1 because a customer", 2)
    assert blocked(stage) == ["198.51.100.0/24"]


@pytest.mark.procedure("block")
async def test_the_firewall_is_put_before_the_load_balancer_and_taken_away_again(stage: Stage):
    waf = stage.town.aws.world.region("us-east-1").state(Waf)
    await stage.changes("U0BEN", "/block architect-api waf because a flood of requests")
    (arn, acl), *others = waf.before.items()
    assert "/architect-prod/" in arn
    assert "/architect-waf/" in acl
    assert others == []
    await stage.changes("U0BEN", "/block architect-api waf --lift because it is over", 2)
    assert waf.before == {}


@pytest.mark.parametrize(
    ("typed", "said", "instead"),
    [
        ("0.0.0.0/0", "is everyone", "requests-by-client"),
        ("203.16.0.0/12", "too many to block", "/16 or narrower"),
        ("10.0.1.17", "a subnet of the load balancer", "from outside"),
        ("10.0.200.0/24", "our own network", "from outside"),
        ("127.0.0.1", "no address that comes from outside", "logs"),
    ],
)
async def test_what_would_hurt_ourselves_is_refused_and_nothing_is_changed(
    stage: Stage, typed: str, said: str, instead: str
):
    await stage.types("U0CHI", f"/block miyabi-dev {typed} because attack")
    shown = everything(await stage.whispers(said, "U0CHI"))
    assert instead in shown
    assert blocked(stage) == []


async def test_a_range_with_host_bits_is_asked_about(stage: Stage):
    ack = await stage.types("U0CHI", "/block miyabi-dev 203.0.113.50/24 because attack")
    assert "203.0.113.0/24" in str(ack.body) or await stage.whispers("203.0.113.0/24", "U0CHI")
    assert blocked(stage) == []


async def test_blocking_without_the_firewall_in_place_warns(stage: Stage):
    await stage.types("U0CHI", "/block miyabi-dev 203.0.113.50 because attack")
    shown = everything(await stage.shows("OP-1 · plan"))
    assert "blocks nobody yet" in shown
    assert "/block miyabi-dev waf" in shown


async def test_what_others_changed_meanwhile_is_kept(stage: Stage):
    await stage.types("U0CHI", "/block miyabi-dev 203.0.113.50 because attack")
    plan = await stage.shows("OP-1 · plan")
    blocked(stage).append("192.0.2.7/32")
    await stage.presses("U0CHI", plan, "op.run")
    again = await stage.shows("was changed since the plan")
    await stage.presses("U0CHI", again, "op.run")
    await stage.shows("✅ Done")
    assert blocked(stage) == ["192.0.2.7/32", "203.0.113.50/32"]
