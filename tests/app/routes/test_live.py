"""The live view over HTTP: the room as it is, and everything that is told of it exactly once."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvicorn

from app.http.connection import Connection
from app.service import live_feed
from app.store import incidents
from schemas.day import Effect
from schemas.incident import Incident
from tests.api import OTHER, READER, Api
from tests.app.routes.test_schedules import hold, publish, store

pytestmark = pytest.mark.anyio

PEOPLE = [
    {"id": "a", "name": "Ada", "email": "ada@example.org", "avoid": ["d"],
     "needs": [{"text": "a loan", "shown_to": "nobody"}]},
    {"id": "b", "name": "Ben"},
    {"id": "c", "name": "Cara"},
    {"id": "d", "name": "Dan"},
]  # fmt: skip
PATIENCE = 20


async def event(api: Api, *versions: Any, **fields: Any) -> str:
    url = await api.create(name="Breakfast", rounds=[{}, {}], attendees=PEOPLE, **fields)
    await store(api, url, *versions)
    return url


FIRST, SECOND, THIRD = [["ab", "cd"], ["ac"]], [["ac"], ["ac"]], [["ac"], ["bc"]]


async def test_a_room_can_be_watched_before_anything_is_published(api: Api) -> None:
    url = await event(api)
    shown = await api.get(f"{url}/live")
    assert (shown["state"], shown["version"], shown["running"], shown["next"]) == (
        "unpublished",
        None,
        None,
        None,
    )
    assert (shown["event"], shown["rounds"], shown["last_change"]) == ("Breakfast", 2, None)


async def test_the_room_shows_the_published_version_and_what_changed_last(api: Api) -> None:
    url = await event(api, FIRST, SECOND)
    await publish(api, url, 1)
    shown = await api.get(f"{url}/live")
    assert (shown["version"], shown["state"], shown["next"]["round"]) == (1, "before", 1)
    assert shown["last_change"]["people"] == 4
    assert shown["next"]["seats"][0]["people"][0]["name"] == "Ada"
    await publish(api, url, 2)
    await hold(api, url, 1)
    shown = await api.get(f"{url}/live")
    assert (shown["version"], shown["state"], shown["running"]["round"]) == (2, "running", 1)
    assert shown["last_change"]["text"] == "4 to be told: 2 meet somebody else, 2 stand by"
    assert [row["reason"] for row in shown["running"]["idle"]] == ["bye", "bye"]


async def test_nothing_private_is_shown(api: Api) -> None:
    url = await event(api, FIRST, SECOND)
    for version in (1, 2):
        await publish(api, url, version)
    text = (await api.send("GET", f"{url}/live")).text + await streamed(api, url, 0, 3)
    for secret in ("example.org", "loan", "avoid"):
        assert secret not in text


async def test_a_reader_may_look_and_another_organisation_may_not(api: Api) -> None:
    url = await event(api)
    assert (await api.as_(READER).get(f"{url}/live"))["event"] == "Breakfast"
    await api.as_(OTHER).refuses("GET", f"{url}/live", status=404)


async def test_the_room_is_cached_until_something_happens(api: Api) -> None:
    url = await event(api, FIRST)
    where, seen = f"{url}/live", set()
    for happens in (None, "publish", "incident", "rename"):
        if happens == "publish":
            await publish(api, url, 1)
        if happens == "incident":
            await report(api, url, "x-1")
        if happens == "rename":
            await api.send("PATCH", f"{url}/attendees/b", {"name": "Bo"}, tag=await api.tag(url))
        tag = await api.tag(where)
        answer = await api.send("GET", where, headers={"If-None-Match": tag})
        assert (answer.status_code, answer.content) == (304, b"")
        seen.add(tag)
    assert len(seen) == 4
    assert "Bo" in (await api.send("GET", where)).text


async def test_a_watcher_sees_the_room_and_then_every_change_once(api: Api) -> None:
    url = await event(api, FIRST, SECOND)
    await publish(api, url, 1)
    async with wire(api) as client, watch(client, url) as events_of:
        now = await following(events_of)
        assert (now.event, now.id, now.data["version"]) == ("now", 1, 1)
        await publish(api, url, 2)
        change, now = await following(events_of), await following(events_of)
        assert (change.event, change.id, change.data["version"]) == ("change", 2, 2)
        assert change.data["previous"] == 1
        assert change.data["people"][0]["words"] == [
            "Round 1: you now meet Cara at table 1 instead of Ben."
        ]
        assert change.data["tables"][1]["words"] == "Table 2, round 1: empty (was: Cara and Dan)."
        assert (now.event, now.id, now.data["version"]) == ("now", 2, 2)
        await report(api, url, "x-1", "x-2")
        change = await following(events_of)
        assert change.data["incidents"] == [
            {"id": "x-1", "kind": "checked_in"},
            {"id": "x-2", "kind": "checked_in"},
        ]


async def test_watchers_learn_that_somebody_was_told_and_not_who(api: Api) -> None:
    url = await event(api, FIRST, SECOND)
    await publish(api, url, 1)
    async with wire(api) as client, watch(client, url) as events_of:
        before = await following(events_of)
        tick = {"id": "t-1", "version": 1, "attendee": "c", "by": "Mia"}
        assert (await api.send("POST", f"{url}/ticks", {"ticks": [tick]})).status_code == 200
        change, now = await following(events_of), await following(events_of)
        assert (change.event, change.data["kind"], change.data["people"]) == ("change", "ticks", [])
        assert all(name not in str(change.data) for name in ("t-1", "Mia", "Cara"))
        assert (now.data["version"], now.data["next"]) == (1, before.data["next"])


@pytest.mark.parametrize("known", [0, 1, 2, 3])
async def test_a_reconnect_misses_nothing_and_repeats_nothing(api: Api, known: int) -> None:
    url = await event(api, FIRST, SECOND, THIRD)
    for version in (1, 2, 3):
        await publish(api, url, version)
    async with wire(api) as client, watch(client, url, known) as events_of:
        for position in range(known + 1, 4):
            change = await following(events_of)
            assert (change.event, change.id, change.data["version"]) == (
                "change",
                position,
                position,
            )
        now = await following(events_of)
        assert (now.event, now.id, now.data["version"]) == ("now", 3, 3)
        await publish(api, url, 1)
        again = await following(events_of)
        assert (again.id, again.data["version"], again.data["previous"]) == (4, 1, 3)


@pytest.mark.parametrize("known", ["", "-1", "99", "0x1", "9" * 30, "\u0663"])
async def test_an_id_that_is_none_of_ours_starts_with_the_room(api: Api, known: str) -> None:
    url = await event(api, FIRST)
    await publish(api, url, 1)
    async with wire(api) as client, watch(client, url, known.encode()) as events_of:
        first = await following(events_of)
        assert (first.event, first.id) == ("now", 1)


async def test_the_words_of_the_day_add_up_to_the_last_agenda(api: Api) -> None:
    url = await event(api, FIRST, SECOND, THIRD)
    partner: dict[str, str | None] = {
        "a1": "b",
        "b1": "a",
        "c1": "d",
        "d1": "c",
        "a2": "c",
        "c2": "a",
    }
    for version in (1, 2, 3, 1, 2):
        await publish(api, url, version)
    async with wire(api) as client, watch(client, url, 1) as events_of:
        for _ in range(4):
            for person in (await following(events_of)).data["people"]:
                for row in person["rounds"]:
                    seat = f"{person['attendee']}{row['round']}"
                    assert partner.get(seat) == row["from"]["partner"]
                    partner[seat] = row["to"]["partner"]
        assert (await following(events_of)).event == "now"
    assert {seat: other for seat, other in partner.items() if other} == {
        "a1": "c",
        "c1": "a",
        "a2": "c",
        "c2": "a",
    }


async def test_many_watchers_cost_one_look_and_one_making(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await event(api, FIRST, SECOND)
    await publish(api, url, 1)
    made, watchers = [], api.app.state.live_feed
    show = watchers._show

    async def counted(event: Any, view: Any, **given: Any) -> Any:
        made.append(view.__name__)
        return await show(event, view, **given)

    monkeypatch.setattr(watchers, "_show", counted)
    mark = await watchers.position(url.rpartition("/")[2])
    streams = [watchers.watch(mark, None) for _ in range(50)]
    firsts = [await anext(stream) for stream in streams]
    assert {first.partition(b"data")[0] for first in firsts} == {b"event: now\n"}
    waiting = [asyncio.ensure_future(anext(stream)) for stream in streams]
    looks, mark_of = [], live_feed._position

    async def looked(*asked: Any) -> Any:
        looks.append(asked)
        return await mark_of(*asked)

    monkeypatch.setattr(live_feed, "_position", looked)
    await publish(api, url, 2)
    seconds = await asyncio.wait_for(asyncio.gather(*waiting), PATIENCE)
    assert len(set(seconds)) == 1
    for stream in streams:
        await stream.aclose()
    assert made == ["room_view", "publication_view"]
    assert len(looks) <= 5


async def test_the_room_is_sent_again_when_a_round_is_to_start(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_feed, "QUIET_SECONDS", 0.05)
    url = await event(api, FIRST)
    watchers = api.app.state.live_feed
    stream = watchers.watch(await watchers.position(url.rpartition("/")[2]), None)
    assert (await anext(stream)).startswith(b"event: now")
    assert await anext(stream) == b": ping\n\n"
    monkeypatch.setattr(live_feed, "_quiet", lambda view: 0.01)
    assert (await anext(stream)).startswith(b"event: now")
    await stream.aclose()


async def test_nothing_is_sent_while_nothing_happens(api: Api) -> None:
    url = await event(api, FIRST)
    watchers = api.app.state.live_feed
    stream = watchers.watch(await watchers.position(url.rpartition("/")[2]), None)
    await anext(stream)
    coming = asyncio.ensure_future(anext(stream))
    await asyncio.wait([coming], timeout=4 * live_feed.SECONDS_BETWEEN_LOOKS)
    assert not coming.done()
    coming.cancel()
    await asyncio.wait([coming])
    assert watchers._moves.idle


async def test_watching_ends_with_the_event(api: Api) -> None:
    url = await event(api)
    async with wire(api) as client, watch(client, url) as events_of:
        await following(events_of)
        await api.send("DELETE", url, tag=await api.tag(url))
        with pytest.raises(StopAsyncIteration):
            await following(events_of)


async def test_who_hangs_up_is_forgotten(api: Api) -> None:
    url = await event(api)
    watchers = api.app.state.live_feed
    async with wire(api) as client:
        async with watch(client, url) as events_of:
            await following(events_of)
            async with asyncio.timeout(PATIENCE):
                while watchers._moves.idle:
                    await asyncio.sleep(0.01)
        async with asyncio.timeout(PATIENCE):
            while not watchers._moves.idle:
                await asyncio.sleep(0.01)


@dataclass(frozen=True)
class SseReader:
    """One server-sent event."""

    event: str
    id: int
    data: Any


@asynccontextmanager
async def wire(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    """A client that speaks to the service through a socket, as streams need."""
    config = uvicorn.Config(
        api.app, port=0, lifespan="off", log_config=None, ws="none", http=Connection
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(PATIENCE):
        while not server.started:
            await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    headers = {"Authorization": f"Bearer {api.key}", "Accept": "text/event-stream"}
    try:
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=PATIENCE
        ) as client:
            yield client
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def watch(
    client: httpx.AsyncClient, url: str, known: int | bytes | None = None
) -> AsyncIterator[AsyncIterator[SseReader]]:
    """The events of the room, as they come."""
    sent = known if isinstance(known, bytes) else str(known).encode()
    headers = {} if known is None else {b"Last-Event-ID": sent}
    async with client.stream("GET", f"{url}/live", headers=headers) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        yield _events(stream)


async def _events(stream: httpx.Response) -> AsyncIterator[SseReader]:
    fields: dict[str, str] = {}
    async for line in stream.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            yield SseReader(fields["event"], int(fields["id"]), json.loads(fields["data"]))
            fields = {}


async def following(events_of: AsyncIterator[SseReader]) -> SseReader:
    """The next event."""
    return await asyncio.wait_for(anext(events_of), PATIENCE)


async def streamed(api: Api, url: str, known: int, most: int) -> str:
    """The text of some events."""
    watchers = api.app.state.live_feed
    stream = watchers.watch(await watchers.position(url.rpartition("/")[2]), known)
    text = "".join([(await anext(stream)).decode() for _ in range(most)])
    await stream.aclose()
    return text


async def report(api: Api, url: str, *ids: str) -> None:
    """Have people checked in, as the log and the news have it."""
    batch = [Incident(id=id_, kind="checked_in", attendee="a") for id_ in ids]
    event_id = url.rpartition("/")[2]
    async with api.store.write() as connection:
        await incidents.append(connection, event_id, batch, [Effect()] * len(batch), None)
