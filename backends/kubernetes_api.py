"""Kubernetes' REST API through the official client's connection, errors made ours."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (the generated client is untyped)

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, cast

from model.backend import BackendError, Fault

Json = dict[str, Any]

MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"

_FAULTS = {
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
_ATTEMPTS = 4


class KubernetesApi:
    """One cluster. The client library is imported at the first call."""

    def __init__(self, url: str | None, token: str | None, kubeconfig: Path | None, context: str) -> None:
        self._url, self._token, self._kubeconfig, self._context = url, token, kubeconfig, context
        self._client: Any = None
        self._making = asyncio.Lock()

    async def get(self, path: str, **query: str) -> Json:
        """Read one object or a list. Raises BackendError."""
        return await self._json("GET", path, query, None, "application/json")

    async def patch(self, path: str, body: Json, kind: str, **query: str) -> Json:
        """Patch an object; `kind` is one of MERGE and STRATEGIC. Raises BackendError."""
        return await self._json("PATCH", path, query, body, kind)

    async def post(self, path: str, body: Json) -> Json:
        """Create an object. Raises BackendError."""
        return await self._json("POST", path, {}, body, "application/json")

    async def delete(self, path: str, **query: str) -> Json:
        """Delete an object. Raises BackendError."""
        return await self._json("DELETE", path, query, None, "application/json")

    async def changed(self, path: str, version: str, field: str, wait_s: float) -> None:
        """Return when the object that `field` selects has changed since `version`, or after `wait_s`."""
        query = {
            "watch": "true",
            "fieldSelector": field,
            "resourceVersion": version,
            "timeoutSeconds": str(max(1, round(wait_s + 1))),
        }
        try:
            async with asyncio.timeout(wait_s):
                async for _ in self._lines(path, query):
                    return
        except TimeoutError:
            return

    async def close(self) -> None:
        """Give back the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _lines(self, path: str, query: dict[str, str]) -> AsyncGenerator[bytes]:
        response = await self._send("GET", path, query, None, "application/json")
        try:
            if response.status != 200:
                raise await _refused(response)
            async for line in response.response.content:
                yield line
        finally:
            response.response.close()

    async def _json(
        self, method: str, path: str, query: dict[str, str], body: Json | None, content: str
    ) -> Json:
        for attempt in range(_ATTEMPTS):
            response = await self._send(method, path, query, body, content)
            if response.status == 429 and attempt + 1 < _ATTEMPTS:
                wait_s = float(response.headers.get("Retry-After") or 1)
                response.response.release()
                await asyncio.sleep(min(wait_s, 5))
                continue
            if response.status >= 400:
                raise await _refused(response)
            return cast(Json, json.loads(await response.read()))
        raise AssertionError("the last attempt returns or raises")

    async def _send(
        self, method: str, path: str, query: dict[str, str], body: Json | None, content: str
    ) -> Any:
        import aiohttp

        client = await self._connected()
        made = await client.param_serialize(
            method,
            path,
            query_params=list(query.items()),
            header_params={"Accept": "application/json", "Content-Type": content, "User-Agent": "muster"},
            body=body,
            auth_settings=["BearerToken"],
        )
        try:
            return await client.call_api(*made, _request_timeout=30)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            sent = not isinstance(error, aiohttp.ClientConnectorError)
            what = f"The Kubernetes API server did not answer: {type(error).__name__}."
            fault = Fault.UNREACHABLE
            raise BackendError(fault, what, _NEXT[fault], sent=sent and method != "GET") from error

    async def _connected(self) -> Any:
        async with self._making:
            if self._client is None:
                self._client = await self._make()
        return self._client

    async def _make(self) -> Any:
        from kubernetes.aio import client, config

        settings = client.Configuration()
        if self._url:
            settings.host = self._url
            settings.api_key = {"BearerToken": self._token or ""}
            settings.api_key_prefix = {"BearerToken": "Bearer"}
        elif self._kubeconfig or not _in_cluster():
            path = str(self._kubeconfig) if self._kubeconfig else None
            try:
                await config.load_kube_config(path, self._context or None, settings)
            except config.ConfigException as error:
                what = f"There is no usable kubeconfig: {error}"
                raise BackendError(
                    Fault.DENIED, what, "Set MUSTER_KUBECONFIG or MUSTER_KUBE_API_URL."
                ) from error
        else:
            config.load_incluster_config(settings)
        return client.ApiClient(settings)


def _in_cluster() -> bool:
    """Whether this process runs in a pod with a service account."""
    return Path("/var/run/secrets/kubernetes.io/serviceaccount/token").exists()


async def _refused(response: Any) -> BackendError:
    text = (await response.read()).decode(errors="replace")
    try:
        said = str(json.loads(text).get("message") or text)
    except ValueError:
        said = text
    fault = _FAULTS.get(response.status, Fault.FAILED)
    next_step = _NEXT.get(fault, "See the message; nothing else of this plan was sent.")
    return BackendError(fault, f"Kubernetes refused it: {said[:500]}", next_step, sent=response.status >= 500)
