"""Series over HTTP: what events add to the history, and the next event that reads it."""

from typing import Any

import pytest

from app.store import leases
from schemas import limits
from tests.api import OTHER, READER, Api
from tests.app.routes.test_feedback import PEOPLE, evening, give, said

pytestmark = pytest.mark.anyio


async def begun(api: Api, name: str = "Breakfasts") -> str:
    answer = await api.send("POST", "/v1/series", {"name": name})
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


async def add(api: Api, series: str, event: str) -> Any:
    answer = await api.send("PUT", f"{series}/events/{event.rpartition('/')[2]}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def told(api: Api, series: str) -> list[tuple[str, ...]]:
    """The pairs of the history, who found the meeting valuable, and who would refer."""
    rules = (await api.get(f"{series}/history"))["pair_rules"]
    assert all((rule["kind"], rule["not_valuable"]) == ("met", []) for rule in rules)
    return [tuple("".join(rule[n]) for n in ("pair", "valuable", "would_refer")) for rule in rules]


async def test_a_series_begins_empty(api: Api) -> None:
    series = await begun(api, "Lunches")
    shown = await api.get(series)
    assert (shown["name"], shown["events"], shown["pairs"]) == ("Lunches", [], 0)
    assert await told(api, series) == []
    (first, *_) = (await api.get("/v1/series"))["series"]
    assert (first["id"], first["name"], first["events"]) == (shown["id"], "Lunches", 0)
    await api.refuses("POST", "/v1/series", {"name": ""}, pointer="/name")
    await api.refuses("POST", "/v1/series", {}, pointer="/name")


async def test_an_event_adds_who_met_and_what_came_of_it(api: Api) -> None:
    series, event = await begun(api), await evening(api)
    await give(api, event, said("ab", valuable=True), said("ba", would_refer=True))
    await give(api, event, said("cd", held=False))
    shown = await add(api, series, event)
    assert shown == await api.get(series)
    assert [(row["added"], row["pairs"]) for row in shown["events"]] == [(True, 2)]
    assert shown["pairs"] == 2
    assert await told(api, series) == [("ab", "a", "b"), ("bc", "", "")]


async def test_an_event_added_again_is_renewed(api: Api) -> None:
    series, event = await begun(api), await evening(api)
    first = await add(api, series, event)
    assert await add(api, series, event) == first
    await give(api, event, said("bc", held=False))
    assert await told(api, series) == [("ab", "", ""), ("bc", "", ""), ("cd", "", "")]
    await add(api, series, event)
    assert await told(api, series) == [("ab", "", ""), ("cd", "", "")]


async def test_events_are_told_together_in_the_order_they_came(api: Api) -> None:
    series = await begun(api)
    first, second = await evening(api), await evening(api, [["ab", "cd"], ["ac"]])
    await give(api, first, said("ab", valuable=True))
    await give(api, second, said("ba", valuable=True))
    for event in (second, first, second):
        shown = await add(api, series, event)
    ids = [event.rpartition("/")[2] for event in (second, first)]
    assert [row["event"] for row in shown["events"]] == ids
    assert shown["pairs"] == 4
    assert await told(api, series) == [
        ("ab", "ab", ""),
        ("ac", "", ""),
        ("bc", "", ""),
        ("cd", "", ""),
    ]


async def test_the_next_event_has_read_the_history(api: Api) -> None:
    series, event = await begun(api), await evening(api)
    await give(api, event, said("ab", valuable=True))
    await add(api, series, event)
    rules = [{"kind": "forbid", "pair": ["a", "c"]}, {"kind": "met", "pair": ["b", "a"]}]
    body = {"rounds": [{}], "attendees": PEOPLE[:3], "pair_rules": rules}
    answer = await api.send("POST", f"{series}/events", body)
    assert (answer.status_code, answer.json()["revision"]) == (201, 1)
    url = answer.headers["Location"]
    assert answer.headers["ETag"] == await api.tag(url)
    kept = (await api.get(url))["pair_rules"]
    assert [(rule["kind"], rule["pair"], rule["valuable"]) for rule in kept] == [
        ("forbid", ["a", "c"], []),
        ("met", ["b", "a"], ["a"]),
        ("met", ["b", "c"], []),
    ]
    assert [rule.get("events_ago") for rule in kept] == [None, 1, 1]
    assert (await api.get(url))["policy"]["rematch"] == "seldom"
    last = (await api.get(series))["events"][-1]
    assert last | {"name": ""} == {"event": url.rpartition("/")[2], "name": "", "added": False,
                                   "pairs": 0}  # fmt: skip
    assert await told(api, series) == [("ab", "a", ""), ("bc", "", ""), ("cd", "", "")]


async def test_a_history_is_as_it_stands_part_of_an_event(api: Api) -> None:
    series, event = await begun(api), await evening(api)
    await give(api, event, said("ab", valuable=True, would_refer=True))
    await add(api, series, event)
    history = await api.get(f"{series}/history")
    url = await api.create(rounds=[{}], attendees=PEOPLE, **history)
    assert len((await api.get(url))["pair_rules"]) == 3


async def test_a_no_goes_from_event_to_event_and_is_told_from_silence(api: Api) -> None:
    series, event = await begun(api), await evening(api)
    await give(api, event, said("ab", valuable=False), said("ba"), said("cb", valuable=None))
    await give(api, event, said("bc", valuable=False, would_refer=True), said("cd", valuable=False))
    await add(api, series, event)
    history = await api.get(f"{series}/history")
    body = {"rounds": [{}], "attendees": PEOPLE}
    url = (await api.send("POST", f"{series}/events", body)).headers["Location"]
    for rules in (history["pair_rules"], (await api.get(url))["pair_rules"]):
        assert [(rule["pair"], rule["not_valuable"]) for rule in rules] == [
            (["a", "b"], ["a"]),
            (["b", "c"], []),
            (["c", "d"], ["c"]),
        ]


async def test_the_next_event_is_held_to_the_rules_of_any(api: Api) -> None:
    series = await begun(api)
    where, people = f"{series}/events", PEOPLE[:2]
    await api.refuses("POST", where, {"attendees": people}, pointer="/rounds")
    body = {"rounds": [{}], "attendees": people}
    alone = [people[0] | {"min_meetings": 2}, people[1]]
    problem = await api.refuses("POST", where, body | {"attendees": alone}, status=422)
    assert problem["conflict"]
    published = {"rounds": [{"round": 1}]}
    await api.refuses("POST", where, body | {"published": published}, pointer="/published")
    key = {"Idempotency-Key": f"{series[-9:]}-next"}
    places = {
        (await api.send("POST", where, body, headers=key)).headers["Location"] for _ in range(2)
    }
    assert len(places) == 1


async def test_an_event_without_a_published_schedule_adds_nothing(api: Api) -> None:
    series, event = await begun(api), await api.create()
    where = f"{series}/events/{event.rpartition('/')[2]}"
    await api.refuses("PUT", where, status=409, code="no_published")
    assert (await api.get(series))["events"] == []
    await api.refuses("PUT", where, {"any": 1}, status=422)


async def test_a_history_that_makes_an_event_too_large_is_refused(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    series, event = await begun(api), await evening(api)
    await add(api, series, event)
    monkeypatch.setattr(limits, "PAIR_RULES", 2)
    body = {"rounds": [{}], "attendees": PEOPLE}
    where = f"{series}/events"
    await api.refuses("POST", where, body, status=409, pointer="/pair_rules", code="too_long")


async def test_a_series_is_of_one_organisation_and_readers_change_nothing(api: Api) -> None:
    series, event = await begun(api), await evening(api)
    into = f"{series}/events/{event.rpartition('/')[2]}"
    other, reader = api.as_(OTHER), api.as_(READER)
    for path in ("", "/history"):
        await other.refuses("GET", series + path, status=404)
    assert (await reader.get(series))["pairs"] == 0
    await reader.refuses("GET", f"{series}/history", status=403)
    assert series[-32:] not in str(await other.get("/v1/series"))
    await other.refuses("PUT", into, status=404)
    theirs = await begun(other)
    await other.refuses("PUT", f"{theirs}/events/{event.rpartition('/')[2]}", status=404)
    await reader.refuses("PUT", into, status=403)
    for where in ("/v1/series", f"{series}/events"):
        await reader.refuses("POST", where, {"name": "x"}, status=403)
    await api.refuses("GET", f"/v1/series/{'0' * 32}", status=404)
    await api.refuses("GET", "/v1/series/none", status=404)


async def test_who_is_erased_is_in_no_history(api: Api) -> None:
    one, two, event = await begun(api), await begun(api), await evening(api)
    await give(api, event, said("ab", valuable=True), said("cb", valuable=True))
    for series in (one, two):
        await add(api, series, event)
    await api.send("DELETE", f"{event}/attendees/a?erase=true", tag="*")
    rest = [("bc", "c", ""), ("cd", "", "")]
    for series in (one, two):
        assert await told(api, series) == rest
    assert (await api.get(one))["pairs"] == 2
    await add(api, one, event)
    assert await told(api, one) == rest


async def test_an_event_that_is_deleted_leaves_its_series(api: Api) -> None:
    series, event = await begun(api), await evening(api)
    await add(api, series, event)
    await api.send("DELETE", event, tag=await api.tag(event))
    shown = await api.get(series)
    assert (shown["events"], shown["pairs"]) == ([], 0)


async def test_a_series_is_deleted_with_its_history_and_its_events_stay(api: Api) -> None:
    series, other, event = await begun(api), await begun(api), await evening(api)
    for each in (series, other):
        await add(api, each, event)
    await api.as_(OTHER).refuses("DELETE", series, status=404)
    await api.as_(READER).refuses("DELETE", series, status=403)
    answer = await api.send("DELETE", series)
    assert (answer.status_code, answer.content) == (204, b"")
    for path in ("", "/history"):
        await api.refuses("GET", series + path, status=404)
    await api.refuses("DELETE", series, status=404)
    assert series[-32:] not in str(await api.get("/v1/series"))
    assert (await api.get(other))["pairs"] == 3
    assert len((await api.get(event))["attendees"]) == 4


async def test_who_is_erased_from_a_series_is_erased_from_all_its_events(api: Api) -> None:
    series = await begun(api)
    first, second = await evening(api), await evening(api, [["ab", "cd"], ["ac"]])
    for event in (first, second):
        await add(api, series, event)
    await api.as_(READER).refuses("DELETE", f"{series}/attendees/a", status=403)
    for _ in range(2):
        told_of = (await api.send("DELETE", f"{series}/attendees/a")).json()
        ids = [event.rpartition("/")[2] for event in (first, second)]
        assert [row["event"] for row in told_of["events"]] == ids
    assert await told(api, series) == [("bc", "", ""), ("cd", "", "")]
    for event in (first, second):
        assert "Ada" not in (await api.send("GET", event)).text
    assert "Ada" in (await api.send("GET", await evening(api))).text
    await api.refuses("DELETE", f"{series}/attendees/nobody", status=404)


async def test_who_is_erased_from_a_series_waits_for_a_repair_that_has_the_event(
    api: Api,
) -> None:
    series = await begun(api)
    event = await evening(api)
    await add(api, series, event)
    async with api.store.write() as connection:
        await leases.take(connection, leases.EVENT + event.rpartition("/")[2], "a repair", 0.5)
    told_of = await api.send("DELETE", f"{series}/attendees/a")
    assert told_of.status_code == 200
    assert [row["event"] for row in told_of.json()["events"]] == [event.rpartition("/")[2]]


async def test_a_next_event_is_refused_if_the_series_changes_while_it_is_made(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    series, event = await begun(api), await evening(api)
    await add(api, series, event)

    async def erase_meanwhile(*_: object) -> None:
        await api.send("DELETE", f"{event}/attendees/a?erase=true", tag="*")

    monkeypatch.setattr("app.routes.series.refuse_contradictions", erase_meanwhile)
    body = {"rounds": [{}], "attendees": PEOPLE}
    answer = await api.send("POST", f"{series}/events", body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "series_changed")
    answer = await api.send("POST", f"{series}/events", body)
    assert answer.status_code == 201

    async def delete_meanwhile(*_: object) -> None:
        await api.send("DELETE", series)

    monkeypatch.setattr("app.routes.series.refuse_contradictions", delete_meanwhile)
    assert (await api.send("POST", f"{series}/events", body)).status_code == 404
