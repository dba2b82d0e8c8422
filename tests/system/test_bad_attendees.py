"""Bad attendees: refused where they stand; strange but honest ones come back as they were sent."""

import json
import unicodedata
from typing import Any
from urllib.parse import quote

import pytest

from tests.api import OTHER, Api
from tests.databases import SQLITE_ONLY

pytestmark = pytest.mark.anyio

WRONG = {
    "an empty id": ({"id": ""}, "/id"),
    "a blank id": ({"id": " "}, "/id"),
    "an id of 65 characters": ({"id": "x" * 65}, "/id"),
    "a path as id": ({"id": "../../etc/passwd"}, "/id"),
    "a slash in the id": ({"id": "x/y"}, "/id"),
    "a question mark in the id": ({"id": "x?y"}, "/id"),
    "a hash in the id": ({"id": "x#y"}, "/id"),
    "dots in percent code as id": ({"id": "%2e%2e"}, "/id"),
    "dots as id": ({"id": ".."}, "/id"),
    "a number as id": ({"id": 5}, "/id"),
    "no id": ({"name": "Ada"}, None),
    "a name of a megabyte": ({"id": "x", "name": "n" * 2**19}, "/name"),
    "a name of 201 emoji": ({"id": "x", "name": "\U0001f41d" * 201}, "/name"),
    "NUL in a name": ({"id": "x", "name": "A\0da"}, "/name"),
    "a control character in a name": ({"id": "x", "name": "A\x01da"}, "/name"),
    "a direction override in a name": ({"id": "x", "name": "A\u202eda"}, "/name"),
    "an e-mail address without @": ({"id": "x", "email": "ada"}, "/email"),
    "an e-mail address of 400": ({"id": "x", "email": "a" * 390 + "@example.org"}, "/email"),
    "a header in an e-mail address": (
        {"id": "x", "email": "a@example.org\r\nBcc: b@example.org"},
        "/email",
    ),
    "a language of nobody": ({"id": "x", "languages": ["de", "Elvish"]}, "/languages/1"),
    "several languages in one": ({"id": "x", "languages": ["de, en"]}, "/languages/0"),
    "a language in one text": ({"id": "x", "languages": "de"}, "/languages"),
    "yes where a flag is due": ({"id": "x", "welcomes_pitches": "yes"}, "/welcomes_pitches"),
    "1 where a flag is due": ({"id": "x", "welcomes_pitches": 1}, "/welcomes_pitches"),
    "true in quotes": ({"id": "x", "welcomes_pitches": "true"}, "/welcomes_pitches"),
    "an unknown intent": ({"id": "x", "intents": ["selling"]}, "/intents/0"),
    "an empty offer": ({"id": "x", "offers": [""]}, "/offers/0"),
    "an offer of 501 characters": ({"id": "x", "offers": [{"text": "x" * 501}]}, "/offers/0/text"),
    "a round that is not": ({"id": "x", "absent_rounds": [2]}, "/absent_rounds/0"),
    "a stranger to avoid": ({"id": "x", "avoid": ["q"]}, "/avoid/0"),
    "oneself to avoid": ({"id": "x", "avoid": ["x"]}, "/avoid/0"),
    "a stranger to wish for": ({"id": "x", "wants": ["q"]}, "/wants/0"),
    "oneself to wish for": ({"id": "x", "wants": ["a", "x"]}, "/wants/1"),
    "somebody wished for twice": ({"id": "x", "wants": ["b", {"id": "b"}]}, "/wants/1"),
    "a minimum above the maximum": (
        {"id": "x", "min_meetings": 2, "max_meetings": 1},
        "/min_meetings",
    ),
    "a field of the server": ({"id": "x", "created_at": "2027-01-01T00:00:00Z"}, "/created_at"),
}


@SQLITE_ONLY
@pytest.mark.parametrize(("row", "pointer"), WRONG.values(), ids=WRONG.keys())
async def test_a_wrong_attendee_is_refused_by_every_verb(
    api: Api, row: dict[str, Any], pointer: str | None
) -> None:
    url = await api.create()
    tag, people = await api.tag(url), f"{url}/attendees"
    whole = {"attendees": [{"id": "a"}, {"id": "b"}, row]}
    told = None if pointer is None else f"/attendees/2{pointer}"
    await api.refuses("PUT", people, whole, pointer=told, tag=tag, about=url)
    await api.refuses("PATCH", url, whole, pointer=told, tag=tag, about=url)
    added = None if pointer is None else f"/attendees/0{pointer}"
    await api.refuses("POST", people, {"attendees": [row]}, pointer=added, about=url)
    await api.refuses("POST", people, row, pointer=pointer, about=url)
    patch = {key: value for key, value in row.items() if key != "id" or value != "x"}
    if "a stranger" not in json.dumps(row) and patch and pointer is not None:
        where = f"{people}/a"
        if "x" not in (*row.get("avoid", ()), *row.get("wants", ())):
            await api.refuses("PATCH", where, patch, pointer=pointer, tag=tag, about=url)
    answer = await api.send("POST", people, {"id": "c"})
    assert answer.status_code == 201


HONEST_NAMES = {
    "200 emoji": "\U0001f41d" * 200,
    "Arabic": "\u0623\u062d\u0645\u062f",
    "Hebrew": "\u05d3\u05d5\u05d3",
    "Thai": "\u0e2a\u0e21\u0e0a\u0e32\u0e22",
    "Burmese": "\u1021\u1031\u102c\u1004\u103a",
    "a family": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "a flag": "\U0001f1ec\U0001f1e7",
    "a script": "<script>alert(1)</script>",
    "an image": '"><img src=x onerror=alert(1)>',
    "a template": "{{7*7}} ${7*7} <%= 7*7 %>",
    "a formula": "=1+1",
    "composed": unicodedata.normalize("NFC", "Zo\u00eb"),
    "decomposed": unicodedata.normalize("NFD", "Zo\u00eb"),
}


@pytest.mark.parametrize("name", HONEST_NAMES.values(), ids=HONEST_NAMES.keys())
async def test_a_strange_name_comes_back_as_it_was_sent(api: Api, name: str) -> None:
    url = await api.create(attendees=[{"id": "a", "name": name}])
    assert (await api.get(url))["attendees"][0]["name"] == name
    assert (await api.get(f"{url}/attendees/a"))["name"] == name


HONEST_IDS = [
    "__proto__", "constructor", "toString", "A", "a1", "x:y", "x@example.org", "x+y", "\u00e9",
    "\U0001f41d", "x..y", "&", "'", '"', "<b>", "x;y", "1", "null", "x" * 64,
]  # fmt: skip


@pytest.mark.parametrize("attendee_id", HONEST_IDS)
async def test_a_strange_id_is_reached_by_its_own_address(api: Api, attendee_id: str) -> None:
    url = await api.create(attendees=[{"id": "a"}])
    answer = await api.send("POST", f"{url}/attendees", {"id": attendee_id})
    assert answer.status_code == 201
    where = f"{url}/attendees/{quote(attendee_id, safe='')}"
    assert (await api.get(where))["id"] == attendee_id
    answer = await api.send("DELETE", where, tag=answer.headers["ETag"])
    assert answer.json() == {"attendee": attendee_id, "outcome": "removed", "solve": None}


async def test_ids_that_differ_in_case_only_are_two_people(api: Api) -> None:
    url = await api.create(attendees=[{"id": "Ada"}, {"id": "ada"}])
    assert [row["id"] for row in (await api.get(url))["attendees"]] == ["Ada", "ada"]


async def test_two_attendees_with_one_id_are_refused_at_the_second(api: Api) -> None:
    url = await api.create(attendees=[{"id": "a"}])
    twice = {"attendees": [{"id": "x"}, {"id": "x"}]}
    where = "/attendees/1/id"
    await api.refuses("POST", "/v1/events", {"rounds": [{}]} | twice, pointer=where)
    await api.refuses("POST", f"{url}/attendees", twice, pointer=where, about=url)
    tag = await api.tag(url)
    await api.refuses("PUT", f"{url}/attendees", twice, pointer=where, tag=tag, about=url)


async def test_an_id_that_is_there_already_clashes(api: Api) -> None:
    url = await api.create()
    new = {"attendees": [{"id": "c"}, {"id": "b"}]}
    where = f"{url}/attendees"
    await api.refuses("POST", where, new, status=409, pointer="/attendees/1/id", about=url)
    await api.refuses("POST", where, {"id": "a"}, status=409, pointer="/id", about=url)


NO_LISTS = {
    "an object by number": {"0": {"id": "c"}},
    "null": None,
    "a text": "c",
    "a number": 5,
}


@pytest.mark.parametrize("attendees", NO_LISTS.values(), ids=NO_LISTS.keys())
async def test_attendees_that_are_no_list_are_refused(api: Api, attendees: Any) -> None:
    url = await api.create()
    body = {"attendees": attendees}
    for verb in ("POST", "PUT"):
        await api.refuses(
            verb, f"{url}/attendees", body, pointer="/attendees", tag=await api.tag(url), about=url
        )


async def test_an_empty_patch_changes_nothing(api: Api) -> None:
    url = await api.create()
    for where in (url, f"{url}/attendees/a"):
        tag = await api.tag(url)
        answer = await api.send("PATCH", where, {}, tag=tag)
        assert (answer.status_code, answer.json()["revision"]) == (200, 1)
        assert answer.headers["ETag"] == tag


PATCHES = {"a list": [], "a text": "x", "a number": 5, "true": True}


@pytest.mark.parametrize("patch", PATCHES.values(), ids=PATCHES.keys())
async def test_a_patch_that_is_no_object_is_refused(api: Api, patch: Any) -> None:
    url = await api.create()
    for where in (url, f"{url}/attendees/a"):
        await api.refuses("PATCH", where, patch, pointer="", tag=await api.tag(url), about=url)


async def test_an_unknown_attendee_is_not_found(api: Api) -> None:
    url = await api.create()
    tag = await api.tag(url)
    for verb, body in (("GET", None), ("PATCH", {}), ("DELETE", None)):
        where = f"{url}/attendees/nobody"
        await api.refuses(verb, where, body, status=404, tag=tag, about=url)


async def test_somebody_elses_event_looks_like_none(api: Api) -> None:
    url, tag = await api.create(), '"1.0"'
    theirs = await api.as_(OTHER).create()
    nowhere = f"/v1/events/{'0' * 32}"
    for path in ("", "/attendees", "/attendees/a", "/schedule", "/schedules/1"):
        for verb, body in (("GET", None), ("PATCH", {}), ("DELETE", None), ("PUT", {"id": "a"})):
            one = await api.send(verb, theirs + path, body, tag=tag)
            other = await api.send(verb, nowhere + path, body, tag=tag)
            assert one.status_code == other.status_code in (404, 405)
            assert one.content == other.content
    await api.get(url)
    assert (await api.as_(OTHER).get(theirs))["attendees"][0]["id"] == "a"


async def test_an_id_stays_what_it_is(api: Api) -> None:
    url = await api.create()
    tag, where = await api.tag(url), f"{url}/attendees/a"
    await api.refuses("PUT", where, {"id": "c"}, pointer="/id", tag=tag, about=url)
    await api.refuses("PATCH", where, {"id": "c"}, pointer="/id", tag=tag, about=url)
    await api.refuses("PATCH", where, {"id": None}, pointer="/id", tag=tag, about=url)


async def test_a_list_that_leaves_a_rule_without_its_people_is_refused(api: Api) -> None:
    url = await api.create(pair_rules=[{"kind": "forbid", "pair": ["a", "b"]}])
    problem = await api.refuses(
        "PUT",
        f"{url}/attendees",
        {"attendees": [{"id": "a"}]},
        status=409,
        tag=await api.tag(url),
        about=url,
    )
    assert "/pair_rules/0/pair/1" in problem["errors"][0]["message"]
