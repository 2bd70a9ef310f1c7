"""What the catalog says of a table."""

from typing import Any, Literal

from pydantic import Field

from backends.aws import AwsTarget

Json = dict[str, Any]


class TableTarget(AwsTarget):
    """A table by its name."""

    kind: Literal["dynamodb"] = "dynamodb"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    table: str = Field(description="its name")

    @property
    def restored(self) -> str:
        """The table that the data of a moment is restored into."""
        return f"{self.table}-restored"

    def arn(self, table: str) -> str:
        """The ARN of a table beside it, or of itself."""
        return self.arn_of("dynamodb", f"table/{table}")
