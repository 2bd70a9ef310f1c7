"""`muster demo`: the whole thing on this machine, without an account anywhere."""

import asyncio
import contextlib
import signal
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import chain
from pathlib import Path

import commands
from bot.app import Muster
from bot.cli.grants import iam_policies, rbac_roles
from bot.cli.manifest import slack_manifest
from bot.clock import utc_now
from bot.configured import slash_of
from bot.examples import CATALOG
from bot.serve import serving
from bot.settings import Settings
from model.slash import slash
from playground.architect import RunningArchitect
from playground.environment import Environment, Plan, running_environment
from playground.slack import Pace

POLL_S = 0.5
AUTOSCALER_S = 25.0


@asynccontextmanager
async def demo(port: int, pace_s: float, data_dir: Path) -> AsyncGenerator[tuple[Environment, Muster]]:
    """The playground with a Muster in it, talking over HTTP only, with the rights that Muster prints."""
    catalog, registry = Settings(catalog=CATALOG), commands.registry()
    here = slash_of(catalog, registry)
    plan = Plan(
        manifest=slack_manifest(registry, "http://127.0.0.1/slack/events", here),
        now=utc_now,
        pace_s=pace_s,
        slack_pace=Pace(posts_per_s=2.0, burst=10),
        port=port,
        autoscaler_after_s=AUTOSCALER_S,
        architect="start",
        iam=tuple(chain.from_iterable(iam_policies(catalog).values())),
        rbac=rbac_roles(catalog),
    )
    async with running_environment(plan) as place:
        settings = Settings(
            **place.settings(),
            catalog=CATALOG,
            data_dir=data_dir,
            port=0,
            admin_port=0,
            watch_poll_s=POLL_S,
            post_every_s=0.4,
        )
        async with serving(settings) as (running, ports):
            place.slack.request_url = f"http://127.0.0.1:{ports.slack}/slack/events"
            yield place, running


async def run(port: int, pace_s: float, data: Path | None) -> None:
    """Run the demo until it is interrupted."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    with contextlib.ExitStack() as stack:
        folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="muster-demo-")))
        async with demo(port, pace_s, folder) as (place, _):
            print(_welcome(place), flush=True)  # noqa: T201  # the demo's own screen
            await stop.wait()


def _welcome(place: Environment) -> str:
    return "\n".join(
        (
            "",
            f"  Muster is running. Open {place.slack.url}",
            "",
            "  Try, in #incidents:",
            f"    {slash('incident declare SEV2 miyabi-api Elevated 5xx')}",
            f"    {slash('scale architect-api 6')}",
            f"    {slash('rollback delivery-standard')}",
            "",
            f"  AWS         {place.aws.url}  (aws --endpoint-url)",
            f"  Kubernetes  {place.kubernetes.url}  (kubectl --server)",
            *_servers(place.architect),
            "  Ctrl-C ends it.",
            "",
        )
    )


def _servers(architect: RunningArchitect) -> list[str]:
    """Where the real servers are, and which are not here and how to get them."""
    lines: list[str] = []
    if architect.postgres:
        lines.append(f"  PostgreSQL  {architect.postgres.dsn}  (psql)")
    if architect.redis:
        lines.append(f"  Redis       {architect.redis.url}  (redis-cli -u)")
    if architect.prometheus:
        lines.append(f"  Prometheus  {architect.prometheus.url}")
    return [*lines, *(f"  Left out: {reason}" for reason in architect.missing)]
