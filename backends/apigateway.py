"""Amazon API Gateway: what a usage plan lets through, and how much of it."""

from collections.abc import AsyncGenerator, Mapping
from datetime import datetime
from typing import Any, Literal, cast

from pydantic import Field

from backends.aws import AwsBackend, AwsTarget
from backends.shared import Kind
from model.catalog.schema import Service
from model.changes import Change, RateLimit
from model.health import Check, Health, Verdict, worst
from model.plan import Delta, Direction, Plan, Progress, RiskTier, Step, fingerprint
from model.planning import limit_cautions
from model.ports.backend import Grant
from model.refusal import Refused
from model.slash import slash

Json = dict[str, Any]
Throttle = tuple[float, int]
"""Requests a second, and requests at once. A usage plan may have none."""

PATHS = {"rateLimit": "/throttle/rateLimit", "burstLimit": "/throttle/burstLimit"}
TYPED = {"rateLimit": "rate=", "burstLimit": "burst="}


class UsagePlanTarget(AwsTarget):
    """A usage plan by its id."""

    kind: Literal["apigateway"] = "apigateway"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    usage_plan: str = Field(description="the usage plan's id")


class UsagePlan(AwsBackend):
    """Reads and patches the throttle."""

    kind = "apigateway"
    target = UsagePlanTarget

    def grants(self, service: Service) -> tuple[Grant, ...]:
        """API Gateway's actions are HTTP's, its ARNs have no account."""
        target = UsagePlanTarget.of(service)
        arn = f"arn:aws:apigateway:{target.region}::/usageplans/{target.usage_plan}"
        return (Grant(("apigateway:GET", "apigateway:PATCH"), (arn,)),)

    async def reach(self, service: Service) -> None:
        """GetUsagePlan knows it. Raises BackendError."""
        await self._throttle(UsagePlanTarget.of(service))

    async def health(self, service: Service) -> Health:
        """The limits; whether callers are refused is what its metrics say. Raises BackendError."""
        throttle = await self._throttle(UsagePlanTarget.of(service))
        sign = Check(name="usage plan", value=_said(throttle), verdict=Verdict.OK)
        verdict, reason = worst((sign,))
        return Health(service=service.id, verdict=verdict, reason=reason, signs=(sign,))

    def accepts(self, change: Change) -> bool:
        """Rate and burst."""
        return isinstance(change, RateLimit)

    async def plan(self, service: Service, change: Change) -> Plan:
        """Raises BackendError, Refused."""
        assert isinstance(change, RateLimit)
        return plan_rate(service, change, await self._throttle(UsagePlanTarget.of(service)))

    async def fingerprint(self, service: Service) -> str:
        """Of rate and burst."""
        return _mark(await self._throttle(UsagePlanTarget.of(service)))

    async def apply(self, service: Service, step: Step, token: str) -> None:
        """One call. Raises BackendError."""
        target = UsagePlanTarget.of(service)
        params = cast(dict[str, Any], step.params)
        await self._api("apigateway").change(target, "update_usage_plan", **params)

    async def has_applied(self, service: Service, step: Step, token: str, since: datetime) -> bool | None:
        """Whether every value that the step sets is so."""
        rate, burst = await self._throttle(UsagePlanTarget.of(service)) or (None, None)
        now = {PATHS["rateLimit"]: rate, PATHS["burstLimit"]: burst}
        patches = cast(list[dict[str, str]], step.params["patchOperations"])
        return all(now[one["path"]] == float(one["value"]) for one in patches)

    async def watch(self, service: Service, plan: Plan, since: datetime) -> AsyncGenerator[Progress]:
        """It holds at once; look that it does."""
        throttle = await self._throttle(UsagePlanTarget.of(service))
        is_so = throttle == (plan.goal["rate"], plan.goal["burst"])
        said = f"It lets through: {_said(throttle)}."
        yield Progress(ok=is_so, last_event=said, why="" if is_so else f"{said} Something else set that.")

    async def _throttle(self, target: UsagePlanTarget) -> Throttle | None:
        answer = await self._api("apigateway").read(target, "get_usage_plan", usagePlanId=target.usage_plan)
        throttle = cast(Json | None, answer.get("throttle"))
        return (float(throttle["rateLimit"]), int(throttle["burstLimit"])) if throttle else None


def plan_rate(service: Service, change: RateLimit, now: Throttle | None) -> Plan:
    """Other limits; None leaves one as it is. Raises Refused for half a throttle where there is none."""
    if now is None and (change.rate is None or change.burst is None):
        raise Refused(
            f"{service.id} has no throttle of its own yet, so it needs both its numbers.",
            "Type rate= and burst= together.",
            (
                f"{slash('scale')} {service.id} rate={_number(change.rate or 100)} "
                f"burst={change.burst or 200}",
            ),
        )
    was_rate, was_burst = now or (None, None)
    rate = was_rate if change.rate is None else change.rate
    burst = was_burst if change.burst is None else change.burst
    assert rate is not None and burst is not None
    wanted = {"rateLimit": (was_rate, rate), "burstLimit": (was_burst, burst)}
    moved = {name: values for name, values in wanted.items() if values[0] != values[1]}
    patches = [
        {"op": "replace", "path": PATHS[name], "value": _number(after)} for name, (_, after) in moved.items()
    ]
    params: Json = {"usagePlanId": UsagePlanTarget.of(service).usage_plan, "patchOperations": patches}
    is_down = any(before is None or after < before for before, after in moved.values())
    return Plan(
        service=service.id,
        change=RateLimit(rate=rate, burst=burst),
        deltas=_deltas(moved or {"rateLimit": wanted["rateLimit"]}),
        steps=(Step(call="apigateway:UpdateUsagePlan", params=params, says="set the throttle"),)
        if moved
        else (),
        cautions=tuple(
            caution
            for name, (_, after) in moved.items()
            for caution in limit_cautions(service, int(after), TYPED[name])
        ),
        tier=RiskTier.R2,
        direction=Direction.SAME if not moved else Direction.DOWN if is_down else Direction.UP,
        fingerprint=_mark(now),
        goal={"rate": rate, "burst": burst},
        inverse=RateLimit(rate=now[0], burst=now[1]) if moved and now else None,
        undo=f"Sets them back: {_said(now)}." if now else "Not from here: there was no throttle before.",
    )


def _deltas(moved: Mapping[str, tuple[float | None, float]]) -> tuple[Delta, ...]:
    said = {"rateLimit": "requests a second", "burstLimit": "requests at once"}
    return tuple(
        Delta(what=said[name], before="no limit" if before is None else _number(before), after=_number(after))
        for name, (before, after) in moved.items()
    )


def _said(throttle: Throttle | None) -> str:
    if throttle is None:
        return "no limit of its own; the account's holds"
    return f"{_number(throttle[0])} requests a second, {throttle[1]} at once"


def _number(value: float) -> str:
    """As it is typed: without an exponent, and without a fraction that is none."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _mark(throttle: Throttle | None) -> str:
    rate, burst = throttle or (None, None)
    return fingerprint({"rate": "none" if rate is None else _number(rate), "burst": burst})


KIND = Kind("apigateway", UsagePlanTarget, UsagePlan.build)
