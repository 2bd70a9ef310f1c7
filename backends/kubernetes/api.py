"""Kubernetes' REST API through the official client's connection, errors made ours."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (the generated client is untyped)

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Any, Literal, cast

from backends.kubernetes.target import Json
from model.extras import extra
from model.ports.backend import BackendError, Fault

MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
JSON_PATCH = "application/json-patch+json"
JSON = "application/json"

_FAULTS = {
    400: Fault.INVALID,
    401: Fault.DENIED,
    403: Fault.DENIED,
    404: Fault.NOT_FOUND,
    409: Fault.CONFLICT,
    410: Fault.CONFLICT,
    422: Fault.INVALID,
    429: Fault.THROTTLED,
}
_NEXT = {
    Fault.DENIED: "Grant what `muster manifest rbac` prints.",
    Fault.NOT_FOUND: "Check the names in the catalog; `muster check` says which are not there.",
    Fault.CONFLICT: "Someone changed it at the same moment; type the command again for a fresh plan.",
    Fault.THROTTLED: "The API server limits the rate of calls; try again in a minute.",
    Fault.UNREACHABLE: "Check the API server's address and the network.",
}
_ATTEMPTS = 5
_LONGEST_WAIT_S = 5.0


class KubernetesApi:
    """One cluster. The client library is imported at the first call.

    url and token: the API server itself; without them `context` of the kubeconfig, or the pod's own account.
    """

    def __init__(
        self,
        url: str | None,
        token: str | None,
        kubeconfig: Path | None,
        context: str,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        user_agent: str = "muster",
    ) -> None:
        self._url, self._token, self._kubeconfig, self._context = url, token, kubeconfig, context
        self._sleep, self._user_agent = sleep, user_agent
        self._client: Any = None
        self._making = asyncio.Lock()

    async def get(self, path: str, **query: str) -> Json:
        """Read one object or a list. Raises BackendError."""
        return await self._json("GET", path, query, None, JSON)

    async def text(self, path: str, **query: str) -> bytes:
        """Read what is no JSON, such as a log. Raises BackendError."""
        response = await self._send("GET", path, query, None, JSON)
        try:
            raw = cast(bytes, await response.read())
        except _trouble() as error:
            raise _silent(error, sent=False) from error
        if response.status >= 400:
            raise _refused(response.status, raw)
        return raw

    async def patch(self, path: str, body: Json | list[Json], kind: str) -> Json:
        """Patch an object; `kind` is one of MERGE, STRATEGIC and JSON_PATCH. Raises BackendError."""
        return await self._json("PATCH", path, {"fieldManager": "muster"}, body, kind)

    async def create(self, path: str, body: Json) -> Json:
        """Create an object under the path of its kind. Raises BackendError."""
        return await self._json("POST", path, {"fieldManager": "muster"}, body, JSON)

    async def delete(self, path: str, options: Json) -> Json:
        """Delete an object; `options` are DeleteOptions. Raises BackendError."""
        return await self._json("DELETE", path, {}, options, JSON)

    async def may(self, verb: str, group: str, resource: str, namespace: str, name: str = "") -> bool:
        """Whether this account may do that, to every object or to `name` (SelfSubjectAccessReview).

        Raises BackendError.
        """
        asked = {"verb": verb, "group": group, "resource": resource, "namespace": namespace, "name": name}
        body: Json = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": asked},
        }
        path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        answer = await self._json("POST", path, {}, body, JSON)
        return bool(answer["status"].get("allowed"))

    async def changed(
        self, path: str, version: str, field: str, wait_s: float
    ) -> Literal["changed", "quiet", "ended"]:
        """Wait until what `field` selects changes after resource version `version`, at most `wait_s`.

        An expired version counts as a change: what it was has to be read again. `ended`: the server
        closed the watch. Raises BackendError.
        """
        query = {"watch": "true", "fieldSelector": field, "resourceVersion": version}
        query["timeoutSeconds"] = str(max(1, round(wait_s + 1)))
        try:
            async with asyncio.timeout(wait_s):
                async for _ in self._lines(path, query):
                    return "changed"
        except TimeoutError:
            return "quiet"
        except BackendError as error:
            if error.fault is Fault.CONFLICT:
                return "changed"
            raise
        return "ended"

    async def close(self) -> None:
        """Give back the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _lines(self, path: str, query: dict[str, str]) -> AsyncGenerator[bytes]:
        response = await self._send("GET", path, query, None, JSON)
        try:
            if response.status != 200:
                raise _refused(response.status, await response.read())
            async for line in response.response.content:
                yield line
        except _trouble() as error:
            raise _silent(error, sent=False) from error
        finally:
            response.response.close()

    async def _json(
        self, method: str, path: str, query: dict[str, str], body: Json | list[Json] | None, content: str
    ) -> Json:
        """Send it, again while the server asks to wait (which is before it does anything)."""
        for attempt in range(1, _ATTEMPTS + 1):
            response = await self._send(method, path, query, body, content)
            try:
                text = await response.read()
            except _trouble() as error:
                raise _silent(error, sent=method != "GET") from error
            if response.status == 429 and attempt < _ATTEMPTS:
                await self._sleep(_wait_s(response.headers.get("Retry-After")))
                continue
            if response.status >= 400:
                raise _refused(response.status, text)
            return _read(text)
        raise AssertionError("the last attempt returns or raises")

    async def _send(
        self, method: str, path: str, query: dict[str, str], body: Json | list[Json] | None, content: str
    ) -> Any:
        client = await self._connected()
        made = await client.param_serialize(
            method,
            path,
            query_params=list(query.items()),
            header_params={"Accept": JSON, "Content-Type": content},
            body=body,
            auth_settings=["BearerToken"],
        )
        try:
            return await client.call_api(*made, _request_timeout=30)
        except _trouble() as error:
            raise _silent(error, sent=method != "GET" and not _never_left(error)) from error

    async def _connected(self) -> Any:
        async with self._making:
            if self._client is None:
                self._client = await self._make()
        return self._client

    async def _make(self) -> Any:
        client, config = await asyncio.to_thread(_library)
        settings = client.Configuration()
        if self._url:
            settings.host = self._url
            settings.api_key = {"BearerToken": self._token or ""}
            settings.api_key_prefix = {"BearerToken": "Bearer"}
        elif self._kubeconfig or not _in_cluster():
            path = str(self._kubeconfig) if self._kubeconfig else None
            try:
                await config.load_kube_config(path, self._context or None, settings)
            except (config.ConfigException, OSError) as error:
                what = f"There is no usable kubeconfig: {error}"
                next_step = "Set MUSTER_KUBECONFIG or MUSTER_KUBE_API_URL."
                raise BackendError(Fault.DENIED, what, next_step) from error
        else:
            config.load_incluster_config(settings)
        made = client.ApiClient(settings)
        made.user_agent = self._user_agent
        return made


def _library() -> tuple[Any, Any]:
    """The client library, which takes a second to import: not on the loop. Raises NotInstalled."""
    with extra("kubernetes"):
        from kubernetes.aio import client, config
    return client, config


def _trouble() -> tuple[type[Exception], ...]:
    """What the client raises when the server cannot be reached or falls silent."""
    import aiohttp

    return (aiohttp.ClientError, TimeoutError, OSError)


def _never_left(error: Exception) -> bool:
    import aiohttp

    return isinstance(error, aiohttp.ClientConnectorError)


def _silent(error: Exception, *, sent: bool) -> BackendError:
    what = f"The Kubernetes API server did not answer: {type(error).__name__}."
    return BackendError(Fault.UNREACHABLE, what, _NEXT[Fault.UNREACHABLE], sent=sent)


def _wait_s(said: str | None) -> float:
    return min(float(said), _LONGEST_WAIT_S) if said and said.isdigit() else 1.0


def _read(text: bytes) -> Json:
    try:
        return cast(Json, json.loads(text))
    except ValueError as error:
        what = "The Kubernetes API server answered with something that is not JSON."
        raise BackendError(Fault.FAILED, what, "Check the API server's address.", sent=True) from error


def _refused(status: int, text: bytes) -> BackendError:
    said = text.decode(errors="replace")
    try:
        said = str(json.loads(text).get("message") or said)
    except (ValueError, AttributeError):
        said = said or f"status {status}"
    fault = _FAULTS.get(status, Fault.FAILED)
    next_step = _NEXT.get(fault, "See the message; nothing else of this plan was sent.")
    return BackendError(fault, f"Kubernetes refused it: {said[:500]}", next_step, sent=status >= 500)


def _in_cluster() -> bool:
    """Whether this process runs in a pod with a service account."""
    return Path("/var/run/secrets/kubernetes.io/serviceaccount/token").exists()
