"""A container registry: manifests by tag and digest, lists of tags, and tokens for who may look.

Source: OCI distribution specification 1.1 and the token authentication specification of the Distribution
project: without a token 401 with where to get one; HEAD of a manifest with its digest; 404 with
MANIFEST_UNKNOWN.
"""

import base64
import hashlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from playground.listening import listening

USER, PASSWORD, _TOKEN = "muster", "registry-password", "registry-token"
MEDIA = "application/vnd.oci.image.manifest.v1+json"


def digest_of(content: str) -> str:
    """The digest of a manifest."""
    return f"sha256:{hashlib.sha256(content.encode()).hexdigest()}"


@dataclass
class RunningRegistry:
    """The running server. images: repository → tag → manifest. calls: method and path of each request.

    realm: where it sends for tokens, if not to itself.
    """

    images: dict[str, dict[str, str]]
    url: str = ""
    realm: str = ""
    calls: list[str] = field(default_factory=list[str])

    @property
    def setting(self) -> str:
        """The address with user and password in it."""
        return self.url.replace("://", f"://{USER}:{PASSWORD}@")

    def push(self, repository: str, tag: str, content: str) -> str:
        """Let a tag point to this manifest; gives its digest."""
        self.images.setdefault(repository, {})[tag] = content
        return digest_of(content)

    def app(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route("/token", self._token),
                Route("/v2/{name:path}/manifests/{reference}", self._manifest, methods=["GET", "HEAD"]),
                Route("/v2/{name:path}/tags/list", self._tags),
            ]
        )

    async def _token(self, request: Request) -> Response:
        said = request.headers.get("authorization", "")
        wanted = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if said != f"Basic {wanted}" or not request.query_params.get("scope"):
            return JSONResponse({"errors": [{"code": "UNAUTHORIZED"}]}, 401)
        return JSONResponse({"token": _TOKEN, "expires_in": 300})

    def _refused(self, request: Request) -> Response | None:
        self.calls.append(f"{request.method} {request.url.path}")
        if request.headers.get("authorization") == f"Bearer {_TOKEN}":
            return None
        scope = f"repository:{request.path_params['name']}:pull"
        realm = self.realm or f"{self.url}/token"
        wants = f'Bearer realm="{realm}",service="registry",scope="{scope}"'
        return JSONResponse({"errors": [{"code": "UNAUTHORIZED"}]}, 401, {"WWW-Authenticate": wants})

    async def _manifest(self, request: Request) -> Response:
        if (refused := self._refused(request)) is not None:
            return refused
        tags, wanted = self.images.get(request.path_params["name"], {}), request.path_params["reference"]
        known = {**tags, **{digest_of(one): one for one in tags.values()}}
        if wanted not in known:
            return JSONResponse({"errors": [{"code": "MANIFEST_UNKNOWN"}]}, 404)
        headers = {"Docker-Content-Digest": digest_of(known[wanted])}
        return Response(known[wanted], media_type=MEDIA, headers=headers)

    async def _tags(self, request: Request) -> Response:
        if (refused := self._refused(request)) is not None:
            return refused
        name = request.path_params["name"]
        return JSONResponse({"name": name, "tags": sorted(self.images.get(name, {}))})


@asynccontextmanager
async def serving_registry() -> AsyncGenerator[RunningRegistry]:
    """An empty one, until the block ends."""
    running = RunningRegistry({})
    async with listening(running.app()) as url:
        running.url = url
        yield running
