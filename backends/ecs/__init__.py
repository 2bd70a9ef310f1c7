"""Amazon ECS: services scaled, restarted and rolled back to what they really ran."""

from backends.ecs.adapter import Ecs
from backends.ecs.target import EcsTarget
from backends.shared import Kind

__all__ = ["KIND", "Ecs", "EcsTarget"]


KIND = Kind("ecs", EcsTarget, Ecs.build)
