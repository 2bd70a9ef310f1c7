"""A private PostgreSQL on loopback with the database of the Architect system in it.

The program is the system's own (Debian: `postgresql`). Without root it runs as whoever runs this; root
hands it to the user `postgres`, as PostgreSQL refuses to run as root.
"""

import asyncio
import secrets
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playground.postgres_client import Refused, connect
from playground.postgres_seed import DATABASE, FURNISH, ROLES, SLOW, TABLES
from playground.postgres_visitors import Visitors, visiting
from playground.programs import Place, find, free_port, place, running, unprivileged

PACKAGE = "postgresql"
SERVICE = "architect-db"
LEAST_VERSION = 15
_FOLDERS = Path("/usr/lib/postgresql")
_OWN = ("postgres", "template0", "template1", f"{DATABASE}_seed")
_SPEED = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "16MB",
    "max_connections": "60",
    "client_connection_check_interval": "500ms",
}
_NEEDED = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_preload_libraries": "pg_stat_statements",
    "wal_level": "replica",
    "max_replication_slots": "4",
}


@dataclass(frozen=True)
class PostgresServer:
    """A running server. It belongs to no event loop, so that many tests may live in it by turns."""

    port: int
    passwords: dict[str, str] = field(repr=False)
    programs: Path

    def dsn(self, user: str = "muster", database: str = DATABASE) -> str:
        """Where a client connects, with its password. user: `muster`, `architect` or `postgres`."""
        return f"postgresql://{user}:{self.passwords[user]}@127.0.0.1:{self.port}/{database}"


@dataclass(frozen=True)
class RunningPostgres:
    """The furnished database: its server, and the clients that the playground holds in it."""

    server: PostgresServer
    visitors: Visitors

    @property
    def dsn(self) -> str:
        """What Muster is told."""
        return self.server.dsn()


@asynccontextmanager
async def started() -> AsyncGenerator[PostgresServer]:
    """Start a server, empty. Raises NotHere and WouldNotStart."""
    programs = _programs()
    passwords = {user: secrets.token_hex(12) for user in ("postgres", "architect", "muster")}
    async with place("postgres", unprivileged()) as where:
        await asyncio.to_thread(_initialise, where, programs, passwords["postgres"])
        server = PostgresServer(free_port(), passwords, programs)
        settings = {**_NEEDED, **_SPEED, "port": str(server.port)}
        told = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        async with running(
            where,
            programs / "postgres",
            "-D",
            where.folder / "data",
            *told,
            answers=lambda: _answers(server),
            end=signal.SIGINT,  # clients are put out; SIGTERM would wait for them
        ):
            await _settle(server)
            yield server


def _programs() -> Path:
    """The folder of the newest server's programs. Raises NotHere."""
    versions = sorted(int(one.name) for one in _FOLDERS.glob("*") if one.name.isdecimal())
    folders = [_FOLDERS / str(one) / "bin" for one in versions if one >= LEAST_VERSION]
    return find("postgres", PACKAGE, folders).resolve().parent


def _initialise(where: Place, programs: Path, password: str) -> None:
    where.run(
        programs / "initdb",
        *("-D", where.folder / "data"),
        *("--no-sync", "--username=postgres", "--encoding=UTF8", "--locale=C"),
        *("--auth=scram-sha-256", f"--pwfile={where.write('password', password)}"),
    )


async def _answers(server: PostgresServer) -> bool:
    try:
        connection = await connect(server.dsn("postgres", "postgres"))
    except Refused:
        return False
    await connection.close()
    return True


async def _settle(server: PostgresServer) -> None:
    """Roles, what every new database has, and the template that the database is copied from."""
    for database in ("template1", "postgres"):
        await _do(server, database, "CREATE EXTENSION pg_stat_statements")
    quoted = {user: f"'{password}'" for user, password in server.passwords.items()}  # hexadecimal digits
    await _do(server, "postgres", *(line.format(**quoted) for line in ROLES))
    await _do(server, f"{DATABASE}_seed", *TABLES)


async def _do(server: PostgresServer, database: str, *statements: str, user: str = "postgres") -> None:
    connection = await connect(server.dsn(user, database))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@asynccontextmanager
async def furnished(
    server: PostgresServer, comes_back_s: float | None = None
) -> AsyncGenerator[RunningPostgres]:
    """The database as new, whatever was done to it before, with its clients in it until the block ends.

    comes_back_s: after how many seconds idle clients that were put out come again; None is never.
    """
    others = await _others(server)
    await _do(server, "postgres", *(f'DROP DATABASE "{one}" WITH (FORCE)' for one in others), *FURNISH)
    slowly = [statement for statement, times in SLOW.items() for _ in range(times)]
    await _do(server, DATABASE, *slowly, user="architect")
    async with visiting(server.dsn("architect"), comes_back_s) as visitors:
        yield RunningPostgres(server, visitors)


async def _others(server: PostgresServer) -> list[str]:
    """Databases that were made since the server started."""
    admin = await connect(server.dsn("postgres", "postgres"))
    try:
        query = "SELECT array_agg(datname::text) FROM pg_database WHERE datname <> ALL($1::text[])"
        return list(await admin.fetchval(query, _OWN) or [])
    finally:
        await admin.close()


@asynccontextmanager
async def serve() -> AsyncGenerator[RunningPostgres]:
    """A server and what lives in it, until the block ends. Raises NotHere and WouldNotStart."""
    async with started() as server, furnished(server) as lived_in:
        yield lived_in
