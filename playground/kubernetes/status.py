"""Refusals, in the Status objects that Kubernetes clients understand."""

from dataclasses import dataclass, field

from playground.kubernetes.resources import Json, Resource

REASONS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    410: "Expired",
    415: "UnsupportedMediaType",
    422: "Invalid",
    429: "TooManyRequests",
    504: "Timeout",
}


@dataclass(eq=False)
class Refusal(Exception):
    """An answer with an HTTP error code; `body()` is the Status object sent with it."""

    code: int
    message: str
    reason: str = ""
    details: Json = field(default_factory=Json)

    def __str__(self) -> str:
        return f"{self.code} {self.message}"

    def body(self) -> Json:
        """The `v1` Status object of this refusal."""
        status: Json = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason or REASONS[self.code],
            "code": self.code,
        }
        if self.details:
            status["details"] = self.details
        return status


def not_found(resource: Resource, name: str) -> Refusal:
    """404 for an object that is not there."""
    return Refusal(404, f'{resource.group_resource} "{name}" not found', details=_details(resource, name))


def no_such_path() -> Refusal:
    """404 for a path that no resource is served at."""
    return Refusal(404, "the server could not find the requested resource")


def already_exists(resource: Resource, name: str) -> Refusal:
    """409 for creating what exists."""
    message = f'{resource.group_resource} "{name}" already exists'
    return Refusal(409, message, "AlreadyExists", _details(resource, name))


def conflict(resource: Resource, name: str, why: str = "") -> Refusal:
    """409 for writing over someone else's change."""
    why = why or (
        "the object has been modified; please apply your changes to the latest version and try again"
    )
    message = f'Operation cannot be fulfilled on {resource.group_resource} "{name}": {why}'
    return Refusal(409, message, details=_details(resource, name))


@dataclass(frozen=True)
class Cause:
    """One thing that is wrong with a field of a submitted object."""

    field: str
    message: str
    reason: str = "FieldValueInvalid"

    @classmethod
    def invalid(cls, path: str, value: object, why: str) -> "Cause":
        """The value is there and cannot be."""
        shown = f'"{value}"' if isinstance(value, str) else f"{value}"
        return cls(path, f"Invalid value: {shown}: {why}")

    @classmethod
    def required(cls, path: str, why: str = "") -> "Cause":
        """The value is missing."""
        return cls(path, f"Required value: {why}" if why else "Required value", "FieldValueRequired")

    @classmethod
    def unsupported(cls, path: str, value: object, allowed: tuple[str, ...]) -> "Cause":
        """The value is none of the few that exist."""
        choices = ", ".join(f'"{one}"' for one in allowed)
        shown = f'"{value}"' if isinstance(value, str) else f"{value}"
        message = f"Unsupported value: {shown}: supported values: {choices}"
        return cls(path, message, "FieldValueNotSupported")


def invalid(resource: Resource, name: str, causes: list[Cause], kind: str = "", group: str = "") -> Refusal:
    """422 with every cause; `kind` and `group` where they differ from the resource's (Scale)."""
    listed = [f"{cause.field}: {cause.message}" for cause in causes]
    text = listed[0] if len(listed) == 1 else f"[{', '.join(listed)}]"
    group_kind = f"{kind}.{group}" if kind else resource.group_kind
    details: Json = {
        "name": name,
        "group": group or resource.group,
        "kind": kind or resource.kind,
        "causes": [{"reason": one.reason, "message": one.message, "field": one.field} for one in causes],
    }
    return Refusal(422, f'{group_kind} "{name}" is invalid: {text}', details=details)


def expired(message: str) -> Refusal:
    """410 for a resourceVersion or continue token from too long ago."""
    return Refusal(410, message)


def _details(resource: Resource, name: str) -> Json:
    details: Json = {"name": name, "kind": resource.plural}
    if resource.group:
        details["group"] = resource.group
    return details
