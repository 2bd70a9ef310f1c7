"""What the catalog says of a service that the Serverless Framework deploys."""

from typing import Any, Literal

from backends.aws import AwsTarget
from model.catalog.schema import Service

Json = dict[str, Any]


class ServerlessTarget(AwsTarget):
    """A stack and the bucket in which the framework keeps each deployment.

    service and stage: as in serverless.yml; deployments lie under `serverless/<service>/<stage>/`.
    """

    kind: Literal["serverless"] = "serverless"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    stack: str
    bucket: str
    service: str
    stage: str
    source: str = ""

    @property
    def folder(self) -> str:
        """Where the deployments lie in the bucket, with a slash at the end."""
        return f"serverless/{self.service}/{self.stage}/"


def target_of(service: Service) -> ServerlessTarget:
    """The service's target, which the loader made of this kind."""
    assert isinstance(service.target, ServerlessTarget)
    return service.target
