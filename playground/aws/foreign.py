"""Calls of services that moto answers, read as far as rights and records need it."""

import json
from functools import cache
from typing import Any, cast
from urllib.parse import parse_qsl, unquote

import botocore.loaders

from playground.aws.protocols import Decoded, Message, protocol_of


def read_foreign(service: str, message: Message) -> Decoded:
    """The operation and the parameters that name its resources; never raises."""
    protocol = protocol_of(message)
    if target := message.headers.get("x-amz-target"):
        return Decoded(target.rsplit(".", 1)[-1], _json(message.body), protocol)
    if service == "s3":
        return Decoded(*_s3(message), protocol)
    form = dict(parse_qsl(message.body.decode(errors="replace") or message.query, keep_blank_values=True))
    if action := form.get("Action"):
        return Decoded(action, dict(form), protocol)
    return Decoded(f"{message.method} {message.path}", {}, protocol)


def _json(body: bytes) -> dict[str, Any]:
    try:
        return cast(dict[str, Any], json.loads(body or b"{}"))
    except ValueError:
        return {}


def _s3(message: Message) -> tuple[str, dict[str, Any]]:
    """S3 tells its calls apart by method, path and query; the fixed part of the query decides."""
    bucket, _, key = unquote(message.path).lstrip("/").partition("/")
    query = dict(parse_qsl(message.query, keep_blank_values=True))
    is_of_key = bool(key)
    fitting = [
        (len(fixed), name)
        for name, method, has_key, fixed in _s3_routes()
        if method == message.method
        and has_key == is_of_key
        and all(one in query if value is None else query.get(one) == value for one, value in fixed.items())
    ]
    name = max(fitting)[1] if fitting else message.method
    return name, {"Bucket": bucket, **({"Key": key} if key else {})}


@cache
def _s3_routes() -> tuple[tuple[str, str, bool, dict[str, str | None]], ...]:
    """Name, method, whether it names a key, and the query that is its own, of every operation."""
    loader = cast(Any, botocore.loaders).Loader()
    model = loader.load_service_model("s3", "service-2")
    routes: list[tuple[str, str, bool, dict[str, str | None]]] = []
    for name, operation in model["operations"].items():
        if "Copy" in name:
            continue  # told apart by a header; nobody here copies
        path, _, query = operation["http"]["requestUri"].partition("?")
        fixed: dict[str, str | None] = {}
        for part in filter(None, query.split("&")):
            key, is_set, value = part.partition("=")
            fixed[key] = value if is_set else None
        members = model["shapes"].get(operation.get("input", {}).get("shape", ""), {})
        for member in members.get("required", []):
            its = members["members"][member]
            if its.get("location") == "querystring":
                fixed.setdefault(its["locationName"], None)
        routes.append((name, operation["http"]["method"], "{Key" in path, fixed))
    return tuple(routes)
