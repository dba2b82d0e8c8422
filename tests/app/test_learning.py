"""Texts are encoded as they arrive: by a child, once, and kept where solves look for them."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import anyio
import pytest

from tests.app.api import Api
from tests.app.databases import SQLITE_ONLY

pytestmark = [pytest.mark.anyio, SQLITE_ONLY]


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("TERTIUS_CACHE", str(tmp_path))
    return tmp_path / "embeddings.sqlite3"


def rows(cache: Path) -> int:
    if not cache.exists():
        return 0
    with closing(sqlite3.connect(cache)) as connection, suppress(sqlite3.OperationalError):
        (count,) = connection.execute("SELECT count(*) FROM embedding").fetchone()
        return int(count)
    return 0


async def until_rows(cache: Path, least: int) -> int:
    with anyio.fail_after(60):
        while (found := rows(cache)) < least:
            await anyio.sleep(0.05)
    return found


async def test_the_texts_of_an_event_are_known_before_anybody_asks(api: Api, cache: Path) -> None:
    people = [{"id": "a", "offers": ["tax returns"]}, {"id": "b", "needs": ["tax returns"]}]
    url = await api.create(attendees=people)
    assert await until_rows(cache, 3) == 3  # one text, two words
    more = {"id": "c", "offers": ["van hire"]}
    assert (await api.send("POST", f"{url}/attendees", more)).status_code == 201
    assert await until_rows(cache, 6) == 6
    changed = {"id": "c", "offers": ["flowers"]}
    answer = await api.send("PUT", f"{url}/attendees/c", changed, tag=await api.tag(url))
    assert answer.status_code == 200
    assert await until_rows(cache, 7) in (7, 8)  # a word alone is a text and a word


async def test_people_without_texts_keep_no_child_busy(api: Api, cache: Path) -> None:
    await api.create(attendees=[{"id": "a", "interests": ["sailing"]}, {"id": "b"}])
    assert api.app.state.learning._waiting == {}
    assert rows(cache) == 0
