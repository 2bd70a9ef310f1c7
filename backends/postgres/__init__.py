"""PostgreSQL: what it does now, idle sessions ended, dumps in S3 taken and restored."""

from backends.postgres.adapter import Postgres
from backends.postgres.target import PostgresTarget
from backends.shared import Kind, Shared

__all__ = ["KIND", "Postgres", "PostgresTarget"]


def _build(shared: Shared) -> Postgres:
    return Postgres(shared.aws, shared.settings.postgres_urls, shared.settings.clock)


KIND = Kind("postgres", PostgresTarget, _build)
