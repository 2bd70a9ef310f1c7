#!/usr/bin/env python3
"""One file that needs nothing but Python 3.11+ and pip: `python3 dev.py demo`, `python3 dev.py test`.

It makes a virtual environment here from the lock file, so that everyone runs the same versions.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOOLS = HERE / ".tools"
ENVIRONMENT = HERE / ".venv"
# Program → the Debian package that has it.
DEBIAN = {
    "chromium": "chromium",
    "redis-server": "redis-server",
    "postgres": "postgresql",
    "prometheus": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
}
POSTGRESQL = Path("/usr/lib/postgresql")  # its programs are not on the path there
EXTRAS = {"chromium": ["fonts-noto-color-emoji"]}
POLICY = Path("/usr/sbin/policy-rc.d")
EVERYTHING = ["-n", "3", "--dist", "loadgroup"]  # half of the time is waiting, so three fit on two cores
USAGE = (
    "usage: python3 dev.py demo [--port 8080] | test [pytest arguments] | simulate [--worlds N | --seed N] | "
    "audit | muster ARGUMENTS…"
)


def main(arguments: list[str]) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036  # this file may be run by an older one
        print(f"Muster needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
        return 2
    if not arguments or arguments[0] not in {"demo", "test", "simulate", "muster", "setup", "audit"}:
        print(USAGE)
        return 2
    if arguments[0] == "audit":
        return audit()
    what, rest = arguments[0], arguments[1:]
    install(with_tests=what in {"test", "setup", "simulate"})
    if what in {"test", "setup"}:
        programs()
    if what == "setup":
        return 0
    if what == "test":
        return call(ENVIRONMENT / "bin" / "pytest", *(rest or EVERYTHING))
    if what == "simulate":
        return call(ENVIRONMENT / "bin" / "python", "-m", "tests.simulation", *rest)
    return call(ENVIRONMENT / "bin" / "muster", *(["demo", *rest] if what == "demo" else rest))


def audit() -> int:
    """The bill of materials of what production installs, in dist/; the vulnerabilities that OSV knows."""
    (HERE / "dist").mkdir(exist_ok=True)
    told = ["--quiet", "--frozen", "--no-dev", "--extra", "all"]
    bill = ["--format", "cyclonedx1.5", "--output-file", "dist/sbom.cdx.json"]
    subprocess.run([uv(), "export", *told, *bill], cwd=HERE, check=True)
    print("dist/sbom.cdx.json: what production installs (CycloneDX)", flush=True)
    done = subprocess.run(
        [uv(), "audit", "--frozen", "--no-dev"], cwd=HERE, capture_output=True, text=True, check=False
    )
    unreachable = ("dns error", "client error (Connect)", "error sending request", "timed out")
    if done.returncode and any(sign in done.stderr for sign in unreachable):
        print("SKIPPED: the database of vulnerabilities (OSV) cannot be reached from here.", flush=True)
        return 0
    print(done.stdout + done.stderr, flush=True)
    return done.returncode


def install(*, with_tests: bool) -> None:
    """Bring the virtual environment to what the lock file says; quick when it is so already."""
    groups = ["--group", "dev"] if with_tests else ["--no-dev", "--inexact", "--package", "muster-playground"]
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
    missing = [package for program, package in DEBIAN.items() if not is_here(program)]
    if missing and shutil.which("apt-get") and os.geteuid() == 0:
        print(f"Installing {', '.join(missing)} …", flush=True)
        apt("update")
        with no_services():
            for package in missing:  # one by one: an archive that lacks one may have the others
                apt("install", "-y", "--no-install-recommends", package, *EXTRAS.get(package, ()))
    still = [package for program, package in DEBIAN.items() if not is_here(program)]
    if still:
        print(f"Not here: {', '.join(still)}. The tests that need them are skipped and say so.", flush=True)
        print(f"On Debian, as root: apt-get install {' '.join(still)}", flush=True)


def is_here(program: str) -> bool:
    return bool(shutil.which(program) or list(POSTGRESQL.glob(f"*/bin/{program}")))


def apt(*arguments: str) -> None:
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")  # noqa: TID251  # passed on
    subprocess.run(["apt-get", *arguments], env=environment, check=False, **quiet)


@contextlib.contextmanager
def no_services() -> Iterator[None]:
    """Keep Debian from starting what it installs, now and at the next boot: tests start their own."""
    is_ours = not POLICY.exists()
    before = {package for program, package in DEBIAN.items() if is_here(program)}
    if is_ours:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    try:
        yield
    finally:
        if is_ours:
            POLICY.unlink()
        units = [package for package in DEBIAN.values() if package not in before]
        if shutil.which("systemctl"):
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
            subprocess.run(["systemctl", "disable", *units], **quiet)


def call(program: Path, *arguments: str) -> int:
    return subprocess.run([program, *arguments], cwd=HERE, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
