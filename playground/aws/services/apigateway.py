"""API Gateway, as far as usage plans: their throttles."""

from dataclasses import dataclass, field
from typing import Any, cast

from playground.aws.cloud import ApiCall, Cloud, Operation
from playground.aws.modelled import Modelled
from playground.aws.refusal import AwsError

PATHS = {"/throttle/rateLimit": "rateLimit", "/throttle/burstLimit": "burstLimit"}


@dataclass
class Plans:
    """Usage plans by id."""

    plans: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])


def _plan(ask: ApiCall) -> dict[str, Any]:
    found = ask.region.state(Plans).plans.get(str(ask.params.get("usagePlanId")))
    if found is None:
        raise AwsError("NotFoundException", "Invalid Usage Plan ID specified", 404)
    return found


def get_usage_plan(ask: ApiCall) -> dict[str, Any]:
    """GetUsagePlan."""
    return _plan(ask)


def update_usage_plan(ask: ApiCall) -> dict[str, Any]:
    """UpdateUsagePlan by patches; a path that there is not is refused."""
    found = _plan(ask)
    for one in cast(list[dict[str, str]], ask.params.get("patchOperations") or []):
        if one.get("op") != "replace" or one.get("path") not in PATHS:
            raise AwsError("BadRequestException", f"Invalid patch path {one.get('path')}", 400)
        name, value = PATHS[one["path"]], float(one["value"])
        if value < 0:
            raise AwsError("BadRequestException", "Usage plan throttle limit must be non-negative", 400)
        found.setdefault("throttle", {"rateLimit": 0.0, "burstLimit": 0})[name] = (
            value if name == "rateLimit" else int(value)
        )
    return found


OPERATIONS: dict[str, Operation] = {"GetUsagePlan": get_usage_plan, "UpdateUsagePlan": update_usage_plan}


def seed(world: Cloud) -> None:
    """The usage plan of the Miyabi API."""
    region = world.region("ap-northeast-1")
    region.state(Plans).plans["m1yab1"] = {
        "id": "m1yab1",
        "name": "miyabi-api",
        "throttle": {"rateLimit": 500.0, "burstLimit": 1000},
        "apiStages": [{"apiId": "a1b2c3d4e5", "stage": "production"}],
    }


APIGATEWAY = Modelled("apigateway", "apigateway", OPERATIONS, seed)
