"""What backends share: the settings, the AWS clients and the container registries."""

from dataclasses import dataclass

from backends.aws_clients import AwsClients
from backends.registries import OciRegistries
from model.ports.backend_kind import BackendKind, BackendSettings


@dataclass(frozen=True)
class Shared:
    """Made once for all backends. Closing `aws` and `images` twice is safe, so each of them may."""

    settings: BackendSettings
    aws: AwsClients
    images: OciRegistries


Kind = BackendKind[Shared]
"""A kind of backend of this room."""


def shared(settings: BackendSettings) -> Shared:
    """Nothing is connected yet."""
    clients = AwsClients(settings.aws_endpoint_url, settings.sleep, settings.user_agent)
    return Shared(settings, clients, OciRegistries(settings.image_registries))
