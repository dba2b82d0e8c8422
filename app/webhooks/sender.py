"""One message on its way: to the address that was looked at, and no further.

The connection resolves the name, looks at every address and connects to one of these; TLS checks
the name. There is no second look-up that could say something else, no redirect is followed, no
proxy is asked, and of the answer the status alone is read.
"""

import asyncio
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

import httpcore
import httpx

from app.webhooks.destination import may_reach
from schemas.webhook import SendProblem

SECONDS_TO_SEND = 12.0
"""For all of it: the look-up, the connection, the message and the head of the answer."""
LOOKUPS = 8
"""Names that are looked up at once: one that nobody answers holds a thread for a while."""

Resolve = Callable[[str, int], Sequence[str]]
"""All addresses of a host; OSError if there are none. It may take long."""


class SendError(Exception):
    """A message that got no answer."""

    def __init__(self, problem: SendProblem) -> None:
        super().__init__(problem)
        self.problem = problem


def resolve_host(host: str, port: int) -> Sequence[str]:
    """What the system knows of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(row[4][0]) for row in found]


class Sender:
    """Sends messages; ``local`` lets them reach this machine, for tests."""

    def __init__(
        self,
        *,
        local: bool,
        resolve: Resolve = resolve_host,
        network: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        inner = network or httpcore.AnyIOBackend()
        self._network = _CheckedNetwork(resolve, inner, local=local)
        self._tls = httpx.create_ssl_context(trust_env=False)

    async def post(self, url: httpx.URL, headers: Mapping[str, str], body: str) -> int:
        """The status of the answer; SendError if there is none."""
        place = httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        try:
            async with asyncio.timeout(SECONDS_TO_SEND):
                return await self._post(place, headers, body.encode())
        except (TimeoutError, httpcore.TimeoutException):
            raise SendError("timeout") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError):
            raise SendError("connection") from None

    async def _post(self, place: httpcore.URL, headers: Mapping[str, str], body: bytes) -> int:
        """A connection for the one message: nobody's answer is read in another's place."""
        pool = httpcore.AsyncConnectionPool(
            ssl_context=self._tls, network_backend=self._network, max_connections=1
        )
        sent = [(name.encode(), value.encode()) for name, value in headers.items()]
        async with pool, pool.stream("POST", place, headers=sent, content=body) as answer:
            return answer.status

    def close(self) -> None:
        """Look nothing up any more."""
        self._network.close()


class _CheckedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to hosts all of whose addresses are public, by the addresses that were checked."""

    def __init__(
        self, resolve: Resolve, inner: httpcore.AsyncNetworkBackend, *, local: bool
    ) -> None:
        self._resolve, self._local = resolve, local
        self._threads = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="lookup")
        self._inner = inner

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address that takes one; SendError if one is not public."""
        failure = httpcore.ConnectError("no address")
        for address in await self._addresses(host, port):
            try:
                return await self._inner.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except httpcore.ConnectError as error:
                failure = error
        raise failure

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            loop = asyncio.get_running_loop()
            found = await loop.run_in_executor(self._threads, self._resolve, host, port)
            parsed = [ip_address(address) for address in dict.fromkeys(found)]
        except (OSError, UnicodeError, ValueError):
            raise SendError("name") from None
        if not all(may_reach(address, local=self._local) for address in parsed):
            raise SendError("address")
        return [str(address) for address in parsed]

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)

    def close(self) -> None:
        """Wait for no look-up."""
        self._threads.shutdown(wait=False, cancel_futures=True)
