"""What is read of a function, each read one call."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from backends.aws_api import AwsApi, listed
from backends.aws_clients import AwsClients
from backends.aws_lambda.target import Json, LambdaTarget, Set
from model.plan import fingerprint
from model.ports.backend import BackendError, Fault

MOST_PAGES = 50


@dataclass(frozen=True)
class Snapshot:
    """A function at one moment: alias and concurrency (None where there is none) and its configurations.

    live: what calls reach, through the alias where there is one; latest: `$LATEST`, which is edited.
    """

    alias: Json | None
    reserved: Set
    provisioned: Json | None
    live: Json
    latest: Json

    @property
    def version(self) -> str:
        """The version that the alias points to; empty without an alias."""
        return str(self.alias["FunctionVersion"]) if self.alias else ""

    @property
    def weights(self) -> dict[str, float]:
        """The share of traffic that the alias sends elsewhere, by version, as somebody asked for it."""
        return {} if self.warming_from else self._routed

    @property
    def warming_from(self) -> str:
        """The version that all calls go to until the alias's own has its environments ready, else empty.

        AWS writes that weight itself after UpdateAlias, and takes it off when they are ready; where they
        cannot be made it stays. Nobody else can set it: AWS takes no such weights beside provisioning.
        """
        whole = [version for version, share in self._routed.items() if share >= 1]
        return whole[0] if whole and self.provisioned is not None else ""

    @property
    def _routed(self) -> dict[str, float]:
        routing = cast(Json, (self.alias or {}).get("RoutingConfig") or {})
        return cast(dict[str, float], routing.get("AdditionalVersionWeights") or {})

    @property
    def asked_ready(self) -> Set:
        """How many environments are asked to be kept ready."""
        asked = (self.provisioned or {}).get("RequestedProvisionedConcurrentExecutions")
        return "none" if asked is None else int(asked)

    @property
    def fingerprint(self) -> str:
        """Of the alias, both concurrencies as they are asked for, and what `$LATEST` holds."""
        state: Json = {"reserved": self.reserved, "provisioned": self.asked_ready}
        latest = fingerprint(held(self.latest))
        state |= {"version": self.version, "weights": dict(self.weights), "latest": latest}
        return fingerprint({**state, "warming": self.warming_from} if self.warming_from else state)


def variables(configuration: Json) -> dict[str, str]:
    """Its environment variables, secrets among them."""
    environment = cast(Json, configuration.get("Environment") or {})
    return cast(dict[str, str], environment.get("Variables") or {})


def held(configuration: Json) -> Json:
    """What a version freezes, as far as Muster sets it: code, memory, variables."""
    return {
        "code": configuration.get("CodeSha256", ""),
        "memory": configuration.get("MemorySize", 0),
        "variables": variables(configuration),
    }


class LambdaReads:
    """Every method raises BackendError."""

    def __init__(self, clients: AwsClients) -> None:
        self._clients = clients

    async def seen(self, target: LambdaTarget, with_live: bool = False) -> Snapshot:
        """Alias, concurrency and `$LATEST`, few calls at a time: Lambda allows 15 a second.

        with_live: what the alias's version holds too; else `live` is not to be looked at.
        """
        alias, reserved, provisioned = await asyncio.gather(
            self.alias(target), self._call(target, "get_function_concurrency"), self.provisioned(target)
        )
        latest = await self.latest(target)
        live = await self.configuration(target) if with_live and alias else latest
        set_aside = cast(Set, reserved.get("ReservedConcurrentExecutions", "none"))
        return Snapshot(alias, set_aside, provisioned, live, latest)

    async def latest(self, target: LambdaTarget) -> Json:
        """The configuration of `$LATEST`."""
        return await self._call(target, "get_function_configuration")

    async def configuration(self, target: LambdaTarget) -> Json:
        """State and last update of what runs: of the alias's version, else of $LATEST."""
        qualifier = {"Qualifier": target.alias} if target.alias else {}
        return await self._call(target, "get_function_configuration", **qualifier)

    async def alias(self, target: LambdaTarget) -> Json | None:
        """The alias, or None where the catalog names none."""
        return await self._call(target, "get_alias", Name=target.alias) if target.alias else None

    async def provisioned(self, target: LambdaTarget) -> Json | None:
        """The alias's provisioned concurrency, or None where none is set."""
        if target.alias is None:
            return None
        try:
            return await self._call(target, "get_provisioned_concurrency_config", Qualifier=target.alias)
        except BackendError as error:
            if error.fault is Fault.NOT_FOUND:
                return None
            raise

    async def published(self, target: LambdaTarget) -> list[Json]:
        """Published versions, the newest first; `$LATEST` is none."""
        ask = partial(self._call, target, "list_versions_by_function")
        versions = await listed(ask, "Versions", marker="Marker", after="NextMarker", most=MOST_PAGES)
        found = [one for one in versions if one["Version"] != "$LATEST"]
        return sorted(found, key=lambda one: -int(one["Version"]))

    async def tags(self, target: LambdaTarget) -> dict[str, str]:
        """The function's tags, by key."""
        arn = str((await self.latest(target))["FunctionArn"])
        found = await AwsApi(self._clients, "lambda").read(target, "list_tags", Resource=arn)
        return cast(dict[str, str], found.get("Tags") or {})

    async def unreserved(self, target: LambdaTarget) -> int | None:
        """How much of the account's concurrency is reserved for nobody; None where we may not know."""
        try:
            found = await AwsApi(self._clients, "lambda").read(target, "get_account_settings")
        except BackendError as error:
            if error.fault is Fault.DENIED:
                return None
            raise
        return int(found["AccountLimit"]["UnreservedConcurrentExecutions"])

    async def _call(self, target: LambdaTarget, operation: str, **params: Any) -> Json:
        return await AwsApi(self._clients, "lambda").read(
            target, operation, FunctionName=target.function, **params
        )
