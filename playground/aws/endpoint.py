"""The one HTTP endpoint of the paced AWS: it reads, records, answers or passes on each call."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from playground.aws import (
    autoscaling,
    cloudwatch,
    ecs,
    identity,
    lambda_concurrency,
    lambda_versions,
    load_balancing,
    task_definitions,
    trouble,
)
from playground.aws.also import also_needed
from playground.aws.arns import Where, resources
from playground.aws.cloud import ApiCall, Cloud, Operation
from playground.aws.foreign import read_foreign
from playground.aws.found import modelled
from playground.aws.ids import Ids
from playground.aws.protocols import Decoded, Encoded, Message, decode, encode, encode_error, protocol_of
from playground.aws.refusal import AwsError, access_denied, throttled
from playground.aws.rest_of_aws import ask_moto, fill_buckets
from playground.aws.rights import Rights
from playground.aws.seed import ACCOUNT, seed_systems
from playground.aws.signature import Caller, read_caller
from playground.faults import FaultBoard
from playground.listening import listening

OWN: dict[str, dict[str, Operation]] = {
    "ecs": {**ecs.OPERATIONS, **task_definitions.OPERATIONS},
    "application-autoscaling": autoscaling.OPERATIONS,
    "lambda": {**lambda_versions.OPERATIONS, **lambda_concurrency.OPERATIONS},
    "elasticloadbalancing": load_balancing.OPERATIONS,
    "monitoring": cloudwatch.OPERATIONS,
    "sts": identity.OPERATIONS,
}
IAM_PREFIXES = {"monitoring": "cloudwatch"}
MUSTER = "muster"
"""The access key of the Muster that lives in the playground."""


def iam_name(service: str, action: str) -> str:
    """What IAM calls an action of the service with this signing name."""
    own = modelled().get(service)
    prefix = (own.prefix if own else "") or IAM_PREFIXES.get(service, service)
    return f"{prefix}:{IAM_ACTIONS.get((service, action), action)}"


IAM_ACTIONS = {
    ("s3", "ListObjectsV2"): "ListBucket",
    ("s3", "ListObjects"): "ListBucket",
    ("s3", "HeadBucket"): "ListBucket",
    ("s3", "HeadObject"): "GetObject",
    ("s3", "CreateMultipartUpload"): "PutObject",
    ("s3", "UploadPart"): "PutObject",
    ("s3", "CompleteMultipartUpload"): "PutObject",
    ("apigateway", "GetUsagePlan"): "GET",
    ("apigateway", "GetUsagePlans"): "GET",
    ("apigateway", "GetUsage"): "GET",
    ("apigateway", "UpdateUsagePlan"): "PATCH",
}
"""Calls that IAM knows by another name (Service Authorization Reference)."""


def operations_of(service: str) -> dict[str, Operation] | None:
    """The operations of a service by its signing name; None for one that is not modelled here."""
    own, found = OWN.get(service), modelled().get(service)
    return own if found is None else {**(own or {}), **found.operations}


METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"]


@dataclass
class AwsConfig:
    """How to run it.

    now: the clock, aware. pace_s: seconds for one task to start. slow_s: what `cloud-slow` adds to a
    call. autoscaler_after_s: how long a count may lie outside its bounds; None leaves it there.
    denied: IAM actions such as `ecs:UpdateService` that are refused to everyone. unknown: actions that this
    AWS does not have, as in a region or an imitation that is behind. rights: the policies of the access key
    `muster`; None lets it do everything.
    """

    now: Callable[[], datetime]
    pace_s: float
    faults: FaultBoard
    account: str = ACCOUNT
    seed: Callable[[Cloud], None] = seed_systems
    autoscaler_after_s: float | None = None
    slow_s: float = 3.0
    denied: set[str] = field(default_factory=set[str])
    unknown: set[str] = field(default_factory=set[str])
    rights: Rights | None = None


@dataclass(frozen=True)
class Call:
    """One call as it was made. service: the signing name; error: the code it was refused with, or empty.

    resources: the ARNs it was authorised on. also: IAM actions that it needed besides its own.
    """

    service: str
    action: str
    params: dict[str, Any]
    at: datetime
    principal: str
    region: str
    error: str = ""
    resources: tuple[str, ...] = ("*",)
    also: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What IAM calls it, e.g. `ecs:UpdateService`."""
        return iam_name(self.service, self.action)


@dataclass
class Running:
    """A running endpoint: its URL, what it holds, and every call it was given."""

    config: AwsConfig
    world: Cloud
    url: str = ""
    calls: list[Call] = field(default_factory=list[Call])
    request_ids: Ids = field(default_factory=lambda: Ids("request"))
    turns: Counter[str] = field(default_factory=Counter[str])
    filling: asyncio.Lock = field(default_factory=asyncio.Lock)
    has_buckets: bool = False

    def made(self, action: str) -> list[Call]:
        """The calls of this action that were not refused, in order."""
        return [call for call in self.calls if call.action == action and not call.error]

    def resources(self, caller: Caller, call: Decoded) -> tuple[str, ...]:
        """The ARNs a call has to be allowed on."""
        where = Where(caller.region, self.config.account)
        service = iam_name(caller.service, "").rstrip(":")
        try:
            return resources(service, call.operation, call.params, where)
        except (KeyError, TypeError):
            return ("*",)  # a parameter is missing, which the call itself will be told

    def denial(self, caller: Caller, call: Decoded) -> AwsError | None:
        """Why this call must be refused before it is looked at, if it must."""
        name, rights = iam_name(caller.service, call.operation), self.config.rights
        if self.config.faults.is_on("cloud-throttles"):
            asked = f"{name} {call.params}"  # each call by itself, so that none is starved by others
            self.turns[asked] += 1
            if self.turns[asked] % 3:
                return throttled(caller.service)
        if name in self.config.unknown:
            return AwsError("UnknownOperationException", "")  # as the JSON protocols of AWS answer
        needed = [(name, self.resources(caller, call))]
        needed += [(action, (arn,)) for action, arn in self.also(caller, call)]
        for action, on in needed:
            is_allowed = rights is None or caller.access_key != MUSTER or rights.allow(action, on)
            if action in self.config.denied or not is_allowed:
                principal = f"arn:aws:iam::{self.config.account}:user/{caller.access_key}"
                return access_denied(caller.service, principal, action)
        return None

    def also(self, caller: Caller, call: Decoded) -> tuple[tuple[str, str], ...]:
        """What else has to be allowed: actions, each with its ARN."""
        where = Where(caller.region, self.config.account)
        return also_needed(iam_name(caller.service, call.operation), call.params, where)

    def record(self, caller: Caller, call: Decoded, at: datetime, error: str) -> None:
        """Keep a call for whoever wants to know what was called."""
        on, also = self.resources(caller, call), tuple(action for action, _ in self.also(caller, call))
        made = Call(
            caller.service, call.operation, call.params, at, caller.access_key, caller.region, error, on, also
        )
        self.calls.append(made)

    def perform(self, caller: Caller, call: Decoded, at: datetime) -> dict[str, Any]:
        """Carry out a call of one of the services that are modelled here. Raises AwsError."""
        operation = (operations_of(caller.service) or {}).get(call.operation)
        if operation is None:
            raise AwsError("UnsupportedOperation", f"The playground does not have {call.operation}.", 501)
        region = self.world.region(caller.region)
        region.advance(at)
        try:
            return operation(ApiCall(region, call.params, at, self.world))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise AwsError(
                "ValidationException", f"A parameter is missing or malformed: {error!r}"
            ) from error


async def answer(running: Running, message: Message) -> Encoded:
    """What AWS answers to this request."""
    request_id = running.request_ids.uuid()
    protocol = protocol_of(message)
    try:
        caller = read_caller(message.headers.get("authorization", ""))
        if running.config.faults.is_on("cloud-slow"):
            await asyncio.sleep(running.config.slow_s)
        if operations_of(caller.service) is None:
            return await pass_on(running, caller, message)
        call = read_call(caller, message)
        at = running.config.now()
        return settle(running, caller, call, at, request_id)
    except AwsError as error:
        return encode_error(protocol, error, request_id)


def read_call(caller: Caller, message: Message) -> Decoded:
    """The call in a request. Raises SerializationException for a body that cannot be read."""
    try:
        return decode(caller.service, message)
    except ValueError as error:
        raise AwsError("SerializationException", "The request body cannot be read.") from error


def settle(running: Running, caller: Caller, call: Decoded, at: datetime, request_id: str) -> Encoded:
    """Perform and record one call. Raises AwsError after recording it."""
    try:
        denial = running.denial(caller, call)
        if denial is not None:
            raise denial
        result = running.perform(caller, call, at)
    except AwsError as error:
        running.record(caller, call, at, error.code)
        raise
    running.record(caller, call, at, "")
    return encode(caller.service, call, result, request_id)


async def pass_on(running: Running, caller: Caller, message: Message) -> Encoded:
    """Let moto answer; recorded by its action where the request names one."""
    call = read_foreign(caller.service, message)
    denial = running.denial(caller, call)
    running.record(caller, call, running.config.now(), denial.code if denial else "")
    if denial is not None:
        raise denial
    if caller.service == "s3":
        async with running.filling:
            if not running.has_buckets:
                await fill_buckets(running.config.account)
                running.has_buckets = True
    return await ask_moto(message, running.config.account)


def application(running: Running) -> Starlette:
    """The ASGI application of the endpoint."""

    async def endpoint(request: Request) -> Response:
        raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
        message = Message(
            method=request.method,
            path=raw.decode().partition("?")[0],
            query=request.url.query,
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.body(),
        )
        found = await answer(running, message)
        return Response(found.body, found.status, found.headers)

    return Starlette(routes=[Route("/{path:path}", endpoint, methods=METHODS)])


@asynccontextmanager
async def serve(config: AwsConfig, host: str = "127.0.0.1", port: int = 0) -> AsyncGenerator[Running, None]:
    """Run the paced AWS; `url` is what boto3 takes as `endpoint_url`."""
    after = config.autoscaler_after_s
    world = Cloud(
        account=config.account,
        now=config.now,
        pace=timedelta(seconds=config.pace_s),
        autoscale_after=None if after is None else timedelta(seconds=after),
    )
    config.seed(world)
    world.switch_failing(config.faults.is_on("deploy-fails"))

    def heed(fault: str, on: bool) -> None:
        if fault == "deploy-fails":
            world.switch_failing(on)
        trouble.heed(world, fault, on)

    config.faults.listeners.append(heed)
    running = Running(config, world)
    try:
        async with listening(application(running), host, port) as url:
            running.url = url
            yield running
    finally:
        config.faults.listeners.remove(heed)
