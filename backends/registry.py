"""Binds kinds of target to the backends that reach them; importing it loads no cloud SDK."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from backends.aws_clients import AwsClients
from backends.aws_lambda import Lambda, LambdaTarget
from backends.ecs import Ecs, EcsTarget
from backends.kubernetes import Kubernetes, KubernetesTarget
from backends.kubernetes_api import KubernetesApi
from model.backend import Backend
from model.catalog import Target


@dataclass(frozen=True)
class BackendSettings:
    """What backends are told. poll_s: seconds between two looks at a running change."""

    clock: Callable[[], datetime]
    aws_endpoint_url: str | None = None
    kube_api_url: str | None = None
    kube_token: str | None = field(default=None, repr=False)
    kubeconfig: Path | None = None
    poll_s: float = 3.0


def target_types() -> dict[str, type[Target]]:
    """The settings class of every kind."""
    return {"ecs": EcsTarget, "lambda": LambdaTarget, "kubernetes": KubernetesTarget}


def backends(settings: BackendSettings) -> dict[str, Backend]:
    """One backend a kind. Nothing is connected yet."""
    clients = AwsClients(settings.aws_endpoint_url)

    def connect(cluster: str) -> KubernetesApi:
        return KubernetesApi(settings.kube_api_url, settings.kube_token, settings.kubeconfig, cluster)

    return {
        "ecs": Ecs(clients, settings.clock, settings.poll_s),
        "lambda": Lambda(clients, settings.clock, settings.poll_s),
        "kubernetes": Kubernetes(connect, settings.clock, settings.poll_s),
    }
