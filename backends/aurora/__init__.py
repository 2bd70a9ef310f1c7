"""Amazon Aurora: clusters of instances, failed over, snapshotted, and restored beside what is in use."""

from backends.aurora.adapter import Aurora
from backends.aurora.target import AuroraTarget
from backends.shared import Kind

__all__ = ["KIND", "Aurora", "AuroraTarget"]


KIND = Kind("aurora", AuroraTarget, Aurora.build)
