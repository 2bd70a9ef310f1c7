"""The backend of kind `serverless`: reads, plans, applies and watches."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from functools import cached_property

from backends.aws import AwsBackend
from backends.serverless.health import progress_of, signs_of, versions_of
from backends.serverless.plans import instead, plan_rollback, wanted_of
from backends.serverless.reads import ServerlessReads
from backends.serverless.target import ServerlessTarget
from model.catalog.schema import Service
from model.health import Health, worst
from model.plan import Change, Plan, Progress, Rollback, Step, Version
from model.ports.backend import BackendError, Grant

FRESH = timedelta(seconds=20)
"""For how long after a call CloudFormation may still show what was before it."""

NOTHING_NEW = "No updates are to be performed"
"""What CloudFormation says when the template is the one it has."""


class Serverless(AwsBackend):
    """Re-applies stored templates, as `serverless rollback` does. poll_s: seconds between two looks."""

    kind = "serverless"
    target = ServerlessTarget

    @cached_property
    def _reads(self) -> ServerlessReads:
        return ServerlessReads(self._clients)

    def grants(self, service: Service) -> tuple[Grant, ...]:
        """IAM actions on the stack, and on the deployments in the bucket (CloudFormation reads as we do)."""
        target = ServerlessTarget.of(service)
        stack = target.arn_of("cloudformation", f"stack/{target.stack}/*")
        own = (
            "cloudformation:DescribeStackEvents",
            "cloudformation:DescribeStacks",
            "cloudformation:GetTemplate",
            "cloudformation:UpdateStack",
        )
        return (
            Grant(own, (stack,)),
            Grant(("s3:ListBucket",), (f"arn:aws:s3:::{target.bucket}",)),
            Grant(("s3:GetObject",), (f"arn:aws:s3:::{target.bucket}/{target.folder}*",)),
        )

    async def reach(self, service: Service) -> None:
        """DescribeStacks knows the stack. Raises BackendError."""
        await self._reads.stack(ServerlessTarget.of(service))

    def accepts(self, change: Change) -> bool:
        """Rollbacks; deploys are refused with what to type instead."""
        return change.kind in {"rollback", "deploy"}

    async def plan(self, service: Service, change: Change) -> Plan:
        """Raises BackendError, Refused."""
        if not isinstance(change, Rollback):
            raise instead(service, change)
        target = ServerlessTarget.of(service)
        seen, stored = await asyncio.gather(self._reads.seen(target), self._reads.deployments(target))
        wanted = wanted_of(service, change.version, seen.current, stored)
        return plan_rollback(service, seen, wanted, await self._reads.stored(target, wanted), stored)

    async def fingerprint(self, service: Service) -> str:
        """Of the template and its parameters."""
        return (await self._reads.seen(ServerlessTarget.of(service))).fingerprint

    async def apply(self, service: Service, step: Step, token: str) -> None:
        """UpdateStack, which takes the token as its own and so does nothing twice. Raises BackendError."""
        target = ServerlessTarget.of(service)
        params = {**step.params, "ClientRequestToken": token}
        try:
            await self._api("cloudformation").change(target, "update_stack", **params)
        except BackendError as error:
            if NOTHING_NEW in error.what:
                return  # the stack has this template already, which is what was asked for
            raise

    async def has_applied(self, service: Service, step: Step, token: str, since: datetime) -> bool | None:
        """The events of an update carry the token it was asked for with."""
        events = await self._reads.events(ServerlessTarget.of(service))
        return any(one.get("ClientRequestToken") == token for one in events)

    def watch(self, service: Service, plan: Plan, since: datetime) -> AsyncGenerator[Progress]:
        """Until the update is complete, or has been taken back."""
        return self._until_over(lambda: self._progress(ServerlessTarget.of(service), plan, since))

    async def _progress(self, target: ServerlessTarget, plan: Plan, since: datetime) -> Progress:
        seen, events = await asyncio.gather(self._reads.seen(target), self._reads.events(target))
        return progress_of(plan, seen, events, since, is_fresh=self._clock() < since + FRESH)

    async def health(self, service: Service) -> Health:
        """The stack's status and deployment. Raises BackendError."""
        target = ServerlessTarget.of(service)
        seen, events = await asyncio.gather(self._reads.seen(target), self._reads.events(target))
        signs = signs_of(seen, events)
        verdict, reason = worst(signs)
        return Health(service=service.id, verdict=verdict, reason=reason, signs=signs)

    async def versions(self, service: Service) -> tuple[Version, ...]:
        """Stored deployments, the running one first, then the newest. Raises BackendError."""
        target = ServerlessTarget.of(service)
        seen, stored = await asyncio.gather(self._reads.seen(target), self._reads.deployments(target))
        return versions_of(stored, seen.current)
