"""The backend of kind `lambda`: reads, plans, applies and watches."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime, timedelta

from backends.aws_clients import AwsClients
from backends.aws_lambda.plans import instead, plan_concurrency, plan_rollback
from backends.aws_lambda.reads import LambdaReads
from backends.aws_lambda.signs import progress_of, signs_of, versions_of
from backends.aws_lambda.target import LambdaTarget, target_of
from model.backend import BackendError, Fault, Grant
from model.catalog import Service
from model.change import Change, Concurrency, Health, Plan, Progress, Rollback, Step, Version, worst

FRESH = timedelta(seconds=20)
"""For how long after a call Lambda may still show what was before it."""

_OPERATIONS = {
    "lambda:UpdateAlias": "update_alias",
    "lambda:PutFunctionConcurrency": "put_function_concurrency",
    "lambda:DeleteFunctionConcurrency": "delete_function_concurrency",
    "lambda:PutProvisionedConcurrencyConfig": "put_provisioned_concurrency_config",
    "lambda:DeleteProvisionedConcurrencyConfig": "delete_provisioned_concurrency_config",
}


class Lambda:
    """Moves aliases only if nobody moved them since the plan. poll_s: seconds between two looks."""

    kind = "lambda"
    target = LambdaTarget

    def __init__(
        self,
        clients: AwsClients,
        clock: Callable[[], datetime],
        poll_s: float,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clients, self._clock, self._poll_s, self._sleep = clients, clock, poll_s, sleep
        self._reads = LambdaReads(clients)

    def grants(self, service: Service) -> tuple[Grant, ...]:
        """IAM actions that the function needs."""
        plain = (
            "lambda:DeleteFunctionConcurrency",
            "lambda:GetAccountSettings",
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
        return (Grant(plain + (aliased if target_of(service).alias else ())),)

    async def reach(self, service: Service) -> None:
        """GetFunctionConfiguration answers, for the alias if there is one. Raises BackendError."""
        await self._reads.configuration(target_of(service))

    async def close(self) -> None:
        """Give back connections."""
        await self._clients.close()

    def accepts(self, change: Change) -> bool:
        """Rollbacks and concurrency; counts and restarts are refused with what to type instead."""
        return change.kind in {"rollback", "concurrency", "scale", "restart"}

    async def plan(self, service: Service, change: Change) -> Plan:
        """Raises BackendError, Refused."""
        where = target_of(service)
        match change:
            case Rollback():
                seen, published = await asyncio.gather(self._reads.seen(where), self._reads.published(where))
                return plan_rollback(service, change, seen, [str(one["Version"]) for one in published])
            case Concurrency():
                seen = await self._reads.seen(where)
                unreserved = await self._reads.unreserved(where) if change.reserved is not None else None
                return plan_concurrency(service, change, seen, unreserved)
            case _:
                raise instead(service, change)

    async def fingerprint(self, service: Service) -> str:
        """Of the alias and both concurrencies."""
        return (await self._reads.seen(target_of(service))).fingerprint

    async def apply(self, service: Service, step: Step, token: str) -> None:
        """One call; UpdateAlias carries the RevisionId that was read. Raises BackendError."""
        where = target_of(service)
        try:
            await self._clients.change(
                "lambda", where.region, where.role_arn, _OPERATIONS[step.call], **step.params
            )
        except BackendError as error:
            if error.fault is Fault.CONFLICT and "RevisionId" in error.what:
                what = f"Someone moved the alias {where.alias} since the plan was made; it was left alone."
                raise BackendError(Fault.CONFLICT, what, error.next) from error
            if error.fault is Fault.NOT_FOUND and step.call.startswith("lambda:Delete"):
                return  # it is gone already, which is what was asked for
            raise

    async def has_applied(self, service: Service, step: Step, token: str, since: datetime) -> bool | None:
        """What the call sets is compared with what is there."""
        seen, params = await self._reads.seen(target_of(service)), step.params
        match step.call:
            case "lambda:UpdateAlias":
                return seen.version == params["FunctionVersion"] and not seen.weights
            case "lambda:PutFunctionConcurrency":
                return seen.reserved == params["ReservedConcurrentExecutions"]
            case "lambda:DeleteFunctionConcurrency":
                return seen.reserved == "none"
            case "lambda:PutProvisionedConcurrencyConfig":
                return seen.asked_ready == params["ProvisionedConcurrentExecutions"]
            case _:
                return seen.asked_ready == "none"

    async def watch(self, service: Service, plan: Plan, since: datetime) -> AsyncGenerator[Progress]:
        """Until the alias points there and provisioned concurrency is ready, or has failed."""
        last: Progress | None = None
        while last is None or not last.is_over:
            seen = await self._reads.seen(target_of(service))
            progress = progress_of(plan, seen, is_fresh=self._clock() < since + FRESH)
            if progress != last:
                yield progress
            last = progress
            if not progress.is_over:
                await self._sleep(self._poll_s)

    async def health(self, service: Service) -> Health:
        """State, last update, alias, concurrency. Raises BackendError."""
        where = target_of(service)
        configuration, seen = await asyncio.gather(self._reads.configuration(where), self._reads.seen(where))
        signs = signs_of(configuration, seen)
        verdict, reason = worst(signs)
        return Health(service=service.id, verdict=verdict, reason=reason, signs=signs)

    async def versions(self, service: Service) -> tuple[Version, ...]:
        """Published versions, the one the alias points to first, then the newest. Raises BackendError."""
        where = target_of(service)
        alias, published = await asyncio.gather(self._reads.alias(where), self._reads.published(where))
        return versions_of(published, str(alias["FunctionVersion"]) if alias else "$LATEST")
