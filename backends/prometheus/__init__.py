"""Prometheus: the catalog's queries, as charts and against their limits."""

from backends.prometheus.adapter import Prometheus
from backends.prometheus.target import PrometheusTarget
from backends.shared import Kind, Shared

__all__ = ["KIND", "Prometheus", "PrometheusTarget"]


def _build(shared: Shared) -> Prometheus:
    return Prometheus(shared.settings.prometheus_urls, shared.settings.clock)


KIND = Kind("prometheus", PrometheusTarget, _build)
