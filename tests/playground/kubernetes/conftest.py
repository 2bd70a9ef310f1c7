"""A running API server at test pace, and the clients."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from playground.kubernetes import ADMIN_TOKEN, KubeConfig, Running, serve
from tests.playground.kubernetes.driving import Kubectl


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    async with serve(KubeConfig(pace_s=0.02, slow_s=0.2, bookmark_s=0.05)) as started:
        yield started


@pytest.fixture
def kubectl(running: Running, tmp_path: Path) -> Kubectl:
    if shutil.which("kubectl") is None:
        pytest.skip("no kubectl is installed here; the other tests drive the server without it")
    return Kubectl(running.kubeconfig(tmp_path / "kubeconfig", ADMIN_TOKEN), tmp_path)
