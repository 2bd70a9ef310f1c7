"""What the settings come to: the slash commands there are, the policies that are judged by, and what backends
are told."""

from collections.abc import Callable
from datetime import datetime

from backends.registry import BackendSettings
from bot.settings import NotConfigured, Settings
from model.catalog.schema import Catalog
from model.language.registry import Registry
from model.refusal import Refused
from model.slash import Slash
from permissions import Policies, actions_of, schema


def slash_of(settings: Settings, registry: Registry) -> Slash:
    """Which slash commands are installed. Raises NotConfigured with what to set instead."""
    try:
        return Slash.of(settings.slash, registry.slash)
    except Refused as refused:
        raise NotConfigured(f"MUSTER_SLASH: {refused}") from refused


def load_policies(settings: Settings, registry: Registry, catalog: Catalog) -> Policies:
    """The configured policies, checked against what commands declare. Raises PolicyErrors."""
    return Policies.load(settings.policies, schema(actions_of(registry)), catalog)


def backend_settings(settings: Settings, clock: Callable[[], datetime]) -> BackendSettings:
    """What the backends need to know of the settings."""
    token = settings.kube_token.get_secret_value() if settings.kube_token else None
    return BackendSettings(
        aws_endpoint_url=settings.aws_endpoint_url,
        kube_api_url=settings.kube_api_url,
        kube_token=token,
        kubeconfig=settings.kubeconfig,
        poll_s=settings.watch_poll_s,
        autoscaler_sync_s=settings.autoscaler_sync_s,
        scaling_check_s=settings.scaling_check_s,
        hard_restarts=settings.hard_restarts,
        clock=clock,
        postgres_urls=settings.postgres_urls,
        redis_urls=settings.redis_urls,
        image_registries=settings.image_registries,
        prometheus_urls=settings.prometheus_overrides,
        health_overrides=settings.health_overrides,
    )
