"""Texts are encoded as they arrive: by a child, once, and kept where solves look for them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.databases import settings_on
from tests.processes import Client, site, until


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def client(folder: Path) -> Iterator[Client]:
    """The service without anybody who solves."""
    with site(settings_on("sqlite", folder)) as running:
        yield running.api("--workers", "0")[1]


def rows(folder: Path) -> int:
    file = folder / "embeddings.sqlite3"
    if not file.exists():
        return 0
    with closing(sqlite3.connect(file)) as connection, suppress(sqlite3.OperationalError):
        (count,) = connection.execute("SELECT count(*) FROM embedding").fetchone()
        return int(count)
    return 0


def test_the_texts_of_an_event_are_known_before_anybody_asks(client: Client, folder: Path) -> None:
    people = [{"id": "a", "offers": ["tax returns"]}, {"id": "b", "needs": ["tax returns"]}]
    event = client.event(rounds=[{}], attendees=[{"id": "z", "interests": ["sailing"]}])
    assert rows(folder) == 0
    event = client.event(rounds=[{}], attendees=people)
    until(lambda: rows(folder) == 2)  # one text, by two encoders
    client.http.post(f"{event}/attendees", json={"id": "c", "offers": ["van hire"]})
    until(lambda: rows(folder) == 4)
    answer = client.http.get(event)
    changed = {"attendees": [*people, {"id": "c", "offers": ["office flowers"]}]}
    headers = {"If-Match": answer.headers["ETag"]}
    assert client.http.put(f"{event}/attendees", json=changed, headers=headers).status_code == 200
    until(lambda: rows(folder) == 6)
