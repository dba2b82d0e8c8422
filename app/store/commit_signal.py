"""A signal after every commit, so that who waits for something new need not look for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Listener = Callable[[], None]


class CommitSignal:
    """Sent when something was written; it does not say what."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()

    def send(self, but: Listener | None = None) -> None:
        """Call every listener, ``but`` one."""
        for listener in self._listeners - {but}:
            listener()

    @contextmanager
    def received_by(self, listener: Listener) -> Iterator[None]:
        """Have ``listener`` called at every signal, until the context ends."""
        self._listeners.add(listener)
        try:
            yield
        finally:
            self._listeners.discard(listener)
