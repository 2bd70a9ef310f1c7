"""What the server says of itself: version, groups, resources and the OpenAPI that kubectl asks for."""

from playground.kubernetes.resources import RESOURCES, Json, Resource

VERSION = {
    "major": "1",
    "minor": "32",
    "gitVersion": "v1.32.4",
    "gitCommit": "59526cd4867447956156ae3a602fcbac10a2c335",
    "gitTreeState": "clean",
    "buildDate": "2025-04-22T16:02:27Z",
    "goVersion": "go1.23.6",
    "compiler": "gc",
    "platform": "linux/amd64",
}

_ACTIONS = {"patch": "patch", "post": "create", "put": "update", "delete": "delete"}


def answer(path: str) -> Json | None:
    """The discovery document at a path without slashes at its ends, or None."""
    match path.split("/"):
        case ["version"]:
            return dict(VERSION)
        case ["api"]:
            return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}
        case ["apis"]:
            groups = [_group(name) for name in _groups()]
            return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}
        case ["apis", name] if name in _groups():
            return {"kind": "APIGroup", "apiVersion": "v1", **_group(name)}
        case ["api", "v1"]:
            return _resource_list("", "v1")
        case ["apis", group, version] if version == _groups().get(group):
            return _resource_list(group, version)
        case ["openapi", "v3"]:
            return {"paths": {spot: {"serverRelativeURL": f"/openapi/v3/{spot}"} for spot in _spots()}}
        case ["openapi", "v3", *rest] if "/".join(rest) in _spots():
            return _openapi("/".join(rest))
        case _:
            return None


def _groups() -> dict[str, str]:
    return {one.group: one.version for one in RESOURCES if one.group}


def _group(name: str) -> Json:
    version = {"groupVersion": f"{name}/{_groups()[name]}", "version": _groups()[name]}
    return {"name": name, "versions": [version], "preferredVersion": version}


def _resource_list(group: str, version: str) -> Json:
    entries: list[Json] = []
    for one in RESOURCES:
        if (one.group, one.version) == (group, version):
            entries += _entries(one)
    name = f"{group}/{version}" if group else version
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": name, "resources": entries}


def _entries(one: Resource) -> list[Json]:
    entry: Json = {
        "name": one.plural,
        "singularName": one.kind.lower(),
        "namespaced": one.namespaced,
        "kind": one.kind,
        "verbs": list(one.verbs),
    }
    if one.short:
        entry["shortNames"] = list(one.short)
    if one.categories:
        entry["categories"] = list(one.categories)
    return [entry, *(_sub_entry(one, sub) for sub in one.subresources)]


def _sub_entry(one: Resource, sub: str) -> Json:
    entry: Json = {
        "name": f"{one.plural}/{sub}",
        "singularName": "",
        "namespaced": one.namespaced,
        "kind": "Scale" if sub == "scale" else one.kind,
        "verbs": ["get"] if sub == "log" else ["get", "patch", "update"],
    }
    if sub == "scale":
        entry |= {"group": "autoscaling", "version": "v1"}
    return entry


def _spots() -> dict[str, list[Resource]]:
    spots: dict[str, list[Resource]] = {}
    for one in RESOURCES:
        spots.setdefault(f"apis/{one.api_version}" if one.group else "api/v1", []).append(one)
    return spots


def _openapi(spot: str) -> Json:
    """Paths and parameters only: kubectl reads here that the server validates fields itself."""
    paths: Json = {}
    for one in _spots()[spot]:
        scope = "/namespaces/{namespace}" if one.namespaced else ""
        paths[f"/{spot}{scope}/{one.plural}/{{name}}"] = {
            verb: _operation(one, action) for verb, action in _ACTIONS.items() if action in one.verbs
        }
    info = {"title": "Kubernetes", "version": VERSION["gitVersion"]}
    return {"openapi": "3.0.0", "info": info, "paths": paths, "components": {"schemas": {}}}


def _operation(one: Resource, action: str) -> Json:
    names = ("dryRun", "fieldManager", "fieldValidation")
    return {
        "operationId": f"{action}{one.kind}",
        "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": {"group": one.group, "version": one.version, "kind": one.kind},
        "parameters": [{"name": name, "in": "query", "schema": {"type": "string"}} for name in names],
        "responses": {"200": {"description": "OK"}},
    }
