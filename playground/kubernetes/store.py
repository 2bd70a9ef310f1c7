"""The objects, their resourceVersions, and the bounded history that watches read."""

import asyncio
import copy
import random
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from playground.kubernetes.resources import DEPLOYMENTS, STORED, Json, Resource
from playground.kubernetes.status import already_exists, expired, not_found

FIRST_VERSION = 184_200
"""A fresh cluster that has lived a while: nobody may lean on small numbers."""

NAME_LETTERS = "bcdfghjklmnpqrstvwxz2456789"


@dataclass(frozen=True)
class Change:
    """One write: `before` is None for ADDED, `after` is the last state for DELETED."""

    version: int
    type: str
    resource: Resource
    before: Json | None
    after: Json


def stamp(moment: datetime) -> str:
    """A time as Kubernetes writes it, whole seconds in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_of(text: str) -> datetime:
    """The moment a Kubernetes timestamp names. Raises ValueError for anything else."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


class Store:
    """Stored objects are never changed in place: read them freely, copy before editing."""

    def __init__(self, now: Callable[[], datetime], history: int = 2000, seed: int = 7) -> None:
        self.now = now
        self.version = FIRST_VERSION
        self.wakers: set[asyncio.Event] = set()
        self.random = random.Random(seed)
        self._objects: dict[Resource, dict[tuple[str, str], Json]] = {kind: {} for kind in STORED}
        self._history: deque[Change] = deque(maxlen=history)
        self.forgotten = FIRST_VERSION

    def find(self, resource: Resource, namespace: str, name: str) -> Json | None:
        """The object, or None."""
        return self._objects[resource].get((namespace, name))

    def get(self, resource: Resource, namespace: str, name: str) -> Json:
        """The object. Raises Refusal 404."""
        found = self.find(resource, namespace, name)
        if found is None:
            raise not_found(resource, name)
        return found

    def every(self, resource: Resource, namespace: str = "") -> list[Json]:
        """All objects (of a namespace), in the order of namespace and name."""
        items = sorted(self._objects[resource].items())
        return [item for (where, _), item in items if not namespace or where == namespace]

    def new_name(self, prefix: str, length: int = 5) -> str:
        """A generated name, with the letters Kubernetes uses."""
        return prefix + "".join(self.random.choice(NAME_LETTERS) for _ in range(length))

    def new_uid(self) -> str:
        """A fresh UID, the same sequence for the same seed."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def add(self, resource: Resource, item: Json) -> Json:
        """Store a new object; uid and creationTimestamp are kept when given. Raises Refusal 409."""
        item = copy.deepcopy(item)
        meta = item["metadata"]
        key = (meta.get("namespace", ""), meta["name"])
        if key in self._objects[resource]:
            raise already_exists(resource, meta["name"])
        meta.setdefault("uid", self.new_uid())
        meta.setdefault("creationTimestamp", stamp(self.now()))
        item["apiVersion"], item["kind"] = resource.api_version, resource.kind
        return self._write("ADDED", resource, None, item)

    def replace(self, resource: Resource, item: Json, *, by_client: bool = False) -> Json:
        """Write a new state of an object; the generation follows. Writing the same is no write.

        The generation moves with the spec; for a Deployment written by a client also with its
        annotations, as the apiserver's deployment strategy has it.
        """
        meta = item["metadata"]
        before = self.get(resource, meta.get("namespace", ""), meta["name"])
        item = item | {"metadata": meta | {"resourceVersion": before["metadata"]["resourceVersion"]}}
        if item == before:  # asked first: controllers write the same again and again
            return before
        item = copy.deepcopy(item)
        if "generation" in before["metadata"]:
            moved = item.get("spec") != before.get("spec") or (
                by_client
                and resource is DEPLOYMENTS
                and item["metadata"].get("annotations") != before["metadata"].get("annotations")
            )
            item["metadata"]["generation"] = before["metadata"]["generation"] + int(moved)
        return self._write("MODIFIED", resource, before, item)

    def remove(self, resource: Resource, namespace: str, name: str) -> Json:
        """Delete an object for good. Raises Refusal 404."""
        before = self.get(resource, namespace, name)
        return self._write("DELETED", resource, before, copy.deepcopy(before))

    def since(self, version: int, resource: Resource) -> list[Change]:
        """What happened to a resource after a version. Raises Refusal 410 when that is forgotten."""
        if version < self.forgotten:
            raise expired(f"too old resource version: {version} ({self.forgotten})")
        return [one for one in self._history if one.version > version and one.resource is resource]

    def forget(self) -> None:
        """Drop the history, as etcd's compaction does: older watches get 410."""
        self._history.clear()
        self.forgotten = self.version

    def _write(self, type_: str, resource: Resource, before: Json | None, after: Json) -> Json:
        self.version += 1
        meta = after["metadata"]
        meta["resourceVersion"] = str(self.version)
        key = (meta.get("namespace", ""), meta["name"])
        if type_ == "DELETED":
            del self._objects[resource][key]
        else:
            self._objects[resource][key] = after
        if len(self._history) == self._history.maxlen:
            self.forgotten = self._history[0].version
        self._history.append(Change(self.version, type_, resource, before, after))
        for waker in self.wakers:
            waker.set()
        return after
