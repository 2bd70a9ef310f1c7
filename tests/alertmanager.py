"""An Alertmanager on loopback that posts to one address, as the system's own program (Debian:
`prometheus-alertmanager`) does.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import httpx
import yaml

from playground.programs import find, free_port, place, running

PACKAGE = "prometheus-alertmanager"


@dataclass(frozen=True)
class AlertmanagerServer:
    """A running server."""

    url: str

    async def post(
        self, labels: dict[str, str], summary: str, starts: datetime, ends: datetime | None = None
    ) -> None:
        """What Prometheus posts of one alert (`POST /api/v2/alerts`). ends: when it was over, if it is."""
        alert = {"labels": labels, "annotations": {"summary": summary}, "startsAt": starts.isoformat()}
        alert |= {"endsAt": ends.isoformat()} if ends else {}
        async with httpx.AsyncClient(base_url=self.url) as http:
            (await http.post("/api/v2/alerts", json=[alert])).raise_for_status()


@asynccontextmanager
async def started(
    hook: str, token: str, group_by: Sequence[str] = ("alertname",)
) -> AsyncGenerator[AlertmanagerServer]:
    """Start it. hook: where it posts, with the token. Raises NotHere and WouldNotStart."""
    program, port = find("prometheus-alertmanager", PACKAGE), free_port()
    config = {
        "route": {
            "receiver": "muster",
            "group_by": list(group_by),
            "group_wait": "0s",
            "group_interval": "1s",
            "repeat_interval": "1h",
        },
        "receivers": [
            {
                "name": "muster",
                "webhook_configs": [
                    {
                        "url": hook,
                        "send_resolved": True,
                        "http_config": {"authorization": {"credentials": token}},
                    }
                ],
            }
        ],
    }
    async with place("alertmanager") as where:
        arguments = (
            f"--config.file={where.write('alertmanager.yml', yaml.safe_dump(config))}",
            f"--storage.path={where.folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
        )
        url = f"http://127.0.0.1:{port}"
        async with running(where, program, *arguments, answers=lambda: _is_ready(url)):
            yield AlertmanagerServer(url)


async def _is_ready(url: str) -> bool:
    async with httpx.AsyncClient() as http:
        try:
            return (await http.get(f"{url}/-/ready")).status_code == 200
        except httpx.HTTPError:
            return False
