"""What the catalog says of a Prometheus server and of the queries people know by name."""

from typing import Literal

from pydantic import Field

from model.catalog.schema import Service, Target
from model.metrics import Measured


class PromMetric(Measured):
    """A figure by a PromQL query."""

    query: str = Field(description="the query, in PromQL")
    scale: float = Field(default=1.0, gt=0, description="what its values are multiplied by to be in `unit`")
    by: tuple[str, ...] = Field(
        default=(), description="the labels that tell its series apart on a chart; empty is all of them"
    )


class PrometheusTarget(Target):
    """A server that is asked over HTTP; another address for it is a setting."""

    kind: Literal["prometheus"] = "prometheus"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    url: str = Field(pattern=r"^https?://[^\s/]+", description="the server's address")
    metrics: tuple[PromMetric, ...] = Field(default=(), description="the figures that people ask for by name")


def target_of(service: Service) -> PrometheusTarget:
    """The service's server, which the loader made of this kind."""
    assert isinstance(service.target, PrometheusTarget)
    return service.target


def named(service: Service, name: str) -> PromMetric:
    """The metric of that name, which the catalog has."""
    return next(one for one in target_of(service).metrics if one.name == name)
