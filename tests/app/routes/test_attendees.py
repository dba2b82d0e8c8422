"""Attendees over HTTP: in bulk and one by one, and what becomes of those who go."""

import asyncio
import json
from contextlib import ExitStack
from typing import Any

import pytest
import sqlalchemy as sa

from app import large_documents
from app.http.request_places import READS_AT_ONCE
from app.planning import attendee_list, event_change
from app.planning.document import to_written
from app.service import erasure
from app.service import incidents as service_incidents
from app.store import events, schedules
from app.store.sealed import EventText
from app.store.tables import events as events_table
from schemas.schedule import Meeting, Schedule, ScheduledRound
from tests.api import TWO, Api
from tests.stored import add_version

pytestmark = pytest.mark.anyio


async def test_many_or_one_are_added_at_the_end(api: Api) -> None:
    url = await api.create()
    answer = await api.send("POST", f"{url}/attendees", {"attendees": [{"id": "d"}, {"id": "c"}]})
    assert (answer.status_code, answer.json()["attendees"], answer.json()["revision"]) == (
        201,
        4,
        2,
    )
    answer = await api.send("POST", f"{url}/attendees", {"id": "e", "avoid": ["a"]})
    assert answer.headers["ETag"] == await api.tag(url)
    assert await ids(api, url) == ["a", "b", "d", "c", "e"]


async def test_a_list_replaces_everybody(api: Api) -> None:
    url = await api.create()
    body = {"attendees": [{"id": "b", "name": "Bo"}, {"id": "z"}]}
    answer = await api.send("PUT", f"{url}/attendees", body, tag=await api.tag(url))
    assert answer.json()["attendees"] == 2
    assert await ids(api, url) == ["b", "z"]


async def test_one_is_replaced_patched_or_put_at_the_end(api: Api) -> None:
    url = await api.create()
    for body in ({"id": "a", "name": "Ada"}, {"id": "c"}):
        where = f"{url}/attendees/{body['id']}"
        assert (await api.send("PUT", where, body, tag=await api.tag(url))).status_code == 200
    where = f"{url}/attendees/a"
    await api.send("PATCH", where, {"organisation": "Ada & Co"}, tag=await api.tag(url))
    ada = await api.get(where)
    assert (ada["name"], ada["organisation"]) == ("Ada", "Ada & Co")
    assert await ids(api, url) == ["a", "b", "c"]


async def test_names_of_languages_come_back_as_codes(api: Api) -> None:
    url = await api.create(attendees=[{"id": "a", "languages": ["German", "de-AT", "en"]}])
    await api.send("POST", f"{url}/attendees", {"id": "b", "languages": ["Deutsch"]})
    await api.send(
        "PUT", f"{url}/attendees/c", {"id": "c", "languages": ["FR"]}, tag=await api.tag(url)
    )
    assert await spoken(api, url) == [["de", "en"], ["de"], ["fr"]]
    patch = {"languages": ["Español", "de"]}
    await api.send("PATCH", f"{url}/attendees/a", patch, tag=await api.tag(url))
    assert await spoken(api, url) == [["es", "de"], ["de"], ["fr"]]


WRONG = {"id": "c", "languages": ["Germn"]}
LATE = {"id": "1", "kind": "late_arrival", "profile": WRONG}
WAYS = (
    ("POST", "/attendees", WRONG, "/languages/0"),
    ("PUT", "/attendees/c", WRONG, "/languages/0"),
    ("PATCH", "/attendees/a", {"languages": ["en", "Germn"]}, "/languages/1"),
    ("PUT", "/attendees", {"attendees": [WRONG]}, "/attendees/0/languages/0"),
    ("PUT", "", TWO | {"attendees": [WRONG]}, "/attendees/0/languages/0"),
    ("PATCH", "", {"attendees": [WRONG]}, "/attendees/0/languages/0"),
    ("POST", "/incidents", {"incidents": [LATE]}, "/incidents/0/profile/languages/0"),
)


@pytest.mark.parametrize(("method", "place", "body", "pointer"), WAYS)
async def test_what_is_no_language_is_refused_wherever_it_is_sent(
    api: Api, method: str, place: str, body: Any, pointer: str
) -> None:
    url = await api.create()
    tag, where = await api.tag(url), url + place
    problem = await api.refuses(method, where, body, pointer=pointer, about=url, tag=tag)
    assert problem["errors"][0]["code"] == "language"
    assert "did you mean German, de?" in problem["errors"][0]["message"]


async def test_what_was_stored_before_languages_had_codes_stays_usable(api: Api) -> None:
    """Until somebody says it anew."""
    url = await api.create(attendees=[{"id": "a"}, {"id": "b"}, {"id": "c", "languages": ["en"]}])
    await speak(api, url, "a", ["Elvish", "German"])
    await speak(api, url, "b", ["elvish"])
    assert (await api.send("POST", f"{url}/validate")).status_code == 200
    where, tag = f"{url}/attendees/a", await api.tag(url)
    answer = await api.send("PATCH", where, {"name": "Ada", "languages": ["de"]}, tag=tag)
    assert answer.status_code == 200, answer.text
    for method, place, body in (
        ("POST", "/attendees", {"id": "d", "languages": ["French"]}),
        ("PATCH", "/attendees/b", {"name": "Bo"}),
        ("PATCH", "", {"name": "Breakfast"}),
        ("POST", "/incidents", {"incidents": [{"id": "1", "kind": "checked_in", "attendee": "b"}]}),
        ("DELETE", "/attendees/c?erase=true", None),
    ):
        answer = await api.send(method, url + place, body, tag=await api.tag(url))
        assert answer.status_code in (200, 201), (place, answer.text)
    assert await spoken(api, url) == [["de"], ["elvish"], ["fr"]]


async def speak(api: Api, url: str, who: str, languages: list[str]) -> None:
    """Have somebody's languages stored as they are."""
    async with api.store.write() as connection:
        event_id = url.rpartition("/")[2]
        row = events_table.c.id == event_id
        (outline,) = await connection.execute(sa.select(events_table.c.document).where(row))
        whole = json.loads(outline.document)
        (profile,) = (each for each in whole["attendees"] if each["id"] == who)
        profile["languages"] = languages
        stored = EventText(event_id, json.dumps(whole))
        await connection.execute(events_table.update().where(row).values(document=stored))


async def spoken(api: Api, url: str) -> list[list[str]]:
    return [row["languages"] for row in (await api.get(f"{url}/attendees"))["attendees"]]


async def test_the_list_comes_in_pages(api: Api) -> None:
    url = await api.create(attendees=[{"id": f"a{k}"} for k in range(5)])
    found, cursor = [], ""
    while cursor is not None:
        page = await api.get(f"{url}/attendees?limit=2{cursor and f'&cursor={cursor}'}")
        found += [row["id"] for row in page["attendees"]]
        cursor = page["next"]
    assert found == ["a0", "a1", "a2", "a3", "a4"]


async def test_who_goes_takes_their_rules_along(api: Api) -> None:
    url = await api.create(
        attendees=[{"id": "a"}, {"id": "b", "avoid": ["a"]}, {"id": "c"}],
        benefits=[
            {"attendee": "a", "partner": "b", "value": 1},
            {"attendee": "b", "partner": "c", "value": 1},
        ],
        pair_rules=[{"kind": "met", "pair": ["c", "a"]}, {"kind": "met", "pair": ["b", "c"]}],
    )
    answer = await api.send("DELETE", f"{url}/attendees/a", tag=await api.tag(url))
    assert answer.json() == {"attendee": "a", "outcome": "removed", "solve": None}
    event = await api.get(url)
    assert [row["id"] for row in event["attendees"]] == ["b", "c"]
    assert event["attendees"][0]["avoid"] == []
    assert [row["attendee"] for row in event["benefits"]] == ["b"]
    assert [row["pair"] for row in event["pair_rules"]] == [["b", "c"]]


async def test_somebody_published_stays_on_the_list(api: Api) -> None:
    url = await published(api)
    tag = await api.tag(url)
    only_b = {"attendees": [{"id": "b"}]}
    for verb, path in (("PUT", "/attendees"), ("PATCH", ""), ("PUT", "")):
        body = only_b if path or verb == "PATCH" else only_b | {"rounds": [{}]}
        await api.refuses(
            verb, url + path, body, status=409, pointer="/attendees", tag=tag, about=url
        )
    assert await ids(api, url) == ["a", "b"]


async def test_breaks_and_priority_are_given_back_as_they_are_and_patched_away(api: Api) -> None:
    window = {"from": 1, "to": 2}
    url = await api.create(rounds=[{}, {}], policy={"breaks": [window], "max_in_a_row": 1})
    where = f"{url}/attendees/a"
    asked = {"breaks": [window], "max_in_a_row": 2, "priority": 250}
    await api.send("PATCH", where, asked, tag=await api.tag(url))
    event = await api.get(url)
    assert (event["policy"]["breaks"], event["policy"]["max_in_a_row"]) == ([window], 1)
    assert {name: event["attendees"][0][name] for name in asked} == asked
    nothing = dict.fromkeys(asked)
    await api.send("PATCH", where, nothing, tag=await api.tag(url))
    await api.send("PATCH", url, {"policy": {"breaks": None}}, tag=await api.tag(url))
    event = await api.get(url)
    assert event["policy"]["breaks"] == []
    ada = event["attendees"][0]
    assert (ada["breaks"], ada.get("max_in_a_row"), ada["priority"]) == ([], None, 100)


async def test_a_window_beyond_the_last_round_is_refused_wherever_it_is_said(api: Api) -> None:
    url = await api.create()
    tag, late = await api.tag(url), {"breaks": [{"from": 1, "to": 9}]}
    for verb, path, body, pointer in (
        ("PATCH", "/attendees/a", late, "/breaks/0/to"),
        ("PATCH", "", {"policy": late}, "/policy/breaks/0/to"),
        ("POST", "/attendees", {"attendees": [{"id": "z", **late}]}, "/attendees/0/breaks/0/to"),
    ):
        problem = await api.refuses(verb, url + path, body, pointer=pointer, about=url, tag=tag)
        assert problem["errors"][0]["code"] == "unknown_round"


async def test_deleting_somebody_published_is_a_drop_out(api: Api) -> None:
    url = await published(api)
    answer = await api.send("DELETE", f"{url}/attendees/a", tag=await api.tag(url))
    assert answer.json()["outcome"] == "dropped_out"
    solve = await api.get(f"{url}/solves/{answer.json()['solve']}")
    assert solve["state"] == "queued"
    ada = await api.get(f"{url}/attendees/a")
    assert (ada["name"], ada["absent_rounds"]) == ("Ada", [1])
    log = await api.get(f"{url}/incidents")
    assert [(row["kind"], row["attendee"]) for row in log["incidents"]] == [("drop_out", "a")]


async def test_erasing_somebody_published_leaves_the_id_alone(api: Api) -> None:
    url = await published(api)
    answer = await api.send("DELETE", f"{url}/attendees/a?erase=true", tag=await api.tag(url))
    assert answer.json()["outcome"] == "erased"
    assert answer.headers["ETag"] == await api.tag(url)
    ada = await api.get(f"{url}/attendees/a")
    assert (ada.get("name"), ada["offers"], ada["absent_rounds"]) == (None, [], [1])
    attendees = ("/attendees", "/attendees/a", "/attendees/a/agenda", "/attendees/b/agenda")
    for path in ("", *attendees, "/schedule", "/schedules/1", "/incidents"):
        text = (await api.send("GET", url + path)).text
        assert "Ada" not in text
        assert "lighthouse" not in text


async def test_erasing_twice_is_answered_as_the_first_time(api: Api) -> None:
    url = await api.create(attendees=[{"id": v} for v in "abcd"])
    erased = {"attendee": "a", "outcome": "erased", "solve": None}
    for _ in range(2):
        answer = await api.send("DELETE", f"{url}/attendees/a?erase=true", tag=await api.tag(url))
        assert (answer.status_code, answer.json()) == (200, erased)
    await api.refuses("DELETE", f"{url}/attendees/z?erase=true", status=404, tag="*", about=url)
    await api.refuses("DELETE", f"{url}/attendees/a", status=404, tag="*", about=url)


async def test_who_was_removed_before_is_erased_from_what_still_tells_of_them(api: Api) -> None:
    url = await published(api, publish=False)
    await api.send("DELETE", f"{url}/attendees/a", tag="*")
    assert LIGHTHOUSE in (await api.send("GET", f"{url}/schedules/1")).text
    answer = await api.send("DELETE", f"{url}/attendees/a?erase=true", tag="*")
    assert answer.json()["outcome"] == "erased"
    assert LIGHTHOUSE not in (await api.send("GET", f"{url}/schedules/1")).text


@pytest.mark.parametrize("publish", [True, False])
async def test_nothing_sent_later_brings_somebody_back_who_was_erased(
    api: Api, publish: bool
) -> None:
    url = await published(api, publish=publish)
    ada, rule = {"id": "a", "name": "Ada"}, {"kind": "met", "pair": ["a", "b"]}
    left = await api.send("DELETE", f"{url}/attendees/a?erase=true", tag="*")
    if publish:
        await api.app.state.repairs.ended(left.json()["solve"], url.rpartition("/")[2], 60)
    old = {"rounds": [{}], "attendees": [ada, {"id": "b", "avoid": ["a"]}], "pair_rules": [rule]}
    wished = {"id": "v", "kind": "wish", "pair": ["b", "a"]}
    walks_in = {"id": "w", "kind": "late_arrival", "attendee": "a", "profile": ada}
    attempts = [
        ("PUT", "", old, "/attendees/0"),
        ("PUT", "", old, "/attendees/1/avoid/0"),
        ("PUT", "", old, "/pair_rules/0"),
        ("PATCH", "", {"attendees": old["attendees"]}, "/attendees/0"),
        ("PUT", "/attendees", {"attendees": [{"id": "b"}, ada]}, "/attendees/1"),
        ("PUT", "/attendees/a", ada, ""),
        ("POST", "/incidents", {"incidents": [walks_in]}, "/incidents/0/profile"),
        ("POST", "/incidents", {"incidents": [wished]}, "/incidents/0/pair/1"),
    ]
    if publish:
        attempts += [
            ("PATCH", "/attendees/a", {"name": "Ada"}, ""),
            ("PATCH", "/attendees/b", {"avoid": ["a"]}, "/avoid/0"),
            ("PATCH", "/attendees/b", {"wants": ["a"]}, "/wants/0"),
        ]
    else:
        attempts += [
            ("POST", "/attendees", ada, ""),
            ("POST", "/attendees", {"attendees": [{"id": "c"}, ada]}, "/attendees/1"),
        ]
    for verb, path, body, pointer in attempts:
        code = "erased_attendee"
        await api.refuses(
            verb, url + path, body, status=409, pointer=pointer, code=code, tag="*", about=url
        )
    bare = {"attendees": [{"id": "a", "absent_rounds": [1]}, {"id": "b", "name": "Bo"}]}
    answer = await api.send("PUT", f"{url}/attendees", bare, tag="*")
    assert answer.status_code == 200, answer.text


async def test_a_large_event_is_read_by_no_process_that_answers(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What edits and incidents of thousands make of it holds up the requests of nobody else."""
    url, draft = await published(api), await api.create()
    monkeypatch.setattr(large_documents, "LARGE", 0)
    for module in (attendee_list, event_change, schedules, service_incidents):
        monkeypatch.setattr(module, "from_json", None)
    monkeypatch.setattr(service_incidents, "read_event", None)
    monkeypatch.setattr(erasure, "Event", None)
    leaves = {"id": "i-1", "kind": "drop_out", "attendee": "b"}
    changes: list[tuple[str, str, Any]] = [
        ("POST", "/attendees", {"id": "c"}),
        ("POST", "/attendees", {"attendees": [{"id": "d"}, {"id": "e"}]}),
        ("PUT", "/attendees", {"attendees": [{"id": v} for v in "abcdef"]}),
        ("PUT", "/attendees/c", {"id": "c", "name": "Cy"}),
        ("PATCH", "/attendees/c", {"name": None}),
        ("GET", "/attendees", None),
        ("GET", "/attendees/c", None),
        ("POST", "/incidents", {"incidents": [leaves]}),
        ("PATCH", "/attendees/a", {"name": "Bea"}),
        ("DELETE", "/attendees/a?erase=true", None),
    ]
    for verb, path, body in changes:
        headers = {"Prefer": "wait=0"}
        answer = await api.send(verb, url + path, body, tag="*", headers=headers)
        assert answer.is_success, (verb, path, answer.text)
    for path in ("/attendees/a", "/attendees/b?erase=true"):
        assert (await api.send("DELETE", draft + path, tag="*")).is_success
    monkeypatch.undo()
    assert await ids(api, url) == ["a", "b", "c", "d", "e", "f"]
    assert (await api.get(f"{url}/attendees/a")).get("name") is None
    assert await ids(api, draft) == []


async def test_of_one_caller_few_changes_at_a_time_read_their_event(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many are sent: what they read is large, and others have to read as well."""
    monkeypatch.setattr("app.http.request_places.LONGEST_READ_SECONDS", 60)
    url = await api.create()
    with ExitStack() as stack:
        for _ in range(READS_AT_ONCE):
            taken = api.app.state.places.take(("acme", "organiser"), changes=True)
            place = stack.enter_context(taken)
            await place.wait()
        patch = api.send("PATCH", f"{url}/attendees/a", {"name": "Ada"}, tag="*")
        change = asyncio.create_task(patch)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(change), 0.5)
        assert (await api.get(f"{url}/attendees/a")).get("name") is None
        place.pass_turn()
        assert (await change).status_code == 200


LIGHTHOUSE = "a's offer 'lighthouse repairs'"


async def ids(api: Api, url: str) -> list[str]:
    return [row["id"] for row in (await api.get(f"{url}/attendees"))["attendees"]]


async def published(api: Api, *, publish: bool = True) -> str:
    """An event for Ada and b, who meet in the published schedule, or in a draft."""
    ada = {"id": "a", "name": "Ada", "offers": ["lighthouse repairs"]}
    url = await api.create(attendees=[ada, {"id": "b"}])
    meeting = Meeting(table=1, attendees=("a", "b"), why=(LIGHTHOUSE,), purpose_line=LIGHTHOUSE)
    schedule = Schedule(rounds=(ScheduledRound(round=1, meetings=(meeting,)),))
    async with api.store.write() as connection:
        stored = await events.find(connection, url.rpartition("/")[2])
        assert stored is not None
        added = await add_version(connection, stored.id, to_written(schedule))
        if publish:
            await schedules.publish(connection, added)
    return url
