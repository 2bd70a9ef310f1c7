"""One short connection to PostgreSQL for one look, with its own limits of time."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

from model.catalog.schema import Service
from model.extras import extra
from model.ports.backend import BackendError, Fault
from model.slash import slash

CONNECT_S = 5
STATEMENT_S = 8.0
"""Seconds a look may take the database; a query over it is ended by the database itself."""

Row = Mapping[str, Any]


class Session:
    """A connection that is read from. Raises BackendError for whatever goes wrong."""

    def __init__(self, connection: Any, name: str) -> None:
        self._connection, self._name = connection, name

    async def rows(self, statement: str, *values: object, most: int | None = None) -> tuple[list[Row], int]:
        """Up to `most` rows, and how many more there are."""
        try:
            found = cast(list[Any], await self._connection.fetch(statement, *values))
        except Exception as error:
            raise translated(error, self._name) from error
        kept: list[Row] = [cast(Row, dict(row)) for row in (found if most is None else found[:most])]
        return kept, len(found) - len(kept)

    async def value(self, statement: str, *values: object) -> Any:
        """The first column of the first row."""
        try:
            return await self._connection.fetchval(statement, *values)
        except Exception as error:
            raise translated(error, self._name) from error


class Sessions:
    """Where each service's database is, with the password: `postgresql://user:password@host:port/database`."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = urls

    def url(self, service: Service, database: str = "") -> str:
        """The service's address, of another database on the server if one is named.

        Raises BackendError for a service that has none.
        """
        if service.id not in self._urls:
            raise BackendError(
                Fault.INVALID,
                f"Nobody has told where {service.id} is.",
                f"Set MUSTER_POSTGRES_URLS to have an address for {service.id}.",
            )
        url = self._urls[service.id]
        return urlunsplit(urlsplit(url)._replace(path=f"/{database}")) if database else url

    @asynccontextmanager
    async def open(
        self, service: Service, database: str = "", *, reads_only: bool = True
    ) -> AsyncGenerator[Session]:
        """Connect for the length of the block, to another database of the server if one is named.

        Raises BackendError.
        """
        with extra("postgres"):
            import asyncpg

        settings = {
            "application_name": "muster",
            "statement_timeout": f"{int(STATEMENT_S * 1000)}",
            "default_transaction_read_only": "on" if reads_only else "off",
        }
        url = self.url(service, database)
        try:
            connect = cast(Any, asyncpg).connect  # untyped in part
            connection = await connect(url, timeout=CONNECT_S, server_settings=settings)
        except Exception as error:
            raise translated(error, place_of(url)) from error
        try:
            yield Session(connection, place_of(url))
        finally:
            connection.terminate()


def place_of(url: str) -> str:
    """Host and port, without user and password."""
    found = urlsplit(url)
    return f"{found.hostname}:{found.port or 5432}"


def translated(error: Exception, place: str) -> BackendError:
    """PostgreSQL's error in words; never with the address's password."""
    import asyncpg

    if isinstance(error, asyncpg.QueryCanceledError):
        return BackendError(
            Fault.FAILED,
            f"PostgreSQL ended the query after {STATEMENT_S:g} s.",
            f"The database is busy; look at {slash('db')} SERVICE queries and locks, then try again.",
        )
    if isinstance(error, asyncpg.InvalidAuthorizationSpecificationError):
        what = f"PostgreSQL at {place} refused Muster's user: {error}."
        return BackendError(Fault.DENIED, what, "Check the address in MUSTER_POSTGRES_URLS.")
    if isinstance(error, asyncpg.InsufficientPrivilegeError):
        return BackendError(
            Fault.DENIED,
            f"PostgreSQL does not let Muster do that: {error}.",
            "Grant its role pg_monitor and pg_signal_backend.",
        )
    if isinstance(error, asyncpg.TooManyConnectionsError):
        return BackendError(
            Fault.UNREACHABLE,
            f"PostgreSQL at {place} takes no more connections: {error}.",
            "Keep a reserved connection for Muster's role (superuser_reserved_connections).",
        )
    if isinstance(error, asyncpg.UndefinedTableError) and "pg_stat_statements" in str(error):
        return BackendError(
            Fault.NOT_FOUND,
            "The extension pg_stat_statements is not installed in this database.",
            "Add it to shared_preload_libraries, then CREATE EXTENSION pg_stat_statements.",
        )
    if isinstance(error, asyncpg.PostgresError):
        return BackendError(Fault.FAILED, f"PostgreSQL says: {error}.")
    if isinstance(error, OSError | asyncio.TimeoutError | asyncpg.InterfaceError):
        said = str(error) or "no answer in time"
        return BackendError(
            Fault.UNREACHABLE, f"PostgreSQL at {place} cannot be reached: {said}.", "Check that it runs."
        )
    return BackendError(Fault.FAILED, f"PostgreSQL at {place}: {type(error).__name__}.")
