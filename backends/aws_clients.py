"""AWS clients: one per service, region and role, called in worker threads of their own."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, cast

from backends.aws_errors import refused, unanswered
from model.extras import extra
from model.ports.backend import BackendError, Fault

Call = Callable[..., Any]

THREADS = 16
"""Calls in flight at once; the rest wait. botocore blocks a thread while AWS answers."""
_TRIES = 6
_ONCE = {"mode": "standard", "total_max_attempts": 1}
_AGAIN = {"mode": "standard", "total_max_attempts": _TRIES}
"""Not adaptive, which slows all further calls too: with two of three refused, plans took thrice as long."""


class AwsClients:
    """Lazily made clients of botocore, which is imported at the first call (it costs half a second).

    Reads are repeated by botocore. Writes are sent once, and again only after AWS refused them for their
    rate: a write that was sent and not answered may have happened, and whoever called has to look.
    """

    def __init__(
        self,
        endpoint_url: str | None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        user_agent: str = "muster",
    ) -> None:
        self._endpoint_url, self._sleep, self._user_agent = endpoint_url, sleep, user_agent
        self._clients: dict[tuple[str, str, str, bool], Any] = {}
        self._making = asyncio.Lock()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="aws")

    async def call(
        self, service: str, region: str, role_arn: str, operation: str, /, **params: Any
    ) -> dict[str, Any]:
        """One read, e.g. `ecs`, `describe_services`. Raises BackendError."""
        return await self._send(service, region, role_arn, operation, params, once=False)

    async def change(
        self, service: str, region: str, role_arn: str, operation: str, /, **params: Any
    ) -> dict[str, Any]:
        """One write, waiting out throttling. Raises BackendError; see its `sent`."""
        for attempt in range(1, _TRIES):
            try:
                return await self._send(service, region, role_arn, operation, params, once=True)
            except BackendError as error:
                if error.fault is not Fault.THROTTLED:
                    raise
            await self._sleep(min(0.25 * 2**attempt, 5))
        return await self._send(service, region, role_arn, operation, params, once=True)

    async def close(self) -> None:
        """Give back connections and threads. Safe to call twice."""
        clients, self._clients = self._clients, {}
        for client in clients.values():
            client.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _send(
        self, service: str, region: str, role_arn: str, operation: str, params: dict[str, Any], *, once: bool
    ) -> dict[str, Any]:
        client = await self._client(service, region, role_arn, once)
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            made = partial(cast(Call, getattr(client, operation)), **params)
            return cast(dict[str, Any], await self._in_thread(made))
        except ClientError as error:
            raise refused(cast(dict[str, Any], error.response), service, operation) from error
        except BotoCoreError as error:
            raise unanswered(error, service, region) from error

    async def _in_thread(self, made: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, made)

    async def _client(self, service: str, region: str, role_arn: str, once: bool) -> Any:
        key = (service, region, role_arn, once)
        async with self._making:
            if key not in self._clients:
                self._clients[key] = await self._in_thread(partial(self._make, *key))
        return self._clients[key]

    def _make(self, service: str, region: str, role_arn: str, once: bool) -> Any:
        with extra("aws"):
            from botocore.config import Config
            from botocore.session import get_session

        config = Config(
            connect_timeout=3,
            read_timeout=15,
            retries=_ONCE if once else _AGAIN,  # pyright: ignore[reportArgumentType]  # a TypedDict of the stubs
            user_agent_extra=self._user_agent,
            max_pool_connections=THREADS,
        )
        session = cast(Any, get_session())
        keys: dict[str, str] = {}
        if self._endpoint_url:  # a playground takes any key
            keys = {"aws_access_key_id": "muster", "aws_secret_access_key": "playground"}
        elif role_arn:
            session = _as_role(session, role_arn, region)
        return session.create_client(
            service, region_name=region, endpoint_url=self._endpoint_url, config=config, **keys
        )


def _as_role(session: Any, role_arn: str, region: str) -> Any:
    """A session whose credentials are the role's, taken again before they run out."""
    from botocore.credentials import (
        AssumeRoleCredentialFetcher,
        CredentialProvider,
        CredentialResolver,
        DeferredRefreshableCredentials,
    )
    from botocore.session import get_session

    class Role(CredentialProvider):
        METHOD = "assume-role"
        CANONICAL_NAME = "muster"

        def load(self) -> Any:
            source = session.get_credentials()
            if source is None:
                return None
            fetcher = cast(Call, AssumeRoleCredentialFetcher)(
                client_creator=partial(session.create_client, region_name=region),
                source_credentials=source,
                role_arn=role_arn,
                extra_args={"RoleSessionName": "muster"},
            )
            return cast(Call, DeferredRefreshableCredentials)(
                method=self.METHOD, refresh_using=fetcher.fetch_credentials
            )

    taken = cast(Any, get_session())
    taken.register_component("credential_provider", CredentialResolver([Role()]))
    return taken
