"""Amazon RDS: snapshots, restored beside what is in use, swapped in; classes and read replicas."""

from backends.rds.adapter import Rds
from backends.rds.target import RdsTarget
from backends.shared import Kind, Shared

__all__ = ["KIND", "Rds", "RdsTarget"]


def _build(shared: Shared) -> Rds:
    told = shared.settings
    return Rds(shared.aws, told.clock, told.poll_s, told.sleep)


KIND = Kind("rds", RdsTarget, _build)
