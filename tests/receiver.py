"""Somebody who is told by webhooks: a server on loopback that verifies what comes."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from standardwebhooks import Webhook, WebhookVerificationError


class HookPost(NamedTuple):
    """One POST: the message as far as its signature is good for the ``secret``."""

    id: str
    headers: dict[str, str]
    body: bytes

    def message(self, secret: str) -> Any:
        """What it tells; an error unless it is signed with the secret."""
        return Webhook(secret).verify(self.body, self.headers)

    def is_signed_with(self, secret: str) -> bool:
        try:
            self.message(secret)
        except WebhookVerificationError:
            return False
        return True


Answer = Callable[[HookPost], int]


class Receiver:
    """What has come, in order; ``answer`` says with which status each is answered."""

    def __init__(self) -> None:
        self.arrivals: list[HookPost] = []
        self.connections = 0
        self.answer: Answer = lambda _: 204
        self.location = ""
        self.url = ""

    def of_event(self, event_id: str, secret: str) -> list[Any]:
        """What was told of an event, every message once."""
        told = {arrival.id: arrival.message(secret) for arrival in self.arrivals}
        return [each for each in told.values() if each["data"].get("event") == event_id]

    def times(self) -> dict[str, int]:
        """How often each message came."""
        counts: defaultdict[str, int] = defaultdict(int)
        for arrival in self.arrivals:
            counts[arrival.id] += 1
        return dict(counts)


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver that listens until the context ends."""
    ours = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def setup(self) -> None:
            ours.connections += 1
            super().setup()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            arrival = HookPost(headers.get("webhook-id", ""), headers, body)
            ours.arrivals.append(arrival)
            self.send_response(ours.answer(arrival))
            if ours.location:
                self.send_header("Location", ours.location)
            self.end_headers()

        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, *_: Any) -> None:
            """Nothing is logged."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        ours.url = f"http://127.0.0.1:{server.server_port}/hook?of=tertius"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield ours
        server.shutdown()
