"""Bad HTTP: media types, sizes and encodings, then a real server and clients that misbehave."""

import asyncio
import gzip
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from app.http import connection, key_file
from app.http.guard import LARGEST_HEADERS
from app.http.listener import listen_on
from app.logs import configure_logging
from app.serve import configuration
from app.settings import Settings
from tests.api import TWO, Api, running

pytestmark = pytest.mark.anyio

EVENT = json.dumps(TWO).encode()
LIMIT = 20_000
PATIENCE = 0.5


@pytest.fixture(scope="module")
async def api(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    folder = tmp_path_factory.mktemp("data")
    async with running(Settings(data=folder, event_bytes=LIMIT, body_bytes=LIMIT)) as api:
        yield api


MEDIA_TYPES = [
    None, "", "text/plain", "application/xml", "application/x-www-form-urlencoded", "json",
    "application/json; charset=utf-16", "application/json; charset=latin-1", "application/jsonx",
    "application/problem+json", "multipart/form-data; boundary=x", "application/merge-patch+json",
]  # fmt: skip


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
async def test_only_json_is_taken(api: Api, media_type: str | None) -> None:
    headers = {} if media_type is None else {"Content-Type": media_type}
    where = "header:Content-Type"
    await api.refuses(
        "POST", "/v1/events", raw=EVENT, status=415, pointer=where, headers=headers
    ) if headers else await _without_type(api)


async def _without_type(api: Api) -> None:
    answer = await api.client.post("/v1/events", content=EVENT)
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "media_type",
    ["application/json", "Application/JSON", 'application/json; charset="UTF-8"'],
)
async def test_json_may_say_that_it_is_utf_8(api: Api, media_type: str) -> None:
    answer = await api.send("POST", "/v1/events", raw=EVENT, headers={"Content-Type": media_type})
    assert answer.status_code == 201


@pytest.mark.parametrize("raw", [gzip.compress(b" " * 10**6), b"rubbish"])
@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate, gzip", "x"])
async def test_a_packed_body_is_refused(api: Api, raw: bytes, encoding: str) -> None:
    await api.refuses(
        "POST",
        "/v1/events",
        raw=raw,
        status=415,
        pointer="header:Content-Encoding",
        headers={"Content-Encoding": encoding},
    )


async def test_the_largest_body_is_taken_and_one_byte_more_is_not(api: Api) -> None:
    padded = EVENT + b" " * (LIMIT - len(EVENT))
    assert (await api.send("POST", "/v1/events", raw=padded)).status_code == 201
    await api.refuses("POST", "/v1/events", raw=padded + b" ", status=413, pointer="")


async def test_a_body_is_refused_by_its_length_before_it_is_read(api: Api) -> None:
    read = []

    async def body() -> AsyncIterator[bytes]:
        read.append(1)
        yield b" "

    for length in (str(LIMIT + 1), "9" * 30):
        headers = {"Content-Length": length}
        await api.refuses("POST", "/v1/events", raw=body(), status=413, headers=headers)
    assert len(read) <= 2


async def test_a_stream_is_refused_once_it_is_too_long(api: Api) -> None:
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1_000):
            sent += 1_000
            yield b" " * 1_000

    answer = await api.client.post(
        "/v1/events", content=body(), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413
    assert answer.headers["Connection"] == "close"


@pytest.mark.parametrize("length", ["-1", "x", "1.5", "\u00b2", "1,1", ""])
async def test_a_length_that_is_none_is_refused(api: Api, length: str) -> None:
    headers: Any = {"Content-Length": length.encode("latin-1")}
    await api.refuses("POST", "/v1/events", raw=EVENT, status=400, headers=headers)


def get(path: str, host: str = "localhost") -> str:
    """A request after which the connection is closed."""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"


class RawLine:
    """A raw connection to the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def say(self, text: str | bytes) -> None:
        self.writer.write(text.encode("latin-1") if isinstance(text, str) else text)
        await self.writer.drain()

    async def rest(self, seconds: float = 5) -> bytes:
        """Everything until the server closes, in whichever way."""
        found = b""
        with suppress(ConnectionError):
            async with asyncio.timeout(seconds):
                while part := await self.reader.read(2**16):
                    found += part
        return found

    async def close(self) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


class RawConnection:
    """A real server on a port of its own."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def open(self) -> RawLine:
        return RawLine(*await asyncio.open_connection("127.0.0.1", self.port))

    async def ask(self, text: str | bytes, seconds: float = 5) -> bytes:
        """What one connection answers before it is closed."""
        line = await self.open()
        with suppress(ConnectionError):
            await line.say(text)
        answer = await line.rest(seconds)
        await line.close()
        return answer

    async def works(self) -> None:
        """The server still answers others at once."""
        started = time.perf_counter()
        answer = await self.ask(
            "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        assert answer.startswith(b"HTTP/1.1 200")
        assert time.perf_counter() - started < 2


@pytest.fixture(scope="module")
async def wire(
    anyio_backend: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RawConnection]:
    settings = Settings(
        data=tmp_path_factory.mktemp("wire"), event_bytes=LIMIT, body_seconds=PATIENCE
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "HEAD_SECONDS", PATIENCE)
        async with on_the_wire(settings) as wire:
            yield wire


@asynccontextmanager
async def on_the_wire(settings: Settings) -> AsyncIterator[RawConnection]:
    """A real server with these settings."""
    server = uvicorn.Server(configuration(settings))
    (listener,) = listen_on("127.0.0.1", 0)
    serving = asyncio.create_task(server.serve([listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    yield RawConnection(listener.getsockname()[1])
    server.should_exit = True
    await serving


HEAD = "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"

REFUSED_BY_THE_SERVER = {
    "two lengths": HEAD + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a negative length": HEAD + "Content-Length: -2\r\n\r\n{}",
    "no host": "GET /v1/events HTTP/1.1\r\n\r\n",
    "two hosts": "GET /v1/events HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "a header of 200 KB": "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x" * 200_000 + "\r\n\r\n",
    "20,000 headers": "GET / HTTP/1.1\r\nHost: localhost\r\n" + "X: x\r\n" * 20_000 + "\r\n",
    "an address of 1 MB": "GET /" + "x" * 1_000_000 + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a header without a name": "GET / HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n",
    "a line feed in an address": "GET /\n/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no HTTP at all": "\x16\x03\x01\x02\r\n\r\n",
    "bytes beyond ASCII in an address": "GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
}


@pytest.mark.parametrize("text", REFUSED_BY_THE_SERVER.values(), ids=REFUSED_BY_THE_SERVER.keys())
async def test_what_is_no_request_is_refused_and_closed(wire: RawConnection, text: str) -> None:
    answer = await wire.ask(text)
    head, _, body = answer.partition(b"\r\n\r\n")
    status = int(head.split()[1])
    assert status == (431 if len(text) > LARGEST_HEADERS else 400)
    assert b"\r\ncontent-type: application/problem+json\r\n" in head.lower() + b"\r\n"
    assert json.loads(body)["status"] == status
    await wire.works()


async def test_length_and_chunks_together_are_never_read_as_two_requests(
    wire: RawConnection,
) -> None:
    smuggled = "0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    head = HEAD + f"Content-Length: {len(smuggled)}\r\nTransfer-Encoding: chunked\r\n"
    answer = await wire.ask(head + "\r\n" + smuggled)
    assert answer.startswith(b"HTTP/1.1 400")
    assert answer.count(b"HTTP/1.1 ") == 1
    await wire.works()


@pytest.mark.parametrize("host", ["x/?", "a b", "localhost@evil", "tertius.example", "["])
async def test_a_strange_host_skips_no_rule(wire: RawConnection, host: str) -> None:
    assert (await wire.ask(get("/v1/events", host))).startswith((b"HTTP/1.1 403", b"HTTP/1.1 400"))
    await wire.works()


PATHS = [
    "//v1/events",
    "/./v1/events",
    "/v1/../v1/events",
    "/v1%2fevents",
    "/v1/events/%00",
    "/%zz",
]


@pytest.mark.parametrize("path", PATHS)
async def test_a_strange_path_leads_nowhere(wire: RawConnection, path: str) -> None:
    assert (await wire.ask(get(path))).startswith(b"HTTP/1.1 40")


async def trickle(line: RawLine, text: str) -> float:
    """Send byte by byte until the server has enough of it; the seconds that took."""
    started = time.perf_counter()
    with suppress(ConnectionError):
        for byte in text.encode():
            await line.say(bytes([byte]))
            await asyncio.sleep(PATIENCE / 5)
    return time.perf_counter() - started


async def test_a_head_that_comes_byte_by_byte_is_cut_off(wire: RawConnection) -> None:
    line = await wire.open()
    assert await trickle(line, "GET /healthz HTTP/1.1\r\n" + "X: x\r\n" * 20) < 20 * PATIENCE
    await line.close()
    await wire.works()


async def test_a_body_that_comes_byte_by_byte_is_cut_off(wire: RawConnection) -> None:
    line = await wire.open()
    await line.say(HEAD + "Content-Length: 1000\r\n\r\n")
    seconds, answer = await asyncio.gather(trickle(line, " " * 300), line.rest())
    assert answer == b"" or answer.startswith(b"HTTP/1.1 408")
    assert seconds < 20 * PATIENCE
    await line.close()
    await wire.works()


async def test_a_body_that_stops_half_way_is_cut_off(wire: RawConnection) -> None:
    answer = await wire.ask(HEAD + 'Content-Length: 1000\r\n\r\n{"rounds"')
    assert answer.startswith(b"HTTP/1.1 408")
    await wire.works()


async def test_a_client_that_leaves_in_the_middle_is_forgotten(wire: RawConnection) -> None:
    for text in (HEAD + "Content-Length: 1000\r\n\r\n{", "GET /v1/ev", HEAD):
        line = await wire.open()
        await line.say(text)
        await line.close()
    await wire.works()


async def test_connections_that_say_nothing_are_closed(wire: RawConnection) -> None:
    lines = await asyncio.gather(*(wire.open() for _ in range(200)))
    await wire.works()
    assert await asyncio.gather(*(line.rest(20 * PATIENCE) for line in lines)) == [b""] * 200
    for line in lines:
        await line.close()


async def test_a_refused_body_that_goes_on_is_cut_off(wire: RawConnection) -> None:
    line = await wire.open()
    await line.say("POST /v1/nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000\r\n\r\n")
    assert await trickle(line, "x" * 300) < 20 * PATIENCE
    await line.close()
    await wire.works()


async def stream_of(wire: RawConnection, place: str, key: str) -> RawLine:
    """A live stream that has begun."""
    line = await wire.open()
    await line.say(
        f"GET {place}/live HTTP/1.1\r\nHost: localhost\r\n"
        f"Accept: text/event-stream\r\nAuthorization: Bearer {key}\r\n\r\n"
    )
    assert (await line.reader.readline()).startswith(b"HTTP/1.1 200")
    return line


async def test_a_stream_ends_when_its_key_is_revoked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_file, "SECONDS_BETWEEN_LOOKS", 0.02)
    file = tmp_path / "keys"
    file.write_text("organiser:acme:the-first-good-key\norganiser:acme:the-second-good-key\n")
    async with on_the_wire(Settings(data=tmp_path, keys_file=file)) as wire:
        head = (
            HEAD + f"Authorization: Bearer the-first-good-key\r\nContent-Length: {len(EVENT)}\r\n"
        )
        answer = await wire.ask(head + "Connection: close\r\n\r\n" + EVENT.decode())
        place = re.search(rb"location: (\S+)", answer)
        assert place is not None
        first, second = [
            await stream_of(wire, place[1].decode(), key)
            for key in ("the-first-good-key", "the-second-good-key")
        ]
        file.write_text("organiser:acme:the-second-good-key\n")
        async with asyncio.timeout(20):
            with suppress(ConnectionError):
                await first.reader.read()
        assert not second.reader.at_eof()
        await first.close()
        await second.close()


async def test_the_log_tells_nothing_of_what_was_sent(
    api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("debug")
    try:
        secret = "a-very-private-remark"
        url = await api.create(name=secret)
        await api.send("GET", f"{url}/attendees/{secret}?limit={secret}")
        await api.send("POST", "/v1/events", {"name": secret, secret: 1})
        await api.send("GET", "/v1/events", headers={"Authorization": f"Bearer {secret}"})
    finally:
        configure_logging("error")
    log = "".join(capsys.readouterr())
    assert [json.loads(line)["status"] for line in log.splitlines()] == [201, 422, 422, 200]
    assert secret not in log
    assert url.rpartition("/")[2] not in log
