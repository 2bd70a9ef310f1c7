"""What the catalog says of a PostgreSQL database; its address and password are settings, not facts."""

from typing import Literal

from pydantic import Field

from model.catalog.schema import Service, Target


class PostgresTarget(Target):
    """One database and where its dumps are kept.

    bucket and prefix: of the dumps in S3, in `region`. longest_query_s: from when a query is too long.
    """

    kind: Literal["postgres"] = "postgres"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    database: str
    bucket: str
    prefix: str = Field("", pattern=r"^([\w.-]+/)*$")
    region: str = "us-east-1"
    role_arn: str = ""
    longest_query_s: float = Field(60.0, gt=0)
    fullest_percent: float = Field(80.0, gt=0, le=100, description="connections from which it is degraded")

    @property
    def extras(self) -> tuple[str, ...]:
        """What has to be installed to reach it."""
        return ("postgres", "aws")

    def key(self, name: str) -> str:
        """Where a dump of this name lies in the bucket."""
        return f"{self.prefix}{name}"


def target_of(service: Service) -> PostgresTarget:
    """The service's target, which the loader made of this kind."""
    assert isinstance(service.target, PostgresTarget)
    return service.target
