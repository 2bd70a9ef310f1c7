"""What is read of ECS and its neighbours, each read one call."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import cast

from backends.aws_api import AwsApi, listed
from backends.aws_clients import AwsClients
from backends.aws_scaling import Autoscaling, autoscaling_of
from backends.ecs.target import EcsTarget, Json, short
from model.planning import AllowedRange
from model.ports.backend import BackendError, Fault

COUNT = "ecs:service:DesiredCount"
"""What Application Auto Scaling calls a service's count."""

MOST_DEPLOYMENTS = 50
MOST_BACK = 20
"""How many earlier revisions are looked at for one that can be deployed."""
MOST_REVISIONS = 20
"""DescribeServiceRevisions takes no more at once."""


class EcsReads:
    """Every method raises BackendError."""

    def __init__(self, clients: AwsClients) -> None:
        self._clients = clients

    async def services(
        self, target: EcsTarget, names: Sequence[str], with_tags: bool = False
    ) -> dict[str, Json]:
        """Up to ten services of the target's cluster by name; those that are not there are left out."""
        more = {"include": ["TAGS"]} if with_tags else {}
        named = {"cluster": target.cluster, "services": list(names)}
        found = await self._ecs(target, "describe_services", **named, **more)
        live = [one for one in cast(list[Json], found["services"]) if one["status"] != "INACTIVE"]
        return {str(one["serviceName"]): one for one in live}

    async def service(self, target: EcsTarget) -> Json:
        """The service itself, its tags too. Raises BackendError, `not found` when it is not there."""
        found = (await self.services(target, [target.service], with_tags=True)).get(target.service)
        if found is None:
            raise missing(target)
        return found

    async def autoscaling(self, target: EcsTarget) -> Autoscaling:
        """What sets its count too: bounds and scheduled actions, whether or not the catalog names any."""
        return await autoscaling_of(self._clients, target, "ecs", target.resource)

    async def bounds(self, target: EcsTarget) -> AllowedRange:
        """The autoscaler's minimum and maximum; (None, None) where there is none."""
        found = await self.autoscaling(target)
        if found.denied:
            raise BackendError(Fault.DENIED, found.denied, "Grant what `muster manifest iam` prints.")
        return found.range_of(COUNT)

    async def definition(self, target: EcsTarget, name: str) -> Json | None:
        """A task definition by `family:revision`, with the tags of ours; None when there is none.

        AWS gives tags of its own (`aws:…`), which nobody may set.
        """
        try:
            found = await self._ecs(target, "describe_task_definition", taskDefinition=name, include=["TAGS"])
        except BackendError as error:
            if error.fault in {Fault.INVALID, Fault.NOT_FOUND}:
                return None
            raise
        definition = cast(Json, found["taskDefinition"])
        tags = [one for one in cast(list[Json], found.get("tags") or []) if _is_ours(one)]
        return {**definition, "tags": sorted(tags, key=lambda one: str(one["key"]))} if tags else definition

    async def tags(self, target: EcsTarget, registry: str, repository: str) -> dict[str, str]:
        """The image tags of a repository in ECR with their digests, the newest first. Raises BackendError."""
        found = await listed(
            partial(AwsApi(self._clients, "ecr").read, target, "describe_images"),
            "imageDetails",
            marker="nextToken",
            registryId=registry,
            repositoryName=repository,
            filter={"tagStatus": "TAGGED"},
        )
        found.sort(key=lambda one: str(one.get("imagePushedAt", "")), reverse=True)
        return {
            str(tag): str(one.get("imageDigest") or "") for one in found for tag in one.get("imageTags", [])
        }

    async def has_digest(self, target: EcsTarget, registry: str, repository: str, digest: str) -> bool:
        """Whether ECR has an image of that digest, with a tag or without. Raises BackendError."""
        asked = {"registryId": registry, "repositoryName": repository, "imageIds": [{"imageDigest": digest}]}
        try:
            await AwsApi(self._clients, "ecr").read(target, "describe_images", **asked)
        except BackendError as error:
            if error.fault is Fault.NOT_FOUND:
                return False
            raise
        return True

    async def deployed(self, target: EcsTarget) -> list[Json]:
        """What was deployed, the newest first: each record with its service revision under `revision`.

        ECS keeps these records for 90 days. Empty where it has none, or does not give them.
        """
        records = await self._records(target, MOST_DEPLOYMENTS)
        arns = list(dict.fromkeys(str(one["targetServiceRevisionArn"]) for one in records))
        revisions: dict[str, Json] = {}
        for first in range(0, len(arns), MOST_REVISIONS):
            some = arns[first : first + MOST_REVISIONS]
            found = await self._ecs(target, "describe_service_revisions", serviceRevisionArns=some)
            revisions |= {str(one["serviceRevisionArn"]): one for one in found["serviceRevisions"]}
        known = [one for one in records if str(one["targetServiceRevisionArn"]) in revisions]
        return [{**one, "revision": revisions[str(one["targetServiceRevisionArn"])]} for one in known]

    async def rolled_back(self, target: EcsTarget, since: datetime) -> str:
        """Why ECS took back a deployment made since then; empty when it took none back."""
        for one in await self._records(target, 5):
            is_new = cast(datetime, one.get("createdAt") or since) >= since
            if is_new and "ROLLBACK" in str(one["status"]):
                return str(one.get("statusReason") or "its circuit breaker found that tasks fail.")
        return ""

    async def deployment(self, target: EcsTarget, since: datetime | None = None) -> Json | None:
        """The newest service deployment since then, with its lifecycle stage; None where there is none."""
        records = await self._records(target, 1)
        made = cast(datetime | None, records[0].get("createdAt")) if records else None
        if made is None or (since is not None and made < since):
            return None
        return await self.stage(target, str(records[0]["serviceDeploymentArn"]))

    async def stage(self, target: EcsTarget, arn: str) -> Json | None:
        """One service deployment by its ARN; None where it is not there any more."""
        found = await self._ecs(target, "describe_service_deployments", serviceDeploymentArns=[arn])
        return next(iter(cast(list[Json], found["serviceDeployments"])), None)

    async def ran_before(self, target: EcsTarget, record: Json) -> str:
        """The task definition that a deployment replaces, as `family:42`; empty where it is not known."""
        sources = cast(list[Json], record.get("sourceServiceRevisions") or [])
        if not sources:
            return ""
        arns = [str(sources[0]["arn"])]
        found = await self._ecs(target, "describe_service_revisions", serviceRevisionArns=arns)
        revision = next(iter(cast(list[Json], found["serviceRevisions"])), cast(Json, {}))
        return short(revision.get("taskDefinition", ""))

    async def _records(self, target: EcsTarget, most: int) -> list[Json]:
        """The records of deployments; none where this ECS has no such call, or does not allow it."""
        try:
            listed = await self._ecs(
                target,
                "list_service_deployments",
                cluster=target.cluster,
                service=target.service,
                maxResults=most,
            )
        except BackendError as error:
            if error.fault in {Fault.THROTTLED, Fault.UNREACHABLE}:
                raise
            return []
        return cast(list[Json], listed["serviceDeployments"])

    async def earlier(self, target: EcsTarget, version: str) -> str:
        """The newest earlier revision of the same family that can be deployed; empty where there is none."""
        family, _, number = version.rpartition(":")
        for back in range(int(number) - 1, max(0, int(number) - 1 - MOST_BACK), -1):
            found = await self.definition(target, f"{family}:{back}")
            if found is not None and found.get("status") == "ACTIVE":
                return f"{family}:{back}"
        return ""

    async def stopped(self, target: EcsTarget, since: datetime) -> list[Json]:
        """Tasks that were created since then and have stopped, the latest first."""
        listed = await self._ecs(
            target, "list_tasks", cluster=target.cluster, serviceName=target.service, desiredStatus="STOPPED"
        )
        arns = cast(list[str], listed["taskArns"])
        if not arns:
            return []
        found = await self._ecs(target, "describe_tasks", cluster=target.cluster, tasks=arns[:100])
        tasks = [one for one in cast(list[Json], found["tasks"]) if one.get("createdAt", since) >= since]
        return sorted(tasks, key=lambda one: one.get("stoppedAt", since), reverse=True)

    async def scaled(self, target: EcsTarget) -> list[Json]:
        """What the autoscaler did, the newest first; nothing is asked where there is none."""
        if (await self.autoscaling(target)).range_of(COUNT)[0] is None:
            return []
        found = await AwsApi(self._clients, "application-autoscaling").read(
            target,
            "describe_scaling_activities",
            ServiceNamespace="ecs",
            ResourceId=target.resource,
            ScalableDimension=COUNT,
            MaxResults=20,
        )
        return cast(list[Json], found["ScalingActivities"])

    async def _ecs(self, target: EcsTarget, operation: str, **params: object) -> Json:
        return await AwsApi(self._clients, "ecs").read(target, operation, **params)


def _is_ours(tag: Json) -> bool:
    return not str(tag["key"]).startswith("aws:")


def missing(target: EcsTarget) -> BackendError:
    """The service is not there (any more)."""
    what = f"ECS has no service {target.service} in {target.cluster} ({target.region})."
    return BackendError(Fault.NOT_FOUND, what, "Check the catalog; `muster check` finds such names.")
