"""AWS Secrets Manager: the secrets of the runbooks' systems, none of them real."""

from dataclasses import dataclass, field
from typing import Any

from playground.aws.cloud import ApiCall, Cloud, Operation
from playground.aws.modelled import Modelled
from playground.aws.refusal import AwsError

NAMES = {
    "ap-northeast-1": (
        "miyabi/prod/jwt-secret",
        "miyabi/prod/database-url",
        "miyabi/prod/github-client-secret",
        "miyabi/staging/jwt-secret",
        "miyabi/staging/database-url",
    ),
    "us-west-2": ("miyabi/dev/database-url",),
    "us-east-1": ("brutal-patches/prod/jwt-secret",),
}
"""Region → what its secrets are called; the runbooks only say that there are some."""


@dataclass
class Secret:
    """One secret. version: changes with its value."""

    name: str
    arn: str
    value: str
    version: str


@dataclass
class Secrets:
    """Everything of one region, by name."""

    held: dict[str, Secret] = field(default_factory=dict[str, Secret])


def get_secret_value(ask: ApiCall) -> dict[str, Any]:
    """GetSecretValue, by name or ARN. Raises ResourceNotFoundException."""
    named = str(ask.params.get("SecretId", ""))
    held = ask.region.state(Secrets).held.values()
    found = next((one for one in held if named in {one.name, one.arn}), None)
    if found is None:
        message = "Secrets Manager can't find the specified secret."
        raise AwsError("ResourceNotFoundException", message)
    return {
        "ARN": found.arn,
        "Name": found.name,
        "VersionId": found.version,
        "SecretString": found.value,
        "VersionStages": ["AWSCURRENT"],
    }


OPERATIONS: dict[str, Operation] = {"GetSecretValue": get_secret_value}


def seed(world: Cloud) -> None:
    """A value for each that could be told from any other, if it were ever shown."""
    for name, secrets in NAMES.items():
        region = world.region(name)
        held = region.state(Secrets).held
        for secret in secrets:
            arn = region.arn("secretsmanager", f"secret:{secret}-{region.ids.hex(6)}")
            value = f"playground-{secret.replace('/', '-')}-value-of-32-characters"
            held[secret] = Secret(secret, arn, value, region.ids.uuid())


SECRETS = Modelled("secretsmanager", "secretsmanager", OPERATIONS, seed)
