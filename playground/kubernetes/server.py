"""Starting and ending the API server inside the running loop."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import yaml

from playground.faults import FaultBoard
from playground.kubernetes.access import Account
from playground.kubernetes.app import TOKEN_PATH, Api, Call
from playground.kubernetes.cluster import Cluster
from playground.kubernetes.seed import ACCOUNTS, MUSTER_TOKEN, NAMESPACE, seed_systems
from playground.listening import listening


def _wall_clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - a server of its own, which has its own clock


@dataclass(frozen=True)
class KubeConfig:
    """How the cluster behaves.

    pace_s: seconds that one pod takes to start; deadlines shrink with it, 20 s to a pace.
    slow_s: what `cloud-slow` adds to a call. bookmark_s: seconds between bookmarks of a watch.
    history: how many writes a watch may lag behind before it gets 410.
    accounts: who each token is. fill: what is in the cluster at first.
    """

    pace_s: float = 2.0
    faults: FaultBoard = field(default_factory=FaultBoard)
    slow_s: float = 3.0
    bookmark_s: float = 60.0
    history: int = 2000
    accounts: Mapping[str, Account] = field(default_factory=lambda: dict(ACCOUNTS))
    fill: Callable[[Cluster], None] = seed_systems
    now: Callable[[], datetime] = _wall_clock


@dataclass(frozen=True)
class Running:
    """A running API server. `url` for clients that send a bearer token over plain HTTP."""

    url: str
    cluster: Cluster
    faults: FaultBoard
    api: Api

    @property
    def calls(self) -> list[Call]:
        """Every request so far, without discovery."""
        return self.api.calls

    def kubeconfig(self, path: Path, token: str = MUSTER_TOKEN, namespace: str = NAMESPACE) -> Path:
        """Write a kubeconfig for kubectl and the Python clients, and return its path.

        kubectl sends no credentials over plain HTTP, so the server's path carries the token as well.
        """
        server = f"{self.url}/{TOKEN_PATH}/{token}"
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "playground", "cluster": {"server": server}}],
            "users": [{"name": "playground", "user": {"token": token}}],
            "contexts": [
                {
                    "name": "playground",
                    "context": {"cluster": "playground", "user": "playground", "namespace": namespace},
                }
            ],
            "current-context": "playground",
        }
        path.write_text(yaml.safe_dump(document, sort_keys=False))
        path.chmod(0o600)
        return path


@contextlib.asynccontextmanager
async def serve(config: KubeConfig, host: str = "127.0.0.1", port: int = 0) -> AsyncGenerator[Running]:
    """Run the API server and its controllers; port 0 takes a free one."""
    cluster = Cluster(config.now, config.faults, config.pace_s, config.history)
    config.fill(cluster)
    api = Api(cluster, config.accounts, config.faults, config.slow_s, config.bookmark_s)
    async with listening(api.app(), host, port) as url:
        controllers = asyncio.create_task(cluster.run())
        try:
            yield Running(url, cluster, config.faults, api)
        finally:
            await _end(api, controllers)


async def _end(api: Api, controllers: asyncio.Task[None]) -> None:
    """Let go of whoever watches, then stop what makes pods."""
    api.closing.set()
    for waker in list(api.cluster.store.wakers):
        waker.set()
    is_broken = controllers.done()
    controllers.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await controllers
    assert not is_broken, "the controllers ended early"
