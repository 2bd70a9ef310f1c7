"""What every backend on AWS is made of: where its targets are, and what it works with."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime
from typing import Self

from pydantic import Field

from backends.aws_api import AwsApi
from backends.aws_clients import AwsClients
from backends.shared import Shared
from backends.watching import Look, until_over
from model.catalog.schema import Service, Target
from model.plan import Progress
from model.secrets import Prints, fingerprints_with


class AwsTarget(Target):
    """Something in an account and a region."""

    region: str = Field(description="its region, such as eu-west-1")
    account: str = Field(
        default="*", description="the account's number; `*` where rights need not be narrowed to it"
    )
    role_arn: str = Field(
        default="", description="the role to take for it; the process's own credentials when empty"
    )

    @property
    def extras(self) -> tuple[str, ...]:
        """What has to be installed to reach it."""
        return ("aws",)

    @classmethod
    def of(cls, service: Service) -> Self:
        """The service's target, which the loader made of this kind."""
        assert isinstance(service.target, cls)
        return service.target

    def arn_of(self, api: str, rest: str) -> str:
        """The ARN of something of this account and region."""
        return f"arn:aws:{api}:{self.region}:{self.account}:{rest}"


class AwsBackend:
    """poll_s: seconds between two looks."""

    def __init__(
        self,
        clients: AwsClients,
        clock: Callable[[], datetime],
        poll_s: float,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        fingerprint_of: Prints | None = None,
    ) -> None:
        self._clients, self._clock, self._poll_s, self._sleep = clients, clock, poll_s, sleep
        self._fingerprint_of = fingerprint_of or fingerprints_with(secrets.token_bytes(32))

    @classmethod
    def build(cls, shared: Shared) -> Self:
        """One for all its targets. Nothing is connected yet."""
        told = shared.settings
        return cls(shared.aws, told.clock, told.poll_s, told.sleep, told.fingerprint_of)

    def _api(self, name: str) -> AwsApi:
        return AwsApi(self._clients, name)

    def _until_over(self, look: Look) -> AsyncGenerator[Progress]:
        return until_over(look, lambda: self._sleep(self._poll_s))

    async def close(self) -> None:
        """Give back connections."""
        await self._clients.close()
