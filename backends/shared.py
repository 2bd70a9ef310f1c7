"""What backends share: the settings and the AWS clients."""

from dataclasses import dataclass

from backends.aws_clients import AwsClients
from model.ports.backend_kind import BackendKind, BackendSettings


@dataclass(frozen=True)
class Shared:
    """Made once for all backends. Closing `aws` twice is safe, so each of them may."""

    settings: BackendSettings
    aws: AwsClients


Kind = BackendKind[Shared]
"""A kind of backend of this room."""


def shared(settings: BackendSettings) -> Shared:
    """Nothing is connected yet."""
    return Shared(settings, AwsClients(settings.aws_endpoint_url, settings.sleep, settings.user_agent))
