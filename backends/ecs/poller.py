"""One look at ECS for everyone who watches a service of the same cluster."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from backends.ecs.reads import EcsReads, missing
from backends.ecs.target import EcsTarget, Json

Place = tuple[str, str, str]
"""Region, role and cluster."""

MOST = 10
"""DescribeServices takes no more at once."""


@dataclass
class _Cluster:
    """Who waits for the next look, by service name, and the task that looks."""

    waiting: dict[str, tuple[EcsTarget, asyncio.Future[Json]]] = field(
        default_factory=dict[str, tuple[EcsTarget, asyncio.Future[Json]]]
    )
    looking: asyncio.Task[None] | None = None


class ServicePoller:
    """Looks at a cluster at most once each `poll_s` seconds, ten services at a time.

    Cost grows with the number of services that are watched divided by ten, not with who watches them.
    """

    def __init__(
        self, reads: EcsReads, poll_s: float, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._reads, self._poll_s, self._sleep = reads, poll_s, sleep
        self._clusters: dict[Place, _Cluster] = {}

    async def see(self, target: EcsTarget) -> Json:
        """The service at the next look: now if nobody watches its cluster, else when the next is due.

        Raises BackendError.
        """
        place = (target.region, target.role_arn, target.cluster)
        cluster = self._clusters.setdefault(place, _Cluster())
        if target.service not in cluster.waiting:
            cluster.waiting[target.service] = (target, asyncio.get_running_loop().create_future())
        _, seen = cluster.waiting[target.service]
        if cluster.looking is None or cluster.looking.done():
            cluster.looking = asyncio.create_task(self._look(cluster))
        return await asyncio.shield(seen)

    async def close(self) -> None:
        """Stop looking."""
        tasks = [one.looking for one in self._clusters.values() if one.looking is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._clusters.clear()

    async def _look(self, cluster: _Cluster) -> None:
        """Look as long as someone waits; one pause after each look, so that those who join share it."""
        while cluster.waiting:
            asked, cluster.waiting = list(cluster.waiting.values()), {}
            batches = [asked[first : first + MOST] for first in range(0, len(asked), MOST)]
            await asyncio.gather(*(self._answer(batch) for batch in batches))
            await self._sleep(self._poll_s)

    async def _answer(self, batch: list[tuple[EcsTarget, asyncio.Future[Json]]]) -> None:
        """Give everyone in the batch their service, or the error that kept it from being seen."""
        error: Exception | None = None
        found: dict[str, Json] = {}
        try:
            found = await self._reads.services(batch[0][0], [where.service for where, _ in batch])
        except Exception as unseen:  # whatever it is: those who wait must hear of it, or they wait for ever
            error = unseen
        for where, seen in batch:
            if seen.cancelled():
                continue
            if where.service in found:
                seen.set_result(found[where.service])
            else:
                seen.set_exception(error or missing(where))
