"""asyncpg as far as the playground uses it, with types."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, cast

import asyncpg

Refused = (OSError, TimeoutError, asyncpg.PostgresError)


class Client(Protocol):
    """One connection."""

    async def execute(self, query: str, /) -> str:
        """Run statements; gives the tag of the last. Raises asyncpg.PostgresError."""
        ...

    async def fetchval(self, query: str, /, *values: Any) -> Any:
        """The first column of the first row. Raises asyncpg.PostgresError."""
        ...

    async def close(self) -> None:
        """Say goodbye."""
        ...

    def terminate(self) -> None:
        """Hang up at once."""
        ...

    def is_closed(self) -> bool:
        """Whether either side has hung up."""
        ...

    def get_server_pid(self) -> int:
        """The process id of its session in the server."""
        ...


async def connect(dsn: str, name: str = "playground") -> Client:
    """A connection; `name` is what pg_stat_activity calls it. Raises any of Refused."""
    opening = cast(Callable[..., Awaitable[Client]], asyncpg.connect)  # pyright: ignore[reportUnknownMemberType] - untyped
    return await opening(dsn, timeout=10, server_settings={"application_name": name})
