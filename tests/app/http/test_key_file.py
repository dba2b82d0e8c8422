"""The file of keys is read again: whoever is new may enter, whoever is gone is sent away."""

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from app.http import key_file
from app.http.key_file import watch_keys
from app.http.keys import Keys
from app.http.visitors import Visitors
from app.settings import Settings
from app.store.access_keys import digest_of_key
from app.store.engine import Store
from app.workers.waiting import in_background

pytestmark = pytest.mark.anyio

FIRST, SECOND = "the-first-good-key", "the-second-good-key"


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_file, "SECONDS_BETWEEN_LOOKS", 0.01)


@asynccontextmanager
async def watched_keys(folder: Path, dismissed: list[Any]) -> Any:
    file = folder / "keys"
    file.write_text(f"organiser:acme:{FIRST}\n")
    settings = Settings(data=folder, keys_file=file)
    keys, visitors = Keys(settings.access, Store(settings)), Visitors(1, 1, 1)
    visitors.dismiss = dismissed.extend  # type: ignore[assignment,method-assign]
    async with in_background(watch_keys(settings, keys, visitors)):
        yield file, keys


async def awaited(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


async def test_a_key_that_is_added_is_good_and_one_that_is_gone_is_not(tmp_path: Path) -> None:
    dismissed: list[Any] = []
    async with watched_keys(tmp_path, dismissed) as (file, keys):
        file.write_text(f"reader:acme:{SECOND}\n")
        await awaited(lambda: dismissed)
        assert await keys.caller(FIRST) is None
        assert (await keys.caller(SECOND)).role == "reader"
        assert dismissed == [digest_of_key(FIRST)]


BROKEN = [
    "",
    "# all gone\n",
    f"guest:acme:{SECOND}\n",
    f"reader:acme:{SECOND}\nhush-hush\n",
    "\udcff",
]


@pytest.mark.parametrize("text", BROKEN)
async def test_a_broken_file_leaves_the_last_good_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    told: list[str] = []
    monkeypatch.setattr(
        key_file.log, "warning", lambda event, **more: told.append(event + str(more)), raising=False
    )
    dismissed: list[Any] = []
    async with watched_keys(tmp_path, dismissed) as (file, keys):
        file.write_text(text, errors="surrogateescape")
        await awaited(lambda: told)
        assert await keys.caller(FIRST) is not None
        assert (await keys.caller(SECOND), await keys.caller(None), dismissed) == (None, None, [])
    assert "the last good keys stay" in told[0]
    assert not any(secret in told[0] for secret in (FIRST, SECOND, "hush"))


async def test_a_file_that_is_gone_and_comes_back_is_read(tmp_path: Path) -> None:
    dismissed: list[Any] = []
    async with watched_keys(tmp_path, dismissed) as (file, keys):
        file.unlink()
        await asyncio.sleep(0.05)
        assert await keys.caller(FIRST) is not None
        file.write_text(f"reader:acme:{SECOND}\n")
        await awaited(lambda: dismissed)
        assert await keys.caller(SECOND) is not None
