"""A server of the playground, from its start to its end."""

import asyncio

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from playground.listening import listening

HELLO = (
    "GET / HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
GOODBYE = b"\x88\x80\0\0\0\0"  # a close frame, masked with zeros
MORE_THAN_BUFFERS_HOLD = 32 * 2**20


async def test_a_server_stops_while_a_socket_that_said_goodbye_is_still_there():
    gone = asyncio.Event()

    async def talk(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_bytes(bytes(MORE_THAN_BUFFERS_HOLD))
        try:
            await socket.receive_text()
        except WebSocketDisconnect:
            gone.set()

    async with listening(Starlette(routes=[WebSocketRoute("/", talk)]), with_sockets=True) as url:
        port = int(url.rsplit(":", 1)[1])
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.write(HELLO.encode())
        assert b"101" in await reader.readline()
        writer.write(GOODBYE)  # what it was sent is not read, so that the server cannot let go of it
        await gone.wait()
    writer.transport.abort()
