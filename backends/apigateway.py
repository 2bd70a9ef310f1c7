"""Amazon API Gateway: what a usage plan lets through, and how much of it."""

from collections.abc import AsyncGenerator, Callable
from datetime import datetime
from typing import Any, Literal, cast

from backends.aws_clients import AwsClients
from backends.shared import Kind, Shared
from model.asked import Change, RateLimit
from model.backend import Grant
from model.catalog import Service, Target
from model.change import (
    Delta,
    Direction,
    Health,
    Plan,
    Progress,
    RiskTier,
    Sign,
    Step,
    Verdict,
    fingerprint,
    worst,
)
from model.planning import limit_cautions

Json = dict[str, Any]
PATHS = {"rateLimit": "/throttle/rateLimit", "burstLimit": "/throttle/burstLimit"}


class UsagePlanTarget(Target):
    """A usage plan by its id. role_arn: the role to take; the process's own when empty."""

    kind: Literal["apigateway"] = "apigateway"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    region: str
    usage_plan: str
    account: str = "*"
    role_arn: str = ""


class UsagePlan:
    """Reads and patches the throttle."""

    kind = "apigateway"
    target = UsagePlanTarget

    def __init__(self, clients: AwsClients, clock: Callable[[], datetime]) -> None:
        self._clients, self._clock = clients, clock

    def grants(self, service: Service) -> tuple[Grant, ...]:
        """API Gateway's actions are HTTP's, its ARNs have no account."""
        where = _target(service)
        arn = f"arn:aws:apigateway:{where.region}::/usageplans/{where.usage_plan}"
        return (Grant(("apigateway:GET", "apigateway:PATCH"), (arn,)),)

    async def reach(self, service: Service) -> None:
        """GetUsagePlan knows it. Raises BackendError."""
        await self._throttle(_target(service))

    async def close(self) -> None:
        """Give back connections."""
        await self._clients.close()

    async def health(self, service: Service) -> Health:
        """The limits; whether callers are refused is what its metrics say. Raises BackendError."""
        rate, burst = await self._throttle(_target(service))
        sign = Sign(
            name="usage plan", value=f"{rate:g} requests a second, {burst} at once", verdict=Verdict.OK
        )
        verdict, reason = worst((sign,))
        return Health(service=service.id, verdict=verdict, reason=reason, signs=(sign,))

    def accepts(self, change: Change) -> bool:
        """Rate and burst."""
        return isinstance(change, RateLimit)

    async def plan(self, service: Service, change: Change) -> Plan:
        """Raises BackendError."""
        assert isinstance(change, RateLimit)
        return plan_rate(service, change, await self._throttle(_target(service)))

    async def fingerprint(self, service: Service) -> str:
        """Of rate and burst."""
        return _mark(*await self._throttle(_target(service)))

    async def apply(self, service: Service, step: Step, token: str) -> None:
        """One call. Raises BackendError."""
        where = _target(service)
        params = cast(dict[str, Any], step.params)
        await self._clients.change("apigateway", where.region, where.role_arn, "update_usage_plan", **params)

    async def has_applied(self, service: Service, step: Step, token: str, since: datetime) -> bool | None:
        """Whether every value that the step sets is so."""
        rate, burst = await self._throttle(_target(service))
        now = {PATHS["rateLimit"]: rate, PATHS["burstLimit"]: float(burst)}
        patches = cast(list[dict[str, str]], step.params["patchOperations"])
        return all(now[one["path"]] == float(one["value"]) for one in patches)

    async def watch(self, service: Service, plan: Plan, since: datetime) -> AsyncGenerator[Progress]:
        """It holds at once; look that it does."""
        rate, burst = await self._throttle(_target(service))
        is_so = (rate, burst) == (plan.goal["rate"], plan.goal["burst"])
        said = f"It lets {rate:g} requests a second through, {burst} at once."
        yield Progress(ok=is_so, last_event=said, why="" if is_so else f"{said} Something else set that.")

    async def _throttle(self, where: UsagePlanTarget) -> tuple[float, int]:
        answer = await self._clients.call(
            "apigateway", where.region, where.role_arn, "get_usage_plan", usagePlanId=where.usage_plan
        )
        throttle = cast(Json, answer.get("throttle") or {})
        return float(throttle.get("rateLimit", 0)), int(throttle.get("burstLimit", 0))


def plan_rate(service: Service, change: RateLimit, now: tuple[float, int]) -> Plan:
    """Other limits; None leaves one as it is. Less is R2 as more is: it takes hold at once."""
    rate = now[0] if change.rate is None else change.rate
    burst = now[1] if change.burst is None else change.burst
    wanted = {"rateLimit": (now[0], float(rate)), "burstLimit": (float(now[1]), float(burst))}
    moved = {name: values for name, values in wanted.items() if values[0] != values[1]}
    patches = [
        {"op": "replace", "path": PATHS[name], "value": f"{after:g}"} for name, (_, after) in moved.items()
    ]
    said = {"rateLimit": "requests a second", "burstLimit": "requests at once"}
    shown = moved or {"rateLimit": wanted["rateLimit"]}
    params: Json = {"usagePlanId": _target(service).usage_plan, "patchOperations": patches}
    is_down = any(after < before for before, after in moved.values())
    return Plan(
        service=service.id,
        change=RateLimit(rate=rate, burst=burst),
        deltas=tuple(
            Delta(what=said[name], before=f"{before:g}", after=f"{after:g}")
            for name, (before, after) in shown.items()
        ),
        steps=(Step(call="apigateway:UpdateUsagePlan", params=params, says="set the throttle"),)
        if moved
        else (),
        cautions=limit_cautions(service, int(rate), "rate="),
        tier=RiskTier.R2,
        direction=Direction.SAME if not moved else Direction.DOWN if is_down else Direction.UP,
        fingerprint=_mark(*now),
        goal={"rate": rate, "burst": burst},
        inverse=RateLimit(rate=now[0], burst=now[1]) if moved else None,
        undo=f"Sets them back to {now[0]:g} a second and {now[1]} at once.",
    )


def _mark(rate: float, burst: int) -> str:
    return fingerprint({"rate": f"{rate:g}", "burst": burst})


def _target(service: Service) -> UsagePlanTarget:
    assert isinstance(service.target, UsagePlanTarget)
    return service.target


def _build(shared: Shared) -> UsagePlan:
    return UsagePlan(shared.aws, shared.settings.clock)


KIND = Kind("apigateway", UsagePlanTarget, _build)
