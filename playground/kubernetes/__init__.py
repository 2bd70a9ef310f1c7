"""A small Kubernetes API server with controllers that roll pods over time."""

from playground.kubernetes.access import Account, Rule
from playground.kubernetes.app import Call
from playground.kubernetes.roles import accounts
from playground.kubernetes.seed import ADMIN_TOKEN, MUSTER_TOKEN, READER_TOKEN, seed_systems
from playground.kubernetes.server import KubeConfig, Running, serve

__all__ = [
    "ADMIN_TOKEN",
    "MUSTER_TOKEN",
    "READER_TOKEN",
    "Account",
    "Call",
    "KubeConfig",
    "Rule",
    "Running",
    "accounts",
    "seed_systems",
    "serve",
]
