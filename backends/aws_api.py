"""One API of AWS as targets reach it, and lists that it gives page by page."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, cast

from backends.aws_clients import AwsClients

Json = dict[str, Any]
Ask = Callable[..., Awaitable[Json]]

MOST_PAGES = 10
"""Pages of a list that are read; what a person looks for is in the newest."""


class Place(Protocol):
    """Where something is, and as whom it is reached: a target, or what a target names."""

    @property
    def region(self) -> str:
        """Such as eu-west-1."""
        ...

    @property
    def role_arn(self) -> str:
        """The role to take; empty for the process's own credentials."""
        ...


@dataclass(frozen=True)
class AwsApi:
    """name: as botocore calls it, such as `rds`. Both methods raise BackendError."""

    clients: AwsClients
    name: str

    async def read(self, place: Place, operation: str, /, **params: Any) -> Json:
        """One read, such as `describe_db_instances`."""
        return await self.clients.call(self.name, place.region, place.role_arn, operation, **params)

    async def change(self, place: Place, operation: str, /, **params: Any) -> Json:
        """One write, sent once."""
        return await self.clients.change(self.name, place.region, place.role_arn, operation, **params)


async def pages(
    ask: Ask, /, *, marker: str, after: str = "", most: int = MOST_PAGES, **params: Any
) -> AsyncGenerator[Json]:
    """Answers of one list, page by page. marker: what asks for a page; after: what names the one after it.

    after is called as marker is, where it is empty. Raises what `ask` raises.
    """
    more: Json = {}
    for _ in range(most):
        answer = await ask(**params, **more)
        yield answer
        if not (following := answer.get(after or marker)):
            return
        more = {marker: following}


async def listed(
    ask: Ask, key: str, /, *, marker: str, after: str = "", most: int = MOST_PAGES, **params: Any
) -> list[Json]:
    """Everything under one key of the pages."""
    found: list[Json] = []
    async for page in pages(ask, marker=marker, after=after, most=most, **params):
        found += cast(list[Json], page.get(key) or [])
    return found
