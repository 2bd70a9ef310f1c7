"""What the catalog says of a service that the Serverless Framework deploys."""

from typing import Any, Literal

from pydantic import Field

from backends.aws import AwsTarget

Json = dict[str, Any]


class ServerlessTarget(AwsTarget):
    """A stack and the bucket in which the framework keeps each deployment."""

    kind: Literal["serverless"] = "serverless"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    stack: str = Field(description="the CloudFormation stack's name")
    bucket: str = Field(description="where deployments lie, under `serverless/<service>/<stage>/`")
    service: str = Field(description="`service` of serverless.yml")
    stage: str = Field(description="the stage, such as prod")
    source: str = Field(default="", description="where the facts are from")

    @property
    def folder(self) -> str:
        """Where the deployments lie in the bucket, with a slash at the end."""
        return f"serverless/{self.service}/{self.stage}/"
