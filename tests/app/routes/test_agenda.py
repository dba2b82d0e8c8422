"""Agendas over HTTP: whose, of which version, for whom, and when they change."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from ical.calendar_stream import IcsCalendarStream

from app.planning.document import to_written
from app.routes import agenda
from tests.api import OTHER, READER, Api
from tests.app.routes.test_schedules import Rounds, hold, publish, schedule_of, store
from tests.databases import SQLITE_ONLY
from tests.stored import add_version

pytestmark = [pytest.mark.anyio, SQLITE_ONLY]

PEOPLE: list[dict[str, Any]] = [
    {"id": "a", "name": "Ada", "email": "ada@example.org", "interests": ["chess"]},
    {"id": "b", "name": "Bo", "organisation": "Bo & Co", "interests": ["chess"]},
    {"id": "c"},
    {"id": "d"},
]


async def event(api: Api, *versions: Any) -> str:
    url = await api.create(rounds=[{"starts_at": "2027-03-04T09:00:00"}, {}], attendees=PEOPLE)
    await store(api, url, *versions)
    return url


def partners(shown: Any) -> list[str | None]:
    return [next((m["partner"]["id"] for m in r["meetings"]), None) for r in shown["rounds"]]


async def test_an_agenda_has_a_brief_for_every_meeting(api: Api) -> None:
    url = await event(api, [["ab"], ["ac", "bd"]])
    shown = await api.get(f"{url}/attendees/a/agenda")
    assert shown["attendee"] == {"id": "a", "name": "Ada", "organisation": None}
    (meeting,) = shown["rounds"][0]["meetings"]
    assert meeting["partner"] == {"id": "b", "name": "Bo", "organisation": "Bo & Co"}
    assert meeting["brief"]["shared_interest"] == "chess"
    assert shown["rounds"][0]["text"].startswith("Round 1, 09:00, table 1: Bo (Bo & Co)\n")
    assert (await api.get(f"{url}/attendees/c/agenda"))["rounds"][0]["kind"] == "bye"
    assert "example.org" not in str(shown)


async def test_everybody_reads_their_language_or_else_that_of_the_event(api: Api) -> None:
    speak = {"a": ["fr", "German"], "b": ["en"], "c": ["fr"], "d": []}
    people = [each | {"languages": speak[each["id"]]} for each in PEOPLE]
    times = [{"starts_at": "2027-03-04T09:00:00"}, {"starts_at": "2027-03-04T09:15:00"}]
    url = await api.create(rounds=times, attendees=people, language="de-AT")
    await store(api, url, [["ab"], ["cd"]])
    await publish(api, url, 1)
    heads = {
        v: (await api.get(f"{url}/attendees/{v}/agenda"))["rounds"]["abcd".index(v) // 2]["text"]
        for v in "abcd"
    }
    assert {v: text.splitlines()[0] for v, text in heads.items()} == {
        "a": "Runde 1, 09:00 Uhr, Tisch 1: Bo (Bo & Co)",
        "b": "Round 1, 09:00, table 1: Ada",
        "c": "Runde 2, 09:15 Uhr, Tisch 1: d",
        "d": "Runde 2, 09:15 Uhr, Tisch 1: c",
    }
    answer = await api.send("GET", f"{url}/attendees/a/agenda.ics")
    (entry,) = IcsCalendarStream.calendar_from_ics(answer.text).events
    assert (entry.summary, entry.location) == ("Gespräch mit Bo", "Tisch 1")


async def test_an_agenda_is_of_the_published_version_else_the_newest_else_of_the_one_asked_for(
    api: Api,
) -> None:
    url = await event(api, [["ab"], []], [["ac"], []])
    where = f"{url}/attendees/a/agenda"
    assert partners(await api.get(where)) == ["c", None]
    await publish(api, url, 1)
    shown = await api.get(where)
    assert (shown["version"], shown["status"], partners(shown)) == (1, "published", ["b", None])
    assert partners(await api.get(f"{where}?version=2")) == ["c", None]
    await api.refuses("GET", f"{where}?version=3", status=404)
    await api.refuses("GET", f"{where}?version=0", status=422, pointer="query:version")


async def test_without_attendee_or_schedule_there_is_no_agenda(api: Api) -> None:
    bare = await api.create()
    await api.refuses("GET", f"{bare}/attendees/a/agenda", status=404)
    url = await event(api, [["ab"]])
    await api.refuses("GET", f"{url}/attendees/z/agenda", status=404)
    every = {"If-None-Match": "*"}
    await api.refuses("GET", f"{url}/attendees/z/agenda", status=404, headers=every)
    await api.refuses("GET", f"{url}/schedules/2/briefs", status=404)


async def repaired(api: Api, url: str) -> None:
    """Wait until nothing more comes of what was published."""
    while {row["state"] for row in (await api.get(f"{url}/solves"))["solves"]} & {
        "queued",
        "running",
    }:
        await asyncio.sleep(0.05)


async def test_an_agenda_is_cached_until_the_event_or_the_schedule_changes(api: Api) -> None:
    url = await event(api, [["ab"], ["ac"]])
    where = f"{url}/attendees/a/agenda"
    seen = set()
    for change in (None, "publish", "hold", "patch"):
        if change == "publish":
            await publish(api, url, 1)
        if change == "hold":
            await hold(api, url, 1)
        if change == "patch":
            tag = await api.tag(url)
            patched = {"interests": ["rowing"]}
            await api.send("PATCH", f"{url}/attendees/b", patched, tag=tag)
            await repaired(api, url)
        tag = await api.tag(where)
        answer = await api.send("GET", where, headers={"If-None-Match": tag})
        assert (answer.status_code, answer.content) == (304, b"")
        seen.add(tag)
    assert len(seen) == 4
    first = (await api.get(where))["rounds"][0]
    assert first["held"]
    assert first["meetings"][0]["brief"]["shared_interest"] is None


async def test_the_organiser_has_everybodys_briefs_and_a_reader_has_not(api: Api) -> None:
    url = await event(api, [["ab"], ["ac", "bd"]])
    briefs = await api.get(f"{url}/schedules/1/briefs")
    assert [each["attendee"]["id"] for each in briefs["agendas"]] == ["a", "b", "c", "d"]
    assert briefs["agendas"][0] == await api.get(f"{url}/attendees/a/agenda")
    for path in ("attendees/a/agenda", "schedules/1/briefs"):
        await api.as_(READER).refuses("GET", f"{url}/{path}", status=403)
        await api.as_(OTHER).refuses("GET", f"{url}/{path}", status=404)


async def test_briefs_of_a_crowd_are_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    url = await event(api, [["ab"]])
    monkeypatch.setattr(agenda, "MOST_ATTENDEES", 3)
    where = f"{url}/schedules/1/briefs"
    await api.refuses("GET", where, status=409, code="too_many_attendees", about=url)


async def test_whoever_was_erased_is_told_by_id_alone(api: Api) -> None:
    url = await event(api, [["ab"], ["ac"]])
    for erased, partner in (("c", "c"), ("b", "b")):
        await api.send("DELETE", f"{url}/attendees/{erased}?erase=true", tag=await api.tag(url))
        shown = await api.get(f"{url}/attendees/a/agenda")
        rounds = {r["meetings"][0]["partner"]["id"]: r for r in shown["rounds"]}
        assert rounds[partner]["meetings"][0]["brief"] is None
        assert "Bo" not in rounds[partner]["text"]


# --- calendars ----------------------------------------------------------------------------------

NINE = datetime(2027, 3, 4, 9)


async def published(api: Api, *versions: Rounds) -> str:
    """An event whose versions have times, the first of them published."""
    url = await event(api)
    async with api.store.write() as connection:
        for rounds in versions:
            made = schedule_of(rounds)
            blocks = tuple(
                block.model_copy(update={"starts_at": NINE + timedelta(minutes=15 * k)})
                for k, block in enumerate(made.rounds)
            )
            written = to_written(made.model_copy(update={"rounds": blocks}))
            await add_version(connection, url.rpartition("/")[2], written)
    await publish(api, url, 1)
    return url


async def entries(api: Api, where: str) -> dict[str, tuple[str | None, int | None]]:
    """Status and sequence of every entry, by what it is about and when."""
    answer = await api.send("GET", where)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "example.org" not in answer.text
    found = IcsCalendarStream.calendar_from_ics(answer.text).events
    return {
        f"{e.summary} {e.dtstart:%H:%M}": (e.status and e.status.value, e.sequence) for e in found
    }


async def test_a_calendar_follows_what_is_published(api: Api) -> None:
    url = await published(api, [["ab"], ["ac"]], [["ac"], []])
    where = f"{url}/attendees/a/agenda.ics"
    first = await entries(api, where)
    assert first == {"Meet Bo 09:00": ("CONFIRMED", 1), "Meet c 09:15": ("CONFIRMED", 1)}
    await publish(api, url, 2)
    assert await entries(api, where) == {
        "Meeting cancelled 09:00": ("CANCELLED", 2),
        "Meet c 09:00": ("CONFIRMED", 2),
    }
    await publish(api, url, 1)
    assert await entries(api, where) == {name: (status, 3) for name, (status, _) in first.items()}
    assert await entries(api, f"{url}/attendees/d/agenda.ics") == {}


async def test_a_calendar_is_the_same_bytes_until_it_changes(api: Api) -> None:
    url = await published(api, [["ab"], ["ac"]], [["ac"], []])
    where = f"{url}/attendees/a/agenda.ics"
    seen = []
    for version in (1, 2, 1):
        await publish(api, url, version)
        answer = await api.send("GET", where)
        assert (await api.send("GET", where)).content == answer.content
        same = await api.send("GET", where, headers={"If-None-Match": answer.headers["ETag"]})
        assert (same.status_code, same.content) == (304, b"")
        seen.append(answer)
    assert len({answer.headers["ETag"] for answer in seen}) == 3
    assert seen[0].content != seen[2].content


async def test_there_is_no_calendar_before_something_with_times_is_published(api: Api) -> None:
    url = await event(api, [["ab"], []])
    where = f"{url}/attendees/a/agenda.ics"
    await api.refuses("GET", where, status=404)
    await publish(api, url, 1)
    await api.refuses("GET", where, status=409, code="no_times", about=url)


async def test_a_calendar_is_for_the_organiser_to_hand_on(api: Api) -> None:
    url = await published(api, [["ab"], []])
    assert await entries(api, f"{url}/attendees/b/agenda.ics")
    await api.as_(READER).refuses("GET", f"{url}/attendees/b/agenda.ics", status=403)
    await api.as_(OTHER).refuses("GET", f"{url}/attendees/b/agenda.ics", status=404)
    await api.refuses("GET", f"{url}/attendees/z/agenda.ics", status=404)
