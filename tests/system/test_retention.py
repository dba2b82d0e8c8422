"""Some time after the last round nothing is left of people but ids and numbers."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app.service.retention import forget_due
from app.store.engine import Store
from tests.databases import settings_on
from tests.processes import Client, Site, site, until
from tests.system.test_erasure import (
    ONCE,
    Search,
    canary,
    gathering,
    hold_first_round,
    profile,
    publication,
    said,
    settle,
    settled,
)

FIELDS = (
    "name", "organisation", "email", "offer", "need", "interest", "client", "consent", "served",
    "label", "value", "forbid", "require", "notef1", "by",
)  # fmt: skip


@pytest.fixture(scope="module")
def place(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(settings_on(database, tmp_path_factory.mktemp("retention"))) as running:
        yield running


@pytest.fixture(scope="module")
def client(place: Site) -> Client:
    _, client = place.api()
    until(client.ready)
    return client


async def forget_before(folder: Site, moment: datetime) -> int:
    store = Store(folder.settings)
    try:
        return await forget_due(store, moment)
    finally:
        await store.close()


def test_of_an_event_long_over_ids_and_numbers_stay(client: Client, place: Site) -> None:
    search = Search(place)
    document = gathering(profile("p"))
    event = client.post("/v1/events", document, 201, **{ONCE: "create"}).headers["Location"]
    walks_in = {"id": "w-1", "kind": "late_arrival", "attendee": "w", "profile": profile("w")}
    client.post(f"{event}/incidents", {"incidents": [walks_in]}, 200, **{ONCE: "walk-in"})
    settle(client, event, "p")
    publication(client, event, **{ONCE: "publish"})
    partner, _ = hold_first_round(client, event)
    client.post(f"{event}/feedback", {"feedback": [said("f1", "p", partner)]})
    client.post(f"{event}/links")
    told = {"id": "t-1", "version": 1, "attendee": "p", "by": canary("p", "by")}
    client.post(f"{event}/ticks", {"ticks": [told]})
    client.post(f"{event}/prints", {"paper": "badges", "version": 1})
    until(lambda: settled(client, event))
    words = [canary(who, field) for who in "pw" for field in FIELDS[:11]]
    assert {word for word, _ in search(*words)} == set(words)
    before = client.get(f"{event}/schedule")
    now = datetime.now(UTC)

    assert asyncio.run(forget_before(place, now - timedelta(minutes=5))) == 0
    assert asyncio.run(forget_before(place, now + timedelta(minutes=5))) == 1
    assert search(*(canary(who, field) for who in "pw" for field in FIELDS)) == []
    assert asyncio.run(forget_before(place, now + timedelta(minutes=5))) == 0
    after = client.get(f"{event}/schedule")
    for one, other in zip(before["rounds"], after["rounds"], strict=True):
        assert [m["attendees"] for m in one["meetings"]] == [
            m["attendees"] for m in other["meetings"]
        ]
        assert [m["benefits"] for m in one["meetings"]] == [
            m["benefits"] for m in other["meetings"]
        ]
    assert client.get(f"{event}/ticks") == {"told": []}
    assert "name" not in client.get(f"{event}/attendees/p")
    (said_then,) = client.get(f"{event}/attendees/p/data")["feedback"]
    assert (said_then["valuable"], said_then.get("note")) == (True, None)
