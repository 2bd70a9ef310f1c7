"""The playground's API server and the backend on it, and ways to drive both."""

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta

from backends.kubernetes import Kubernetes, KubernetesApi
from bot.clock import utc_now
from model.health import Health
from model.plan import Amount, Change, Plan, Progress, Scale
from playground.faults import FaultBoard
from playground.kubernetes import MUSTER_TOKEN, Running
from playground.kubernetes.resources import DEPLOYMENTS, REPLICASETS
from tests.backends.systems import MOST_LOOKS, service
from tests.waiting import HANGS_S

ARCHITECT = service("architect-api")
SPACE, NAME = "architect-production", "architect-api"
PACE_S = 0.02


@dataclass
class Cluster:
    """The API server, and the backend on it with Muster's own token."""

    running: Running
    backend: Kubernetes
    faults: FaultBoard

    def deployment(self) -> dict:
        return self.running.cluster.store.get(DEPLOYMENTS, SPACE, NAME)

    def edit(self, **spec: object) -> None:
        """Change the deployment as someone else would."""
        item = json.loads(json.dumps(self.deployment()))
        item["spec"] |= spec
        self.running.cluster.store.replace(DEPLOYMENTS, item, by_client=True)

    def writes(self) -> list[str]:
        return [call.verb for call in self.running.calls if call.verb not in {"get", "list", "watch"}]

    def revisions(self) -> set[str]:
        sets = self.running.cluster.store.every(REPLICASETS, SPACE)
        return {one["metadata"]["annotations"]["deployment.kubernetes.io/revision"] for one in sets}


def on(running: Running, token: str = MUSTER_TOKEN) -> Kubernetes:
    async def sleep(seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.05))

    def connect(cluster: str) -> KubernetesApi:
        return KubernetesApi(running.url, token, None, cluster, sleep)

    return Kubernetes(connect, utc_now, 0.1, sleep, sync_s=0.2)


def to(count: int) -> Scale:
    return Scale(desired=Amount(how="to", n=count))


def codes(plan: Plan) -> dict[str, str]:
    return {one.code: one.level for one in plan.cautions}


async def applied(backend: Kubernetes, change: Change) -> Plan:
    plan = await backend.plan(ARCHITECT, change)
    for index, step in enumerate(plan.steps):
        await backend.apply(ARCHITECT, step, f"OP-1-{index}")
    return plan


async def health_that_says(cluster: Cluster, words: str) -> Health:
    """Look until the verdict's reason says it."""
    async with asyncio.timeout(HANGS_S):
        while words not in (health := await cluster.backend.health(ARCHITECT)).reason:
            await asyncio.sleep(PACE_S)
    return health


async def watched(backend: Kubernetes, plan: Plan, ago: timedelta = timedelta()) -> list[Progress]:
    seen: list[Progress] = []
    async with asyncio.timeout(HANGS_S):
        async for progress in backend.watch(ARCHITECT, plan, utc_now() - ago):
            seen.append(progress)
            assert len(seen) < MOST_LOOKS, seen[-3:]
    assert seen[-1].is_over
    return seen
