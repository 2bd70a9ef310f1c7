"""The routes of the local Slack."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from playground.slack.courier import Courier
from playground.slack.file_urls import FileUrls
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

    routes: list[BaseRoute] = [
        Route("/api/{method}", gate.answer, methods=["GET", "POST"]),
        Route("/response/{team}/{key}", urls.answer, methods=["POST"]),
        WebSocketRoute("/link/", courier.sockets.serve),
        *page.routes(),
        *FileUrls(workspace).routes(),
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
