"""Connections that must not idle: what uvicorn leaves open for as long as a client likes."""

import asyncio
import sys
import weakref
from typing import Any

import h11
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol
from uvicorn.server import ServerState

from app.http.addresses import network_of
from app.http.guard import HEADERS, TOO_LARGE, last_answer
from app.http.visitors import Visitors

HEAD_SECONDS = 10.0
"""How long a request's head may take, and how long bytes may come that nobody waits for."""
UNREAD_SECONDS = 30.0
"""How often whoever does not take all of an answer is looked at."""
UNREAD_BYTES_PER_SECOND = 64 * 1024
"""Who has taken less than this since the last look is cut off."""


class Connection(H11Protocol):
    """A connection that is closed when a request does not arrive in time, or an answer is not read.

    The body of a request that is being answered has a time limit of its own where it is read.
    Requests find it in their state, by a weak reference: ``connection()`` is it.
    """

    _end: asyncio.TimerHandle | None = None
    _look: asyncio.TimerHandle | None = None
    _refused = False
    address = ""
    since = 0.0
    key: bytes | None = None

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        ours = app_state | {"connection": weakref.ref(self)}
        super().__init__(config, server_state, ours, _loop)
        app: Any = config.app
        self._visitors: Visitors = app.state.visitors

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start to wait for the first request."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(0)  # so that anything unread is known of
        self.address = network_of(self.client[0] if self.client else "")
        self.since = self.loop.time()
        self._visitors.enter(self)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what came; wait on, unless there now is a request to answer."""
        if self._refused:
            return
        super().data_received(data)
        if self.is_busy() and not self._refused:
            self._stop_waiting()
        else:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._visitors.leave(self)
        self._stop_waiting()
        self._stop_looking()
        super().connection_lost(exc)

    def greet(self, key: bytes) -> None:
        """Note that a good key came by it, by its digest."""
        self._visitors.greet(self, key)

    def is_busy(self) -> bool:
        """Whether a request by it is under way."""
        return self.cycle is not None and not self.cycle.response_complete

    def unread_bytes(self) -> int:
        """How much has been answered and not been taken."""
        return self.transport.get_write_buffer_size()

    def abort(self) -> None:
        """Close it at once, whatever it still holds."""
        self.transport.abort()

    def pause_writing(self) -> None:
        """Begin to look whether the client reads: it has not taken all at once."""
        super().pause_writing()
        self._look_later()
        self._visitors.hold(self)

    def resume_writing(self) -> None:
        """Stop to look: the client has taken all."""
        self._stop_looking()
        self._visitors.release(self)
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's plain text
        """Refuse what is no request; nothing that follows is read, but waited for.

        A client that is still sending would not see the answer if the connection were closed.
        """
        self._refused = True
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):  # an answer has begun
            self.transport.close()
            return
        if self.is_busy():
            self.cycle.disconnected = True
        error = sys.exception()  # uvicorn calls this while it handles it
        too_large = getattr(error, "error_status_hint", None) == TOO_LARGE[0]
        answer = last_answer(*(TOO_LARGE if too_large else (400, "this is no HTTP request")))
        status = answer.status_code
        headers = [*self.server_state.default_headers, *answer.raw_headers, *HEADERS]
        head = h11.Response(status_code=status, headers=headers, reason=STATUS_PHRASES[status])
        for event in (head, h11.Data(data=bytes(answer.body)), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.write_eof()

    def _wait(self) -> None:
        if self._end is None:
            self._end = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None

    def _look_later(self) -> None:
        self._look = self.loop.call_later(UNREAD_SECONDS, self._check_pace, self.unread_bytes())

    def _check_pace(self, before: int) -> None:
        """Cut off whoever has hardly read since ``before`` bytes were unread."""
        if before - self.unread_bytes() < UNREAD_SECONDS * UNREAD_BYTES_PER_SECOND:
            self.abort()
        else:
            self._look_later()

    def _stop_looking(self) -> None:
        if self._look is not None:
            self._look.cancel()
            self._look = None
