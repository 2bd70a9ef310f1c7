"""What the catalog says of a Redis cache; its address and password are settings, not facts."""

from typing import Literal

from pydantic import Field

from model.catalog.schema import Service, Target


class RedisTarget(Target):
    """One cache."""

    kind: Literal["redis"] = "redis"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    fullest_percent: float = Field(
        default=80.0, gt=0, le=100, description="memory in use from which it is degraded"
    )
    least_hits_percent: float | None = Field(
        default=None, gt=0, le=100, description="hits of all look-ups below which it is degraded"
    )


def target_of(service: Service) -> RedisTarget:
    """The service's target, which the loader made of this kind."""
    assert isinstance(service.target, RedisTarget)
    return service.target
