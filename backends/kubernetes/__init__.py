"""Kubernetes workloads: scaled, restarted and rolled back as kubectl does it."""

from functools import partial

from backends.kubernetes.adapter import Kubernetes
from backends.kubernetes.api import KubernetesApi
from backends.kubernetes.target import KubernetesTarget
from backends.shared import Kind, Shared

__all__ = ["KIND", "Kubernetes", "KubernetesApi", "KubernetesTarget"]


def _build(shared: Shared) -> Kubernetes:
    told = shared.settings
    connect = partial(
        KubernetesApi,
        told.kube_api_url,
        told.kube_token,
        told.kubeconfig,
        sleep=told.sleep,
        user_agent=told.user_agent,
    )
    return Kubernetes(
        connect,
        told.clock,
        told.poll_s,
        told.sleep,
        shared.aws,
        told.fingerprint_of,
        told.autoscaler_sync_s,
        told.hard_restarts,
        shared.images,
    )


KIND = Kind("kubernetes", KubernetesTarget, _build)
