"""Container registries over HTTP: what a tag points to now, by the OCI distribution specification.

Only registries that a setting names are asked, at the address that stands there: the name of an image, which
whoever may write to a cluster chooses, makes Muster call nobody else. Tokens are fetched from the realm that
the registry names, where its host is the registry's own or one of the setting's.

Source: OCI distribution specification 1.1 (HEAD of manifests, `Docker-Content-Digest`, tag lists) and the
token authentication specification of the Distribution project (`WWW-Authenticate: Bearer`, `token` or
`access_token` in the answer).
"""

import asyncio
import hashlib
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from model.images import ImageName
from model.language.near import nearest
from model.ports.images import Found, Looked, Missing, NotAsked

if TYPE_CHECKING:
    import httpx

LONGEST_S = 5.0
"""Seconds for everything that is asked about one image."""

LONGEST_BODY = 1_000_000
"""Bytes of an answer that are read; a manifest or token that is longer is none."""

MOST_TAGS = 1_000

_ACCEPT = ", ".join(
    (
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    )
)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_PARAMETER = re.compile(r'(\w+)="([^"]*)"')


class _Silent(Exception):
    """The registry says nothing that can be used; why, as a clause."""


class OciRegistries:
    """Asks registries. urls: host as image names say it → `https://user:password@host` to ask there."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = {host.casefold(): url for host, url in urls.items()}
        self._http: httpx.AsyncClient | None = None

    async def close(self) -> None:
        """Give back the connections."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def look(self, name: ImageName, reference: str) -> Looked:
        """What a tag or digest is now. Never raises."""
        if name.host not in self._urls:
            return NotAsked(f"{name.host} is not among MUSTER_IMAGE_REGISTRIES")
        import httpx

        try:
            async with asyncio.timeout(LONGEST_S):
                return await self._look(name, reference)
        except TimeoutError:
            return NotAsked(f"{name.host} does not answer within {LONGEST_S:g} s")
        except httpx.HTTPError as error:
            return NotAsked(f"{name.host} does not answer ({type(error).__name__})")
        except _Silent as silent:
            return NotAsked(f"{name.host} {silent}")

    async def _look(self, name: ImageName, reference: str) -> Looked:
        path = f"/v2/{name.repository}/manifests/{reference}"
        status, headers, _ = await self._ask(name, "HEAD", path)
        if status == 404:
            return Missing(await self._near(name, reference))
        _must_be_ok(status)
        digest = str(headers.get("docker-content-digest") or "")
        if not digest:
            status, headers, body = await self._ask(name, "GET", path)
            _must_be_ok(status)
            digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
        if not _DIGEST.fullmatch(digest):
            raise _Silent("gives no digest of the kind sha256")
        return Found(digest)

    async def _near(self, name: ImageName, reference: str) -> tuple[str, ...]:
        """Tags that are like it, else some that there are; none where they may not be listed."""
        path = f"/v2/{name.repository}/tags/list?n={MOST_TAGS}"
        status, _, body = await self._ask(name, "GET", path)
        if status != 200:
            return ()
        tags = [str(one) for one in cast(list[object], _read(body).get("tags") or [])]
        return nearest(reference, tags) or tuple(tags[-3:])

    async def _ask(self, name: ImageName, method: str, path: str) -> tuple[int, Mapping[str, str], bytes]:
        """Ask, and once more with what the registry wants to see."""
        base, credentials = self._address(name)
        answer = await self._send(method, f"{base}{path}", {"Accept": _ACCEPT}, None)
        if answer[0] != 401:
            return answer
        wants = str(answer[1].get("www-authenticate") or "")
        scheme, _, rest = wants.partition(" ")
        headers = {"Accept": _ACCEPT}
        if scheme.casefold() == "basic" and credentials:
            return await self._send(method, f"{base}{path}", headers, credentials)
        if scheme.casefold() != "bearer":
            raise _Silent("wants to know who asks, and its user and password are not set")
        headers["Authorization"] = (
            f"Bearer {await self._token(base, dict(_PARAMETER.findall(rest)), credentials)}"
        )
        return await self._send(method, f"{base}{path}", headers, None)

    async def _token(self, base: str, wants: Mapping[str, str], credentials: tuple[str, str] | None) -> str:
        realm = wants.get("realm", "")
        known = {urlsplit(base).netloc, *(_bare(url)[1] for url in self._urls.values()), *self._urls}
        parts = urlsplit(realm)
        if parts.scheme not in {"https", urlsplit(base).scheme} or parts.netloc not in known:
            raise _Silent(
                f"sends for a token to {parts.netloc[:80]}, which is not among MUSTER_IMAGE_REGISTRIES"
            )
        import httpx

        query = {key: wants[key] for key in ("service", "scope") if key in wants}
        url = str(httpx.URL(realm).copy_merge_params(query))
        status, _, body = await self._send("GET", url, {}, credentials)
        found = _read(body) if status == 200 else {}
        token = str(found.get("token") or found.get("access_token") or "")
        if not token:
            raise _Silent("gives no token for it; its user and password may be wrong")
        return token

    async def _send(
        self, method: str, url: str, headers: Mapping[str, str], credentials: tuple[str, str] | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        """One request. Redirects are not followed: they might lead anywhere."""
        import httpx

        if self._http is None:
            self._http = httpx.AsyncClient(timeout=LONGEST_S, trust_env=False)
        auth = httpx.BasicAuth(*credentials) if credentials else None
        body = bytearray()
        sent = self._http.stream(method, url, headers=dict(headers), auth=auth, follow_redirects=False)
        async with sent as answer:
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) > LONGEST_BODY:
                    raise _Silent("answers more than is read")
        return answer.status_code, answer.headers, bytes(body)

    def _address(self, name: ImageName) -> tuple[str, tuple[str, str] | None]:
        scheme, netloc, credentials = _bare(self._urls[name.host])
        return f"{scheme}://{netloc}", credentials


def _bare(url: str) -> tuple[str, str, tuple[str, str] | None]:
    """Scheme, host with port, and user and password of an address."""
    parts = urlsplit(url)
    who = (parts.username or "", parts.password or "") if parts.username else None
    return parts.scheme, parts.netloc.rpartition("@")[2], who


def _must_be_ok(status: int) -> None:
    if status in {401, 403}:
        raise _Silent("does not let Muster look")
    if status != 200:
        raise _Silent(f"answers {status}")


def _read(body: bytes) -> dict[str, object]:
    try:
        found: object = json.loads(body)
    except ValueError as error:
        raise _Silent("answers something that is not JSON") from error
    return cast(dict[str, object], found) if isinstance(found, dict) else {}
