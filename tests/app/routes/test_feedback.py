"""Feedback over HTTP: whole or refused, once, private, and forgotten with whoever is erased."""

from typing import Any

import httpx
import pytest

from tests.api import OTHER, READER, Api
from tests.app.routes.test_schedules import hold, publish, store

pytestmark = pytest.mark.anyio

PEOPLE = [
    {"id": "a", "name": "Ada", "interests": ["chess"]},
    {"id": "b", "name": "Bo", "interests": ["chess"]},
    {"id": "c", "name": "Cy", "interests": ["chess"]},
    {"id": "d", "name": "Di", "interests": ["chess"]},
]
EVENING = [["ab", "cd"], ["bc"], ["ad"]]


async def evening(api: Api, *versions: Any, held: int = 2) -> str:
    """An event whose versions were published one after the other, with held rounds."""
    versions = versions or (EVENING,)
    url = await api.create(rounds=[{}] * len(versions[0]), attendees=PEOPLE)
    await store(api, url, *versions)
    for version in range(1, len(versions) + 1):
        await publish(api, url, version)
    await hold(api, url, held)
    return url


def said(way: str, **fields: Any) -> dict[str, Any]:
    return {"id": way, "attendee": way[0], "partner": way[1]} | fields


async def give(api: Api, url: str, *told: dict[str, Any]) -> None:
    answer = await api.send("POST", f"{url}/feedback", {"feedback": told})
    assert (answer.status_code, answer.json()) == (200, {"accepted": len(told)}), answer.text


async def refused(api: Api, url: str, *told: dict[str, Any], **how: Any) -> None:
    """A batch is refused, and nothing of it is kept."""
    before = await everything(api, url)
    await api.refuses("POST", f"{url}/feedback", {"feedback": told}, about=url, **how)
    assert await everything(api, url) == before


async def everything(api: Api, url: str) -> list[bytes]:
    """All that can be read of an event, byte by byte, with its headers but for the rate."""
    paths = ["", "/schedule", "/schedules", "/incidents", "/feedback", "/introductions"]
    for who in "abcd":
        paths += [f"/attendees/{who}", f"/attendees/{who}/agenda", f"/attendees/{who}/follow-ups"]
    answers = [await api.send("GET", url + path) for path in paths]
    return [b"".join(_headers(each)) + each.content for each in answers]


def _headers(answer: httpx.Response) -> list[bytes]:
    return [b":".join(row) for row in answer.headers.raw if row[0].lower() != b"ratelimit"]


async def test_feedback_is_counted_for_the_organiser(api: Api) -> None:
    url = await evening(api)
    await give(api, url, said("ab", valuable=True), said("ba", valuable=True, would_refer=True))
    found = await api.get(f"{url}/feedback")
    counts = {"answers": 2, "held": 2, "valuable": 2, "would_refer": 1, "had_time": 0}
    assert found["meetings"] == [counts | {"pair": ["a", "b"]}]
    assert [row["attendee"] for row in found["attendees"]] == ["a", "b"]
    assert found["reported"] == []


async def test_feedback_sent_again_changes_nothing(api: Api) -> None:
    url = await evening(api)
    first = said("ab", valuable=True)
    await give(api, url, first)
    before = await everything(api, url)
    await give(api, url, first)
    assert await everything(api, url) == before
    await give(api, url, first, said("ba", had_time=True))
    await refused(
        api, url, said("ab"), status=409, pointer="/feedback/0/id", code="id_of_other_feedback"
    )


async def test_the_last_word_about_somebody_counts(api: Api) -> None:
    url = await evening(api)
    await give(api, url, said("ab", id="1", valuable=True))
    await give(api, url, said("ab", id="2", had_time=True))
    (row,) = (await api.get(f"{url}/feedback"))["meetings"]
    assert (row["answers"], row["valuable"], row["had_time"]) == (1, 0, 1)
    await give(api, url, said("ab", id="1", valuable=True))
    assert (await api.get(f"{url}/feedback"))["meetings"] == [row]


async def test_a_batch_with_something_wrong_is_refused_whole(api: Api) -> None:
    url = await evening(api)
    for wrong, field, code, status in (
        (said("ac"), "partner", "no_meeting", 409),
        (said("az"), "partner", "no_meeting", 409),
        (said("ad"), "round", "round_not_started", 409),
        (said("ba", round=2), "round", "other_round", 409),
        (said("aa"), "partner", "self", 422),
        (said("ba", held=False, valuable=True), "valuable", "not_held", 422),
        (said("ba", id="ab"), "id", "duplicate_id", 422),
    ):
        told = said("ab"), wrong
        await refused(api, url, *told, status=status, pointer=f"/feedback/1/{field}", code=code)


async def test_without_a_published_schedule_there_is_nothing_to_say(api: Api) -> None:
    url = await api.create(rounds=[{}], attendees=PEOPLE)
    await store(api, url, [["ab"]])
    batch = {"feedback": [said("ab")]}
    await api.refuses("POST", f"{url}/feedback", batch, status=409, code="no_meeting")
    await api.refuses("GET", f"{url}/introductions", status=404)
    await api.refuses("GET", f"{url}/attendees/a/follow-ups", status=404)


async def test_feedback_may_be_about_a_version_that_was_superseded(api: Api) -> None:
    url = await evening(api, [["ab"], []], [["cd"], []], held=1)
    await give(api, url, said("ab", round=1), said("cd"))
    drafts = [["ac"], []]
    await store(api, url, drafts)
    await refused(api, url, said("ac"), status=409, code="no_meeting")


REPORT = {"undisclosed_pitch": True}


async def test_one_report_shows_nowhere(api: Api) -> None:
    url = await evening(api)
    await give(api, url, said("ab", id="1", valuable=True, note="talked long"), said("ba"))
    before = await everything(api, url)
    await give(api, url, said("ab", id="2", valuable=True, note="talked long", **REPORT))
    assert await everything(api, url) == before
    await give(api, url, said("ab", id="3", valuable=True, note="talked long", **REPORT))
    assert await everything(api, url) == before


async def test_reports_of_two_people_reach_the_organiser_alone(api: Api) -> None:
    url = await evening(api)
    await give(api, url, said("ab"), said("cb"))
    before = await everything(api, url)
    counts = await api.get(f"{url}/feedback")
    await give(api, url, said("ab", id="1", **REPORT), said("cb", id="2", **REPORT))
    reported = [{"attendee": "b", "reports": 2}]
    assert await api.get(f"{url}/feedback") == counts | {"reported": reported}
    after = await everything(api, url)
    assert [k for k in range(len(after)) if after[k] != before[k]] == [4]


async def test_feedback_and_introductions_are_for_the_organiser(api: Api) -> None:
    url = await evening(api)
    reader = api.as_(READER)
    batch = {"feedback": [said("ab")]}
    await reader.refuses("POST", f"{url}/feedback", batch, status=403)
    for path in ("feedback", "introductions", "attendees/a/follow-ups"):
        await reader.refuses("GET", f"{url}/{path}", status=403)
        await api.as_(OTHER).refuses("GET", f"{url}/{path}", status=404)


async def test_a_key_sent_again_has_the_same_answer(api: Api) -> None:
    url = await evening(api)
    key, batch = {"Idempotency-Key": f"{url[-9:]}-f"}, {"feedback": [said("ab")]}
    for _ in range(2):
        answer = await api.send("POST", f"{url}/feedback", batch, headers=key)
        assert answer.json() == {"accepted": 1}
    other = {"feedback": [said("ba")]}
    await api.refuses("POST", f"{url}/feedback", other, headers=key, status=422)


async def test_follow_ups_tell_what_both_said_and_no_refusal(api: Api) -> None:
    url = await evening(api)
    where = f"{url}/attendees/b/follow-ups"
    await give(api, url, said("ba", valuable=True, note="lunch"), said("bc", valuable=True))
    alone = await api.get(where)
    assert [(m["partner"]["id"], m["round"], m["mutual"]) for m in alone["meetings"]] == [
        ("a", 1, False),
        ("c", 2, False),
    ]
    assert alone["meetings"][0]["said"]["note"] == "lunch"
    await give(api, url, said("ab"), said("cb", held=False))
    assert await api.get(where) == alone
    await give(api, url, said("ab", id="1", valuable=True))
    await give(api, url, said("bc", id="2"), said("cb", id="3", valuable=True))
    assert [m["mutual"] for m in (await api.get(where))["meetings"]] == [True, False]
    assert "lunch" not in str(await api.get(f"{url}/attendees/a/follow-ups"))
    await api.refuses("GET", f"{url}/attendees/z/follow-ups", status=404)


async def test_who_met_the_same_third_is_introduced(api: Api) -> None:
    url = await evening(api)
    (suggested,) = (await api.get(f"{url}/attendees/a/follow-ups"))["introductions"]
    assert suggested == {
        "person": {"id": "c", "name": "Cy", "organisation": None},
        "through": {"id": "b", "name": "Bo", "organisation": None},
        "text": "Ask Bo to introduce you to Cy: you share an interest in chess.",
    }
    rows = (await api.get(f"{url}/introductions"))["introductions"]
    told = [(row["introducer"]["id"], [p["id"] for p in row["people"]]) for row in rows]
    assert told == [("b", ["a", "c"]), ("c", ["b", "d"])]
    assert (await api.get(f"{url}/introductions?limit=1"))["introductions"] == rows[:1]
    await api.refuses("GET", f"{url}/introductions?limit=201", pointer="query:limit")


async def test_who_is_erased_takes_all_feedback_along(api: Api) -> None:
    url = await evening(api, held=3)
    await give(api, url, said("ab", valuable=True), said("bc", **REPORT), said("dc", **REPORT))
    await give(api, url, said("cd", note="tall"))
    await api.send("DELETE", f"{url}/attendees/b?erase=true", tag="*")
    found = await api.get(f"{url}/feedback")
    assert [row["pair"] for row in found["meetings"]] == [["c", "d"]]
    assert found["reported"] == []
    await refused(api, url, said("ab", valuable=True), status=409, code="erased")
    await api.refuses("GET", f"{url}/attendees/b/follow-ups", status=404)
    followed = await api.get(f"{url}/attendees/a/follow-ups")
    assert [each["partner"]["id"] for each in followed["meetings"]] == ["d"]
    rows = (await api.get(f"{url}/introductions"))["introductions"]
    assert [row["introducer"]["id"] for row in rows] == ["d"]


async def test_somebody_without_feedback_may_be_erased_twice(api: Api) -> None:
    url = await evening(api)
    for _ in range(2):
        answer = await api.send("DELETE", f"{url}/attendees/b?erase=true", tag="*")
        assert answer.status_code == 200, answer.text


async def test_feedback_goes_with_its_event(api: Api) -> None:
    url = await evening(api)
    await give(api, url, said("ab"))
    answer = await api.send("DELETE", url, tag=await api.tag(url))
    assert answer.status_code == 204
    await api.refuses("GET", f"{url}/feedback", status=404)
