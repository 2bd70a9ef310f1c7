"""Amazon ECS: services scaled, restarted and rolled back to what they really ran."""

from backends.ecs.adapter import Ecs
from backends.ecs.target import EcsTarget
from backends.shared import Kind, Shared

__all__ = ["KIND", "Ecs", "EcsTarget"]


def _build(shared: Shared) -> Ecs:
    told = shared.settings
    return Ecs(shared.aws, told.clock, told.poll_s, told.sleep)


KIND = Kind("ecs", EcsTarget, _build)
