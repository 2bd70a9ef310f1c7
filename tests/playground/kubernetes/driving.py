"""Ways to drive the API server: kubectl, plain HTTP, and waiting for what should come."""

import asyncio
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from playground.kubernetes import ADMIN_TOKEN, MUSTER_TOKEN, Running
from playground.kubernetes.resources import DEPLOYMENTS
from tests.waiting import HANGS_S

T = TypeVar("T")

NAMESPACE = "architect-production"
NAME = "architect-api"
APPS = f"/apis/apps/v1/namespaces/{NAMESPACE}"
DEPLOYMENT = f"{APPS}/deployments/{NAME}"
PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"
HPA = f"/apis/autoscaling/v2/namespaces/{NAMESPACE}/horizontalpodautoscalers/{NAME}"
IMAGE = "registry.example.com/architect/architect-api"

MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"


@dataclass
class Kubectl:
    """A stock kubectl with a kubeconfig and a cache of its own."""

    kubeconfig: Path
    home: Path

    async def __call__(self, *arguments: str, ok: bool = True, stdin: str = "") -> str:
        """Run it, at most 20 s; returns what it printed, both streams."""
        process = await self.start(*arguments)
        async with asyncio.timeout(HANGS_S):
            out, _ = await process.communicate(stdin.encode())
        text = out.decode()
        assert (process.returncode == 0) is ok, text
        return text

    async def start(self, *arguments: str) -> asyncio.subprocess.Process:
        """Start it and leave it running."""
        program = shutil.which("kubectl")
        assert program is not None
        environment = {"KUBECONFIG": str(self.kubeconfig), "HOME": str(self.home), "PATH": os.defpath}
        return await asyncio.create_subprocess_exec(
            program, *arguments,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            env=environment,
        )  # fmt: skip


def http(running: Running, token: str = MUSTER_TOKEN) -> httpx.AsyncClient:
    """A plain HTTP client with a bearer token."""
    headers = {"Authorization": f"Bearer {token}", "User-Agent": "muster/1"}
    return httpx.AsyncClient(base_url=running.url, headers=headers, timeout=HANGS_S)


def admin(running: Running) -> httpx.AsyncClient:
    """A plain HTTP client that may do everything."""
    return http(running, ADMIN_TOKEN)


async def until(look: Callable[[], T], what: str = "it", wait_s: float = HANGS_S) -> T:
    """Poll until `look` gives something true, and return that."""
    try:
        async with asyncio.timeout(wait_s):
            while not (found := look()):
                await asyncio.sleep(0.005)
    except TimeoutError as error:
        raise AssertionError(f"never saw {what}") from error
    return found


def deployment_of(running: Running) -> dict[str, Any]:
    """The deployment as the server has it now."""
    return running.cluster.store.get(DEPLOYMENTS, NAMESPACE, NAME)


def condition_of(item: dict[str, Any], type_: str) -> dict[str, Any]:
    """A condition of an object's status, empty when missing."""
    return next((one for one in item["status"].get("conditions", []) if one["type"] == type_), {})


def is_settled(running: Running) -> bool:
    """Whether the rollout has ended and every pod of it is available."""
    item = deployment_of(running)
    status, wanted = item["status"], item["spec"]["replicas"]
    counts = [status.get(name, 0) for name in ("replicas", "updatedReplicas", "availableReplicas")]
    seen = status.get("observedGeneration") == item["metadata"]["generation"]
    return seen and counts == [wanted] * 3
