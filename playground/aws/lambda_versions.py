"""The operations of Lambda on functions, versions and aliases."""

import hashlib
import json
from copy import deepcopy
from dataclasses import replace
from typing import Any, cast

from playground.aws.cloud import ApiCall, Operation
from playground.aws.functions import Alias, Function, Version
from playground.aws.lambda_lookup import (
    bad_value,
    check_revision,
    configuration_shape,
    conflict,
    function_of,
    listing,
    settled,
    version_of,
)
from playground.aws.refusal import AwsError

SETTABLE = ("Description", "Timeout", "MemorySize", "Role", "Handler", "Runtime", "Environment", "Layers")


def get_function(ask: ApiCall) -> dict[str, Any]:
    """GetFunction: configuration, code, tags and reserved concurrency."""
    function, qualifier = function_of(ask)
    version = version_of(function, qualifier)
    shape: dict[str, Any] = {
        "Configuration": configuration_shape(function, version, qualifier, ask.at),
        "Code": {"RepositoryType": "S3", "Location": f"https://awslambda.invalid/{function.name}"},
        "Tags": function.tags,
    }
    if function.reserved is None:
        return shape
    return {**shape, "Concurrency": {"ReservedConcurrentExecutions": function.reserved}}


def get_configuration(ask: ApiCall) -> dict[str, Any]:
    """GetFunctionConfiguration."""
    function, qualifier = function_of(ask)
    return configuration_shape(function, version_of(function, qualifier), qualifier, ask.at)


def list_tags(ask: ApiCall) -> dict[str, Any]:
    """ListTags, by the function's ARN; versions and aliases have none (its API reference)."""
    function, qualifier = function_of(replace(ask, params={"FunctionName": ask.params["Resource"]}))
    if qualifier:
        raise bad_value("Tags on function aliases and versions are not supported. Please specify a function.")
    return {"Tags": dict(function.tags)}


def list_functions(ask: ApiCall) -> dict[str, Any]:
    """ListFunctions: the $LATEST of each."""
    functions = ask.region.functions.values()
    return listing(
        ask, "Functions", [configuration_shape(each, each.latest, "", ask.at) for each in functions]
    )


def list_versions(ask: ApiCall) -> dict[str, Any]:
    """ListVersionsByFunction: $LATEST, then the published ones from the oldest."""
    function, _ = function_of(ask)
    every = [function.latest, *function.versions.values()]
    shapes = [configuration_shape(function, each, each.number, ask.at) for each in every]
    return listing(ask, "Versions", shapes)


def publish_version(ask: ApiCall) -> dict[str, Any]:
    """PublishVersion: a frozen copy of $LATEST, or the newest version when nothing changed since."""
    function, _ = function_of(ask)
    latest = function.latest
    if latest.is_updating(ask.at):
        raise conflict(f"The operation cannot be performed at this time. {updating(function)}")
    check_revision(ask.params.get("RevisionId"), latest.revision_at(ask.at))
    digest = ask.params.get("CodeSha256")
    if digest and digest != latest.settings["CodeSha256"]:
        raise bad_value(f"CodeSHA256 ({latest.settings['CodeSha256']}) is different from provided ({digest})")
    newest = next(reversed(function.versions.values()), None)
    settings = deepcopy(latest.settings)
    if ask.params.get("Description"):
        settings["Description"] = ask.params["Description"]
    if newest is None or newest.settings != settings:
        number = str(max(map(int, function.versions), default=0) + 1)
        newest = Version(number, settings, ask.at, ask.region.ids.uuid())
        function.versions[number] = newest
    return configuration_shape(function, newest, newest.number, ask.at)


def updating(function: Function) -> str:
    """Why a change must wait."""
    return f"An update is in progress for resource: {function.arn}"


def update_configuration(ask: ApiCall) -> dict[str, Any]:
    """UpdateFunctionConfiguration: in progress for three paces; the revision id changes at both ends."""
    function, _ = function_of(ask)
    latest = begin_update(ask, function)
    memory = ask.params.get("MemorySize", 128)
    if not 128 <= memory <= 10240:
        raise bad_value("MemorySize must be between 128 and 10240.")
    if not 1 <= ask.params.get("Timeout", 3) <= 900:
        raise bad_value("Timeout must be between 1 and 900.")
    check_variables(ask.params)
    latest.settings.update({name: ask.params[name] for name in SETTABLE if name in ask.params})
    return finish_update(ask, function)


def check_variables(params: dict[str, Any]) -> None:
    """Raises InvalidParameterValueException for over 4 KB, in Lambda's words, which repeat every value."""
    environment = cast(dict[str, Any], params.get("Environment") or {})
    held = cast(dict[str, str], environment.get("Variables") or {})
    if sum(len(f"{key}{value}".encode()) for key, value in held.items()) > 4096:
        raise bad_value(
            "Lambda was unable to configure your environment variables because the environment variables "
            f"you have provided exceeded the 4KB limit. String measured: {json.dumps(held)}"
        )


def update_code(ask: ApiCall) -> dict[str, Any]:
    """UpdateFunctionCode: other code in $LATEST, whatever was sent; nothing is run."""
    function, _ = function_of(ask)
    latest = begin_update(ask, function)
    sent = {key: value for key, value in ask.params.items() if key != "RevisionId"}
    latest.settings["CodeSha256"] = hashlib.sha256(repr(sent).encode()).hexdigest()
    finish_update(ask, function)
    if ask.params.get("Publish"):
        latest.updating_until = ask.at
        return publish_version(ApiCall(ask.region, {"FunctionName": function.name}, ask.at, ask.world))
    return configuration_shape(function, latest, "", ask.at)


def begin_update(ask: ApiCall, function: Function) -> Version:
    """$LATEST, if it may be changed now. Raises ResourceConflictException, PreconditionFailedException."""
    if function.latest.is_updating(ask.at):
        raise conflict(f"The operation cannot be performed at this time. {updating(function)}")
    check_revision(ask.params.get("RevisionId"), function.latest.revision_at(ask.at))
    return function.latest


def finish_update(ask: ApiCall, function: Function) -> dict[str, Any]:
    """Give $LATEST its new revision ids, and the time at which the update is through."""
    latest = function.latest
    latest.modified_at = ask.at
    latest.revision_id, latest.next_revision_id = ask.region.ids.uuid(), ask.region.ids.uuid()
    latest.updating_until = ask.at + 3 * ask.region.pace
    return configuration_shape(function, latest, "", ask.at)


def alias_shape(function: Function, alias: Alias) -> dict[str, Any]:
    """An alias as the API shows it."""
    shape: dict[str, Any] = {
        "AliasArn": f"{function.arn}:{alias.name}",
        "Name": alias.name,
        "FunctionVersion": alias.version,
        "Description": alias.description,
        "RevisionId": alias.revision_id,
    }
    return {**shape, "RoutingConfig": {"AdditionalVersionWeights": alias.weights}} if alias.weights else shape


def alias_of(ask: ApiCall) -> tuple[Function, Alias]:
    """The alias that a call names. Raises ResourceNotFoundException."""
    function, _ = function_of(ask)
    name = str(ask.params.get("Name", ""))
    if name not in function.aliases:
        raise AwsError("ResourceNotFoundException", f"Cannot find alias arn: {function.arn}:{name}", 404)
    return function, settled(ask, function, function.aliases[name])


def get_alias(ask: ApiCall) -> dict[str, Any]:
    """GetAlias."""
    return alias_shape(*alias_of(ask))


def list_aliases(ask: ApiCall) -> dict[str, Any]:
    """ListAliases, of all versions or of one."""
    function, _ = function_of(ask)
    wanted = ask.params.get("FunctionVersion")
    named = [settled(ask, function, each) for each in function.aliases.values()]
    found = [each for each in named if wanted in {None, each.version}]
    return listing(ask, "Aliases", [alias_shape(function, each) for each in found])


def update_alias(ask: ApiCall) -> dict[str, Any]:
    """UpdateAlias: another version, other weights; the RevisionId is checked and changes."""
    function, alias = alias_of(ask)
    check_revision(ask.params.get("RevisionId"), alias.revision_id)
    number = str(ask.params.get("FunctionVersion") or alias.version)
    version_of(function, number)
    weights = alias.weights
    if "RoutingConfig" in ask.params:
        routing: dict[str, Any] = ask.params["RoutingConfig"] or {}
        weights = cast(dict[str, float], routing.get("AdditionalVersionWeights") or {})
    check_weights(function, number, weights)
    if number != alias.version and alias.name in function.provisioned:
        weights = warm(ask, function, alias, number, weights)
    else:
        alias.is_warming = alias.is_warming and weights == alias.weights
    alias.version, alias.weights = number, weights
    alias.description = ask.params.get("Description", alias.description)
    alias.revision_id = ask.region.ids.uuid()
    return alias_shape(function, alias)


def warm(
    ask: ApiCall, function: Function, alias: Alias, number: str, weights: dict[str, float]
) -> dict[str, float]:
    """Begin to make the provisioned environments of another version; gives the weights meanwhile.

    Back to the version that calls still go to: its environments are there.
    """
    ready = function.provisioned[alias.name]
    if alias.is_warming and number in alias.weights:
        alias.is_warming, ready.has_failed, ready.since = False, False, ask.at - 10 * ask.region.pace
        return weights
    ready.since, ready.has_failed = ask.at, ask.region.rollout.is_failing
    alias.is_warming = not weights and alias.version != "$LATEST"
    return {alias.version: 1.0} if alias.is_warming else weights


def check_weights(function: Function, number: str, weights: dict[str, float]) -> None:
    """Raises InvalidParameterValueException for a routing that Lambda does not take."""
    if not weights:
        return
    if number == "$LATEST" or "$LATEST" in weights:
        raise bad_value("$LATEST is not supported for an alias pointing to more than 1 version")
    if len(weights) > 1:
        raise bad_value("Number of items in AdditionalVersionWeights cannot be greater than 1")
    for other, share in weights.items():
        version_of(function, other)
        if other == number:
            raise bad_value(
                f"Invalid function version {number}. "
                f"Function version {number} is already included in routing configuration."
            )
        if not 0.0 <= share <= 1.0:
            raise bad_value(f"Invalid weight {share} in the routing configuration")


OPERATIONS: dict[str, Operation] = {
    "GetFunction": get_function,
    "GetFunctionConfiguration": get_configuration,
    "ListTags": list_tags,
    "ListFunctions": list_functions,
    "ListVersionsByFunction": list_versions,
    "PublishVersion": publish_version,
    "UpdateFunctionConfiguration": update_configuration,
    "UpdateFunctionCode": update_code,
    "GetAlias": get_alias,
    "ListAliases": list_aliases,
    "UpdateAlias": update_alias,
}
