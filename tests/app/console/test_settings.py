"""Name, zone and rounds: what was not changed stays as it is."""

from typing import Any

import pytest

from app.console.settings import changes_in, is_even, series_of
from tests.api import Api
from tests.app.console.reader import PageReader, event_with

pytestmark = pytest.mark.anyio

START = "2027-03-04T09:00:00"
ROUNDS: list[dict[str, Any]] = [
    {"starts_at": START, "minutes": 12, "closed_tables": [2]},
    {"starts_at": "2027-03-04T09:15:00", "minutes": 12, "closed_tables": [2]},
]
FORM = {
    "name": "Breakfast",
    "count": "2",
    "first_starts_at": "2027-03-04T09:00",
    "minutes": "12",
    "break_minutes": "3",
    "tables": "",
}


def event_of(*rounds: dict[str, Any], zone: str = "UTC") -> dict[str, Any]:
    return {"name": "Breakfast", "timezone": zone, "rounds": list(rounds)}


def test_rounds_are_told_as_a_series() -> None:
    told = {"count": 2, "minutes": 12, "break_minutes": 3, "first_starts_at": START[:16]}
    assert series_of(event_of(*ROUNDS)) == told
    assert is_even(event_of(*ROUNDS))


def test_a_time_with_an_offset_is_told_by_the_clocks_of_the_place() -> None:
    event = event_of({"starts_at": "2027-03-04T09:00:00+00:00", "minutes": 12}, zone="Asia/Tokyo")
    assert series_of(event)["first_starts_at"] == "2027-03-04T18:00"


def test_rounds_of_different_length_are_not_alike() -> None:
    assert not is_even(event_of(*ROUNDS, {"starts_at": "2027-03-04T09:30:00", "minutes": 20}))
    assert not is_even(event_of(*ROUNDS, ROUNDS[1] | {"starts_at": "2027-03-04T10:00:00"}))


def test_a_form_that_says_the_same_changes_nothing() -> None:
    assert changes_in(FORM, event_of(*ROUNDS)) == {}


def test_other_minutes_make_a_new_series_with_the_tables_that_are_closed() -> None:
    patch = changes_in(FORM | {"minutes": "10"}, event_of(*ROUNDS))
    assert patch["rounds"]["minutes"] == 10
    assert patch["rounds"]["closed_tables"] == [2]


async def test_an_event_without_times_gets_them(api: Api, signed_in: PageReader) -> None:
    event = await event_with(api, rounds={"count": 3})
    path, place = f"/events/{event}/settings", f"/v1/events/{event}"
    assert "nobody can have a calendar" in await signed_in.page(path)
    fields = FORM | {"timezone": "Europe/Berlin"}
    answer = await signed_in.submit(path, etag=await api.tag(place), **fields)
    assert answer.status_code == 303, answer.text
    now = await api.get(place)
    assert (now["name"], now["timezone"]) == ("Breakfast", "Europe/Berlin")
    assert [one["starts_at"] for one in now["rounds"]] == [START, "2027-03-04T09:15:00"]
    assert "nobody can have a calendar" not in await signed_in.page(path)


async def test_a_zone_that_is_none_is_refused_in_words(api: Api, signed_in: PageReader) -> None:
    event = await event_with(api)
    etag = await api.tag(f"/v1/events/{event}")
    answer = await signed_in.submit(f"/events/{event}/settings", etag=etag, timezone="Mars")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


async def test_a_number_of_thousands_of_digits_is_refused(api: Api, signed_in: PageReader) -> None:
    event = await event_with(api)
    tag = await api.tag(f"/v1/events/{event}")
    fields = {"count": "9" * 5_000, "minutes": "10", "break_minutes": "2"}
    answer = await signed_in.submit(f"/events/{event}/settings", etag=tag, **fields)
    assert answer.status_code == 422
