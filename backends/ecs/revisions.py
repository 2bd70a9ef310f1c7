"""Plans that need a new task definition: another image, or another size of the task."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any, cast

from backends.ecs.blue_green import takes
from backends.ecs.plans import Snapshot, in_flight, must_deploy, risks, update_of
from backends.ecs.target import EcsTarget, Json
from model.catalog.schema import Service
from model.changes import Deploy, Memory, Rollback
from model.images import is_moving, short
from model.language.near import nearest, or_list, shown
from model.plan import Delta, Direction, Plan, RiskTier, Step, Warning
from model.refusal import Refused
from model.slash import slash

REGISTER = "ecs:RegisterTaskDefinition"

_GIB = 1024
SIZES: Mapping[int, Sequence[int]] = {
    256: (512, _GIB, 2 * _GIB),
    512: range(_GIB, 4 * _GIB + 1, _GIB),
    1024: range(2 * _GIB, 8 * _GIB + 1, _GIB),
    2048: range(4 * _GIB, 16 * _GIB + 1, _GIB),
    4096: range(8 * _GIB, 30 * _GIB + 1, _GIB),
    8192: range(16 * _GIB, 60 * _GIB + 1, 4 * _GIB),
    16384: range(32 * _GIB, 120 * _GIB + 1, 8 * _GIB),
}
"""CPU units → MiB of memory that Fargate has with them (Amazon ECS Developer Guide, task size)."""

_GIVEN_BY_ECS = frozenset(
    {
        *("taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities"),
        *("registeredAt", "registeredBy", "deregisteredAt"),
    }
)
"""What DescribeTaskDefinition adds, and RegisterTaskDefinition does not take."""


def container_of(service: Service, definition: Json) -> Json:
    """The container that the catalog names, else the only one. Raises Refused where it is not clear."""
    name, containers = EcsTarget.of(service).container, cast(list[Json], definition["containerDefinitions"])
    found = [one for one in containers if one["name"] == name or (not name and len(containers) == 1)]
    if not found:
        names = [str(one["name"]) for one in containers]
        raise Refused(
            f"The task of {service.id} has the containers {or_list(names)}, and which one is not said.",
            "Add `container` to its target in the catalog.",
        )
    return found[0]


def changed(definition: Json, params: Mapping[str, Any]) -> Json:
    """The request that registers the definition with what a step changes; all else as it is."""
    made = {key: copy.deepcopy(value) for key, value in definition.items() if key not in _GIVEN_BY_ECS}
    for one in cast(list[Json], made["containerDefinitions"]):
        if "image" in params and one["name"] == params["container"]:
            one["image"] = params["image"]
        if "memory" in params and one["name"] == params["container"] and "memory" in one:
            one["memory"] += int(params["memory"]) - int(definition["memory"])
    if "memory" in params:
        made |= {"cpu": params["cpu"], "memory": params["memory"]}
    return made


def is_same(definition: Json, request: Json) -> bool:
    """Whether a definition is what a request would register."""
    return all(definition.get(key) == value for key, value in request.items())


def repository_of(image: str) -> tuple[str, str] | None:
    """Registry id and repository of an image in ECR; None for one that lies elsewhere."""
    host, _, rest = image.partition("/")
    if ".dkr.ecr." not in host:
        return None
    return host.partition(".")[0], rest.partition("@")[0].rpartition(":")[0] or rest


def plan_deploy(
    service: Service,
    change: Deploy,
    seen: Snapshot,
    definition: Json,
    tags: Mapping[str, str] | None,
    *,
    has_digest: bool | None = None,
) -> Plan:
    """A revision with another image, and the service on it; a tag that moves by its digest of now.

    tags: what ECR has, with digests; None if not asked. has_digest: the same of a digest. Raises Refused.
    """
    must_deploy(service, seen)
    container = container_of(service, definition)
    before = str(container["image"])
    name = before.partition("@")[0]
    bare = name.rpartition(":")[0] if ":" in name.rsplit("/", 1)[-1] else name
    joint = "@" if change.version.startswith("sha256:") else ":"
    named = f"{bare}{joint}{change.version}"
    if has_digest is False or (tags is not None and joint == ":" and change.version not in tags):
        near = nearest(change.version, tags or ()) or tuple(tags or ())[:3]
        raise Refused(
            f"There is no image {shown(short(named.rsplit('/', 1)[-1]))} in the registry.",
            f"Type {or_list(near)}." if near else "Push it first.",
        )
    digest = (tags or {}).get(change.version, "") if is_moving(change.version) else ""
    after = f"{bare}@{digest}" if digest else named
    told = short(named.rsplit("/", 1)[-1]) + (f" → {short(digest)} (as of now)" if digest else "")
    image = short(after.rsplit("/", 1)[-1])
    is_seen = has_digest or (tags is not None and joint == ":")
    params = {"from": seen.version, "container": container["name"], "image": after}
    return _plan(
        service,
        change,
        seen,
        Delta(what="image", before=short(before.rsplit("/", 1)[-1]), after=told),
        params if before != after else None,
        says=f"Register {seen.version.partition(':')[0]} with {image}; all else as it is",
        cautions=() if is_seen else _not_seen(change.version),
    )


def _not_seen(version: str) -> tuple[Warning, ...]:
    """What is not known of an image that lies elsewhere than in ECR."""
    text = "Only tags in ECR are looked for: nobody has looked whether this image is there."
    unseen = Warning(level="note", code="tag-not-seen", text=text)
    if not is_moving(version):
        return (unseen,)
    text = f"`{version}` may move, and tasks that start later run something else then."
    return (Warning(level="warn", code="tag-moves", text=text), unseen)


def plan_memory(service: Service, change: Memory, seen: Snapshot, definition: Json) -> Plan:
    """A revision with more or less memory, with as much CPU as Fargate wants for it. Raises Refused."""
    must_deploy(service, seen)
    container = container_of(service, definition)
    cpu, memory = int(definition.get("cpu") or 0), int(definition.get("memory") or 0)
    fitting = [units for units, sizes in SIZES.items() if units >= cpu and change.mib in sizes]
    if not fitting:
        known = sorted({size for units, sizes in SIZES.items() if units >= cpu for size in sizes})
        near = sorted(known, key=lambda size: abs(size - change.mib))[:2]
        raise Refused(
            f"Fargate has no task of {change.mib:,} MiB with {cpu} CPU units or more.",
            "The nearest sizes:",
            tuple(f"{slash('scale')} {service.id} memory={size}" for size in sorted(near)),
        )
    _must_fit(container, memory, change.mib)
    more = Warning(
        level="warn",
        code="more-cpu",
        text=f"Fargate wants {fitting[0]} CPU units for it, where there are {cpu}: it costs more.",
    )
    params = {
        "from": seen.version,
        "container": container["name"],
        "memory": str(change.mib),
        "cpu": str(fitting[0]),
    }
    plan = _plan(
        service,
        change,
        seen,
        Delta(what="memory of a task", before=f"{memory:,} MiB", after=f"{change.mib:,} MiB"),
        params if change.mib != memory else None,
        says=f"Register {seen.version.partition(':')[0]} with {change.mib:,} MiB; all else as it is",
        cautions=(more,) if fitting[0] != cpu else (),
    )
    return plan.model_copy(update={"direction": Direction.UP if change.mib > memory else Direction.DOWN})


def _must_fit(container: Json, before: int, after: int) -> None:
    """Raises Refused where the container's own limit would go below what ECS and it itself need."""
    if "memory" not in container:
        return
    least = max(int(container.get("memoryReservation") or 0), 6)  # ECS: no less than 6 MiB
    missing = least - (int(container["memory"]) + after - before)
    if missing > 0:
        raise Refused(
            f"A task of {after:,} MiB would leave {container['name']} less than the {least:,} MiB it needs.",
            f"Type a size of {after + missing:,} MiB or more.",
        )


def _plan(
    service: Service,
    change: Deploy | Memory,
    seen: Snapshot,
    delta: Delta,
    params: dict[str, Any] | None,
    says: str,
    cautions: tuple[Warning, ...],
) -> Plan:
    register = Step(call=REGISTER, params=params or {}, says=says)
    update = update_of(service, "Deploy the revision that was registered", like=params or {})
    return Plan(
        service=service.id,
        change=change,
        deltas=(delta,),
        steps=(register, update) if params else (),
        cautions=(*cautions, *in_flight(seen), *risks(seen)),
        takes=takes(seen.service),
        tier=RiskTier.R2,
        size=seen.desired,
        fingerprint=seen.fingerprint,
        goal={"like": params or {}, "not": seen.deployment},
        inverse=Rollback(version=seen.version) if params else None,
        undo=f"Deploys {seen.version} again.",
    )
