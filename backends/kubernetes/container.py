"""Plans that change one container of a workload: another image, other variables."""

import copy
from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from backends.kubernetes.plans import Snapshot, all_at_once, in_flight, must_roll
from backends.kubernetes.promotion import aborting, steps_told, takes
from backends.kubernetes.target import (
    Json,
    KubernetesTarget,
    entries,
    image_of,
    part,
    target_of,
    template_fingerprint,
)
from backends.variables import no_variable
from model.catalog.schema import Service
from model.changes import Configure, Deploy
from model.images import is_moving, short
from model.language.near import or_list, shown
from model.plan import Delta, Plan, RiskTier, Step, Warning
from model.ports.images import Found, Looked, Missing, NotAsked
from model.query_result import QueryResult, Table
from model.refusal import Refused
from model.secrets import Prints, is_secret
from model.slash import slash


def containers_of(item: Json) -> list[Json]:
    """The containers of the pod template."""
    return entries(item["spec"]["template"]["spec"], "containers")


def chosen(service: Service, item: Json) -> Json:
    """The container that the catalog names, else the only one. Raises Refused with the names there are."""
    name, there = target_of(service).container, containers_of(item)
    found = [one for one in there if one["name"] == name] if name else there
    if len(found) == 1:
        return found[0]
    names = " or ".join(f"`container: {one['name']}`" for one in there)
    what = f"has no container {name}" if name else f"has {len(there)} containers in a pod"
    raise Refused(
        f"{service.id} {what}, and the catalog has to say which one is changed.",
        f"Put {names} into its target in the catalog.",
    )


def container_of(item: Json, name: str) -> Json:
    """The container of that name, which is there."""
    return next(one for one in containers_of(item) if one["name"] == name)


def with_image(item: Json, name: str, image: str) -> Json:
    """The workload with another image in its container of that name."""
    made = copy.deepcopy(item)
    container_of(made, name)["image"] = image
    return made


def with_variables(item: Json, name: str, new: Mapping[str, str], gone: tuple[str, ...]) -> Json:
    """The workload with these variables, all others as they are, in the order they stand in."""
    made = copy.deepcopy(item)
    container = container_of(made, name)
    kept = [one for one in entries(container, "env") if one["name"] not in gone]
    env = [{"name": one["name"], "value": new[one["name"]]} if one["name"] in new else one for one in kept]
    names = {one["name"] for one in kept}
    added = [{"name": key, "value": value} for key, value in new.items() if key not in names]
    container["env"] = [*env, *added]
    return made


def tagged(image: str, version: str) -> str:
    """The image at another tag or digest: `registry:5000/team/api:1.2` at `1.3`."""
    name = image.partition("@")[0]
    last = name.rsplit("/", 1)[-1]
    bare = name.removesuffix(f":{last.partition(':')[2]}") if ":" in last else name
    return f"{bare}@{version}" if version.startswith("sha256:") else f"{bare}:{version}"


def tag_of(image: str) -> str:
    """The tag or digest of an image, or both as they stand there; `latest` where it names none."""
    last = image.rsplit("/", 1)[-1]
    name, _, digest = last.partition("@")
    tag = name.partition(":")[2]
    return f"{tag}@{digest}" if tag and digest else digest or tag or "latest"


def image_for(image: str, change: Deploy, looked: Looked) -> str:
    """The image that is to run. A moving tag is pinned to its digest of now, and stays readable beside it."""
    made = tagged(image, change.version)
    return f"{made}@{looked.digest}" if isinstance(looked, Found) and is_moving(change.version) else made


def plan_deploy(service: Service, change: Deploy, seen: Snapshot, looked: Looked) -> Plan:
    """As `kubectl set image`: the same image at another tag. Raises Refused.

    looked: what the registry says of that tag.
    """
    must_roll(service, seen)
    container = chosen(service, seen.item)
    name, of = str(container["name"]), _of(seen.item, container)
    before = str(container["image"])
    after = image_for(before, change, looked)
    if isinstance(looked, Missing):
        raise _no_image(service, after, looked)
    made, target = with_image(seen.item, name, after), target_of(service)
    step = Step(
        call=f"kubernetes:Patch{target.object_kind}",
        params={
            "path": target.path,
            "container": container["name"],
            "image": after,
            "expects": template_fingerprint(seen.item),
            "template": template_fingerprint(made),
            **whole(target),
        },
        says=f"Set the image of {container['name']} to {after}",
    )
    is_same = before == after
    return Plan(
        service=service.id,
        change=change,
        deltas=(
            Delta(
                what=f"image{of}",
                before=image_of(seen.item["spec"]["template"], name),
                after=_told_image(made, name, change, looked),
            ),
        ),
        steps=() if is_same else (*aborting(service, seen, made), step),
        cautions=(
            *(_same(service, change, looked) if is_same else _not_seen(change, looked)),
            *steps_told(service, seen, made),
            *in_flight(seen),
            *all_at_once(seen),
        ),
        tier=RiskTier.R2,
        size=seen.replicas,
        fingerprint=seen.fingerprint,
        goal={"template": template_fingerprint(made)},
        inverse=None if is_same else Deploy(version=tag_of(before), as_written=True),
        undo=f"Sets the image back to {short(tag_of(before))}.",
        takes=takes(seen),
    )


def _told_image(made: Json, name: str, change: Deploy, looked: Looked) -> str:
    """The image as the plan says it: `api:main → sha256:ab12… (as of now)` for a tag that was looked up."""
    told = image_of(made["spec"]["template"], name)
    if not isinstance(looked, Found) or not is_moving(change.version):
        return told
    tag, _, digest = told.partition("@")
    return f"{tag} → {digest} (as of now)"


def _no_image(service: Service, after: str, looked: Missing) -> Refused:
    near = or_list(looked.near)
    last = short(after.rsplit("/", 1)[-1])
    return Refused(
        f"There is no image {shown(last)} in the registry.",
        f"It has {near}; type {slash('deploy')} {service.id} {looked.near[0]}" if near else "Push it first.",
    )


def _same(service: Service, change: Deploy, looked: Looked) -> tuple[Warning, ...]:
    if isinstance(looked, Found) and is_moving(change.version):
        text = f"It runs what `{change.version}` points to now already."
        return (Warning(level="note", code="tag-the-same", text=text),)
    runs = f"It runs `{short(change.version)}` already."
    text = f"{runs} A tag that was moved since is fetched by fresh pods only."
    instead = f"For those, type {slash('restart')} {service.id}"
    return (Warning(level="note", code="tag-the-same", text=text, instead=instead),)


def _not_seen(change: Deploy, looked: Looked) -> tuple[Warning, ...]:
    """What is not known where the registry was not asked; a tag that may move is a `warn`."""
    if not isinstance(looked, NotAsked):
        return ()
    unseen = Warning(
        level="note",
        code="tag-not-seen",
        text="The registry is not asked: a tag it has not ends in ImagePullBackOff, and the old pods go on.",
    )
    if change.as_written or not is_moving(change.version):
        return (unseen,)
    why = f": {looked.why}" if looked.why else ""
    text = f"`{change.version}` may move, and pods that start later run something else then{why}."
    return (Warning(level="warn", code="tag-moves", text=text), unseen)


def whole(target: KubernetesTarget) -> dict[str, JsonValue]:
    """What a call has to know of a custom kind: its pod template is put there whole (JSON patch)."""
    return {"whole": True} if target.of.is_custom else {}


def plan_configure(service: Service, change: Configure, seen: Snapshot) -> Plan:
    """Some variables of the container, merged with those it has. Raises Refused for secrets."""
    must_roll(service, seen)
    container, target = chosen(service, seen.item), target_of(service)
    name, of = str(container["name"]), _of(seen.item, container)
    known = {str(one["name"]): one for one in entries(container, "env")}
    for key, value in change.set.items():
        _must_be_plain(service, key, value, known.get(key))
    missing = [key for key in change.unset if key not in known]
    if missing:
        raise no_variable(service, missing[0], [key for key in known if not _is_secret(known[key])])
    before = {key: str(known[key].get("value", "")) for key in change.set if key in known}
    new = {key: value for key, value in change.set.items() if before.get(key) != value}
    made = with_variables(seen.item, name, new, change.unset)
    params: dict[str, Any] = {
        "path": target.path,
        "container": container["name"],
        "set": new,
        "unset": list(change.unset),
        "expects": template_fingerprint(seen.item),
        "template": template_fingerprint(made),
        **whole(target),
    }
    named = ", ".join([*new, *change.unset])
    says = f"Set {named}{of}; all else stays"
    step = Step(call=f"kubernetes:Patch{target.object_kind}", params=params, says=says)
    is_same = not new and not change.unset
    secret_gone = [key for key in change.unset if _is_secret(known[key])]
    inverse = Configure(
        set={**{key: before[key] for key in new if key in before},
             **{key: str(known[key].get("value", "")) for key in change.unset}},
        unset=tuple(key for key in new if key not in before),
    )  # fmt: skip
    can_undo = not is_same and not secret_gone
    deltas = [Delta(what=key, before=before.get(key, "not set"), after=value) for key, value in new.items()]
    deltas += [Delta(what=key, before="set", after="not set") for key in change.unset]
    same = [Delta(what=key, before=value, after=value) for key, value in change.set.items()]
    return Plan(
        service=service.id,
        change=change,
        deltas=tuple(deltas or same),
        steps=() if is_same else (*aborting(service, seen, made), step),
        cautions=(
            *(steps_told(service, seen, made) or (_ONE_BY_ONE,)),
            *in_flight(seen),
            *all_at_once(seen),
        ),
        tier=RiskTier.R2,
        size=seen.replicas,
        fingerprint=seen.fingerprint,
        goal={"template": template_fingerprint(made)},
        inverse=inverse if can_undo else None,
        undo="Sets them back." if can_undo else "Cannot be undone: a secret's value is not kept.",
        takes=takes(seen),
    )


_ONE_BY_ONE = Warning(level="note", code="rolls", text="Every pod is replaced, one after the other.")


def _of(item: Json, container: Json) -> str:
    """` of NAME` where a pod has several containers."""
    return f" of {container['name']}" if len(containers_of(item)) > 1 else ""


def _must_be_plain(service: Service, key: str, value: str, known: Json | None) -> None:
    """Raises Refused for what belongs into a Kubernetes Secret, or comes from one."""
    if known is not None and "valueFrom" in known:
        raise Refused(
            f"{key} comes from a Secret or ConfigMap, and a plain value would take its place.",
            f"Change it where it comes from, then {slash('restart')} the service.",
        )
    holds = known is not None and _is_kept_secret(known)
    if holds or is_secret(key, value) or value.startswith("secret:"):
        raise Refused(
            f"{key} is a secret, and a deployment shows its variables to everyone who may read it.",
            "Put it into a Kubernetes Secret and refer to it there, then "
            f"type {slash('restart')} {service.id}",
        )


def _is_kept_secret(known: Json) -> bool:
    """Whether a variable holds a secret as it is, which then must be in no plan and no inverse."""
    return is_secret(str(known["name"]), str(known.get("value", "")))


def _is_secret(known: Json) -> bool:
    return "valueFrom" in known or _is_kept_secret(known)


def told(service: Service, item: Json, fingerprint_of: Prints) -> QueryResult:
    """The container's image, its variables, and which of them are secrets. Raises Refused."""
    container = chosen(service, item)
    plain: list[tuple[str, ...]] = []
    secret: list[tuple[str, ...]] = []
    for one in entries(container, "env"):
        name, value = str(one["name"]), str(one.get("value", ""))
        source = part(one, "valueFrom")
        if source:
            kind, where = next(iter(source.items()))
            named = ".".join(str(where[key]) for key in ("name", "key", "fieldPath") if key in where)
            (secret if kind == "secretKeyRef" else plain).append((name, f"from {kind} {named}"))
        elif is_secret(name, value):
            secret.append((name, f"fingerprint {fingerprint_of(value)}"))
        else:
            plain.append((name, value))
    tables = [Table(title="Variables", columns=("name", "value"), rows=tuple(plain), empty="None.")]
    if secret:
        tables.append(Table(title="Secrets", columns=("name", "value"), rows=tuple(secret), of_secrets=True))
    said = f"{image_of(item['spec']['template'], str(container['name']))} with {len(plain)} variables"
    return QueryResult(headline=said, tables=tuple(tables))
