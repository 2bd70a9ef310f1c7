"""A Prometheus on loopback that scrapes what the Architect API measures, with two hours of it behind it.

The program is the system's own (Debian: `prometheus`).
"""

import asyncio
import http.client
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer

import yaml

from playground.exposition import CONTENT_TYPE, history, page
from playground.programs import Place, find, free_port, place, running
from playground.traffic import NAMESPACE, PODS, Instant, families

SERVICE = "architect-api"
PACKAGE = "prometheus"
HISTORY_S = 2 * 60 * 60
STEP_S = 20
JOB = "architect-api"
INSTANCE = f"architect-api.{NAMESPACE}:8080"


def _no() -> bool:
    return False


@dataclass
class Exporter:
    """What is scraped. `is_bad` tells whether the API fails now; it may be exchanged while running."""

    now: Callable[[], datetime]
    pods: Sequence[str] = PODS
    is_bad: Callable[[], bool] = _no
    began: float = field(init=False)
    _bad_s: float = 0.0
    _last: float = field(init=False)

    def __post_init__(self) -> None:
        self._last = self.now().timestamp()
        self.began = self._last - HISTORY_S

    def page(self) -> str:
        """The metrics now."""
        at = self.now().timestamp()
        if self.is_bad():
            self._bad_s += at - self._last
        self._last = at
        return page(families(Instant(at - self.began, self._bad_s), self.pods))

    def write_history(self, path: Path) -> None:
        """What would have been scraped in the two hours until now, as promtool reads it."""
        moments = (
            (self.began + since_s, families(Instant(since_s), self.pods))
            for since_s in range(0, HISTORY_S + 1, STEP_S)
        )
        with path.open("w", encoding="utf-8") as file:
            file.writelines(history(moments, f'job="{JOB}",instance="{INSTANCE}"'))


@dataclass(frozen=True)
class PrometheusServer:
    """A running server. It belongs to no event loop, so that many tests may ask it by turns."""

    url: str
    exporter: Exporter


@asynccontextmanager
async def started(
    now: Callable[[], datetime], scrape_s: int = 5, pods: Sequence[str] = PODS
) -> AsyncGenerator[PrometheusServer]:
    """Start it, with its history. scrape_s: seconds between scrapes. Raises NotHere and WouldNotStart."""
    program, promtool = find("prometheus", PACKAGE), find("promtool", PACKAGE)
    exporter, port = Exporter(now, pods), free_port()
    async with place("prometheus") as where, _exporting(exporter) as scraped:
        await asyncio.to_thread(_backfill, where, promtool, exporter)
        async with running(
            where,
            program,
            f"--config.file={where.write('prometheus.yml', _config(scraped, scrape_s))}",
            f"--storage.tsdb.path={where.folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--log.level=warn",
            answers=lambda: asyncio.to_thread(_is_ready, port),
        ):
            yield PrometheusServer(f"http://127.0.0.1:{port}", exporter)


def _backfill(where: Place, promtool: Path, exporter: Exporter) -> None:
    past = where.folder / "history.om"
    exporter.write_history(past)
    where.run(promtool, "tsdb", "create-blocks-from", "openmetrics", past, where.folder / "data")
    past.unlink()


def _config(scraped: str, scrape_s: int) -> str:
    target = {"targets": [scraped], "labels": {"instance": INSTANCE}}
    every = f"{scrape_s}s"
    return yaml.safe_dump(
        {
            "global": {"scrape_interval": every, "scrape_timeout": every},
            "scrape_configs": [{"job_name": JOB, "static_configs": [target]}],
        }
    )


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/-/ready")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@asynccontextmanager
async def _exporting(exporter: Exporter) -> AsyncGenerator[str]:
    """Serve the exporter's page from a thread; yields `host:port`."""

    class Page(BaseHTTPRequestHandler):
        """Answers every GET with the metrics."""

        def do_GET(self) -> None:
            body = exporter.page().encode()
            self.send_response(http.client.OK)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingTCPServer(("127.0.0.1", 0), Page)  # HTTPServer would look its own name up
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        await asyncio.to_thread(server.shutdown)
        server.server_close()


@asynccontextmanager
async def furnished(
    server: PrometheusServer, is_bad: Callable[[], bool] = _no
) -> AsyncGenerator[PrometheusServer]:
    """Let the API that it watches fail as `is_bad` says, until the block ends."""
    server.exporter.is_bad = is_bad
    try:
        yield server
    finally:
        server.exporter.is_bad = _no
