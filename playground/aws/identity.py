"""The operation of STS that tells a caller who they are."""

from typing import Any

from playground.aws.cloud import ApiCall, Operation


def get_caller_identity(ask: ApiCall) -> dict[str, Any]:
    """GetCallerIdentity: the account of the playground."""
    account = ask.region.account
    return {"UserId": "AIDAPLAYGROUND", "Account": account, "Arn": f"arn:aws:iam::{account}:user/muster"}


OPERATIONS: dict[str, Operation] = {"GetCallerIdentity": get_caller_identity}
