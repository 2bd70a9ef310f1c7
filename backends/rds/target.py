"""What the catalog says of a database instance."""

from typing import Any, Literal

from pydantic import Field

from backends.aws import AwsTarget

Json = dict[str, Any]


class RdsTarget(AwsTarget):
    """An instance by its identifier."""

    kind: Literal["rds"] = "rds"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    instance: str = Field(description="the instance's identifier")

    @property
    def restored(self) -> str:
        """The instance that a snapshot is restored into (miyabi-web-api.md §7.2)."""
        return f"{self.instance}-restored"

    @property
    def old(self) -> str:
        """What the instance is called after a swap (miyabi-web-api.md §7.2)."""
        return f"{self.instance}-old"

    def replica(self, number: int) -> str:
        """The read replica of that number (miyabi-web-api.md §5.2)."""
        return f"{self.instance}-read" if number == 1 else f"{self.instance}-read-{number}"

    def arn(self, rest: str) -> str:
        """The ARN of something of this account and region."""
        return self.arn_of("rds", rest)
