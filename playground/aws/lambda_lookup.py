"""Finding functions, versions and aliases as callers of Lambda name them."""

from datetime import datetime
from typing import Any

from playground.aws.cloud import ApiCall
from playground.aws.functions import Alias, Function, Version
from playground.aws.pages import page
from playground.aws.refusal import AwsError

STALE = (
    "The RevisionId provided does not match the latest RevisionId. "
    "Call the GetFunction/GetAlias API to retrieve the latest RevisionId."
)


def bad_value(message: str) -> AwsError:
    """The error of Lambda for a parameter that cannot be."""
    return AwsError("InvalidParameterValueException", message)


def conflict(message: str) -> AwsError:
    """The error of Lambda for what cannot be done just now."""
    return AwsError("ResourceConflictException", message, 409)


def not_found(what: str, arn: str) -> AwsError:
    """The error of Lambda for what is not there."""
    return AwsError("ResourceNotFoundException", f"{what} not found: {arn}", 404)


def check_revision(given: object, actual: str) -> None:
    """Refuse a caller who saw another revision. Raises PreconditionFailedException (412)."""
    if given and given != actual:
        raise AwsError("PreconditionFailedException", STALE, 412)


def function_of(ask: ApiCall) -> tuple[Function, str]:
    """The function that a call names by name, ARN or `name:qualifier`, and the qualifier or nothing."""
    given = str(ask.params.get("FunctionName", ""))
    name = given.partition(":function:")[2] or given
    name, _, qualifier = name.partition(":")
    if name not in ask.region.functions:
        raise not_found("Function", ask.region.arn("lambda", f"function:{name}"))
    return ask.region.functions[name], str(ask.params.get("Qualifier") or qualifier)


def version_of(function: Function, qualifier: str) -> Version:
    """The version behind a number, an alias or nothing ($LATEST). Raises ResourceNotFoundException."""
    number = function.aliases[qualifier].version if qualifier in function.aliases else qualifier
    if number in {"", "$LATEST"}:
        return function.latest
    if number not in function.versions:
        raise not_found("Function", f"{function.arn}:{qualifier}")
    return function.versions[number]


def settled(ask: ApiCall, function: Function, alias: Alias) -> Alias:
    """The alias as it is now: AWS takes its own weights off once the provisioned environments are ready.

    Seen in AWS by others (terraform-provider-aws 48116, terraform 24957): after UpdateAlias an alias with
    provisioned concurrency sends everything to the version before until then. If they cannot be made, or the
    provisioning is taken away first, the weights stay.
    """
    ready = function.provisioned.get(alias.name)
    if alias.is_warming and ready and ready.status(ask.at, ask.region.pace) == "READY":
        alias.weights, alias.is_warming, alias.revision_id = {}, False, ask.region.ids.uuid()
    return alias


def configuration_shape(function: Function, version: Version, qualifier: str, at: datetime) -> dict[str, Any]:
    """A function configuration as the API shows it."""
    suffix = f":{qualifier}" if qualifier else ""
    return {
        "FunctionName": function.name,
        "FunctionArn": function.arn + suffix,
        **version.settings,
        "Version": version.number,
        "LastModified": stamp(version.modified_at),
        "RevisionId": version.revision_at(at),
        "State": "Active",
        "LastUpdateStatus": "InProgress" if version.is_updating(at) else "Successful",
    }


def stamp(at: datetime) -> str:
    """A time as Lambda writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}+0000"


def listing(ask: ApiCall, key: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    """One page under its key. Raises InvalidParameterValueException for a strange marker."""
    size = ask.params.get("MaxItems", 50)
    shown, following = page(items, ask.params.get("Marker"), size, bad_value("Invalid marker"))
    return {key: shown, "NextMarker": following} if following else {key: shown}
