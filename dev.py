#!/usr/bin/env python3
"""One file that needs nothing but Python 3.11+ and pip: `python3 dev.py demo`, `python3 dev.py test`.

It makes a virtual environment here from the lock file, so that everyone runs the same versions.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOOLS = HERE / ".tools"
ENVIRONMENT = HERE / ".venv"
DEBIAN = {"chromium": "chromium", "redis-server": "redis-server"}
EVERYTHING = ["-n", "2", "--dist", "loadgroup", "--cov", "--cov-report=term:skip-covered"]
USAGE = "usage: python3 dev.py demo [--port 8080] | test [pytest arguments] | muster ARGUMENTS…"


def main(arguments: list[str]) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036  # this file may be run by an older one
        print(f"Muster needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
        return 2
    if not arguments or arguments[0] not in {"demo", "test", "muster", "setup"}:
        print(USAGE)
        return 2
    what, rest = arguments[0], arguments[1:]
    install(with_tests=what in {"test", "setup"})
    if what == "setup":
        return 0
    if what == "test":
        programs()
        return call(ENVIRONMENT / "bin" / "pytest", *(rest or EVERYTHING))
    return call(ENVIRONMENT / "bin" / "muster", *(["demo", *rest] if what == "demo" else rest))


def install(*, with_tests: bool) -> None:
    """Bring the virtual environment to what the lock file says; quick when it is so already."""
    groups = ["--group", "dev"] if with_tests else ["--no-dev", "--inexact"]
    environment = dict(os.environ, UV_PROJECT_ENVIRONMENT=str(ENVIRONMENT))  # noqa: TID251  # passed on
    environment.pop("VIRTUAL_ENV", None)
    first = [] if ENVIRONMENT.exists() else ["--compile-bytecode"]  # 10 s once, a second at every start
    command = [uv(), "sync", "--frozen", "--quiet", "--python", sys.executable, *first, *groups]
    subprocess.run(command, cwd=HERE, env=environment, check=True)


def uv() -> str:
    """The uv program: the one on the path, or one of our own."""
    found = shutil.which("uv")
    if found and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0:
        return found
    own = TOOLS / "bin" / "uv"
    if not own.exists():
        print("Installing uv into .tools …", flush=True)
        made = subprocess.run([sys.executable, "-m", "venv", str(TOOLS)], check=False)
        if made.returncode:
            raise SystemExit("Python's venv module is missing; on Debian: apt-get install python3-venv")
        subprocess.run([TOOLS / "bin" / "pip", "install", "--quiet", "uv>=0.7"], check=True)
    return str(own)


def programs() -> None:
    """Install the programs that some tests need, where this user may; say what is left out elsewhere."""
    missing = [package for program, package in DEBIAN.items() if not shutil.which(program)]
    if not missing:
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        print(f"Installing {', '.join(missing)} …", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
        subprocess.run(["apt-get", "update"], **quiet)
        subprocess.run(
            ["apt-get", "install", "-y", "--no-install-recommends", *missing, "fonts-noto-color-emoji"],
            **quiet,
        )
    still = [package for program, package in DEBIAN.items() if not shutil.which(program)]
    if still:
        print(f"Not here: {', '.join(still)}. The tests that need them are skipped and say so.", flush=True)


def call(program: Path, *arguments: str) -> int:
    return subprocess.run([program, *arguments], cwd=HERE, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
