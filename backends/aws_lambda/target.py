"""What the catalog says of a function."""

from typing import Any, Literal

from pydantic import Field

from backends.aws import AwsTarget
from model.catalog.schema import Service

Json = dict[str, Any]
Set = int | Literal["none"]
"""A concurrency: how many, or that none is set."""

MOST_BYTES = 4096
"""All variables together (AWS Lambda quotas: 4 KB)."""


class LambdaTarget(AwsTarget):
    """A function and the alias that traffic goes through."""

    kind: Literal["lambda"] = "lambda"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    function: str = Field(description="its name")
    alias: str | None = Field(
        default=None,
        description="the alias of its traffic; without one nothing can be rolled back",
    )
    secrets: str = Field(
        default="",
        description="what the names in Secrets Manager begin with that its variables may refer to, such as "
        "`miyabi/prod/`; none if empty",
    )

    @property
    def arn(self) -> str:
        """Of the function, without an alias or version."""
        return self.arn_of("lambda", f"function:{self.function}")


def rehearsal_of(service: Service) -> LambdaTarget | None:
    """The function that a version has to run on first, where the catalog names one of this kind."""
    return service.rehearsal if isinstance(service.rehearsal, LambdaTarget) else None
