"""AWS clients: writes go out once, errors become ours, a role is taken for those who name one."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from moto.server import ThreadedMotoServer

from backends.aws_clients import AwsClients
from backends.aws_errors import camel, refused
from model.ports.backend import BackendError, Fault
from tests.backends.conftest import Clock

Answer = Callable[[asyncio.StreamWriter, int], Awaitable[None]]


@asynccontextmanager
async def listening(answer: Answer) -> AsyncIterator[tuple[str, list[int]]]:
    """An HTTP server that answers each request by hand; gives its URL and the requests it was sent."""
    seen: list[int] = []
    serving: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length:")[2].partition("\r\n")[0] or 0)
        await reader.readexactly(length)
        seen.append(length)
        await answer(writer, len(seen))
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", seen
        await asyncio.gather(*(task for task in serving if task is not None), return_exceptions=True)


def answering(status: int, code: str) -> Answer:
    body = json.dumps({"__type": code, "message": "said so"}).encode()

    async def answer(writer: asyncio.StreamWriter, number: int) -> None:
        head = f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()

    return answer


async def hang_up(writer: asyncio.StreamWriter, number: int) -> None:
    """Take the request and say nothing."""


@pytest.mark.parametrize(
    ("answer", "sent"), [(hang_up, True), (answering(500, "ServerException"), True)], ids=["silence", "500"]
)
async def test_a_write_whose_outcome_is_open_is_sent_once_and_says_that_it_may_have_happened(
    answer: Answer, sent: bool
):
    clock = Clock()
    async with listening(answer) as (url, seen):
        clients = AwsClients(url, clock.sleep)
        with pytest.raises(BackendError) as error:
            await clients.change("ecs", "us-east-1", "", "update_service", service="s")
        await clients.close()
    assert error.value.sent is sent
    assert len(seen) == 1


async def test_a_throttled_write_is_sent_again_after_longer_and_longer_waits():
    clock = Clock()
    async with listening(answering(400, "ThrottlingException")) as (url, seen):
        clients = AwsClients(url, clock.sleep)
        with pytest.raises(BackendError) as error:
            await clients.change("ecs", "us-east-1", "", "update_service", service="s")
        await clients.close()
    assert (error.value.fault, error.value.sent) == (Fault.THROTTLED, False)
    assert len(seen) == 6
    assert clock.slept == sorted(clock.slept)
    assert len(clock.slept) == 5


async def test_what_aws_could_not_take_is_invalid_and_was_not_sent():
    clients = AwsClients("http://127.0.0.1:9")
    with pytest.raises(BackendError) as error:
        await clients.change("ecs", "us-east-1", "", "update_service", service=7)
    await clients.close()
    assert (error.value.fault, error.value.sent) == (Fault.INVALID, False)


@pytest.mark.parametrize(
    ("code", "status", "fault", "sent"),
    [
        ("AccessDeniedException", 400, Fault.DENIED, False),
        ("ExpiredTokenException", 400, Fault.DENIED, False),
        ("InvalidClientTokenId", 403, Fault.DENIED, False),
        ("ThrottlingException", 400, Fault.THROTTLED, False),
        ("TooManyRequestsException", 429, Fault.THROTTLED, False),
        ("ServiceNotFoundException", 400, Fault.NOT_FOUND, False),
        ("PreconditionFailedException", 412, Fault.CONFLICT, False),
        ("ResourceConflictException", 409, Fault.CONFLICT, False),
        ("InvalidParameterException", 400, Fault.INVALID, False),
        ("ServerException", 500, Fault.FAILED, True),
        ("", 503, Fault.FAILED, True),
    ],
)
def test_every_error_of_aws_has_one_meaning(code: str, status: int, fault: Fault, sent: bool):
    response = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    error = refused(response, "ecs", "update_service")
    assert (error.fault, error.sent) == (fault, sent)
    assert "ecs:UpdateService" in error.what
    assert error.next


def test_an_operation_is_named_as_aws_names_it():
    assert camel("describe_service_revisions") == "DescribeServiceRevisions"


async def test_without_credentials_the_error_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_ROLE_ARN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    for role in ("", "arn:aws:iam::123456789012:role/muster"):
        clients = AwsClients(None)
        with pytest.raises(BackendError, match="no usable AWS credentials") as error:
            await clients.call("ecs", "us-east-1", role, "list_clusters")
        await clients.close()
        assert error.value.fault is Fault.DENIED


async def test_a_role_is_taken_for_the_services_that_name_one(monkeypatch: pytest.MonkeyPatch):
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        clients = AwsClients(None)
        role = "arn:aws:iam::123456789012:role/muster"
        taken = await clients.call("sts", "us-east-1", role, "get_caller_identity")
        own = await clients.call("sts", "us-east-1", "", "get_caller_identity")
        await clients.close()
    finally:
        server.stop()
    assert taken["Arn"] == "arn:aws:sts::123456789012:assumed-role/muster/muster"
    assert "assumed-role" not in own["Arn"]


def test_importing_the_registry_loads_no_cloud_sdk():
    code = (
        "import sys, backends.registry as registry; registry.target_types();"
        "print([name for name in ('boto3', 'botocore', 'kubernetes', 'aiohttp') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
