"""The connection to an API server that misbehaves: silence, broken streams, answers that are none."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from backends.kubernetes import KubernetesApi
from backends.kubernetes.api import MERGE
from model.ports.backend import BackendError, Fault

Script = Callable[[asyncio.StreamWriter], Awaitable[None]]
PATH = "/apis/apps/v1/namespaces/n/deployments"


@asynccontextmanager
async def speaking(script: Script) -> AsyncIterator[KubernetesApi]:
    """A client of a server that answers every request by this script."""
    serving: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        await reader.readexactly(int(head.partition("content-length:")[2].partition("\r\n")[0] or 0))
        await script(writer)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    api = KubernetesApi(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", "token", None, "")
    async with server:
        yield api
        await api.close()
        await asyncio.gather(*(one for one in serving if one is not None), return_exceptions=True)


def saying(status: int, body: bytes, headers: str = "") -> Script:
    async def script(writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\nconnection: close\r\n{headers}\r\n"
        writer.write(head.encode() + body)
        await writer.drain()

    return script


async def hang_up(writer: asyncio.StreamWriter) -> None:
    """Take the request and say nothing."""


async def break_off(writer: asyncio.StreamWriter) -> None:
    """Begin a chunked answer and never end it."""
    writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n20\r\nhalf")
    await writer.drain()


@pytest.mark.parametrize("script", [hang_up, break_off, saying(500, b"{}"), saying(200, b"<html>")])
async def test_a_patch_whose_outcome_is_open_says_that_it_may_have_happened(script: Script):
    async with speaking(script) as api:
        with pytest.raises(BackendError) as error:
            await api.patch(PATH, {}, MERGE)
    assert error.value.sent is True


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
async def test_a_patch_that_was_refused_did_not_happen(status: int):
    async with speaking(saying(status, b'{"message": "said so"}')) as api:
        with pytest.raises(BackendError, match="said so") as error:
            await api.patch(PATH, {}, MERGE)
    assert error.value.sent is False
    assert error.value.next


async def test_a_refusal_that_is_no_json_is_told_as_it_is():
    async with speaking(saying(403, b"blocked by a proxy")) as api:
        with pytest.raises(BackendError, match="blocked by a proxy") as error:
            await api.get(PATH)
    assert error.value.fault is Fault.DENIED


async def test_a_watch_that_breaks_is_an_error_and_one_that_ends_is_not():
    async with speaking(break_off) as api:
        with pytest.raises(BackendError) as error:
            await api.changed(PATH, "1", "metadata.name=x", 5.0)
    assert error.value.fault is Fault.UNREACHABLE
    async with speaking(saying(200, b"")) as api:
        assert await api.changed(PATH, "1", "metadata.name=x", 5.0) == "ended"


async def test_a_watch_of_an_expired_version_asks_to_read_again():
    async with speaking(saying(410, b'{"message": "too old"}')) as api:
        assert await api.changed(PATH, "1", "metadata.name=x", 5.0) == "changed"
    async with speaking(saying(403, b'{"message": "no"}')) as api:
        with pytest.raises(BackendError):
            await api.changed(PATH, "1", "metadata.name=x", 5.0)
