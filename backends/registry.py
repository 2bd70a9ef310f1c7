"""Binds kinds of target to the backends that reach them; importing it loads no cloud SDK."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from backends.aws_clients import AwsClients
from backends.aws_lambda import Lambda, LambdaTarget
from backends.ecs import Ecs, EcsTarget
from backends.kubernetes import Kubernetes, KubernetesApi, KubernetesTarget
from model.backend import Backend
from model.catalog import Target


@dataclass(frozen=True)
class BackendSettings:
    """What backends are told.

    poll_s: seconds between two looks at a running change. sleep: waits that long; tests pass their own.
    kube_api_url and kube_token: one API server for every cluster, instead of kubeconfig contexts.
    """

    clock: Callable[[], datetime]
    aws_endpoint_url: str | None = None
    kube_api_url: str | None = None
    kube_token: str | None = field(default=None, repr=False)
    kubeconfig: Path | None = None
    poll_s: float = 3.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    user_agent: str = "muster"


def target_types() -> dict[str, type[Target]]:
    """The settings class of every kind."""
    return {"ecs": EcsTarget, "lambda": LambdaTarget, "kubernetes": KubernetesTarget}


def backends(settings: BackendSettings) -> dict[str, Backend]:
    """One backend a kind. Nothing is connected yet."""
    clients = AwsClients(settings.aws_endpoint_url, settings.sleep, settings.user_agent)
    clock, poll_s, sleep = settings.clock, settings.poll_s, settings.sleep

    def connect(cluster: str) -> KubernetesApi:
        return KubernetesApi(
            settings.kube_api_url,
            settings.kube_token,
            settings.kubeconfig,
            cluster,
            sleep,
            settings.user_agent,
        )

    return {
        "ecs": Ecs(clients, clock, poll_s, sleep),
        "lambda": Lambda(clients, clock, poll_s, sleep),
        "kubernetes": Kubernetes(connect, clock, poll_s, sleep),
    }
