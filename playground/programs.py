"""Programs of the system that the playground borrows: where they are, and how they are run and ended."""

import asyncio
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

POLL_S = 0.02
START_S = 30.0
END_S = 20.0
LOG_CHARACTERS = 2000
_SUPERVISOR = Path(__file__).with_name("supervisor.py")


class NotHere(Exception):
    """A program is not installed; says which, and how to get it."""


class WouldNotStart(Exception):
    """A program is installed and does not start; says what it wrote."""


def find(name: str, package: str, folders: Sequence[Path] = ()) -> Path:
    """The program of this name: on the path, or in the last of the folders that has it. Raises NotHere."""
    found = [folder / name for folder in folders if os.access(folder / name, os.X_OK)]
    on_path = shutil.which(name)
    if found or on_path:
        return found[-1] if found else Path(str(on_path))
    raise NotHere(f"{name} is not installed; on Debian: apt-get install {package}")


def unprivileged() -> pwd.struct_passwd | None:
    """Whom to run as for a program that refuses root: None is whoever runs this. Raises NotHere."""
    if os.geteuid() != 0:
        return None
    users = {user.pw_name: user for user in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in users:
            return users[name]
    raise NotHere("there is no user but root to run it as; on Debian: adduser --system postgres")


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@dataclass(frozen=True)
class Place:
    """Where a program runs: a temporary folder of its own, owned by `user` (None: whoever runs this)."""

    folder: Path
    user: pwd.struct_passwd | None = None

    @property
    def log(self) -> Path:
        """What the program writes."""
        return self.folder / "log"

    def log_end(self) -> str:
        """The end of what it wrote."""
        if not self.log.exists():
            return "(it wrote nothing)"
        return self.log.read_text(encoding="utf-8", errors="replace")[-LOG_CHARACTERS:]

    def write(self, name: str, text: str) -> Path:
        """A file in the folder that only the program's user may read."""
        path = self.folder / name
        path.touch(0o600)
        path.write_text(text, encoding="utf-8")
        if self.user:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)
        return path

    def run(self, *command: str | Path) -> None:
        """Run a program to its end. Raises WouldNotStart when it fails."""
        with self.log.open("ab") as log:
            done = subprocess.run(  # noqa: S603 - programs that find() found
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                check=False,
                timeout=START_S,
                user=self.user.pw_uid if self.user else None,
                group=self.user.pw_gid if self.user else None,
                extra_groups=[] if self.user else None,
            )
        if done.returncode:
            raise WouldNotStart(f"{command[0]} failed:\n{self.log_end()}")

    def start(self, *command: str | Path, end: signal.Signals = signal.SIGTERM) -> "subprocess.Popen[bytes]":
        """Start a program under a supervisor that ends it by this signal when we end, however we do."""
        user = f"{self.user.pw_uid}:{self.user.pw_gid}" if self.user else "-"
        with self.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own supervisor and programs that find() found
                [sys.executable, "-I", "-S", *map(str, (_SUPERVISOR, self.folder, int(end), user, *command))],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,  # a Ctrl-C is for us; we end it in order
            )


@asynccontextmanager
async def place(name: str, user: pwd.struct_passwd | None = None) -> AsyncGenerator[Place]:
    """A new temporary folder that only this user may read, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix=f"muster-{name}-"))
    try:
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
        yield Place(folder, user)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


@asynccontextmanager
async def running(
    where: Place,
    *command: str | Path,
    answers: Callable[[], Awaitable[bool]],
    end: signal.Signals = signal.SIGTERM,
) -> AsyncGenerator[None]:
    """Run a program until the block ends; begins once it answers. Raises WouldNotStart."""
    process = where.start(*command, end=end)
    try:
        deadline = asyncio.get_running_loop().time() + START_S
        while not await answers():
            if process.poll() is not None or asyncio.get_running_loop().time() > deadline:
                raise WouldNotStart(f"{command[0]} does not answer:\n{where.log_end()}")
            await asyncio.sleep(POLL_S)
        yield
    finally:
        await asyncio.shield(asyncio.to_thread(_end, process))


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.stdin:
        process.stdin.close()
    process.wait(END_S)
