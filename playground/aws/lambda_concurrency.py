"""The operations of Lambda on reserved and provisioned concurrency."""

from typing import Any

from playground.aws.cloud import ApiCall, Operation
from playground.aws.functions import Function, Provisioned
from playground.aws.lambda_lookup import bad_value, conflict, function_of, listing, settled, stamp, version_of
from playground.aws.refusal import AwsError

ACCOUNT_LIMIT = 1000
LEAST_UNRESERVED = 100


def reserved_elsewhere(ask: ApiCall, but: Function | None = None) -> int:
    """What the functions of the region have reserved, one of them left out."""
    return sum(each.reserved or 0 for each in ask.region.functions.values() if each is not but)


def account_settings(ask: ApiCall) -> dict[str, Any]:
    """GetAccountSettings."""
    return {
        "AccountLimit": {
            "TotalCodeSize": 80530636800,
            "CodeSizeUnzipped": 262144000,
            "CodeSizeZipped": 52428800,
            "ConcurrentExecutions": ACCOUNT_LIMIT,
            "UnreservedConcurrentExecutions": ACCOUNT_LIMIT - reserved_elsewhere(ask),
        },
        "AccountUsage": {"TotalCodeSize": 9_000_000, "FunctionCount": len(ask.region.functions)},
    }


def put_reserved(ask: ApiCall) -> dict[str, Any]:
    """PutFunctionConcurrency: at least 100 of the account must stay unreserved."""
    function, _ = function_of(ask)
    wanted = ask.params.get("ReservedConcurrentExecutions")
    if not isinstance(wanted, int) or wanted < 0:
        raise bad_value("ReservedConcurrentExecutions must be at least 0.")
    if ACCOUNT_LIMIT - reserved_elsewhere(ask, function) - wanted < LEAST_UNRESERVED:
        raise bad_value(
            "Specified ReservedConcurrentExecutions for function decreases account's "
            f"UnreservedConcurrentExecution below its minimum value of [{LEAST_UNRESERVED}]."
        )
    provisioned = sum(each.requested for each in function.provisioned.values())
    if wanted < provisioned:
        raise bad_value(f"ReservedConcurrentExecutions {wanted} is below the {provisioned} provisioned.")
    function.reserved = wanted
    return {"ReservedConcurrentExecutions": wanted}


def get_reserved(ask: ApiCall) -> dict[str, Any]:
    """GetFunctionConcurrency: empty when nothing is reserved."""
    function, _ = function_of(ask)
    return {} if function.reserved is None else {"ReservedConcurrentExecutions": function.reserved}


def delete_reserved(ask: ApiCall) -> dict[str, Any]:
    """DeleteFunctionConcurrency."""
    function, _ = function_of(ask)
    function.reserved = None
    return {}


def put_provisioned(ask: ApiCall) -> dict[str, Any]:
    """PutProvisionedConcurrencyConfig on a version or an alias; allocated as time goes by."""
    function, qualifier = function_of(ask)
    wanted = ask.params.get("ProvisionedConcurrentExecutions")
    if qualifier in {"", "$LATEST"}:
        raise bad_value("Provisioned Concurrency Configs cannot be applied to unpublished function versions.")
    if not isinstance(wanted, int) or wanted < 1:
        raise bad_value("ProvisionedConcurrentExecutions must be at least 1.")
    alias = function.aliases.get(qualifier)
    if alias and settled(ask, function, alias).weights:
        raise bad_value("Alias with weights can not be used with Provisioned Concurrency")
    number = version_of(function, qualifier).number
    others = {name: each for name, each in function.provisioned.items() if name != qualifier}
    if any(version_of(function, name).number == number for name in others):
        raise conflict("The version is already provisioned through another alias or directly.")
    room = ACCOUNT_LIMIT - LEAST_UNRESERVED if function.reserved is None else function.reserved
    if wanted + sum(each.requested for each in others.values()) > room:
        raise bad_value(
            "Specified ConcurrentExecutions for function is greater than function's reserved concurrency"
            if function.reserved is not None
            else "Specified ConcurrentExecutions exceeds the account's unreserved concurrency"
        )
    is_failing = ask.region.rollout.is_failing
    function.provisioned[qualifier] = Provisioned(qualifier, wanted, ask.at, is_failing)
    return provisioned_shape(ask, function.provisioned[qualifier])


def provisioned_shape(ask: ApiCall, config: Provisioned) -> dict[str, Any]:
    """One provisioned concurrency as it stands at the time of the call."""
    allocated = config.allocated(ask.at, ask.region.pace)
    status = config.status(ask.at, ask.region.pace)
    shape: dict[str, Any] = {
        "RequestedProvisionedConcurrentExecutions": config.requested,
        "AvailableProvisionedConcurrentExecutions": allocated if status == "READY" else 0,
        "AllocatedProvisionedConcurrentExecutions": allocated,
        "Status": status,
        "LastModified": stamp(config.since),
    }
    return {**shape, "StatusReason": "FUNCTION_ERROR_INIT_FAILURE"} if status == "FAILED" else shape


def provisioned_of(ask: ApiCall) -> tuple[Function, Provisioned]:
    """The config that a call names. Raises ProvisionedConcurrencyConfigNotFoundException."""
    function, qualifier = function_of(ask)
    if qualifier not in function.provisioned:
        message = "No Provisioned Concurrency Config found for this function"
        raise AwsError("ProvisionedConcurrencyConfigNotFoundException", message, 404)
    return function, function.provisioned[qualifier]


def get_provisioned(ask: ApiCall) -> dict[str, Any]:
    """GetProvisionedConcurrencyConfig."""
    return provisioned_shape(ask, provisioned_of(ask)[1])


def delete_provisioned(ask: ApiCall) -> dict[str, Any]:
    """DeleteProvisionedConcurrencyConfig."""
    function, config = provisioned_of(ask)
    del function.provisioned[config.qualifier]
    return {}


def list_provisioned(ask: ApiCall) -> dict[str, Any]:
    """ListProvisionedConcurrencyConfigs."""
    function, _ = function_of(ask)
    shapes = [
        {"FunctionArn": f"{function.arn}:{each.qualifier}", **provisioned_shape(ask, each)}
        for each in function.provisioned.values()
    ]
    return listing(ask, "ProvisionedConcurrencyConfigs", shapes)


OPERATIONS: dict[str, Operation] = {
    "GetAccountSettings": account_settings,
    "PutFunctionConcurrency": put_reserved,
    "GetFunctionConcurrency": get_reserved,
    "DeleteFunctionConcurrency": delete_reserved,
    "PutProvisionedConcurrencyConfig": put_provisioned,
    "GetProvisionedConcurrencyConfig": get_provisioned,
    "DeleteProvisionedConcurrencyConfig": delete_provisioned,
    "ListProvisionedConcurrencyConfigs": list_provisioned,
}
