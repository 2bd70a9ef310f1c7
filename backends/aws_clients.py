"""AWS clients: one per service, region and role, called in worker threads, errors made ours."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from model.backend import BackendError, Fault

Call = Callable[..., Any]

_FAULTS = {
    "AccessDenied": Fault.DENIED,
    "UnauthorizedOperation": Fault.DENIED,
    "Throttl": Fault.THROTTLED,
    "TooManyRequests": Fault.THROTTLED,
    "PreconditionFailed": Fault.CONFLICT,
    "ResourceConflict": Fault.CONFLICT,
    "ServiceNotActive": Fault.CONFLICT,
    "NotFound": Fault.NOT_FOUND,
    "Invalid": Fault.INVALID,
    "Validation": Fault.INVALID,
}
_NEXT = {
    Fault.DENIED: "Grant what `muster manifest iam` prints, or ask an AWS administrator.",
    Fault.THROTTLED: "AWS limits the rate of calls; try again in a minute.",
    Fault.CONFLICT: "Someone changed it at the same moment; type the command again for a fresh plan.",
    Fault.NOT_FOUND: "Check the names in the catalog; `muster check` says which are not there.",
    Fault.UNREACHABLE: "Check the network and the region; try again in a minute.",
}


class AwsClients:
    """Lazily made boto3 clients; boto3 is imported at the first call (it costs half a second)."""

    def __init__(self, endpoint_url: str | None) -> None:
        self._endpoint_url = endpoint_url
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._making = asyncio.Lock()

    async def call(
        self, service: str, region: str, role_arn: str, operation: str, /, **params: Any
    ) -> dict[str, Any]:
        """One API call, e.g. `ecs`, `update_service`. Raises BackendError."""
        client = await self._client(service, region, role_arn)
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            made = cast(Call, getattr(client, operation))
            return cast(dict[str, Any], await asyncio.to_thread(made, **params))
        except ClientError as error:
            raise _translated(error, service, operation) from error
        except BotoCoreError as error:
            raise _unreachable(error, service, region) from error

    async def _client(self, service: str, region: str, role_arn: str) -> Any:
        key = (service, region, role_arn)
        async with self._making:
            if key not in self._clients:
                self._clients[key] = await asyncio.to_thread(self._make, service, region, role_arn)
        return self._clients[key]

    def _make(self, service: str, region: str, role_arn: str) -> Any:
        import boto3
        from botocore.config import Config

        config = Config(
            connect_timeout=3,
            read_timeout=15,
            retries={"mode": "adaptive", "total_max_attempts": 6},
            user_agent_extra="muster",
            max_pool_connections=20,
        )
        credentials = self._credentials(role_arn, region)
        make = cast(Call, boto3.client)  # pyright: ignore[reportUnknownMemberType]  # hundreds of overloads
        return make(
            service, region_name=region, endpoint_url=self._endpoint_url, config=config, **credentials
        )

    def _credentials(self, role_arn: str, region: str) -> dict[str, str]:
        """Those of the process, or of the role it may take; a playground's endpoint takes any."""
        if self._endpoint_url:
            return {"aws_access_key_id": "muster", "aws_secret_access_key": "playground"}
        if not role_arn:
            return {}
        import boto3

        make = cast(Call, boto3.client)  # pyright: ignore[reportUnknownMemberType]  # hundreds of overloads
        given = make("sts", region_name=region).assume_role(RoleArn=role_arn, RoleSessionName="muster")
        keys = cast(dict[str, str], given["Credentials"])
        return {
            "aws_access_key_id": keys["AccessKeyId"],
            "aws_secret_access_key": keys["SecretAccessKey"],
            "aws_session_token": keys["SessionToken"],
        }


def _translated(error: Any, service: str, operation: str) -> BackendError:
    said = cast(dict[str, str], error.response.get("Error", {}))
    code = said.get("Code", "")
    fault = next((fault for part, fault in _FAULTS.items() if part in code), Fault.FAILED)
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    what = f"AWS refused {service}:{_camel(operation)}: {said.get('Message') or code}"
    next_step = _NEXT.get(fault, "See the message; nothing else of this plan was sent.")
    return BackendError(fault, what, next_step, sent=status >= 500)


def _unreachable(error: Exception, service: str, region: str) -> BackendError:
    sent = type(error).__name__ in {"ReadTimeoutError", "ConnectionClosedError", "ResponseStreamingError"}
    what = f"AWS {service} in {region} did not answer: {type(error).__name__}."
    if "Credentials" in type(error).__name__:
        return BackendError(Fault.DENIED, "There are no AWS credentials.", "Give the process a role or keys.")
    return BackendError(Fault.UNREACHABLE, what, _NEXT[Fault.UNREACHABLE], sent=sent)


def _camel(operation: str) -> str:
    return "".join(word.capitalize() for word in operation.split("_"))
