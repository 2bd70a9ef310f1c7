"""A request to the API server, taken apart: verb, resource, namespace, name, query and body."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from playground.kubernetes.resources import NAMESPACES, Json, Resource, find
from playground.kubernetes.status import Refusal, no_such_path

PATCHES = (
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
)

_SINGLE = {"GET": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
_MANY = {"GET": "list", "POST": "create", "DELETE": "deletecollection"}


@dataclass(frozen=True)
class ApiRequest:
    """What is wanted. `manager` is the field manager writes are booked to; `content` the media type."""

    verb: str
    resource: Resource
    namespace: str = ""
    name: str = ""
    sub: str = ""
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    raw: bytes = b""
    content: str = ""
    manager: str = "unknown"

    @property
    def is_dry(self) -> bool:
        """Whether nothing may be written. Raises Refusal 422 for a dryRun that does not exist."""
        value = self.query.get("dryRun", "")
        if value not in ("", "All"):
            why = f'dryRun: Unsupported value: "{value}": supported values: "All"'
            raise Refusal(422, f' "" is invalid: {why}')
        return value == "All"

    def flag(self, name: str) -> bool:
        """A yes-or-no parameter of the query."""
        return self.query.get(name, "") in ("1", "true", "True")

    def number(self, name: str) -> int | None:
        """A whole number of the query, None when absent. Raises Refusal 400."""
        text = self.query.get(name, "")
        if not text:
            return None
        if not text.isdigit():
            raise Refusal(400, f'strconv.ParseInt: parsing "{text}": invalid syntax')
        return int(text)

    def document(self) -> Any:
        """The body as JSON. Raises Refusal 400 or 415."""
        if self.content.endswith("protobuf"):
            raise _unsupported("application/json, application/yaml")
        try:
            return json.loads(self.raw)
        except ValueError as error:
            raise Refusal(400, f"the object provided is unrecognized: {error}") from error

    def item(self) -> Json:
        """The body as an object of this resource (or of its subresource). Raises Refusal 400."""
        document = self.document()
        if not isinstance(document, dict):
            raise Refusal(400, "the object provided is unrecognized (must be of type object)")
        item = cast("Json", document)
        kind = "Scale" if self.sub == "scale" else self.resource.kind
        if item.get("kind", kind) != kind:
            message = f"no kind {item['kind']!r} is served here; expected {kind!r}"
            raise Refusal(400, message)
        if not isinstance(item.setdefault("metadata", {}), dict):
            raise Refusal(400, "json: cannot unmarshal into Go struct field .metadata of type v1.ObjectMeta")
        return item


def parse(method: str, path: str, query: Mapping[str, str]) -> ApiRequest:
    """Find what a path is about. Raises Refusal 404 for no resource, 405 for what cannot be done."""
    parts = [part for part in path.split("/") if part]
    match parts:
        case ["api", "v1", *rest]:
            group, version = "", "v1"
        case ["apis", group, version, *rest]:
            pass
        case _:
            raise no_such_path()
    namespace, rest = _namespace_of(rest)
    if not 1 <= len(rest) <= 3:
        raise no_such_path()
    plural, name, sub = (*rest, "", "")[:3]
    resource = find(group, version, plural)
    if resource is None or (sub and sub not in resource.subresources):
        raise no_such_path()
    verb = (_SINGLE if name else _MANY).get(method, "")
    if verb == "list" and query.get("watch", "") in ("1", "true", "True"):
        verb = "watch"
    _check_verb(resource, verb, sub)
    namespace = namespace if resource.namespaced else ""
    return ApiRequest(verb, resource, namespace, name, sub, query)


def unsupported_patch() -> Refusal:
    """415 for a patch of a kind that is not served (server-side apply among them)."""
    return _unsupported(", ".join(PATCHES))


def _unsupported(accepted: str) -> Refusal:
    message = f"the body of the request was in an unknown format - accepted media types include: {accepted}"
    return Refusal(415, message)


def _namespace_of(rest: list[str]) -> tuple[str, list[str]]:
    if len(rest) >= 3 and rest[0] == NAMESPACES.plural:
        return rest[1], rest[2:]
    return "", rest


def _check_verb(resource: Resource, verb: str, sub: str) -> None:
    allowed = ("get",) if sub == "log" else ("get", "patch", "update") if sub else resource.verbs
    if verb not in allowed:
        raise Refusal(405, "the server does not allow this method on the requested resource")
