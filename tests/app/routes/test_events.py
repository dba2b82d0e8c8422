"""Events over HTTP: what is sent is kept, read back, changed by those who saw it last."""

import asyncio
from typing import Any

import pytest

from app.settings import Settings
from schemas.event import Event
from tests.api import OTHER, TWO, Api, running

pytestmark = pytest.mark.anyio


async def test_a_posted_event_is_read_back_whole(api: Api) -> None:
    answer = await api.send("POST", "/v1/events", TWO | {"name": "Spring", "seed": 7})
    receipt = answer.json()
    assert (answer.status_code, receipt["revision"], receipt["attendees"]) == (201, 1, 2)
    assert answer.headers["Location"] == f"/v1/events/{receipt['id']}"
    read = await api.send("GET", answer.headers["Location"])
    assert read.headers["ETag"] == answer.headers["ETag"]
    sent = Event.model_validate(TWO | {"name": "Spring", "seed": 7}, strict=False)
    assert Event.model_validate_json(read.content) == sent


async def test_what_is_read_can_be_sent_back(api: Api) -> None:
    url = await api.create(attendees=[{"id": "a", "offers": ["tea"], "labels": {"k": "v"}}])
    read = await api.send("GET", url)
    answer = await api.send("PUT", url, raw=read.content, tag=read.headers["ETag"])
    assert answer.json()["revision"] == 1
    copied = await api.send("POST", "/v1/events", raw=read.content)
    assert await api.get(copied.headers["Location"]) == read.json()


async def test_a_patch_merges_and_a_replacement_replaces(api: Api) -> None:
    url = await api.create(name="Spring", seed=7, policy={"idle": "leave"})
    patched = await api.send(
        "PATCH",
        url,
        {"seed": None, "policy": {"rematch": "allow"}},
        tag=await api.tag(url),
        headers={"Content-Type": "application/merge-patch+json"},
    )
    assert patched.json()["revision"] == 2
    event = await api.get(url)
    assert (event["seed"], event["name"]) == (0, "Spring")
    assert (event["policy"]["idle"], event["policy"]["rematch"]) == ("leave", "allow")
    replaced = await api.send("PUT", url, TWO, tag=patched.headers["ETag"])
    assert replaced.json()["revision"] == 3
    event = await api.get(url)
    assert (event["name"], event["policy"]["idle"]) == ("", "fill")


async def test_a_reader_with_the_current_tag_gets_304_without_a_body(api: Api) -> None:
    url = await api.create()
    tag = await api.tag(url)
    for header in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        answer = await api.send("GET", url, headers={"If-None-Match": header})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["ETag"] == tag
    await api.send("PATCH", url, {"name": "x"}, tag=tag)
    answer = await api.send("GET", url, headers={"If-None-Match": tag})
    assert answer.status_code == 200


CHANGES: list[tuple[str, str, Any]] = [
    ("PUT", "", TWO),
    ("PATCH", "", {"name": "x"}),
    ("DELETE", "", None),
    ("PUT", "/attendees", {"attendees": []}),
    ("PUT", "/attendees/a", {"id": "a"}),
    ("PATCH", "/attendees/a", {"name": "x"}),
    ("DELETE", "/attendees/a", None),
]


@pytest.mark.parametrize(("verb", "path", "body"), CHANGES)
async def test_nobody_changes_what_they_have_not_seen(
    api: Api, verb: str, path: str, body: Any
) -> None:
    url = await api.create()
    await api.refuses(verb, url + path, body, status=428, pointer="header:If-Match", about=url)
    for stale in ('"0.0"', '"1.1"', f"W/{await api.tag(url)}", "nonsense", ""):
        await api.refuses(verb, url + path, body, status=412, tag=stale, about=url)
    answer = await api.send(verb, url + path, body, tag=f'"x", {await api.tag(url)}')
    assert answer.status_code in (200, 204)


async def test_of_ten_changes_at_once_one_wins(api: Api) -> None:
    url = await api.create()
    tag = await api.tag(url)
    answers = await asyncio.gather(
        *(api.send("PATCH", url, {"name": f"n{k}"}, tag=tag) for k in range(10))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 9
    assert (await api.send("GET", url)).headers["ETag"] == '"2.0"'


async def test_a_deleted_event_is_gone_with_all_it_had(api: Api) -> None:
    url = await api.create()
    answer = await api.send("DELETE", url, tag=await api.tag(url))
    assert (answer.status_code, answer.content) == (204, b"")
    for path in ("", "/attendees", "/attendees/a", "/schedule", "/schedules", "/schedules/1"):
        await api.refuses("GET", url + path, status=404)


async def test_the_list_comes_in_pages_newest_first(api: Api) -> None:
    mine = api.as_(OTHER)
    urls = [await mine.create(name=f"n{k}") for k in range(5)]
    found, cursor = [], ""
    while cursor is not None:
        page = await mine.get(f"/v1/events?limit=2{cursor and f'&cursor={cursor}'}")
        assert len(page["events"]) <= 2
        found += [row["id"] for row in page["events"]]
        cursor = page["next"]
    assert found == [url.rpartition("/")[2] for url in reversed(urls)]
    first = (await mine.get("/v1/events?limit=1"))["events"][0]
    assert (first["name"], first["attendees"], first["rounds"]) == ("n4", 2, 1)
    assert (first["revision"], first["held_rounds"]) == (1, 0)


async def test_everything_is_there_after_a_restart(tmp_path: Any) -> None:
    settings = Settings(data=tmp_path)
    async with running(settings) as api:
        url = await api.create(name="Spring")
        before = await api.get(url)
    async with running(settings) as api:
        assert await api.get(url) == before


async def test_validation_warns_of_what_is_surely_not_meant(api: Api) -> None:
    """One address twice, a role that no pair names, suppliers without buyers, a full table."""
    url = await api.create(
        rounds=[{"tables": 3}, {"tables": 3}],
        attendees=[
            {"id": "a", "email": "One@example.org", "labels": {"role": "suplier"}, "table": 1},
            {"id": "b", "email": "one@example.org", "labels": {"role": "supplier"}, "table": 1},
            {"id": "c", "labels": {"role": "supplier"}},
        ],
        policy={"meet": {"label": "role", "pairs": [["buyer", "supplier"]]}},
    )
    told = (await api.send("POST", f"{url}/validate")).json()
    assert told["valid"] is True
    assert [(row["code"], row["attendees"]) for row in told["warnings"]] == [
        ("registered_twice", ["a", "b"]),
        ("unknown_group", ["a"]),
        ("group_without_partners", ["b", "c"]),
        ("crowded_places", ["a", "b"]),
    ]
    found = {row["code"]: row["message"] for row in (await api.get(f"{url}/diagnosis"))["findings"]}
    assert {row["code"]: row["message"] for row in told["warnings"]}.items() <= found.items()
    assert "example.org" not in str(told)


async def test_validation_changes_nothing(api: Api) -> None:
    url = await api.create()
    before = await api.seen(url)
    answer = await api.send("POST", f"{url}/validate")
    assert answer.json() == {
        "valid": True,
        "errors": [],
        "conflict": [],
        "advice": None,
        "warnings": [],
    }
    assert (await api.send("POST", f"{url}/validate", {})).content == answer.content
    assert await api.seen(url) == before
    await api.refuses("POST", f"{url}/validate", {"name": "x"}, about=url, pointer="")
