"""Elastic Load Balancing: listeners, and which targets are healthy."""

from backends.elbv2.adapter import LoadBalancers
from backends.elbv2.target import LoadBalancerTarget
from backends.shared import Kind, Shared

__all__ = ["KIND", "LoadBalancerTarget", "LoadBalancers"]


def _build(shared: Shared) -> LoadBalancers:
    return LoadBalancers(shared.aws)


KIND = Kind("elbv2", LoadBalancerTarget, _build)
