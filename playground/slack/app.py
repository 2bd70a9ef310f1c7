"""The routes of the local Slack."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from playground.slack.courier import Courier
from playground.slack.page_api import PageApi
from playground.slack.response_url import ResponseUrls
from playground.slack.web.gate import Gate
from playground.slack.web.method import Desk
from playground.slack.web.pace import Buckets
from playground.slack.workspace import Workspace

PAGE = Path(__file__).parent.parent / "page"


def build(workspace: Workspace, courier: Courier, urls: ResponseUrls) -> Starlette:
    """An ASGI app for this workspace."""
    gate = Gate(Desk(workspace, courier), Buckets(workspace.config.pace, workspace.now))
    page = PageApi(workspace, courier, urls)

    async def upload(request: Request) -> Response:
        file_id = request.path_params["file_id"]
        if file_id not in workspace.files:
            return PlainTextResponse("no such upload", status_code=404)
        body = await request.body()
        if len(body) != workspace.files[file_id]["size"]:
            return PlainTextResponse("the length is not what was announced", status_code=400)
        workspace.file_bytes[file_id] = body
        return PlainTextResponse(f"OK - {len(body)}")

    async def download(request: Request) -> Response:
        file = workspace.files.get(request.path_params["file_id"])
        if file is None or file["id"] not in workspace.file_bytes:
            return PlainTextResponse("no such file", status_code=404)
        return Response(workspace.file_bytes[file["id"]], media_type=file.get("mimetype"))

    routes: list[BaseRoute] = [
        Route("/api/{method}", gate.answer, methods=["GET", "POST"]),
        Route("/response/{team}/{key}", urls.answer, methods=["POST"]),
        Route("/upload/v1/{file_id}", upload, methods=["POST"]),
        Route("/files/{file_id}", download),
        WebSocketRoute("/link/", courier.sockets.serve),
        *page.routes(),
    ]

    async def enter(request: Request) -> Response:
        """An address that names nobody comes in as the first person there is."""
        if request.query_params.get("user") in workspace.people:
            return FileResponse(PAGE / "index.html")
        people = (user.id for user in workspace.people.values() if not user.is_bot)
        return RedirectResponse(f"/?user={next(people, '')}")

    if PAGE.is_dir():
        routes.append(Route("/", enter))
        routes.append(Mount("/", StaticFiles(directory=PAGE, html=True)))
    return Starlette(routes=routes)
