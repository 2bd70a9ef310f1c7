"""Amazon ECS: services scaled, restarted and rolled back to what they really ran."""

from backends.ecs.adapter import Ecs
from backends.ecs.target import EcsTarget

__all__ = ["Ecs", "EcsTarget"]
