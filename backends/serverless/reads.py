"""What is read of a stack and of its stored deployments, each read one call."""

import asyncio
import json
import re
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from backends.aws_api import AwsApi, listed
from backends.aws_clients import AwsClients
from backends.serverless.target import Json, ServerlessTarget
from model.plan import fingerprint

TEMPLATE = "compiled-cloudformation-template.json"
"""What the framework calls a deployment's template in its folder."""

MOST_PAGES = 20
_FOLDER = r"(\d{13})-(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)"


@dataclass(frozen=True)
class Deployment:
    """One stored deployment. id: its timestamp, as `serverless rollback` takes it; at: ISO 8601 UTC."""

    id: str
    at: str
    key: str


@dataclass(frozen=True)
class Snapshot:
    """A stack at one moment. current: the deployment that its template is of, empty if not known."""

    stack: Json
    template: Json
    current: str

    @property
    def status(self) -> str:
        """In CloudFormation's words."""
        return str(self.stack["StackStatus"])

    @property
    def fingerprint(self) -> str:
        """Of the template, and the parameters that are set."""
        parameters = cast(list[Json], self.stack.get("Parameters") or [])
        return fingerprint(
            {
                "template": fingerprint(self.template),
                "parameters": {str(one["ParameterKey"]): one.get("ParameterValue") for one in parameters},
            }
        )


class ServerlessReads:
    """Every method raises BackendError."""

    def __init__(self, clients: AwsClients) -> None:
        self._clients = clients

    async def seen(self, target: ServerlessTarget) -> Snapshot:
        """The stack and the template it runs."""
        stack, template = await asyncio.gather(self.stack(target), self._running(target))
        found = re.search(re.escape(target.folder) + _FOLDER, json.dumps(template))
        return Snapshot(stack, template, found[1] if found else "")

    async def stack(self, target: ServerlessTarget) -> Json:
        """Its status, parameters and role."""
        found = await self._cloudformation(target, "describe_stacks")
        return cast(list[Json], found["Stacks"])[0]

    async def events(self, target: ServerlessTarget) -> list[Json]:
        """The newest first, one page."""
        found = await self._cloudformation(target, "describe_stack_events")
        return cast(list[Json], found["StackEvents"])

    async def deployments(self, target: ServerlessTarget) -> list[Deployment]:
        """Those whose template is kept, the newest first."""
        objects = await listed(
            partial(self._s3, target, "list_objects_v2"),
            "Contents",
            marker="ContinuationToken",
            after="NextContinuationToken",
            most=MOST_PAGES,
            Prefix=target.folder,
        )
        found = [one for key in objects if (one := _deployment(target, str(key["Key"])))]
        return sorted(found, key=lambda one: one.id, reverse=True)

    async def stored(self, target: ServerlessTarget, deployment: Deployment) -> Json:
        """The template of a deployment."""
        found = await self._s3(target, "get_object", Key=deployment.key)
        body = cast(bytes, await asyncio.to_thread(found["Body"].read))
        return cast(Json, json.loads(body))

    async def _running(self, target: ServerlessTarget) -> Json:
        found = await self._cloudformation(target, "get_template")
        body = found["TemplateBody"]
        return cast(Json, json.loads(body) if isinstance(body, str) else body)

    async def _cloudformation(self, target: ServerlessTarget, operation: str) -> Json:
        return await AwsApi(self._clients, "cloudformation").read(target, operation, StackName=target.stack)

    async def _s3(self, target: ServerlessTarget, operation: str, **params: Any) -> Json:
        return await AwsApi(self._clients, "s3").read(target, operation, Bucket=target.bucket, **params)


def _deployment(target: ServerlessTarget, key: str) -> Deployment | None:
    found = re.fullmatch(re.escape(target.folder) + _FOLDER + "/" + re.escape(TEMPLATE), key)
    return Deployment(found[1], found[2], key) if found else None
