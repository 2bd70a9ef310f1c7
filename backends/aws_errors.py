"""AWS's errors, made ours in one place."""

from collections.abc import Mapping
from typing import Any, cast

from model.ports.backend import BackendError, Fault

_FAULTS = (
    ("AccessDenied", Fault.DENIED),
    ("UnauthorizedOperation", Fault.DENIED),
    ("NotAuthorized", Fault.DENIED),
    ("ExpiredToken", Fault.DENIED),
    ("UnrecognizedClient", Fault.DENIED),
    ("InvalidClientToken", Fault.DENIED),
    ("SignatureDoesNotMatch", Fault.DENIED),
    ("MissingAuthenticationToken", Fault.DENIED),
    ("Throttl", Fault.THROTTLED),
    ("TooManyRequests", Fault.THROTTLED),
    ("RequestLimitExceeded", Fault.THROTTLED),
    ("PreconditionFailed", Fault.CONFLICT),
    ("ResourceConflict", Fault.CONFLICT),
    ("ConcurrentUpdate", Fault.CONFLICT),
    ("UpdateInProgress", Fault.CONFLICT),
    ("ServiceNotActive", Fault.CONFLICT),
    ("OptimisticLock", Fault.CONFLICT),
    ("NotFound", Fault.NOT_FOUND),
    ("Nonexistent", Fault.NOT_FOUND),
    ("NoSuch", Fault.NOT_FOUND),
    ("404", Fault.NOT_FOUND),
    ("Invalid", Fault.INVALID),
    ("Validation", Fault.INVALID),
    ("ClientException", Fault.INVALID),
    ("LimitExceeded", Fault.INVALID),
)
"""Part of an error code and what it means to a person; the first that fits decides."""

_NEXT = {
    Fault.DENIED: "Grant what `muster manifest iam` prints, or ask an AWS administrator.",
    Fault.THROTTLED: "AWS limits the rate of calls; try again in a minute.",
    Fault.CONFLICT: "Someone changed it at the same moment; type the command again for a fresh plan.",
    Fault.NOT_FOUND: "Check the names in the catalog; `muster check` says which are not there.",
    Fault.UNREACHABLE: "Check the network and the region; try again in a minute.",
}
_SILENT_AFTER_SENDING = frozenset(
    {"ReadTimeoutError", "ConnectionClosedError", "ResponseStreamingError", "IncompleteReadError"}
)


def refused(response: Mapping[str, Any], service: str, operation: str) -> BackendError:
    """What AWS answered. An answer of 5xx leaves open whether the call took effect."""
    said = cast(Mapping[str, str], response.get("Error", {}))
    code = said.get("Code", "")
    fault = next((fault for part, fault in _FAULTS if part in code), Fault.FAILED)
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    what = f"AWS refused {service}:{camel(operation)}: {said.get('Message') or code or status}"
    next_step = _NEXT.get(fault, "See the message; nothing else of this plan was sent.")
    return BackendError(fault, what, next_step, sent=status >= 500 and fault is not Fault.THROTTLED)


def unanswered(error: Exception, service: str, region: str) -> BackendError:
    """AWS did not answer, or the call never left: a missing credential, a name that does not resolve."""
    name = type(error).__name__
    if "Credential" in name or "Token" in name:
        what = f"There are no usable AWS credentials ({name})."
        return BackendError(Fault.DENIED, what, "Give the process a role or keys.")
    if "ParamValidation" in name:
        return BackendError(Fault.INVALID, f"AWS {service} does not take this: {error}", "Report this.")
    what = f"AWS {service} in {region} did not answer: {name}."
    sent = name in _SILENT_AFTER_SENDING
    return BackendError(Fault.UNREACHABLE, what, _NEXT[Fault.UNREACHABLE], sent=sent)


def camel(operation: str) -> str:
    """`update_service` as AWS writes it: `UpdateService`."""
    return "".join(word.capitalize() for word in operation.split("_"))
