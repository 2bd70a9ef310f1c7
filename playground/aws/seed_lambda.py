"""The functions of the runbooks, with the versions they had.

Sources: miyabi-web-api.md (miyabi-api-production and -staging, ap-northeast-1) and
brutal-patches-api.md (brutal-patches-api-prod-main, us-east-1).
"""

import hashlib
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from playground.aws.cloud import Cloud, Region
from playground.aws.deployments import stack_tags
from playground.aws.functions import Alias, Function, Version

MIYABI_VARIABLES = {
    "DATABASE_URL": "postgresql://miyabi:not-a-real-password@miyabi-db.invalid:5432/miyabi",
    "JWT_SECRET": "not-a-real-secret-but-32-characters",
    "GITHUB_CLIENT_ID": "Iv1.playground",
    "GITHUB_CLIENT_SECRET": "not-a-real-client-secret",
    "RUST_LOG": "info",
}
BRUTAL_VARIABLES = {
    "NODE_ENV": "production",
    "JWT_SECRET": "not-a-real-secret-either-but-long",
    "JWT_EXPIRATION": "1h",
    "JWT_REFRESH_EXPIRATION": "7d",
    "DYNAMODB_TABLE_PREFIX": "BrutalPatches-prod",
    "LOG_LEVEL": "info",
}


@dataclass(frozen=True)
class Recipe:
    """A function to set up; `aliases` are names for version numbers."""

    name: str
    runtime: str
    handler: str
    memory: int
    variables: dict[str, str]
    versions: int
    aliases: dict[str, str]


def seed_functions(world: Cloud) -> None:
    """Put the three functions in place."""
    tokyo, virginia = world.region("ap-northeast-1"), world.region("us-east-1")
    for stage, versions in (("production", 14), ("staging", 16)):
        variables = {**MIYABI_VARIABLES, "ENVIRONMENT": stage}
        name, aliases = f"miyabi-api-{stage}", {stage: str(versions)}
        recipe = Recipe(name, "provided.al2023", "bootstrap", 512, variables, versions, aliases)
        seed_function(tokyo, recipe, world.now())
    name = "brutal-patches-api-prod-main"
    recipe = Recipe(name, "nodejs20.x", "dist/lambda.handler", 1024, BRUTAL_VARIABLES, 9, {})
    seed_function(virginia, recipe, world.now())
    virginia.functions[name].tags |= stack_tags(virginia, "MainLambdaFunction")


def seed_function(region: Region, recipe: Recipe, now: datetime) -> None:
    """One function; each version is three days younger than the one before."""
    numbers = [str(n) for n in range(1, recipe.versions + 1)]
    versions = {
        number: Version(
            number=number,
            settings=settings(region, recipe, number),
            modified_at=now - timedelta(days=3 * (recipe.versions - int(number)) + 2),
            revision_id=region.ids.uuid(),
        )
        for number in numbers
    }
    newest = versions[numbers[-1]]
    latest = Version("$LATEST", deepcopy(newest.settings), newest.modified_at, region.ids.uuid())
    region.functions[recipe.name] = Function(
        name=recipe.name,
        arn=region.arn("lambda", f"function:{recipe.name}"),
        latest=latest,
        versions=versions,
        aliases={name: Alias(name, number, region.ids.uuid()) for name, number in recipe.aliases.items()},
        tags={"Service": recipe.name},
    )


def settings(region: Region, recipe: Recipe, number: str) -> dict[str, Any]:
    """The configuration of one version; its code differs from the others'."""
    return {
        "Runtime": recipe.runtime,
        "Role": f"arn:aws:iam::{region.account}:role/{recipe.name}",
        "Handler": recipe.handler,
        "CodeSize": 9_000_000 + 1000 * int(number),
        "CodeSha256": hashlib.sha256(f"{recipe.name}/{number}".encode()).hexdigest(),
        "Description": f"v0.1.{number}",
        "Timeout": 30,
        "MemorySize": recipe.memory,
        "Environment": {"Variables": dict(recipe.variables)},
        "PackageType": "Zip",
        "Architectures": ["arm64"],
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{recipe.name}"},
    }
