"""What keeps the service from starting is told in words, and never shows a secret."""

import asyncio
import resource
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn

from app import serve as serving
from app.http.listener import listen_on
from app.serve import OTHER_FILES, SECONDS_BETWEEN_STARTS, pause_after, serve, with_enough_files
from app.settings import Settings
from app.terminal.failure import BAD_INPUT, Failure
from app.workers.waiting import in_background


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TERTIUS_KEYS", "TERTIUS_KEYS_FILE", "TERTIUS_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_it_is_not_open_to_other_machines_without_a_key(host: str, tmp_path: Path) -> None:
    with pytest.raises(Failure, match="TERTIUS_KEYS"):
        serve(host, 0, tmp_path)


WRONG = {
    "a key without a role": ("TERTIUS_KEYS", "hush-hush-hush-hush"),
    "a short key": ("TERTIUS_KEYS", "organiser:x:hush"),
    "a file that is not there": ("TERTIUS_KEYS_FILE", "/nowhere/hush"),
    "another database": ("TERTIUS_DATABASE_URL", "mysql://root:hush@localhost/x"),
    "no address at all": ("TERTIUS_DATABASE_URL", "hush"),
    "an endless solve": ("TERTIUS_SOLVE_SECONDS", "hush"),
    "a proxy without an address": ("TERTIUS_PROXIES", "127.0.0.1,hush"),
}


@pytest.mark.parametrize(("name", "value"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_setting_is_named_without_its_value(
    name: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Failure) as failure:
        serve("127.0.0.1", 0, tmp_path)
    told = str(failure.value)
    assert told.startswith("TERTIUS_")
    if "FILE" not in name:
        assert "hush" not in told


class EndingWorkers:
    """Workers that end after a moment; tells when so many have been started."""

    def __init__(self) -> None:
        self.starts = 0
        self.started = asyncio.Condition()

    async def __call__(self, *_: str, **__: Any) -> SimpleNamespace:
        async with self.started:
            self.starts += 1
            self.started.notify_all()
        return SimpleNamespace(wait=self._wait, returncode=-9)

    async def _wait(self) -> int:
        await asyncio.sleep(0.05)
        return -9

    async def until_started(self, times: int) -> None:
        async with asyncio.timeout(30), self.started:
            await self.started.wait_for(lambda: self.starts >= times)


@pytest.mark.anyio
@pytest.mark.parametrize(("seconds", "starts"), [(0.02, 4), (3600.0, 1)])
async def test_a_worker_is_started_again_at_once_but_not_all_the_time(
    seconds: float, starts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = EndingWorkers()
    monkeypatch.setattr(serving, "SECONDS_BETWEEN_STARTS", seconds)
    monkeypatch.setattr(asyncio, "create_subprocess_exec", workers)
    server = uvicorn.Server(uvicorn.Config("nothing"))
    server.started = True
    async with in_background(serving._supervise(server, Settings())):
        await workers.until_started(starts)
        if starts == 1:
            await asyncio.sleep(0.3)
            assert workers.starts == 1


def limited(soft: int, hard: int, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """What is set, on a system that lets a process open so many files."""
    raised: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, both: raised.append(both))
    return raised


def test_it_may_open_as_many_files_as_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    raised = limited(256, resource.RLIM_INFINITY, monkeypatch)
    settings = Settings(connections=500)
    assert with_enough_files(settings) == settings
    assert raised == [(500 + OTHER_FILES, resource.RLIM_INFINITY)]


def test_where_files_are_few_connections_are(monkeypatch: pytest.MonkeyPatch) -> None:
    assert limited(1_024, 1_024, monkeypatch) == []
    settings = with_enough_files(Settings(connections=1_000))
    assert settings.connections == 1_024 - OTHER_FILES
    assert settings.requests_at_once < settings.connections


def test_with_hardly_any_files_it_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    limited(OTHER_FILES, OTHER_FILES, monkeypatch)
    with pytest.raises(Failure, match="ulimit"):
        with_enough_files(Settings())


def test_a_port_that_is_taken_is_told_in_words(tmp_path: Path) -> None:
    (taken,) = listen_on("127.0.0.1", 0)
    taken.listen()
    with taken, pytest.raises(Failure, match="cannot be listened on"):
        serve("127.0.0.1", taken.getsockname()[1], tmp_path)


def test_a_worker_that_cannot_begin_is_started_ever_more_rarely_and_any_other_at_once() -> None:
    seconds, seen = SECONDS_BETWEEN_STARTS, []
    for code in [BAD_INPUT] * 8 + [-9, 1, BAD_INPUT]:
        seconds = pause_after(code, seconds)
        seen.append(seconds)
    assert seen == [6, 12, 24, 48, 60, 60, 60, 60, 3, 3, 6]
