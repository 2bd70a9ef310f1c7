"""The Query protocol: parameters from a form, results and errors as XML, by botocore's shapes."""

from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from playground.aws.refusal import AwsError

MOST_ITEMS = 1000


def query_params(
    shape: Any, form: dict[str, str], prefix: str = "", *, is_ec2: bool = False
) -> dict[str, Any]:
    """The members of a structure that the form fills; `shape` is botocore's (untyped there).

    is_ec2: names begin with a capital, and lists have no name of their own for their items.
    """
    found: dict[str, Any] = {}
    for name, member in shape.members.items():
        named = str(member.serialization.get("name", name))
        key = prefix + (named[:1].upper() + named[1:] if is_ec2 else named)
        value = _read(member, form, key, is_ec2)
        if value is not None:
            found[name] = value
    return found


def _read(shape: Any, form: dict[str, str], key: str, is_ec2: bool) -> Any:
    if shape.type_name == "structure":
        return query_params(shape, form, f"{key}.", is_ec2=is_ec2) or None
    if shape.type_name == "list":
        item = "" if shape.serialization.get("flattened") or is_ec2 else "." + _item_name(shape)
        values = (_read(shape.member, form, f"{key}{item}.{n}", is_ec2) for n in range(1, MOST_ITEMS))
        found: list[Any] = []
        for value in values:
            if value is None:
                break
            found.append(value)
        return found or None
    if key not in form:
        return None
    return _scalar(shape.type_name, form[key])


def _item_name(shape: Any) -> str:
    return str(shape.member.serialization.get("name", "member"))


def _scalar(kind: str, text: str) -> Any:
    if kind in {"integer", "long"}:
        return int(text)
    if kind in {"float", "double"}:
        return float(text)
    if kind == "boolean":
        return text == "true"
    return datetime.fromisoformat(text) if kind == "timestamp" else text


def result_xml(operation: Any, result: dict[str, Any], request_id: str) -> str:
    """A result in its wrappers."""
    name, shape = operation.name, operation.output_shape
    body = _members(shape, result) if shape is not None else ""
    if operation.service_model.metadata.get("protocol") == "ec2":
        return f"<{name}Response><requestId>{request_id}</requestId>{body}</{name}Response>"
    wrapper = shape.serialization.get("resultWrapper", f"{name}Result") if shape is not None else ""
    inner = f"<{wrapper}>{body}</{wrapper}>" if wrapper else ""
    space = operation.service_model.metadata.get("xmlNamespace", "")
    meta = f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    return f'<{name}Response xmlns="{space}">{inner}{meta}</{name}Response>'


def ec2_error_xml(error: AwsError, request_id: str) -> str:
    """An error as EC2 writes it."""
    detail = f"<Code>{error.code}</Code><Message>{escape(error.message)}</Message>"
    return f"<Response><Errors><Error>{detail}</Error></Errors><RequestID>{request_id}</RequestID></Response>"


def error_xml(error: AwsError, request_id: str) -> str:
    """An error as the Query protocol writes it."""
    kind = "Sender" if error.status < 500 else "Receiver"
    detail = f"<Type>{kind}</Type><Code>{error.code}</Code><Message>{escape(error.message)}</Message>"
    return f"<ErrorResponse><Error>{detail}</Error><RequestId>{request_id}</RequestId></ErrorResponse>"


def _members(shape: Any, value: dict[str, Any]) -> str:
    return "".join(
        _write(member, str(member.serialization.get("name", name)), value[name])
        for name, member in shape.members.items()
        if value.get(name) is not None
    )


def _write(shape: Any, tag: str, value: Any) -> str:
    if shape.type_name == "structure":
        return f"<{tag}>{_members(shape, value)}</{tag}>"
    if shape.type_name == "list":
        items = "".join(_write(shape.member, _item_name(shape), item) for item in value)
        return f"<{tag}>{items}</{tag}>"
    return f"<{tag}>{_text(value)}</{tag}>"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return escape(str(value))
