"""Backends against the playground's clouds over sockets, on a clock that only sleeping moves."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from backends.aws_clients import AwsClients
from backends.aws_lambda import Lambda
from backends.ecs import Ecs
from model.catalog.schema import Service
from model.plan import Change, Plan, Progress
from model.secrets import fingerprints_with
from playground.aws import AwsConfig, Call, Running, serve
from playground.faults import FaultBoard
from playground.kubernetes import KubeConfig
from playground.kubernetes import serve as serve_kube
from tests.backends.cluster import PACE_S, Cluster, on
from tests.backends.systems import MOST_LOOKS


@dataclass
class Clock:
    """A time that moves only when somebody sleeps; `slept` is every sleep, in seconds."""

    at: datetime = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    slept: list[float] = field(default_factory=list[float])

    def __call__(self) -> datetime:
        return self.at

    def pass_s(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.pass_s(seconds)
        await asyncio.sleep(0)


@dataclass
class Cloud:
    """The paced AWS, and both backends on it. One task starts every 2 s; a look is taken every 3 s."""

    running: Running
    clock: Clock
    faults: FaultBoard
    clients: AwsClients
    ecs: Ecs
    functions: Lambda

    def writes(self) -> list[Call]:
        """Calls that changed something."""
        reads = ("Describe", "List", "Get")
        return [call for call in self.running.calls if not call.action.startswith(reads) and not call.error]


PRINTS = fingerprints_with(b"a key for tests")


@pytest.fixture
async def cloud() -> AsyncIterator[Cloud]:
    clock, faults = Clock(), FaultBoard()
    async with serve(AwsConfig(clock, pace_s=2.0, faults=faults, autoscaler_after_s=30.0)) as running:
        clients = AwsClients(running.url, clock.sleep)
        ecs = Ecs(clients, clock, 3.0, clock.sleep)
        functions = Lambda(clients, clock, 3.0, clock.sleep, PRINTS)
        yield Cloud(running, clock, faults, clients, ecs, functions)
        await ecs.close()
        await functions.close()


async def applied(backend: Ecs | Lambda, target: Service, change: Change) -> Plan:
    """Plan a change and make its calls."""
    plan = await backend.plan(target, change)
    for index, step in enumerate(plan.steps):
        await backend.apply(target, step, f"OP-1-{index}")
    return plan


async def watched(backend: Ecs | Lambda, target: Service, plan: Plan, since: datetime) -> list[Progress]:
    """Everything a watch yields until it is over."""
    seen: list[Progress] = []
    async for progress in backend.watch(target, plan, since):
        seen.append(progress)
        assert len(seen) < MOST_LOOKS, seen[-3:]
    assert seen[-1].is_over
    return seen


@pytest.fixture
async def cluster() -> AsyncIterator[Cluster]:
    faults = FaultBoard()
    async with serve_kube(KubeConfig(pace_s=PACE_S, faults=faults, slow_s=0.1)) as running:
        backend = on(running)
        yield Cluster(running, backend, faults)
        await backend.close()
