"""What differs between two pod templates, in the words of a plan: pure."""

from backends.kubernetes.target import HASH, RESTARTED, Json, entries, part, template_of
from model.plan import Delta
from model.secrets import is_secret

MOST = 4
"""Variables whose values are shown; more are named."""

LONGEST = 80
"""Characters of a value that stands in a plan."""


def image_deltas(was: Json, now: Json) -> tuple[Delta, ...]:
    """Containers that run another image, or are new or gone; templates are a deployment's or ReplicaSet's."""
    before, after = _containers(was), _containers(now)
    several = len({*before, *after}) > 1
    deltas: list[Delta] = []
    for name in dict.fromkeys((*before, *after)):
        old, new = _image(before.get(name)), _image(after.get(name))
        if old != new:
            deltas.append(Delta(what=f"image of {name}" if several else "image", before=old, after=new))
    return tuple(deltas)


def other_deltas(was: Json, now: Json) -> tuple[Delta, ...]:
    """Variables, resources and whatever else differs, the stamp of a restart apart."""
    before, after = _containers(was), _containers(now)
    deltas: list[Delta] = []
    for name in [name for name in before if name in after]:
        of = f" of {name}" if len({*before, *after}) > 1 else ""
        deltas += _variables(before[name], after[name], of)
        deltas += _resources(before[name], after[name], of)
    if rest := _rest(was, now):
        deltas.append(Delta(what="configuration", before="as it is", after=f"{', '.join(rest)} as it was"))
    return tuple(deltas)


def _containers(item: Json) -> dict[str, Json]:
    spec = item["spec"]["template"]["spec"]
    return {str(one["name"]): one for one in (*entries(spec, "containers"), *entries(spec, "initContainers"))}


def _image(container: Json | None) -> str:
    return str(container["image"]).rsplit("/", 1)[-1] if container else "none"


def _variables(was: Json, now: Json, of: str) -> list[Delta]:
    before, after = _values(was), _values(now)
    names = [key for key in dict.fromkeys((*before, *after)) if before.get(key) != after.get(key)]
    if not names:
        return []
    if len(names) <= MOST:
        return [Delta(what=key, before=_told(key, before), after=_told(key, after)) for key in names]
    said = f"{', '.join(names[:8])}{f' and {len(names) - 8} more' if len(names) > 8 else ''}"
    return [Delta(what=f"variables{of}", before=f"{len(names)} differ", after=f"{said} as they were")]


def _values(container: Json) -> dict[str, Json]:
    return {str(one["name"]): one for one in entries(container, "env")}


def _told(key: str, there: dict[str, Json]) -> str:
    """A variable's value as a plan may show it: no secret, and nothing that has to be cut."""
    one = there.get(key)
    if one is None:
        return "not set"
    if "valueFrom" in one:
        return f"from {next(iter(part(one, 'valueFrom')), 'elsewhere')}"
    value = str(one.get("value", ""))
    if is_secret(key, value):
        return "a secret"
    return value if len(value) <= LONGEST else f"{len(value)} characters"


def _resources(was: Json, now: Json, of: str) -> list[Delta]:
    deltas: list[Delta] = []
    for kind, word in (("requests", "request"), ("limits", "limit")):
        before, after = part(was, "resources", kind), part(now, "resources", kind)
        for name in sorted({*before, *after}):
            old, new = str(before.get(name, "none")), str(after.get(name, "none"))
            if old != new:
                deltas.append(Delta(what=f"{name} {word}{of}", before=old, after=new))
    return deltas


def _rest(was: Json, now: Json) -> list[str]:
    """The fields that differ besides: `livenessProbe`, `volumes`, `labels` …"""
    known = {"image", "env", "resources", "name"}
    before, after = _containers(was), _containers(now)
    found: list[str] = []
    for name in [name for name in before if name in after]:
        found += _differing(before[name], after[name], known)
    old, new = template_of(was), template_of(now)
    found += _differing(old["spec"], new["spec"], {"containers", "initContainers"})
    for kind, ours in (("annotations", RESTARTED), ("labels", HASH)):
        found += (
            [kind] if _differing(part(old, "metadata", kind), part(new, "metadata", kind), {ours}) else []
        )
    return list(dict.fromkeys(found))


def _differing(was: Json, now: Json, known: set[str]) -> list[str]:
    """Names whose values differ; nothing, null and an empty list are the same to the API server."""
    names = sorted({*was, *now} - known)
    return [name for name in names if (was.get(name) or None) != (now.get(name) or None)]
