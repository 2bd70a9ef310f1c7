"""What the catalog says of a Redis cache; its address and password are settings, not facts."""

from typing import Literal

from pydantic import Field

from model.catalog.schema import Service, Target


class RedisTarget(Target):
    """One cache. fullest_percent: of its memory; least_hits_percent: None where the runbook has no ratio."""

    kind: Literal["redis"] = "redis"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    fullest_percent: float = Field(80.0, gt=0, le=100)
    least_hits_percent: float | None = Field(None, gt=0, le=100)


def target_of(service: Service) -> RedisTarget:
    """The service's target, which the loader made of this kind."""
    assert isinstance(service.target, RedisTarget)
    return service.target
