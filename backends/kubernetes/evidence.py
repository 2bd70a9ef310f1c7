"""Logs kept as evidence in S3, before the pods that wrote them are gone."""

import asyncio
import gzip
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backends.aws_clients import AwsClients
from backends.kubernetes.log_lines import LogLine
from backends.kubernetes.target import KubernetesTarget
from model.catalog.schema import Service
from model.changes import SaveLogs
from model.language.near import shown
from model.plan import Delta, Plan, Progress, RiskTier, Step
from model.ports.backend import BackendError, Fault, Grant
from model.refusal import Refused

SAVE = "s3:PutObject"


def evidence_grants(target: KubernetesTarget) -> tuple[Grant, ...]:
    """Writing and looking, in its own place. Without ListBucket S3 says `forbidden` for what is not there."""
    if not target.evidence_bucket:
        return ()
    bucket = f"arn:aws:s3:::{target.evidence_bucket}"
    objects = Grant(("s3:GetObject", "s3:PutObject"), (f"{bucket}/{target.evidence_prefix}*",))
    return (objects, Grant(("s3:ListBucket",), (bucket,)))


@dataclass(frozen=True)
class Evidence:
    """The place in S3 that the catalog names."""

    clients: AwsClients
    where: KubernetesTarget
    clock: Callable[[], datetime]

    async def plan(self, service: Service, change: SaveLogs, fingerprint: str) -> Plan:
        """A copy under a name that is free. Raises Refused, BackendError."""
        if not self.where.evidence_bucket:
            raise Refused(
                f"The catalog says no place for the evidence of {service.id}.",
                "Add `evidence_bucket` to its target.",
            )
        stamp = self.clock().strftime("%Y%m%dT%H%M%SZ")
        name = change.name or f"logs-{stamp}"
        if not re.fullmatch(r"[\w.-]{1,80}", name):
            raise Refused(f"{shown(name)} is no name for evidence.", "Type letters, digits, - and _.")
        key = f"{self.where.evidence_prefix}{name}.log.gz"
        if await self.has(self._step(key)):
            raise Refused(f"There is evidence called {shown(name)} already.", "Type another name, or none.")
        place = f"s3://{self.where.evidence_bucket}/{key}"
        return Plan(
            service=service.id,
            change=SaveLogs(name=name),
            deltas=(Delta(what="evidence", before="none", after=place),),
            steps=(self._step(key),),
            tier=RiskTier.R1,
            fingerprint=fingerprint,
            goal={"saved": key},
            undo="Nothing to undo: it is a copy.",
        )

    def _step(self, key: str) -> Step:
        says = f"copy the logs of all pods to s3://{self.where.evidence_bucket}/{key}"
        return Step(call=SAVE, params={"Key": key}, says=says)

    async def put(self, step: Step, lines: Sequence[LogLine]) -> None:
        """Write them in the order of their times. Raises BackendError."""
        ordered = sorted(lines, key=lambda one: one.at)
        text = "".join(f"{one.at.isoformat()} {one.source} {one.text}\n" for one in ordered)
        body = await asyncio.to_thread(gzip.compress, text.encode())
        await self._call("put_object", Key=step.params["Key"], Body=body, is_write=True)

    async def has(self, step: Step) -> bool:
        """Whether it is there. Raises BackendError."""
        try:
            await self._call("head_object", Key=step.params["Key"])
        except BackendError as error:
            if error.fault is Fault.NOT_FOUND:
                return False
            raise
        return True

    async def progress(self, plan: Plan) -> Progress:
        """Whether what was written is there."""
        if await self.has(self._step(str(plan.goal["saved"]))):
            return Progress(ok=True, last_event="The logs are kept.")
        return Progress(ok=False, why="The object is not there.")

    async def _call(self, operation: str, *, is_write: bool = False, **params: Any) -> dict[str, Any]:
        do = self.clients.change if is_write else self.clients.call
        where = self.where
        bucket = where.evidence_bucket
        return await do(
            "s3", where.evidence_region, where.evidence_role_arn, operation, Bucket=bucket, **params
        )
