"""Pairs of texts settled by hand, over HTTP: confirmed, denied, and what becomes of them."""

from typing import Any

import pytest

from app.planning.document import to_written
from app.store import events, schedules
from schemas.schedule import Meeting, Schedule, ScheduledRound
from tests.api import OTHER, READER, Api
from tests.stored import add_version

pytestmark = pytest.mark.anyio

PEOPLE = [
    {"id": "a", "needs": ["visibility"], "offers": ["bread"]},
    {"id": "b", "needs": ["bread"], "offers": ["shop window design"]},
]
PAIR = {"need": "visibility", "offer": "shop window design"}
ROW = [PAIR["need"], PAIR["offer"]]


async def test_a_confirmed_pair_is_in_the_event_and_in_its_graph(api: Api) -> None:
    url = await api.create(attendees=PEOPLE)
    assert await served(api, url) < 0.3
    answer = await api.send("POST", f"{url}/matching/confirm", PAIR)
    receipt = answer.json()
    assert (answer.status_code, receipt["revision"], receipt["solve"]) == (200, 2, None)
    assert answer.headers["ETag"] == await api.tag(url)
    assert (await lists(api, url)) == ([ROW], [])
    assert await served(api, url) == 1


async def test_the_last_word_counts_and_the_same_word_twice_changes_nothing(api: Api) -> None:
    url = await api.create(attendees=PEOPLE)
    loud = {"need": " VISIBILITY", "offer": PAIR["offer"]}
    for path, body, revision, expected in (
        ("confirm", PAIR, 2, ([ROW], [])),
        ("confirm", loud, 2, ([ROW], [])),
        ("deny", loud, 3, ([], [["VISIBILITY", PAIR["offer"]]])),
        ("confirm", PAIR, 4, ([ROW], [])),
    ):
        answer = await api.send("POST", f"{url}/matching/{path}", body)
        assert answer.json()["revision"] == revision
        assert await lists(api, url) == expected


async def test_other_pairs_and_other_words_about_texts_stay(api: Api) -> None:
    matching = {"synonyms": [["VAT", "value added tax"]], "denied": [["x", "y"], ROW]}
    url = await api.create(attendees=PEOPLE, matching=matching)
    await api.send("POST", f"{url}/matching/confirm", PAIR)
    now = (await api.get(url))["matching"]
    assert now["synonyms"] == [["VAT", "value added tax"]]
    assert (now["confirmed"], now["denied"]) == ([ROW], [["x", "y"]])


@pytest.mark.parametrize("path", ["confirm", "deny"])
async def test_texts_that_nobody_wrote_are_refused_and_not_repeated(api: Api, path: str) -> None:
    url = f"{await api.create(attendees=PEOPLE)}/matching/{path}"
    for field, other in (("need", "offer"), ("offer", "need")):
        wrong = PAIR | {field: "quokka grooming"}
        told = await api.refuses(
            "POST", url, wrong, pointer=f"/{field}", code="unknown_text", hides="quokka",
            about=url.rpartition("/matching")[0],
        )  # fmt: skip
        assert f"/{other}" not in [row["pointer"] for row in told["errors"]]
    turned = {"need": PAIR["offer"], "offer": PAIR["need"]}
    told = await api.refuses("POST", url, turned)
    assert [row["pointer"] for row in told["errors"]] == ["/need", "/offer"]
    await api.refuses("POST", url, {"need": "visibility"}, pointer="/offer", code="missing")
    await api.refuses("POST", url, PAIR | {"verdict": "yes"}, pointer="/verdict")


async def test_only_organisers_settle_and_only_their_own_events(api: Api) -> None:
    url = await api.create(attendees=PEOPLE)
    for path in ("confirm", "deny"):
        place = f"{url}/matching/{path}"
        await api.as_(READER).refuses("POST", place, PAIR, status=403, about=url)
        await api.as_(OTHER).refuses("POST", place, PAIR, status=404)
    assert await lists(api, url) == ([], [])


async def test_a_key_settles_once(api: Api) -> None:
    url = await api.create(attendees=PEOPLE)
    key = {"Idempotency-Key": f"settle:{url}"}
    first = await api.send("POST", f"{url}/matching/confirm", PAIR, headers=key)
    await api.send("POST", f"{url}/matching/deny", PAIR)
    again = await api.send("POST", f"{url}/matching/confirm", PAIR, headers=key)
    assert (again.status_code, again.content) == (200, first.content)
    assert await lists(api, url) == ([], [ROW])
    await api.refuses(
        "POST", f"{url}/matching/deny", PAIR, headers=key, code="key_of_another_request"
    )


async def test_who_names_a_state_settles_that_state_alone(api: Api) -> None:
    url = await api.create(attendees=PEOPLE)
    old = await api.tag(url)
    answer = await api.send("POST", f"{url}/matching/confirm", PAIR, tag=old)
    assert answer.status_code == 200
    await api.refuses("POST", f"{url}/matching/deny", PAIR, tag=old, status=412, about=url)


async def test_a_full_list_takes_no_more(api: Api) -> None:
    full = {"confirmed": [[f"need {k}", "x"] for k in range(1_000)]}
    url = await api.create(attendees=PEOPLE, matching=full)
    await api.refuses("POST", f"{url}/matching/confirm", PAIR, status=409, about=url)
    assert (await api.send("POST", f"{url}/matching/deny", PAIR)).status_code == 200


async def test_settling_in_a_published_event_asks_for_a_repair(api: Api) -> None:
    url = await api.create(attendees=PEOPLE)
    meeting = Meeting(table=1, attendees=("a", "b"))
    made = Schedule(rounds=(ScheduledRound(round=1, meetings=(meeting,)),))
    event_id = url.rpartition("/")[2]
    async with api.store.write() as connection:
        assert await events.find(connection, event_id) is not None
        added = await add_version(connection, event_id, to_written(made))
        await schedules.publish(connection, added)
    answer = await api.send("POST", f"{url}/matching/confirm", PAIR)
    solve = answer.json()["solve"]
    assert solve is not None
    await api.app.state.repairs.ended(solve, event_id, 60)
    assert (await api.get(f"{url}/solves/{solve}"))["state"] == "done"
    (told,) = (await api.get(f"{url}/schedule"))["rounds"][0]["meetings"]
    assert told["benefits"]["a"] > 0.95
    again = await api.send("POST", f"{url}/matching/confirm", PAIR)
    assert again.json()["solve"] is None


async def test_a_verdict_goes_with_the_last_who_wrote_its_texts(api: Api) -> None:
    twin = PEOPLE[0] | {"id": "c"}
    url = await api.create(attendees=[*PEOPLE, twin])
    await api.send("POST", f"{url}/matching/confirm", PAIR)
    await api.send("POST", f"{url}/matching/deny", {"need": "bread", "offer": "bread"})
    await api.send("DELETE", f"{url}/attendees/a?erase=true", tag="*")
    assert await lists(api, url) == ([ROW], [["bread", "bread"]])
    await api.send("PUT", f"{url}/attendees/c", {"id": "c"}, tag="*")
    assert await lists(api, url) == ([ROW], [["bread", "bread"]])
    left = await api.send("DELETE", f"{url}/attendees/a?erase=true", tag="*")
    assert left.json()["outcome"] == "erased"
    assert await lists(api, url) == ([], [])


async def test_an_old_list_brings_no_verdict_back_on_texts_of_somebody_erased(api: Api) -> None:
    url = await api.create(attendees=PEOPLE)
    await api.send("POST", f"{url}/matching/confirm", PAIR)
    old = await api.get(url)
    await api.send("DELETE", f"{url}/attendees/a?erase=true", tag="*")
    sent = {"rounds": old["rounds"], "attendees": old["attendees"][1:]}
    where, code = "/matching/confirmed/0", "erased_attendee"
    await api.refuses(
        "PUT", url, sent | {"matching": old["matching"]}, tag="*", status=409, pointer=where,
        code=code, about=url, hides="visibility",
    )  # fmt: skip
    assert (await api.send("PUT", url, sent, tag="*")).status_code == 200


async def test_a_verdict_that_outlived_its_texts_keeps_no_edit_away(api: Api) -> None:
    url = await api.create(attendees=[*PEOPLE, {"id": "c"}])
    await api.send("DELETE", f"{url}/attendees/c?erase=true", tag="*")
    await api.send("POST", f"{url}/matching/confirm", PAIR)
    for needs in (["bread"], ["tea"]):
        answer = await api.send("PUT", f"{url}/attendees/a", {"id": "a", "needs": needs}, tag="*")
        assert answer.status_code == 200, answer.text
    assert await lists(api, url) == ([ROW], [])


# Offered to other events


async def test_what_one_event_settled_is_offered_to_the_next(api: Api) -> None:
    first = await api.create(attendees=PEOPLE)
    await api.send("POST", f"{first}/matching/confirm", PAIR)
    await api.send("POST", f"{first}/matching/deny", {"need": "bread", "offer": "bread"})
    shouting = [
        {"id": "x", "needs": ["VISIBILITY"]},
        {"id": "y", "offers": ["Shop  window design", "bread"]},
    ]
    found = await api.get(f"{await api.create(attendees=shouting)}/matching")
    assert (found["confirmed"], found["denied"]) == ([], [])
    assert [told(row) for row in found["offered"] if row["event"] in first] == [
        (*ROW, "confirmed", first.rpartition("/")[2])
    ]
    assert all("T" in row["settled_at"] for row in found["offered"])


async def test_what_an_event_has_settled_is_offered_no_more(api: Api) -> None:
    people = unique("settled")
    pair = {"need": people[0]["needs"][0], "offer": people[1]["offers"][0]}
    first, next_one = [await api.create(attendees=people) for _ in range(2)]
    await api.send("POST", f"{first}/matching/confirm", pair)
    assert len((await api.get(f"{next_one}/matching"))["offered"]) == 1
    await api.send("POST", f"{next_one}/matching/deny", pair)
    found = await api.get(f"{next_one}/matching")
    assert (found["denied"], found["offered"]) == ([[*pair.values()]], [])
    assert (await api.get(f"{first}/matching"))["confirmed"] == [[*pair.values()]]


async def test_of_several_verdicts_the_last_is_offered(api: Api) -> None:
    people = unique("several")
    pair = {"need": people[0]["needs"][0], "offer": people[1]["offers"][0]}
    older, newer, next_one = [await api.create(attendees=people) for _ in range(3)]
    await api.send("POST", f"{newer}/matching/confirm", pair)
    await api.send("POST", f"{older}/matching/deny", pair)
    (row,) = (await api.get(f"{next_one}/matching"))["offered"]
    assert told(row) == (*pair.values(), "denied", older.rpartition("/")[2])


async def test_nothing_is_offered_to_other_organisations_and_readers(api: Api) -> None:
    people = unique("others")
    pair = {"need": people[0]["needs"][0], "offer": people[1]["offers"][0]}
    url = await api.create(attendees=people)
    await api.send("POST", f"{url}/matching/confirm", pair)
    theirs = await api.as_(OTHER).create(attendees=people)
    assert (await api.as_(OTHER).get(f"{theirs}/matching"))["offered"] == []
    await api.as_(OTHER).refuses("GET", f"{url}/matching", status=404)
    await api.as_(READER).refuses("GET", f"{url}/matching", status=403, hides="others")


@pytest.mark.parametrize("way", ["deleted", "erased", "removed"])
async def test_what_is_gone_is_offered_no_more(api: Api, way: str) -> None:
    people = unique(way)
    pair = {"need": people[0]["needs"][0], "offer": people[1]["offers"][0]}
    first, next_one = [await api.create(attendees=people) for _ in range(2)]
    await api.send("POST", f"{first}/matching/confirm", pair)
    assert len((await api.get(f"{next_one}/matching"))["offered"]) == 1
    places = {"deleted": "", "erased": "/attendees/a?erase=true", "removed": "/attendees/b"}
    gone = await api.send("DELETE", f"{first}{places[way]}", tag="*")
    assert gone.is_success
    assert (await api.get(f"{next_one}/matching"))["offered"] == []


def unique(word: str) -> list[Any]:
    """Two people whose texts no other test has."""
    return [{"id": "a", "needs": [f"{word} need"]}, {"id": "b", "offers": [f"{word} offer"]}]


def told(row: Any) -> tuple[str, ...]:
    return row["need"], row["offer"], row["verdict"], row["event"]


async def lists(api: Api, url: str) -> tuple[Any, Any]:
    """What is confirmed, and what is denied."""
    matching = (await api.get(url))["matching"]
    return matching["confirmed"], matching["denied"]


async def served(api: Api, url: str) -> float:
    """What a gains by what b offers."""
    edges = (await api.get(f"{url}/graph"))["edges"]
    reasons = [r for row in edges if row["source"] == "a" for r in row["reasons"]]
    return float(sum(why["value"] for why in reasons if why["kind"] == "served"))
