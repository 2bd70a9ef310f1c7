"""A kind of backend, declared in its own file: what the catalog calls it, its settings, how it is made."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from model.catalog.schema import Target
from model.ports.backend import Backend
from model.secrets import Prints, fingerprints_with

Shared = TypeVar("Shared")


@dataclass(frozen=True)
class BackendSettings:
    """What backends are told.

    poll_s: seconds between two looks at a running change. sleep: waits that long; tests pass their own.
    autoscaler_sync_s: how often a cluster's autoscalers look, in seconds.
    scaling_check_s: how often Application Auto Scaling's alarms look, in seconds.
    hard_restarts: whether a deployment may be deleted and created again.
    print_of: gives secrets their fingerprints; by a key of this process alone where none is given.
    image_registries: host of a registry, as names of images say it → its address, with user and password.
    kube_api_url and kube_token: one API server for every cluster, instead of kubeconfig contexts.
    overrides: an address for the one that the catalog names, by service id or host (`*` is all of a
    scheme), such as a DSN with its password; see the settings `*_overrides` and `*_urls`.
    """

    clock: Callable[[], datetime]
    fingerprint_of: Prints = field(
        default_factory=lambda: fingerprints_with(secrets.token_bytes(32)), repr=False
    )
    aws_endpoint_url: str | None = None
    kube_api_url: str | None = None
    kube_token: str | None = field(default=None, repr=False)
    kubeconfig: Path | None = None
    poll_s: float = 3.0
    autoscaler_sync_s: float = 15.0
    scaling_check_s: float = 60.0
    hard_restarts: bool = True
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    user_agent: str = "muster"
    postgres_urls: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    redis_urls: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    image_registries: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    prometheus_urls: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    health_overrides: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class BackendKind(Generic[Shared]):
    """One kind. build: makes the backend from what all of them share; nothing is connected by it."""

    name: str
    target: type[Target]
    build: Callable[[Shared], Backend]
