"""AWS Lambda: aliases rolled back to published versions, concurrency set and taken away."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime
from typing import Any, Literal, cast

from backends.aws_clients import AwsClients
from model.backend import BackendError, Fault
from model.catalog import Service, Target
from model.change import (
    Caution,
    Change,
    Concurrency,
    Delta,
    Direction,
    Health,
    Plan,
    Progress,
    RiskTier,
    Rollback,
    Sign,
    Step,
    Verdict,
    Version,
    fingerprint,
    worst,
)
from model.planning import limit_cautions
from model.refusal import Refused

Json = dict[str, Any]
Set = int | Literal["none"]


class LambdaTarget(Target):
    """A function and the alias that traffic goes through; without an alias nothing can be rolled back."""

    kind: Literal["lambda"] = "lambda"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    region: str
    function: str
    role_arn: str = ""
    alias: str | None = None
    log_group: str = ""


class Lambda:
    """Reads aliases, versions and concurrency; moves aliases only if nobody moved them since."""

    kind = "lambda"
    target = LambdaTarget

    def __init__(
        self, clients: AwsClients, poll_s: float, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._clients, self._poll_s, self._sleep = clients, poll_s, sleep

    def calls(self, service: Service) -> tuple[str, ...]:
        """IAM actions that the function needs."""
        plain = (
            "lambda:DeleteFunctionConcurrency",
            "lambda:GetFunctionConcurrency",
            "lambda:GetFunctionConfiguration",
            "lambda:ListVersionsByFunction",
            "lambda:PutFunctionConcurrency",
        )
        aliased = (
            "lambda:DeleteProvisionedConcurrencyConfig",
            "lambda:GetAlias",
            "lambda:GetProvisionedConcurrencyConfig",
            "lambda:PutProvisionedConcurrencyConfig",
            "lambda:UpdateAlias",
        )
        return plain + (aliased if _target(service).alias else ())

    async def reach(self, service: Service) -> None:
        """GetFunctionConfiguration answers. Raises BackendError."""
        await self._call(service, "get_function_configuration")

    async def close(self) -> None:
        """boto3's clients need no closing."""

    def accepts(self, change: Change) -> bool:
        """Rollbacks and concurrency; a count is refused with what to type instead."""
        return change.kind in {"rollback", "concurrency", "scale", "restart"}

    async def plan(self, service: Service, change: Change) -> Plan:
        """Raises BackendError, Refused."""
        match change:
            case Rollback():
                return await self._plan_rollback(service, change)
            case Concurrency():
                return await self._plan_concurrency(service, change)
            case _:
                raise _instead(service, change)

    async def fingerprint(self, service: Service) -> str:
        """Of the alias and both concurrencies."""
        return fingerprint(_state(*await self._read(service)))

    async def apply(self, service: Service, step: Step, token: str) -> None:
        """One call; UpdateAlias carries the RevisionId that was read. Raises BackendError."""
        await self._call(service, _OPERATIONS[step.call], **step.params)

    async def has_applied(self, service: Service, step: Step, token: str, since: datetime) -> bool | None:
        """What the call sets is compared with what is there."""
        alias, reserved, provisioned = await self._read(service)
        match step.call:
            case "lambda:UpdateAlias":
                return alias is not None and alias["FunctionVersion"] == step.params["FunctionVersion"]
            case "lambda:PutFunctionConcurrency":
                return reserved == step.params["ReservedConcurrentExecutions"]
            case "lambda:DeleteFunctionConcurrency":
                return reserved == "none"
            case "lambda:PutProvisionedConcurrencyConfig":
                return provisioned == step.params["ProvisionedConcurrentExecutions"]
            case _:
                return provisioned == "none"

    async def watch(self, service: Service, plan: Plan, since: datetime) -> AsyncGenerator[Progress]:
        """Until the alias points there, or provisioned concurrency is ready or failed."""
        last: Progress | None = None
        while last is None or not last.is_over:
            progress = await self._progress(service, plan)
            if progress != last:
                yield progress
            last = progress
            if not progress.is_over:
                await self._sleep(self._poll_s)

    async def health(self, service: Service) -> Health:
        """State, last update, alias, concurrency. Raises BackendError."""
        config, (alias, reserved, _) = await asyncio.gather(
            self._call(service, "get_function_configuration"), self._read(service)
        )
        signs = _signs(config, alias, reserved)
        verdict, reason = worst(signs)
        return Health(service=service.id, verdict=verdict, reason=reason, signs=signs)

    async def versions(self, service: Service) -> tuple[Version, ...]:
        """Published versions, the one the alias points to first, then the newest."""
        alias, found = await asyncio.gather(self._alias(service), self._published(service))
        current = str(alias["FunctionVersion"]) if alias else "$LATEST"
        versions = [
            Version(
                id=str(one["Version"]),
                label=str(one.get("Description") or ""),
                at=_iso(str(one["LastModified"])),
                is_current=one["Version"] == current,
            )
            for one in found
        ]
        return tuple(sorted(versions, key=lambda one: (not one.is_current, -int(one.id))))

    async def _plan_rollback(self, service: Service, change: Rollback) -> Plan:
        state = await self._read(service)
        alias = state[0]
        if alias is None:
            raise Refused(
                f"{service.id} has no alias, so there is nothing to point back.",
                f"Its versions are in /history {service.id}; roll it back the way it is deployed.",
            )
        current = str(alias["FunctionVersion"])
        published = [str(one["Version"]) for one in await self._published(service)]
        wanted, cautions = _wanted(service, change.version, current, published)
        params: dict[str, Any] = {
            "Name": str(alias["Name"]),
            "FunctionVersion": wanted,
            "RevisionId": str(alias["RevisionId"]),
            "RoutingConfig": {},
        }
        name = alias["Name"]
        step = Step(call="lambda:UpdateAlias", params=params, says=f"Point {name} to version {wanted}")
        return Plan(
            service=service.id,
            change=Rollback(version=wanted),
            deltas=(Delta(what=f"alias {name}", before=f"version {current}", after=f"version {wanted}"),),
            steps=() if wanted == current else (step,),
            cautions=(*_weighted(alias), *cautions),
            tier=RiskTier.R2,
            size=1,
            fingerprint=fingerprint(_state(*state)),
            goal={"version": wanted},
            inverse=Rollback(version=current) if wanted != current else None,
            undo=f"Points {name} to version {current} again.",
        )

    async def _plan_concurrency(self, service: Service, change: Concurrency) -> Plan:
        state = await self._read(service)
        _, reserved, provisioned = state
        if change.reserved is not None and change.provisioned is not None:
            raise Refused("Two concurrencies at once are two changes.", "Type one at a time.")
        is_reserved = change.reserved is not None
        wanted = change.reserved if is_reserved else change.provisioned
        assert wanted is not None
        before = reserved if is_reserved else provisioned
        what = "reserved" if is_reserved else "provisioned"
        step = _reserve(service, wanted) if is_reserved else _provision(service, wanted)
        number = {"none": 0}.get(str(wanted)) if wanted == "none" else wanted
        limits = limit_cautions(service, int(number or 0)) if wanted != "none" else ()
        return Plan(
            service=service.id,
            change=Concurrency.model_validate({what: wanted}),
            deltas=(Delta(what=f"{what} concurrency", before=str(before), after=str(wanted)),),
            steps=() if wanted == before else (step,),
            cautions=(*limits, *_throttle(is_reserved, wanted)),
            tier=_tier(is_reserved, before, wanted),
            direction=_direction(before, wanted),
            size=abs(_count(wanted) - _count(before)),
            fingerprint=fingerprint(_state(*state)),
            goal={what: wanted},
            inverse=Concurrency.model_validate({what: before}) if wanted != before else None,
            undo=f"Sets {what} concurrency back to {before}.",
        )

    async def _progress(self, service: Service, plan: Plan) -> Progress:
        if "version" in plan.goal:
            alias = await self._alias(service)
            there = str(alias["FunctionVersion"]) if alias else ""
            if there == plan.goal["version"]:
                return Progress(ok=True, last_event=f"The alias points to version {there}.")
            return Progress(ok=False, why=f"The alias points to version {there}; someone moved it.")
        if "reserved" in plan.goal:
            return await self._reserved_progress(service, plan)
        return await self._provisioned_progress(service, plan)

    async def _reserved_progress(self, service: Service, plan: Plan) -> Progress:
        _, reserved, _ = await self._read(service)
        if reserved == plan.goal["reserved"]:
            return Progress(ok=True, last_event=f"Reserved concurrency is {reserved}.")
        return Progress(ok=False, why=f"Reserved concurrency is {reserved}; someone else set it.")

    async def _provisioned_progress(self, service: Service, plan: Plan) -> Progress:
        found = await self._provisioned(service)
        if found is None or plan.goal["provisioned"] == "none":
            ok = found is None and plan.goal["provisioned"] == "none"
            why = "" if ok else "Provisioned concurrency is not what was asked for."
            return Progress(ok=ok, why=why, last_event="" if why else "It is taken away.")
        wanted = int(found["RequestedProvisionedConcurrentExecutions"])
        ready = int(found.get("AvailableProvisionedConcurrentExecutions", 0))
        over = {"READY": True, "FAILED": False}.get(str(found["Status"]))
        why = str(found.get("StatusReason") or "AWS reports FAILED.") if over is False else ""
        return Progress(wanted=wanted, running=ready, starting=wanted - ready, why=why, ok=over)

    async def _read(self, service: Service) -> tuple[Json | None, Set, Set]:
        """The alias, reserved and provisioned concurrency."""
        alias, reserved, provisioned = await asyncio.gather(
            self._alias(service), self._call(service, "get_function_concurrency"), self._provisioned(service)
        )
        asked = provisioned["RequestedProvisionedConcurrentExecutions"] if provisioned else "none"
        return alias, cast(Set, reserved.get("ReservedConcurrentExecutions", "none")), cast(Set, asked)

    async def _alias(self, service: Service) -> Json | None:
        name = _target(service).alias
        return await self._call(service, "get_alias", Name=name) if name else None

    async def _provisioned(self, service: Service) -> Json | None:
        alias = _target(service).alias
        if alias is None:
            return None
        try:
            return await self._call(service, "get_provisioned_concurrency_config", Qualifier=alias)
        except BackendError as error:
            if error.fault is Fault.NOT_FOUND:
                return None
            raise

    async def _published(self, service: Service) -> list[Json]:
        """Published versions, the newest first; `$LATEST` is none."""
        found: list[Json] = []
        marker = ""
        for _ in range(50):
            more = {"Marker": marker} if marker else {}
            page = await self._call(service, "list_versions_by_function", **more)
            found += [one for one in cast(list[Json], page["Versions"]) if one["Version"] != "$LATEST"]
            marker = str(page.get("NextMarker") or "")
            if not marker:
                break
        return sorted(found, key=lambda one: -int(one["Version"]))

    async def _call(self, service: Service, operation: str, **params: Any) -> Json:
        where = _target(service)
        return await self._clients.call(
            "lambda", where.region, where.role_arn, operation, FunctionName=where.function, **params
        )


_OPERATIONS = {
    "lambda:UpdateAlias": "update_alias",
    "lambda:PutFunctionConcurrency": "put_function_concurrency",
    "lambda:DeleteFunctionConcurrency": "delete_function_concurrency",
    "lambda:PutProvisionedConcurrencyConfig": "put_provisioned_concurrency_config",
    "lambda:DeleteProvisionedConcurrencyConfig": "delete_provisioned_concurrency_config",
}


def _target(service: Service) -> LambdaTarget:
    assert isinstance(service.target, LambdaTarget)
    return service.target


def _state(alias: Json | None, reserved: Set, provisioned: Set) -> Json:
    points: Json = {}
    if alias is not None:
        points = {"version": alias["FunctionVersion"], "weights": _weights(alias)}
    return {"alias": points, "reserved": reserved, "provisioned": provisioned}


def _instead(service: Service, change: Change) -> Refused:
    if change.kind == "restart":
        return Refused(
            "A function has nothing to restart: every call may get a fresh one.",
            f"To go back to an older version, type /rollback {service.id}",
        )
    return Refused(
        "A function has no desired count; it scales by itself.",
        "Set how much it may or must have ready.",
        (f"/scale {service.id} reserved=100", f"/scale {service.id} provisioned=10"),
    )


def _wanted(
    service: Service, named: str | None, current: str, published: list[str]
) -> tuple[str, tuple[Caution, ...]]:
    """The version to go to. AWS keeps no record of what an alias pointed to before, and the plan says so."""
    if named is not None:
        if named not in published:
            choice = ", ".join(f"`{one}`" for one in published[:6])
            raise Refused(f"{service.id} has no version {named}.", f"It has {choice}.")
        return named, ()
    older = [one for one in published if current.isdigit() and int(one) < int(current)]
    if not older:
        raise Refused(f"{service.id} has no version before {current}.", f"See /history {service.id}.")
    text = (
        f"Version {older[0]} is the newest published before {current}; AWS does not keep what the alias ran."
    )
    return older[0], (Caution(level="note", code="by-number", text=text),)


def _weights(alias: Json) -> dict[str, Any]:
    routing = cast(Json, alias.get("RoutingConfig") or {})
    return cast(Json, routing.get("AdditionalVersionWeights") or {})


def _weighted(alias: Json) -> tuple[Caution, ...]:
    weights = _weights(alias)
    if not weights:
        return ()
    shares = ", ".join(f"{share:.0%} to version {version}" for version, share in weights.items())
    text = f"The alias is weighted ({shares}); this sends all traffic to one version."
    return (Caution(level="warn", code="weighted", text=text),)


def _reserve(service: Service, wanted: Set) -> Step:
    if wanted == "none":
        return Step(call="lambda:DeleteFunctionConcurrency", params={}, says="Take the reservation away")
    params = {"ReservedConcurrentExecutions": wanted}
    return Step(call="lambda:PutFunctionConcurrency", params=dict(params), says=f"Reserve {wanted}")


def _provision(service: Service, wanted: Set) -> Step:
    alias = _target(service).alias
    if alias is None:
        raise Refused(f"{service.id} has no alias to provision.", f"Type /scale {service.id} reserved=100")
    if wanted in ("none", 0):
        params: dict[str, Any] = {"Qualifier": alias}
        return Step(call="lambda:DeleteProvisionedConcurrencyConfig", params=params, says="Keep none ready")
    params = {"Qualifier": alias, "ProvisionedConcurrentExecutions": wanted}
    return Step(call="lambda:PutProvisionedConcurrencyConfig", params=params, says=f"Keep {wanted} ready")


def _throttle(is_reserved: bool, wanted: Set) -> tuple[Caution, ...]:
    if not is_reserved or wanted != 0:
        return ()
    return (
        Caution(level="warn", code="throttles-all", text="Reserving 0 refuses every call of the function."),
    )


def _tier(is_reserved: bool, before: Set, wanted: Set) -> RiskTier:
    return RiskTier.R3 if is_reserved and wanted == 0 and before != 0 else RiskTier.R2


def _count(value: Set) -> int:
    return 0 if value == "none" else int(value)


def _direction(before: Set, wanted: Set) -> Direction:
    if before == wanted:
        return Direction.SAME
    return Direction.UP if _count(wanted) > _count(before) else Direction.DOWN


def _signs(config: Json, alias: Json | None, reserved: Set) -> tuple[Sign, ...]:
    state, update = str(config.get("State", "Active")), str(config.get("LastUpdateStatus", "Successful"))
    bad_state = Verdict.OK if state in {"Active", "Inactive"} else Verdict.DOWN
    bad_update = Verdict.OK if update != "Failed" else Verdict.DEGRADED
    signs = [
        Sign(name="state", value=state.lower(), verdict=bad_state, why=str(config.get("StateReason") or "")),
        Sign(
            name="last update",
            value=update.lower(),
            verdict=bad_update,
            why=str(config.get("LastUpdateStatusReason") or ""),
        ),
    ]
    if alias:
        signs.append(
            Sign(
                name=f"alias {alias['Name']}", value=f"version {alias['FunctionVersion']}", verdict=Verdict.OK
            )
        )
    verdict = Verdict.DOWN if reserved == 0 else Verdict.OK
    why = "every call is refused" if reserved == 0 else ""
    signs.append(Sign(name="reserved concurrency", value=str(reserved), verdict=verdict, why=why))
    return tuple(signs)


def _iso(text: str) -> str:
    """AWS writes `2026-01-02T03:04:05.000+0000`."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").isoformat()
    except ValueError:
        return ""
