"""The service as it is run, started for a measurement and gone after it."""

import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import urlopen

import httpx

from schemas.event import Event

PATIENCE = 120.0
LOOK_SECONDS = 0.02


@contextmanager
def service(until: str = "/readyz", files: int | None = None, **environment: str) -> Iterator[str]:
    """The address of a service with one worker and an empty database, once ``until`` answers.

    With ``files`` it may open no more than so many.
    """
    with TemporaryDirectory(prefix="tertius-bench-") as folder:
        port = _free_port()
        with (Path(folder) / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "serve", "--port", str(port), "--data", folder],
                env=os.environ | environment,
                stdout=log,
                stderr=log,
                preexec_fn=partial(_limit_files, files) if files else None,
            )
        try:
            _await(f"http://127.0.0.1:{port}{until}", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def published(client: httpx.Client, event: Event, seconds: float) -> str:
    """The address of an event that was solved for so long and published."""
    place = post_event(client, event)
    solve = _sound(client.post(f"{place}/solves", json={"seconds": seconds})).headers["Location"]
    while (state := client.get(solve).json())["state"] in ("queued", "running"):
        time.sleep(0.1)
    _sound(client.post(f"{place}/schedules/{state['version']}/publish"))
    return place


def post_event(client: httpx.Client, event: Event) -> str:
    """The address of the event, stored."""
    body, json = event.model_dump_json(exclude_none=True), {"Content-Type": "application/json"}
    place: str = _sound(client.post("/v1/events", content=body, headers=json)).headers["Location"]
    return place


def _limit_files(files: int) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))


def _sound(answer: httpx.Response) -> httpx.Response:
    if answer.is_error:
        raise RuntimeError(f"{answer.request.url}: {answer.status_code} {answer.text[:500]}")
    return answer


def _await(url: str, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), urlopen(url) as answer:
            if answer.status == 200:
                return
        time.sleep(LOOK_SECONDS)
    raise RuntimeError("the service did not start")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def report(client: httpx.Client, place: str, *incidents: dict[str, Any]) -> dict[str, Any]:
    """What the service answers to incidents: the repaired version."""
    answer = _sound(client.post(f"{place}/incidents", json={"incidents": incidents}))
    told: dict[str, Any] = answer.json()
    return told
