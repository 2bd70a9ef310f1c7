"""The protocols of AWS as botocore speaks them: JSON, REST-JSON, Query (XML) and RPC v2 CBOR."""

import io
import json
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast
from urllib.parse import parse_qsl, unquote

import botocore.loaders
import botocore.model
import botocore.parsers
import botocore.serialize

from playground.aws.found import modelled
from playground.aws.refusal import AwsError
from playground.aws.xml import ec2_error_xml, error_xml, query_params, result_xml

MODELS = {
    "ecs": "ecs",
    "lambda": "lambda",
    "application-autoscaling": "application-autoscaling",
    "elasticloadbalancing": "elbv2",
    "monitoring": "cloudwatch",
    "sts": "sts",
}


@dataclass(frozen=True)
class Message:
    """An HTTP request, reduced to what the protocols look at. `path` is still percent-encoded."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Decoded:
    """What was called, with which parameters, and in which protocol the answer must be."""

    operation: str
    params: dict[str, Any]
    protocol: str


@dataclass(frozen=True)
class Encoded:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes


@cache
def service_model(service: str) -> Any:
    """botocore's description of the service with this signing name (untyped there)."""
    name = MODELS.get(service) or modelled()[service].model
    loader = cast(Any, botocore.loaders).Loader()
    return cast(Any, botocore.model).ServiceModel(loader.load_service_model(name, "service-2"), name)


def decode(service: str, message: Message) -> Decoded:
    """Read a call. Raises UnknownOperationException for what the service does not have."""
    target = message.headers.get("x-amz-target")
    if message.path.startswith("/service/"):
        params = _read_cbor(message.body) if message.body else {}
        return Decoded(message.path.rsplit("/", 1)[-1], params, "cbor")
    if target:
        return Decoded(target.rsplit(".", 1)[-1], json.loads(message.body or b"{}"), "json")
    if is_rest(service):
        return _decode_rest(service, message)
    form = dict(parse_qsl(message.body.decode() or message.query, keep_blank_values=True))
    action = form.get("Action", "")
    shape = _operation(service, action).input_shape
    is_ec2 = service_model(service).metadata.get("protocol") == "ec2"
    params = query_params(shape, form, is_ec2=is_ec2) if shape else {}
    return Decoded(action, params, "ec2" if is_ec2 else "query")


@cache
def is_rest(service: str) -> bool:
    """Whether the service's calls are told apart by their paths."""
    return str(service_model(service).metadata.get("protocol", "")).startswith("rest")


def _operation(service: str, name: str) -> Any:
    model = service_model(service)
    if name not in model.operation_names:
        raise AwsError("UnknownOperationException", f"The operation {name} is not known.")
    return model.operation_model(name)


@cache
def _routes(service: str) -> list[tuple[str, re.Pattern[str], list[tuple[str, str]], str]]:
    """Method, path pattern, fixed query items and name of every REST operation, the strictest first."""
    found: list[tuple[str, re.Pattern[str], list[tuple[str, str]], str]] = []
    model = service_model(service)
    for name in model.operation_names:
        http = model.operation_model(name).http
        path, _, query = http["requestUri"].partition("?")
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path.rstrip("/")))
        found.append((http["method"], re.compile(pattern), parse_qsl(query), name))
    return sorted(found, key=lambda route: -len(route[2]))


def _decode_rest(service: str, message: Message) -> Decoded:
    query = dict(parse_qsl(message.query))
    for method, pattern, fixed, name in _routes(service):
        match = pattern.fullmatch(message.path.rstrip("/"))
        if match and method == message.method and all(query.get(key) == value for key, value in fixed):
            parts = {key: unquote(value) for key, value in match.groupdict().items()}
            return Decoded(name, _rest_params(service, name, parts, query, message.body), "rest-json")
    raise AwsError("UnknownOperationException", "No operation has this path.", 404)


def _rest_params(
    service: str, name: str, parts: dict[str, str], query: dict[str, str], body: bytes
) -> dict[str, Any]:
    shape = _operation(service, name).input_shape
    params: dict[str, Any] = json.loads(body) if body else {}
    for member, its_shape in shape.members.items():
        where = its_shape.serialization.get("location")
        key = its_shape.serialization.get("name", member)
        source = {"uri": parts, "querystring": query}.get(where, {})
        if key in source:
            is_number = its_shape.type_name in {"integer", "long"}
            params[member] = int(source[key]) if is_number else source[key]
    return params


def encode(service: str, call: Decoded, result: dict[str, Any], request_id: str) -> Encoded:
    """Write a result in the protocol of its call."""
    operation = _operation(service, call.operation)
    headers = {"x-amzn-requestid": request_id}
    if call.protocol in {"query", "ec2"}:
        body = result_xml(operation, result, request_id)
        return Encoded(200, {**headers, "content-type": "text/xml"}, body.encode())
    if call.protocol == "cbor":
        return Encoded(200, {**headers, **_cbor_headers()}, _write_cbor(result, operation.output_shape))
    status = int(operation.http.get("responseCode", 200))
    if operation.output_shape is None and call.protocol == "rest-json":
        return Encoded(status, headers, b"")
    return Encoded(status, {**headers, "content-type": _json_type(call.protocol)}, _write_json(result))


def encode_error(protocol: str, error: AwsError, request_id: str) -> Encoded:
    """Write an error in the protocol of the call that caused it."""
    headers = {"x-amzn-requestid": request_id}
    if protocol in {"query", "ec2"}:
        body = (ec2_error_xml if protocol == "ec2" else error_xml)(error, request_id)
        return Encoded(error.status, {**headers, "content-type": "text/xml"}, body.encode())
    members = {"__type": error.code, "message": error.message}
    if protocol == "cbor":
        return Encoded(error.status, {**headers, **_cbor_headers()}, _write_cbor(members, None))
    headers["x-amzn-errortype"] = error.code
    return Encoded(error.status, {**headers, "content-type": _json_type(protocol)}, _write_json(members))


def protocol_of(message: Message) -> str:
    """The protocol of a call that may not be readable, so that even its error can be read."""
    if message.path.startswith("/service/"):
        return "cbor"
    if "x-amz-target" in message.headers:
        return "json"
    return "query" if message.path == "/" else "rest-json"


def _json_type(protocol: str) -> str:
    return "application/json" if protocol == "rest-json" else "application/x-amz-json-1.1"


def _write_json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, default=datetime.timestamp).encode()


def _cbor_headers() -> dict[str, str]:
    return {"smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor"}


def _read_cbor(body: bytes) -> dict[str, Any]:
    parser = cast(Any, botocore.parsers).RpcV2CBORParser()
    return cast(dict[str, Any], parser.parse_data_item(io.BufferedReader(cast(Any, io.BytesIO(body)))))


def _write_cbor(value: dict[str, Any], shape: Any) -> bytes:
    if shape is None:
        members = {name: {"shape": "String"} for name in value}
        resolver = cast(Any, botocore.model).ShapeResolver(
            {"Error": {"type": "structure", "members": members}, "String": {"type": "string"}}
        )
        shape = resolver.get_shape_by_name("Error")
    out = bytearray()
    serializer = cast(Any, botocore.serialize).RpcV2CBORSerializer()
    serializer._serialize_data_item(out, value, shape)
    return bytes(out)
