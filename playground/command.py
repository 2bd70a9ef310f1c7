"""What `muster demo` takes; Muster's command line finds it by the entry point in `pyproject.toml`."""

import argparse
import asyncio
import sys
from pathlib import Path


def demo(parser: argparse.ArgumentParser) -> None:
    """Give the parser its arguments, and `run`; nothing heavy is imported before it runs."""
    parser.description = "A local Slack, local clouds and the five systems."
    parser.add_argument("--port", type=int, default=8080, help="port of the page (default 8080)")
    parser.add_argument("--pace", type=float, default=2.0, help="seconds a task or pod takes to start")
    parser.add_argument("--data", type=Path, default=None, help="keep the journal in this folder")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from bot.logs import configure
    from playground.demo import run
    from playground.listening import PortTaken

    configure("WARNING")
    try:
        asyncio.run(run(args.port, args.pace, args.data))
    except PortTaken as taken:
        print(f"{taken} is in use. Choose another port: muster demo --port {args.port + 1}", file=sys.stderr)
        return 1
    return 0
