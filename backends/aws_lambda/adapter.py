"""The backend of kind `lambda`: reads, plans, applies and watches."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from functools import cached_property

from backends.aws import AwsBackend
from backends.aws_lambda.answers import configuration_of
from backends.aws_lambda.deploys import plan_deploy
from backends.aws_lambda.health import progress_of, signs_of, versions_of
from backends.aws_lambda.plans import instead, plan_concurrency, plan_rollback
from backends.aws_lambda.reads import LambdaReads
from backends.aws_lambda.settings import must_be_own, plan_configure, plan_memory
from backends.aws_lambda.target import LambdaTarget, rehearsal_of
from backends.aws_lambda.writes import LambdaWrites
from backends.aws_owners import owned
from backends.aws_scaling import LOOKS, autoscaling_of
from model.catalog.schema import Service
from model.changes import Configure, Deploy, Memory
from model.health import Health, worst
from model.plan import Change, Concurrency, Plan, Progress, Rollback, Step, Version, Warning
from model.ports.backend import Grant
from model.queries import Query
from model.query_result import QueryResult
from model.secrets import referred

FRESH = timedelta(seconds=20)
"""For how long after a call Lambda may still show what was before it."""


_READS = (
    "lambda:GetFunctionConcurrency",
    "lambda:GetFunctionConfiguration",
    "lambda:ListTags",
    "lambda:ListVersionsByFunction",
)
_WRITES = (
    "lambda:DeleteFunctionConcurrency",
    "lambda:PutFunctionConcurrency",
    "lambda:UpdateFunctionConfiguration",
)
_OF_ALIAS = (
    "lambda:DeleteProvisionedConcurrencyConfig",
    "lambda:GetAlias",
    "lambda:GetProvisionedConcurrencyConfig",
    "lambda:PublishVersion",
    "lambda:PutProvisionedConcurrencyConfig",
    "lambda:UpdateAlias",
)


class Lambda(AwsBackend):
    """Moves aliases only if nobody moved them since the plan. poll_s: seconds between two looks."""

    kind = "lambda"
    target = LambdaTarget

    @cached_property
    def _reads(self) -> LambdaReads:
        return LambdaReads(self._clients)

    @cached_property
    def _writes(self) -> LambdaWrites:
        return LambdaWrites(
            self._clients, self._reads, lambda: self._sleep(self._poll_s), self._fingerprint_of
        )

    def grants(self, service: Service) -> tuple[Grant, ...]:
        """IAM actions on the function, its alias, and the secrets that its variables may refer to."""
        target, first = LambdaTarget.of(service), rehearsal_of(service)
        qualified = (target.arn, f"{target.arn}:{target.alias}") if target.alias else (target.arn,)
        found = [
            Grant(("lambda:GetAccountSettings",)),  # of the account: it has no resources
            Grant(_READS + _WRITES, (target.arn,)),
        ]
        if target.alias:
            found += [Grant(_OF_ALIAS, qualified), LOOKS]
        if first is not None:
            found.append(Grant(("lambda:GetFunctionConfiguration",), (first.arn,)))
        if target.secrets:
            secrets = target.arn_of("secretsmanager", f"secret:{target.secrets}*")
            found.append(Grant(("secretsmanager:GetSecretValue",), (secrets,)))
        return tuple(found)

    async def reach(self, service: Service) -> None:
        """GetFunctionConfiguration answers, for the alias if there is one. Raises BackendError."""
        await self._reads.configuration(LambdaTarget.of(service))

    def accepts(self, change: Change) -> bool:
        """Versions, concurrency, memory, variables; counts and restarts are refused with what to type."""
        kinds = {"rollback", "deploy", "concurrency", "memory", "configure", "scale", "restart"}
        return change.kind in kinds

    async def plan(self, service: Service, change: Change) -> Plan:
        """Raises BackendError, Refused."""
        target = LambdaTarget.of(service)
        return await owned(await self._planned(service, change), lambda: self._reads.tags(target))

    async def _planned(self, service: Service, change: Change) -> Plan:
        target = LambdaTarget.of(service)
        match change:
            case Rollback():
                seen, published = await asyncio.gather(
                    self._reads.seen(target), self._reads.published(target)
                )
                return plan_rollback(service, change, seen, [str(one["Version"]) for one in published])
            case Concurrency():
                seen = await self._reads.seen(target)
                unreserved = await self._reads.unreserved(target) if change.reserved is not None else None
                plan = plan_concurrency(service, change, seen, unreserved)
                return await self._with_autoscaling(service, plan)
            case Memory():
                return plan_memory(service, change, await self._reads.seen(target, with_live=True))
            case Configure():
                return await self._configured(service, change)
            case Deploy():
                return await self._deployed(service, change)
            case _:
                raise instead(service, change)

    async def _with_autoscaling(self, service: Service, plan: Plan) -> Plan:
        """With who else sets how many environments are kept ready."""
        target = LambdaTarget.of(service)
        if "provisioned" not in plan.goal or not target.alias:
            return plan
        resource = f"function:{target.function}:{target.alias}"
        scaled = await autoscaling_of(self._clients, target, "lambda", resource)
        least, most = scaled.range_of("lambda:function:ProvisionedConcurrency")
        found = list(scaled.cautions())
        if least is not None:
            text = f"Auto scaling keeps {least} to {most} ready, and will move it back or again."
            instead = "For good, change its minimum and maximum where auto scaling is set up."
            found.insert(0, Warning(level="warn", code="autoscaler", text=text, instead=instead))
        return plan.model_copy(update={"cautions": (*plan.cautions, *found)})

    async def _configured(self, service: Service, change: Configure) -> Plan:
        for key, value in change.set.items():
            must_be_own(service, key, referred(value))
        target = LambdaTarget.of(service)
        prints = await self._writes.prints(target, change.set)
        seen = await self._reads.seen(target, with_live=True)
        return plan_configure(service, change, seen, prints, self._fingerprint_of)

    async def _deployed(self, service: Service, change: Deploy) -> Plan:
        target, first = LambdaTarget.of(service), rehearsal_of(service)
        seen, published = await self._reads.seen(target, with_live=True), await self._reads.published(target)
        rehearsed = await self._reads.configuration(first) if first else None
        return plan_deploy(service, change, seen, published, rehearsed)

    async def fingerprint(self, service: Service) -> str:
        """Of the alias, both concurrencies, and what `$LATEST` holds."""
        return (await self._reads.seen(LambdaTarget.of(service))).fingerprint

    async def apply(self, service: Service, step: Step, token: str) -> None:
        """One call; updates carry the RevisionId that was read. Raises BackendError."""
        await self._writes.make(LambdaTarget.of(service), step)

    async def has_applied(self, service: Service, step: Step, token: str, since: datetime) -> bool | None:
        """What the call sets is compared with what is there."""
        target = LambdaTarget.of(service)
        return await self._writes.took_effect(target, step, await self._reads.seen(target))

    def watch(self, service: Service, plan: Plan, since: datetime) -> AsyncGenerator[Progress]:
        """Until the alias points there and provisioned concurrency is ready, or has failed."""
        return self._until_over(lambda: self._progress(service, plan, since))

    async def _progress(self, service: Service, plan: Plan, since: datetime) -> Progress:
        seen = await self._reads.seen(LambdaTarget.of(service), with_live="from" in plan.goal)
        return progress_of(plan, seen, is_fresh=self._clock() < since + FRESH)

    async def health(self, service: Service) -> Health:
        """State, last update, alias, concurrency. Raises BackendError."""
        target = LambdaTarget.of(service)
        configuration, seen = await asyncio.gather(
            self._reads.configuration(target), self._reads.seen(target)
        )
        signs = signs_of(service.id, configuration, seen)
        verdict, reason = worst(signs)
        return Health(service=service.id, verdict=verdict, reason=reason, signs=signs)

    async def versions(self, service: Service) -> tuple[Version, ...]:
        """Published versions, the one the alias points to first, then the newest. Raises BackendError.

        Without an alias none: nothing can be pointed back to one.
        """
        target = LambdaTarget.of(service)
        if target.alias is None:
            return ()
        alias, published = await asyncio.gather(self._reads.alias(target), self._reads.published(target))
        return versions_of(published, str(alias["FunctionVersion"]) if alias else "$LATEST")

    def offers(self, service: Service, kind: str) -> tuple[str, ...]:
        """The configuration."""
        return ("",) if kind == "config" else ()

    async def answer(self, service: Service, question: Query, now: datetime) -> QueryResult:
        """The configuration that calls reach. Raises BackendError."""
        seen = await self._reads.seen(LambdaTarget.of(service), with_live=True)
        return configuration_of(service, seen, self._fingerprint_of)
