"""Kubernetes deployments: scaled, restarted and rolled back as kubectl does it."""

from backends.kubernetes.adapter import Kubernetes
from backends.kubernetes.api import KubernetesApi
from backends.kubernetes.target import KubernetesTarget

__all__ = ["Kubernetes", "KubernetesApi", "KubernetesTarget"]
