"""Presets over HTTP: listed with their reasons, and filled in where an event is kept."""

import pytest

from app.presets.catalogue import NAMES
from tests.api import READER, Api

pytestmark = pytest.mark.anyio

PEOPLE = [{"id": "a", "labels": {"role": "buyer"}}, {"id": "b", "labels": {"role": "supplier"}}]


async def test_all_are_listed_with_an_event_and_the_reason_of_each_field(api: Api) -> None:
    listed = (await api.get("/v1/presets"))["presets"]
    assert [preset["name"] for preset in listed] == list(NAMES)
    assert all(preset["choices"] and preset["event"]["rounds"] for preset in listed)


async def test_they_are_for_organisers(api: Api) -> None:
    await api.as_(READER).refuses("GET", "/v1/presets", status=403)


async def test_an_event_may_leave_out_what_a_preset_has(api: Api) -> None:
    body = {"attendees": PEOPLE, "policy": {"idle": "fill"}}
    answer = await api.send("POST", "/v1/events?preset=hosted-buyers", body)
    assert answer.status_code == 201
    event = await api.get(answer.headers["Location"])
    assert event["policy"]["meet"]["pairs"] == [["buyer", "supplier"]]
    assert (event["policy"]["idle"], len(event["rounds"])) == ("fill", 8)


async def test_a_preset_that_is_none_is_refused_and_so_is_what_it_does_not_mend(api: Api) -> None:
    body = {"attendees": PEOPLE}
    url = "/v1/events?preset="
    await api.refuses("POST", f"{url}wedding", body, pointer="query:preset", hides="wedding")
    for name in ("Mentorng", "hosted_buyer"):
        problem = await api.refuses("POST", f"{url}{name}", body, pointer="query:preset")
        meant = {"Mentorng": "mentoring", "hosted_buyer": "hosted-buyers"}[name]
        options = ", ".join(NAMES)
        told = f"one of {options} is needed: did you mean {meant}?"
        assert [error["message"] for error in problem["errors"]] == [told]
    await api.refuses("POST", "/v1/events", body, pointer="/rounds")
    twice = {"attendees": [*PEOPLE, {"id": "a"}]}
    await api.refuses("POST", f"{url}mentoring", twice, pointer="/attendees/2/id")
    owned = {"attendees": PEOPLE, "published": {"rounds": []}}
    await api.refuses("POST", f"{url}mentoring", owned, pointer="/published")


async def test_a_repetition_with_another_preset_is_another_request(api: Api) -> None:
    body, key = {"attendees": PEOPLE}, {"Idempotency-Key": "preset-1"}
    first = await api.send("POST", "/v1/events?preset=mentoring", body, headers=key)
    again = await api.send("POST", "/v1/events?preset=mentoring", body, headers=key)
    assert first.headers["Location"] == again.headers["Location"]
    other = await api.send("POST", "/v1/events?preset=hosted-buyers", body, headers=key)
    assert other.status_code == 422
