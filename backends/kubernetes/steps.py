"""Making the calls of a plan on what the plan was made for, and finding out whether they were made."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

from backends.kubernetes.api import JSON_PATCH, STRATEGIC, KubernetesApi
from backends.kubernetes.container import container_of, with_image, with_variables
from backends.kubernetes.hard import made_again
from backends.kubernetes.kinds import as_holder
from backends.kubernetes.promotion import is_past
from backends.kubernetes.target import (
    CAUSE,
    RESTARTED,
    Json,
    annotation,
    holds,
    part,
    template_fingerprint,
    template_of,
)
from model.plan import Step
from model.ports.backend import BackendError, Fault

_TRIES = 6
_DELETION_TRIES = 60
"""Half seconds that a deletion may take."""


class KubernetesSteps:
    """The calls of one cluster. Every method raises BackendError and may be repeated."""

    def __init__(self, api: KubernetesApi, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._api, self._sleep = api, sleep

    async def make(self, step: Step) -> None:
        """Make the call, unless it was made already. A changed target is a conflict, and left alone."""
        params = cast(dict[str, Any], step.params)
        match step.call:
            case "kubernetes:DeleteDeployment":
                await self._delete(params)
            case "kubernetes:CreateDeployment":
                await self._create(params)
            case _ if "replicaset" in params:
                await self._put_back(params)
            case _ if "container" in params:
                await self._in_container(params)
            case _ if "expects" in params:
                await self._patch(params)
            case _:
                await self._api.patch(params["path"], params["body"], params["type"])

    async def was_made(self, step: Step) -> bool:
        """Whether everything that the call does is so."""
        params = cast(dict[str, Any], step.params)
        match step.call:
            case "kubernetes:DeleteDeployment":
                return await self._uid(params["path"]) != params["uid"]
            case "kubernetes:CreateDeployment":
                return await self._uid(f"{params['path']}/{params['name']}") not in ("", params["not"])
            case _:
                there = await self._api.get(params.get("reads", params["path"]))
                if "replicaset" in params or "container" in params:
                    return template_fingerprint(there) == params["template"]
                return holds(params["body"], there) or _is_past(params, there)

    async def _patch(self, params: dict[str, Any]) -> None:
        """Patch only what is as the plan read it. Status may have moved meanwhile: then it is read again."""

        def body_for(there: Json) -> Json | None:
            if holds(params["body"], there) or _is_past(params, there):
                return None
            if not holds(params["expects"], there):
                raise _moved(there)
            return params["body"]

        reads = params.get("reads", params["path"])
        await self._compare_and_patch(params["path"], params["type"], body_for, reads)

    async def _put_back(self, params: dict[str, Any]) -> None:
        holder = await self._holder(params)
        cause = annotation(holder, CAUSE) or None
        template = {"$patch": "replace", **template_of(holder)}

        def body_for(there: Json) -> Json | None:
            now = template_fingerprint(there)
            if now == params["template"]:
                return None
            if now != params["expects"]:
                raise _moved(there)
            if "whole" in params:
                return {"template": template_of(holder)}
            return {"metadata": {"annotations": {CAUSE: cause}}, "spec": {"template": template}}

        kind = JSON_PATCH if "whole" in params else STRATEGIC
        await self._compare_and_patch(params["path"], kind, body_for)

    async def _in_container(self, params: dict[str, Any]) -> None:
        """Another image, or other variables, of what the plan read and of nothing else."""

        def body_for(there: Json) -> Json | None:
            now = template_fingerprint(there)
            if now == params["template"]:
                return None
            if now != params["expects"]:
                raise _moved(there)
            one: Json = {"name": params["container"]}
            if "image" in params:
                one["image"], made = params["image"], with_image(there, one["name"], params["image"])
            else:
                made = with_variables(there, one["name"], params["set"], tuple(params["unset"]))
            if "whole" in params:
                return {"template": made["spec"]["template"]}
            if "image" not in params:
                one["env"] = [{"$patch": "replace"}, *container_of(made, one["name"])["env"]]
            return {"spec": {"template": {"spec": {"containers": [one]}}}}

        kind = JSON_PATCH if "whole" in params else STRATEGIC
        await self._compare_and_patch(params["path"], kind, body_for)

    async def _compare_and_patch(
        self, path: str, kind: str, body_for: Callable[[Json], Json | None], reads: str = ""
    ) -> None:
        """Patch the very version that was looked at. `body_for` gives None when there is nothing to do.

        reads: where to look, if not at `path`. A JSON patch puts the `template` there whole.
        """
        for attempt in range(1, _TRIES + 1):
            there = await self._api.get(reads or path)
            body = body_for(there)
            if body is None:
                return
            version = there["metadata"]["resourceVersion"]
            meta = {**body.get("metadata", {}), "resourceVersion": version}
            locked = {**body, "metadata": meta}
            sent = _replacing(body["template"], version) if kind == JSON_PATCH else locked
            try:
                await self._api.patch(path, sent, kind)
            except BackendError as error:
                if error.fault is not Fault.CONFLICT or attempt == _TRIES:
                    raise
            else:
                return

    async def _holder(self, params: dict[str, Any]) -> Json:
        """The ReplicaSet that keeps the template, if it still is the one that the plan read."""
        try:
            holder = as_holder(await self._api.get(params["replicaset"]))
        except BackendError as error:
            if error.fault is not Fault.NOT_FOUND:
                raise
            what = "What kept this revision is gone."
            raise BackendError(Fault.CONFLICT, what, "Type the command again for a fresh plan.") from error
        if template_fingerprint(holder) != params["template"]:
            raise _moved(holder)
        return holder

    async def _delete(self, params: dict[str, Any]) -> None:
        if await self._uid(params["path"]) != params["uid"]:
            return
        options = {"propagationPolicy": "Orphan", "preconditions": {"uid": params["uid"]}}
        await self._api.delete(params["path"], {"kind": "DeleteOptions", "apiVersion": "v1", **options})

    async def _create(self, params: dict[str, Any]) -> None:
        """Create it as soon as the old one is gone. Raises BackendError that says what is left."""
        try:
            body = made_again(params["manifest"], await self._holder(params), params["restarted"])
            await self._create_when_gone(params, body)
        except BackendError as error:
            left = "The deployment is deleted; its ReplicaSets and pods are left and go on, unsupervised."
            next_step = f"{error.next} Or apply its manifest with kubectl; it takes them over.".strip()
            raise BackendError(error.fault, f"{error.what} {left}", next_step, error.sent) from error

    async def _create_when_gone(self, params: dict[str, Any], body: Json) -> None:
        path = f"{params['path']}/{params['name']}"
        for attempt in range(1, _DELETION_TRIES + 1):
            try:
                await self._api.create(params["path"], body)
            except BackendError as error:
                if error.fault is not Fault.CONFLICT:
                    raise
                there = await self._find(path)
                if there is not None and there["metadata"]["uid"] != params["not"]:
                    if _is_marked(there, params["restarted"]):
                        return
                    raise
                if attempt == _DELETION_TRIES:
                    raise
                await self._sleep(0.5)
            else:
                return

    async def _find(self, path: str) -> Json | None:
        try:
            return await self._api.get(path)
        except BackendError as error:
            if error.fault is Fault.NOT_FOUND:
                return None
            raise

    async def _uid(self, path: str) -> str:
        found = await self._find(path)
        return str(found["metadata"]["uid"]) if found else ""


def _replacing(template: Json, version: str) -> list[Json]:
    """A JSON patch of the pod template; one that names another version than there is, is a conflict."""
    return [
        {"op": "replace", "path": "/metadata/resourceVersion", "value": version},
        {"op": "replace", "path": "/spec/template", "value": template},
    ]


def _is_past(params: dict[str, Any], there: Json) -> bool:
    return "past" in params and is_past(there, params["past"])


def _is_marked(there: Json, stamp: str) -> bool:
    notes = part(there, "spec", "template", "metadata", "annotations")
    return notes.get(RESTARTED) == stamp


def _moved(there: Json) -> BackendError:
    name = there["metadata"].get("name", "it")
    what = f"Someone changed {name} since the plan was made; it was left alone."
    return BackendError(Fault.CONFLICT, what, "Type the command again for a fresh plan.")
