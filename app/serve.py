"""The service in one command: the api in this process, and workers that it keeps running."""

import asyncio
import os
import resource
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog
import uvicorn

from app.http.connection import Connection
from app.http.listener import ACCEPTED_AT_ONCE, Listener, listen_on
from app.logs import configure_logging
from app.main import create_app
from app.settings import OpenServerError, Settings
from app.store import access_keys
from app.terminal.configured import opened_store, settings_or_failure
from app.terminal.data_folder import folder_in_use, open_data_folder
from app.terminal.failure import BAD_INPUT, Failure
from app.workers.child_pool import share_text_cache

KEEP_ALIVE_SECONDS = 15
GRACE_SECONDS = 3
"""How long open answers, progress streams among them, may hold up the end."""
LARGEST_HEAD_BYTES = 32 * 1024
SECONDS_BETWEEN_STARTS, LONGEST_BETWEEN_STARTS = 3.0, 60.0
"""A worker that ends is started again at once, but one that ends as it starts not all the time.

Twice as long after each one that could not begin: what keeps it from that may stay.
"""
OTHER_FILES = 256 + 2 * ACCEPTED_AT_ONCE
"""Open files that are no connections: databases, children, and newcomers not yet counted."""
FEWEST_CONNECTIONS = 64
SECONDS_BETWEEN_LOOKS = 0.02

WORKER = "from app.workers.worker import main; main(supervised=True)"
"""Run with ``-c``: with no main module to load again, children of the worker are born faster."""

log = structlog.get_logger(__name__)


def serve(host: str, port: int, data: Path | None = None, workers: int = 1) -> None:
    """Run the api until it is told to stop, and ``workers`` processes that solve."""
    settings = settings_or_failure(data)
    settings = with_enough_files(settings)
    configure_logging(settings.log_level)
    open_data_folder(settings.data)
    with folder_in_use(settings.data):
        asyncio.run(_check_access(settings, host))
        listeners = _listen_on(host, port)
        share_text_cache(settings.data)
        server = uvicorn.Server(configuration(settings))
        with suppress(KeyboardInterrupt):
            asyncio.run(_run(server, listeners, settings, workers))


def _listen_on(host: str, port: int) -> list[Listener]:
    """A socket for each address of ``host``; Failure if one of them cannot be had."""
    try:
        return listen_on(host, port)
    except OSError as error:
        raise Failure(f"{host}:{port} cannot be listened on: {error.strerror}") from None


async def _check_access(settings: Settings, host: str) -> None:
    """Failure if the database cannot be used, or the service would be open to other machines."""
    async with opened_store(settings) as store, store.read() as connection:
        any_was_made = await access_keys.any_was_made(connection)
    try:
        settings.check_access(host, any_was_made=any_was_made)
    except OpenServerError as error:
        raise Failure(str(error)) from None


def with_enough_files(settings: Settings) -> Settings:
    """The settings, with no more connections than this process may open files for.

    It may open as many as it needs, if whoever started it lets it. Failure if they are too few.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = settings.connections + OTHER_FILES
    most = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    connections = most - OTHER_FILES
    if connections < FEWEST_CONNECTIONS:
        needed = FEWEST_CONNECTIONS + OTHER_FILES
        raise Failure(f"this process may open {most} files (ulimit -n): it needs {needed}")
    return settings.model_copy(update={"connections": connections})


def configuration(settings: Settings) -> uvicorn.Config:
    """How the api is served: heads and waits are limited, nothing is logged twice.

    Which connections are too many is for ``app.http.visitors`` to say.
    """
    return uvicorn.Config(
        create_app(settings),
        backlog=ACCEPTED_AT_ONCE,
        log_config=None,
        access_log=False,
        server_header=False,
        http=Connection,
        forwarded_allow_ips=settings.proxies,
        ws="none",
        h11_max_incomplete_event_size=LARGEST_HEAD_BYTES,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


async def _run(
    server: uvicorn.Server, listeners: list[Listener], settings: Settings, workers: int
) -> None:
    # uvicorn raises the signal that ended it once more, for whoever handled it before.
    signal.signal(signal.SIGTERM, lambda *_: None)
    async with _supervised(server, settings, workers):
        await server.serve(list(listeners))


@asynccontextmanager
async def _supervised(
    server: uvicorn.Server, settings: Settings, workers: int
) -> AsyncIterator[None]:
    """Workers that are started again whenever they end, until the context does."""
    supervisors = [asyncio.create_task(_supervise(server, settings)) for _ in range(workers)]
    try:
        yield
    finally:
        for supervisor in supervisors:
            supervisor.cancel()
        await asyncio.gather(*supervisors, return_exceptions=True)


async def _supervise(server: uvicorn.Server, settings: Settings) -> None:
    """Keep one worker running; it ends with this process, however that ends.

    The first one starts when the api listens: what it loads would hold that up.
    """
    while not server.started:
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
    clock, seconds = asyncio.get_running_loop().time, SECONDS_BETWEEN_STARTS
    while True:
        begun = clock()
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-c", WORKER),
            stdin=asyncio.subprocess.PIPE,
            env=_environment(settings),
            start_new_session=True,  # Ctrl-C in a terminal is for the api to handle
        )
        try:
            code = await worker.wait()
        finally:
            if worker.returncode is None:
                worker.terminate()
                await worker.wait()
        log.warning("worker ended", code=code)
        seconds = pause_after(code, seconds)
        await asyncio.sleep(begun + seconds - clock())


def pause_after(code: int, before: float) -> float:
    """Seconds from start to start of a worker, given those ``before`` the one that ended."""
    return min(2 * before, LONGEST_BETWEEN_STARTS) if code == BAD_INPUT else SECONDS_BETWEEN_STARTS


def _environment(settings: Settings) -> dict[str, str]:
    """Ours, with the same data and the same modules."""
    ours = {"TERTIUS_DATA": str(settings.data.absolute()), "PYTHONPATH": os.pathsep.join(sys.path)}
    return os.environ | ours
