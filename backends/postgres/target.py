"""What the catalog says of a PostgreSQL database; its address and password are settings, not facts."""

from typing import Literal

from pydantic import Field

from model.catalog.schema import Service, Target


class PostgresTarget(Target):
    """One database and where its dumps are kept."""

    kind: Literal["postgres"] = "postgres"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    database: str = Field(description="its name")
    bucket: str = Field(description="the bucket of its dumps in S3")
    prefix: str = Field(
        default="",
        pattern=r"^([\w.-]+/)*$",
        description="what their keys begin with, such as `dumps/`",
    )
    region: str = Field(default="us-east-1", description="the bucket's region")
    role_arn: str = Field(
        default="", description="the role to take for it; the process's own credentials when empty"
    )
    longest_query_s: float = Field(default=60.0, gt=0, description="a query that runs longer is too long")
    fullest_percent: float = Field(
        default=80.0, gt=0, le=100, description="connections in use from which it is degraded"
    )

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
