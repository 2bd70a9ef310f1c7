"""Amazon RDS: snapshots, restored beside what is in use, swapped in; classes and read replicas."""

from backends.rds.adapter import Rds
from backends.rds.target import RdsTarget
from backends.shared import Kind

__all__ = ["KIND", "Rds", "RdsTarget"]


KIND = Kind("rds", RdsTarget, Rds.build)
