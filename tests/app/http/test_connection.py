"""Connections: what is not read is not kept, and who asks nothing makes room."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, suppress
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from app.http import connection
from app.http.connection import Connection
from app.http.visitors import Visitors

pytestmark = pytest.mark.anyio

LARGE = 8 * 2**20
"""More than the system takes off our hands."""
PATIENCE = 20


class LargeAnswers:
    """An app with one large answer, whole or as a stream that never ends."""

    def __init__(self, visitors: Visitors) -> None:
        self.state = SimpleNamespace(visitors=visitors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] == "/known":
            scope["state"]["connection"]().greet(b"key")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/stream":
            with suppress(asyncio.CancelledError):
                while (await self._next(receive))["type"] == "http.request":
                    await send(
                        {"type": "http.response.body", "body": b"x" * 2**16, "more_body": True}
                    )
        size = LARGE if scope["path"] == "/large" else 1
        await send({"type": "http.response.body", "body": b"x" * size})

    async def _next(self, receive: Receive) -> Any:
        """A disconnect, if there was one."""
        try:
            async with asyncio.timeout(0.001):
                return await receive()
        except TimeoutError:
            return {"type": "http.request"}


@asynccontextmanager
async def serving(most: int = 100, unread: int = 2**30) -> AsyncIterator[tuple[Visitors, int]]:
    visitors = Visitors(most, 100, unread)
    app: Any = LargeAnswers(visitors)
    config = uvicorn.Config(app, http=Connection, log_config=None, lifespan="off", port=0)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield visitors, server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await task


async def asked(port: int, path: str) -> socket.socket:
    """A connection that has asked for something, and has not read."""
    sock = socket.create_connection(("127.0.0.1", port))
    sock.setblocking(False)
    await asyncio.get_running_loop().sock_sendall(
        sock, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    )
    return sock


async def head(sock: socket.socket) -> bytes:
    async with asyncio.timeout(PATIENCE):
        return await asyncio.get_running_loop().sock_recv(sock, 2**10)


async def awaited(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("path", ["/large", "/stream"])
async def test_whoever_does_not_read_is_cut_off(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(connection, "UNREAD_SECONDS", 0.1)
    async with serving() as (visitors, port):
        with closing(await asked(port, path)):
            await awaited(lambda: len(visitors) == 1)
            await awaited(lambda: len(visitors) == 0)


async def test_whoever_reads_slowly_but_steadily_gets_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "UNREAD_SECONDS", 0.1)
    monkeypatch.setattr(connection, "UNREAD_BYTES_PER_SECOND", 0)
    async with serving() as (_, port):
        with closing(await asked(port, "/large")) as sock:
            found = 0
            while found < LARGE:
                await asyncio.sleep(0.01)
                async with asyncio.timeout(PATIENCE):
                    found += len(await asyncio.get_running_loop().sock_recv(sock, 2**19))


async def test_what_lies_unread_for_all_is_bounded() -> None:
    async with serving(unread=2 * LARGE) as (visitors, port):
        readers = [await asked(port, "/large") for _ in range(6)]
        for reader in readers:
            with suppress(ConnectionError):
                await head(reader)
        await awaited(lambda: len(visitors) < 6)
        assert len(visitors) >= 2
        for reader in readers:
            reader.close()


async def test_silent_connections_make_room_and_those_with_a_key_stay() -> None:
    async with serving(most=4) as (visitors, port):
        with closing(await asked(port, "/known")) as known:
            assert (await head(known)).startswith(b"HTTP/1.1 200")
            silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
            with closing(await asked(port, "/")) as other:
                assert (await head(other)).startswith(b"HTTP/1.1 200")
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(known, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            while not (told := await head(known)).startswith(b"HTTP/1.1 200"):
                assert told != b""
            assert len(visitors) <= 4
            for sock in silent:
                sock.close()


async def test_a_bad_chunk_after_the_answer_ends_the_connection_without_another() -> None:
    async with serving() as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
        writer.write(b"this is no chunk\r\n\r\n")
        with suppress(ConnectionError):
            async with asyncio.timeout(PATIENCE):
                assert b"HTTP/1.1" not in await reader.read()
        writer.close()


async def test_a_client_that_goes_on_sending_still_sees_why_it_was_refused() -> None:
    async with serving() as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\n" + b"x" * 2**22)
        async with asyncio.timeout(PATIENCE):
            await writer.drain()
            answer = await reader.read()
        body = json.loads(answer.partition(b"\r\n\r\n")[2])
        assert body["status"] == int(answer.split()[1]) == 431
        writer.close()
