"""What leases and posts promise, tested on memory, the embedded Valkey and a real redis-server."""

import asyncio
from datetime import timedelta

from model.ports.journal import Lease, LeaseHeld, Posted, PostIntent
from tests.journal.builders import NOW
from tests.waiting import HANGS_S

MINUTE = timedelta(minutes=1)
SHORT = timedelta(seconds=2)


async def test_a_held_target_says_who_has_it_and_since_when(ports):
    lease = await ports.leases.take("api", "OP-1", MINUTE, NOW)
    assert isinstance(lease, Lease)
    assert await ports.leases.take("api", "OP-2", MINUTE, NOW + MINUTE) == LeaseHeld(holder="OP-1", since=NOW)
    assert await ports.leases.holder("api") == LeaseHeld(holder="OP-1", since=NOW)
    assert isinstance(await ports.leases.take("db", "OP-2", MINUTE, NOW), Lease)


async def test_one_of_many_gets_the_lease(ports):
    taken = await asyncio.gather(*(ports.leases.take("api", f"OP-{n}", MINUTE, NOW) for n in range(10)))
    assert sum(isinstance(outcome, Lease) for outcome in taken) == 1


async def test_tokens_rise_with_every_lease_of_a_target(ports):
    tokens = []
    for n in range(5):
        lease = await ports.leases.take("api", f"OP-{n}", MINUTE, NOW)
        tokens.append(lease.token)
        await ports.leases.release(lease)
    assert tokens == sorted(set(tokens))


async def test_a_lease_that_ran_out_is_fenced_off(ports):
    old = await ports.leases.take("api", "OP-1", timedelta(milliseconds=20), NOW)
    async with asyncio.timeout(HANGS_S):
        while isinstance(new := await ports.leases.take("api", "OP-2", MINUTE, NOW), LeaseHeld):
            await asyncio.sleep(0.005)
    assert new.token > old.token
    assert not await ports.leases.check(old)
    assert not await ports.leases.renew(old, MINUTE)
    await ports.leases.release(old)
    assert await ports.leases.check(new)


async def test_a_restarted_holder_gets_a_new_token_and_voids_its_old_lease(ports):
    old = await ports.leases.take("api", "OP-1", MINUTE, NOW)
    new = await ports.leases.take("api", "OP-1", MINUTE, NOW)
    assert (await ports.leases.check(old), await ports.leases.check(new)) == (False, True)


async def test_a_revoked_lease_is_void_and_the_target_free(ports):
    old = await ports.leases.take("api", "OP-1", MINUTE, NOW)
    await ports.leases.revoke("api", "OP-2")
    assert await ports.leases.check(old)
    await ports.leases.revoke("api", "OP-1")
    assert not await ports.leases.check(old)
    new = await ports.leases.take("api", "OP-2", MINUTE, NOW)
    assert isinstance(new, Lease) and new.token > old.token
    assert not await ports.leases.renew(old, MINUTE)


async def test_a_renewed_lease_outlives_its_first_time(ports):
    lease = await ports.leases.take("api", "OP-1", SHORT, NOW)
    assert await ports.leases.renew(lease, MINUTE)
    later = await ports.leases.take("web", "OP-2", SHORT, NOW)
    async with asyncio.timeout(HANGS_S):
        while await ports.leases.check(later):
            await asyncio.sleep(0.01)
    assert await ports.leases.check(lease)
    await ports.leases.release(lease)
    assert await ports.leases.holder("api") is None


async def test_only_the_first_to_intend_posts(ports):
    answers = await asyncio.gather(*(ports.posts.intend("headline:1", "C1", NOW) for _ in range(5)))
    assert sorted(answers, key=lambda a: a is not None) == [None, *[PostIntent(channel="C1", at=NOW)] * 4]


async def test_a_remembered_post_is_found(ports):
    assert await ports.posts.find("headline:1") is None
    await ports.posts.intend("headline:1", "C1", NOW)
    await ports.posts.remember("headline:1", "C1", "123.456")
    assert await ports.posts.find("headline:1") == Posted(channel="C1", ts="123.456")
    assert await ports.posts.intend("headline:1", "C1", NOW) == Posted(channel="C1", ts="123.456")


async def test_a_refused_post_may_be_tried_again(ports):
    await ports.posts.intend("headline:1", "C1", NOW)
    await ports.posts.forget("headline:1")
    assert await ports.posts.intend("headline:1", "C1", NOW) is None
