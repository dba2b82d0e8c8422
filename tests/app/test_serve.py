"""What keeps the service from starting is told in words, and never shows a secret."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn

from app import serve as serving
from app.serve import serve
from app.settings import Settings
from app.terminal.failure import Failure
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
