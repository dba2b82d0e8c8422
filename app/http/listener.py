"""Sockets that listen, and go on to when the process has no files left."""

import errno
import socket
from contextlib import suppress
from typing import Any

import structlog

ACCEPTED_AT_ONCE = 64
"""How many connections are opened before the next look at those that are open."""
QUEUE = 2_048
"""How many the system lets wait meanwhile."""
NO_FILES = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

log = structlog.get_logger("tertius.http")


class Listener(socket.socket):
    """A listening socket that turns newcomers away while no file can be opened.

    The event loop's own way is to try again a second later, as often as it has failed: each try
    fails many times, so that soon it does nothing else and its log fills the disk. Here a spare
    file is given up for a moment, so that whoever knocks can be let in and sent off.
    """

    def __init__(self, family: int, kind: int) -> None:
        super().__init__(family, kind)
        self._spare = socket.socket(socket.AF_UNIX)

    def listen(self, _: int = 0, /) -> None:
        """Listen with a queue of our length: the loop's own is how many it accepts at once."""
        super().listen(QUEUE)

    def accept(self) -> tuple[socket.socket, Any]:
        """The next connection; BlockingIOError also when one was turned away."""
        try:
            return super().accept()
        except OSError as error:
            if error.errno not in NO_FILES:
                raise
        log.error("no files left: a connection was turned away")
        self._turn_away()
        raise BlockingIOError

    def close(self) -> None:
        """Close both files."""
        self._spare.close()
        super().close()

    def _turn_away(self) -> None:
        self._spare.close()
        with suppress(OSError):  # another thread may have been quicker to use it
            super().accept()[0].close()
        with suppress(OSError):
            self._spare = socket.socket(socket.AF_UNIX)


def listen_on(host: str, port: int) -> list[Listener]:
    """A socket for each address of ``host``; OSError if one of them cannot be had."""
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    listeners: list[Listener] = []
    try:
        for family, kind, _, _, address in dict.fromkeys(found):
            listener = Listener(family, kind)
            listeners.append(listener)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # Inherited by what is accepted: else the end of an answer waits 40 ms for the client.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if family == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listener.bind(address)
    except OSError:
        for listener in listeners:
            listener.close()
        raise
    return listeners
