"""The addresses of files: where their bytes are sent, and where those who may see them fetch them."""

from collections.abc import Iterator
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from playground.slack.blocks import file_id, message_blocks, slack_files
from playground.slack.stored_file import StoredFile
from playground.slack.workspace import Workspace
from playground.slack.written import Json, objects

# What a file holds is never run in the page's own origin.
INERT = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}


class FileUrls:
    """Serves uploads and downloads for one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._uploads = 0

    def routes(self) -> list[BaseRoute]:
        """Where Slack's upload addresses and `url_private` lead."""
        return [
            Route("/upload/v1/{file_id}", self.upload, methods=["POST"]),
            Route("/files-pri/{key}/download/{name:path}", self.download),
            Route("/files-pri/{key}/{name:path}", self.show),
        ]

    async def upload(self, request: Request) -> Response:
        """Take the bytes, raw or as a multipart form; the address itself is the permission."""
        if self._fails():
            return PlainTextResponse("server error", status_code=500)
        file = self.workspace.files.get(request.path_params["file_id"])
        if file is None or file.is_complete:
            return PlainTextResponse("no such upload", status_code=404)
        content = _content(request.headers.get("content-type", ""), await request.body())
        if len(content) != file.size:
            return PlainTextResponse("the length is not what was announced", status_code=400)
        file.content = content
        return PlainTextResponse(f"OK - {len(content)}")

    async def show(self, request: Request) -> Response:
        """The file, to look at."""
        return self._serve(request, "inline")

    async def download(self, request: Request) -> Response:
        """The file, to save."""
        return self._serve(request, "attachment")

    def _fails(self) -> bool:
        if not self.workspace.config.faults.is_on("slack-5xx"):
            return False
        self._uploads += 1
        return self._uploads % 2 == 1

    def _serve(self, request: Request, disposition: str) -> Response:
        """Slack sends those it does not know to its sign-in page, and hides a file from those outside."""
        viewer = self._viewer(request)
        if not viewer:
            return RedirectResponse(f"/?redir={request.url.path}", status_code=302)
        file = self.workspace.files.get(request.path_params["key"].rpartition("-")[2])
        if file is None or not file.is_complete or not may_see(self.workspace, viewer, file):
            return PlainTextResponse("no such file", status_code=404)
        headers = {"Content-Disposition": disposition, "Cache-Control": "private, max-age=3600", **INERT}
        kind = f"{file.mimetype}; charset=utf-8" if file.mimetype == "text/plain" else file.mimetype
        return Response(file.content or b"", headers=headers, media_type=kind)

    def _viewer(self, request: Request) -> str:
        """Whose token or whose page it is; empty for nobody, and for a page of another site."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme == "Bearer":
            return self.workspace.holder(token, "files:read")
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return ""
        user = request.query_params.get("user", "")
        return user if user in self.workspace.people else ""


def may_see(workspace: Workspace, user: str, file: StoredFile) -> bool:
    """Whether it is theirs, or is in a message or view that they see."""
    return user == file.user or any(file.id in files_in(shown) for shown in _seen_by(workspace, user))


def files_in(content: Json) -> set[str]:
    """Ids of the files that a message or view shows, attached or in a block."""
    blocks = [block for block, _ in message_blocks(content)]
    attached = {str(file.get("id")) for file in objects(content.get("files"))}
    return attached | {file_id(place) for block in blocks for _, place in slack_files(block)}


def _seen_by(workspace: Workspace, user: str) -> Iterator[Json]:
    for room in workspace.rooms.values():
        if room.kind == "channels" or user in room.members:
            yield from room.messages.values()
    yield from workspace.ephemerals(user)
    yield from (view for owner, view in workspace.all_views() if owner == user)


def _content(kind: str, body: bytes) -> bytes:
    """The bytes of the file: the first part with a file name, or all of them."""
    if not kind.startswith("multipart/form-data"):
        return body
    parsed = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    for part in parsed.iter_parts():
        if part.get_filename() is not None:
            return cast("bytes", cast("Any", part).get_payload(decode=True))
    return b""
