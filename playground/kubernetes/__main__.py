"""Run the API server alone: `python -m playground.kubernetes [port] [pace in seconds]`."""

import asyncio
import contextlib
import sys
from pathlib import Path

from playground.kubernetes.seed import ADMIN_TOKEN
from playground.kubernetes.server import KubeConfig, serve


async def main(port: int, pace_s: float) -> None:
    """Serve until interrupted, with a kubeconfig of all rights in the current folder."""
    async with serve(KubeConfig(pace_s=pace_s), port=port) as running:
        path = running.kubeconfig(Path("playground.kubeconfig"), ADMIN_TOKEN)
        sys.stdout.write(f"{running.url}\nexport KUBECONFIG={path.absolute()}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    given = dict(enumerate(sys.argv))
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(int(given.get(1, "0")), float(given.get(2, "2.0"))))
