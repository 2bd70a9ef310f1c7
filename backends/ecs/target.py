"""What the catalog says of an ECS service, and how ECS names it."""

from typing import Any, Literal

from pydantic import Field

from backends.aws import AwsTarget
from model.catalog.fields import hints

Json = dict[str, Any]


class EcsTarget(AwsTarget):
    """An ECS service."""

    kind: Literal["ecs"] = "ecs"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    cluster: str = Field(description="the cluster's name")
    service: str = Field(description="the service's name")
    family: str = Field(
        default="*", description="the family of its task definitions, for what Muster has to be granted"
    )
    repository: str = Field(
        default="*", description="the repository of its images in ECR, for what Muster has to be granted"
    )
    roles: tuple[str, ...] = Field(
        default=(), description="the roles that its tasks take, for what Muster has to be granted"
    )
    container: str = Field(
        default="",
        description="the container that `/deploy` and `/config` change",
        json_schema_extra=hints(default="the only one"),
    )
    autoscaling: bool = Field(default=False, description="not needed any more: autoscalers are found")

    def arn(self, rest: str, api: str = "ecs") -> str:
        """The ARN of something of this account and region."""
        return self.arn_of(api, rest)

    @property
    def resource(self) -> str:
        """Its name for Application Auto Scaling."""
        return f"service/{self.cluster}/{self.service}"


def primary_of(seen: Json) -> Json:
    """The deployment that the service is on, or on its way to; empty where something else deploys it."""
    empty: Json = {}
    return next((one for one in seen["deployments"] if one["status"] == "PRIMARY"), empty)


def short(arn: object) -> str:
    """`family:42` of a task definition's ARN, or the last part of any other ARN."""
    return str(arn).rsplit("/", 1)[-1]
