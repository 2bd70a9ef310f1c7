"""What the catalog says of an Aurora cluster."""

from typing import Any, Literal

from pydantic import ConfigDict, Field, JsonValue

from backends.aws import AwsTarget

Json = dict[str, Any]

_EXAMPLE: dict[str, JsonValue] = {"kind": "aurora", "region": "eu-west-1", "cluster": "shop-db"}
"""For the catalog's reference: no system that ships has a cluster."""


class AuroraTarget(AwsTarget):
    """A cluster by its identifier."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    kind: Literal["aurora"] = "aurora"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    cluster: str = Field(description="the cluster's identifier")

    @property
    def restored(self) -> str:
        """The cluster that a backup is restored into."""
        return f"{self.cluster}-restored"

    @property
    def restored_instance(self) -> str:
        """The one instance of that cluster."""
        return f"{self.restored}-1"

    def arn(self, rest: str) -> str:
        """The ARN of something of this account and region."""
        return self.arn_of("rds", rest)
