"""A listening socket goes on when the process has no files left."""

import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.http.listener import Listener, listen_on


@contextmanager
def without_files() -> Iterator[None]:
    """Not one file more may be opened."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.socket() as next_file:
        number = next_file.fileno()
    resource.setrlimit(resource.RLIMIT_NOFILE, (number, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def listener() -> Iterator[Listener]:
    (listener,) = listen_on("127.0.0.1", 0)
    listener.listen()
    listener.settimeout(5)
    with listener:
        yield listener


def test_newcomers_are_turned_away_while_there_are_no_files(listener: Listener) -> None:
    callers = [socket.create_connection(listener.getsockname(), timeout=5) for _ in range(3)]
    with without_files():
        for _ in callers[:2]:
            with pytest.raises(BlockingIOError):
                listener.accept()
    assert [caller.recv(1) for caller in callers[:2]] == [b"", b""]
    accepted, _ = listener.accept()
    accepted.sendall(b"x")
    assert callers[2].recv(1) == b"x"
    for found in (accepted, *callers):
        found.close()


def test_every_address_of_a_name_is_listened_on() -> None:
    listeners = listen_on("localhost", 0)
    addresses = {row[4][0] for row in socket.getaddrinfo("localhost", 0)}
    assert {listener.getsockname()[0] for listener in listeners} == addresses
    for listener in listeners:
        listener.close()


def test_an_address_that_is_taken_is_an_error(listener: Listener) -> None:
    with pytest.raises(OSError, match="in use"):
        listen_on("127.0.0.1", listener.getsockname()[1])


def test_what_is_sent_leaves_at_once(listener: Listener) -> None:
    """An answer is not kept until the caller has confirmed its beginning (TCP_NODELAY)."""
    with socket.create_connection(listener.getsockname(), timeout=5):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
