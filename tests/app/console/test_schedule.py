"""A version as a grid, and sentences with names in them."""

from typing import Any

import pytest

from app.console.schedule import (
    edit_in,
    fits,
    named_problem,
    people_rows,
    table_rows,
)
from tests.api import Api
from tests.app.console.reader import PageReader
from tests.app.console.stored import planned_event


def meeting(table: int, *pair: str, outcome: str = "planned") -> dict[str, Any]:
    return {"table": table, "attendees": list(pair), "outcome": outcome}


SCHEDULE = {
    "rounds": [
        {"meetings": [meeting(1, "a", "b"), meeting(2, "c", "d", outcome="missed")], "byes": []},
        {"meetings": [meeting(2, "a", "c")], "byes": ["b", "d"]},
    ],
}
NAMES = {"a": "Anna", "b": "Bob", "c": "Carla", "d": "Dora"}


def test_a_row_of_tables_has_the_meeting_of_each_round() -> None:
    rows = table_rows(SCHEDULE)
    assert [row["table"] for row in rows] == [1, 2]
    assert [found and found["attendees"] for found in rows[0]["meetings"]] == [["a", "b"], None]


def test_a_row_of_people_has_theirs() -> None:
    rows = {row["person"]: row["meetings"] for row in people_rows(SCHEDULE)}
    assert [found and found["table"] for found in rows["a"]] == [1, 2]
    assert rows["b"][1] is None


def test_of_two_meetings_at_one_table_the_one_that_takes_place_is_shown() -> None:
    block = {"meetings": [meeting(1, "a", "b", outcome="missed"), meeting(1, "a", "c")]}
    (row,) = table_rows({"rounds": [block]})
    assert row["meetings"][0]["attendees"] == ["a", "c"]


def test_a_row_fits_who_is_in_it() -> None:
    first, second = table_rows(SCHEDULE)
    assert fits(first, NAMES, ["bob"])
    assert not fits(second, NAMES, ["bob"])
    assert fits(second, NAMES, [])


def test_an_edit_says_what_the_form_says() -> None:
    form = {"kind": "pair", "a": "a", "b": "Bob", "round": "3", "table": ""}
    event = {"attendees": [{"id": who, "name": name} for who, name in NAMES.items()]}
    assert edit_in(form, event) == {"kind": "pair", "attendees": ["a", "b"], "round": 3}


def test_a_refusal_tells_names() -> None:
    problem = {"title": "no", "errors": [{"message": "a and 2 meet in round 2"}]}
    told = named_problem(problem, {"a": "Anna", "2": "Bob"})
    assert told["errors"] == [{"message": "Anna and 2 meet in round 2"}]


@pytest.mark.anyio
async def test_any_two_are_asked_about_by_name(api: Api, signed_in: PageReader) -> None:
    event = await planned_event(api, pair_rules=[{"kind": "forbid", "pair": ["a", "b"]}])
    text = await signed_in.page(f"/events/{event}/schedules/1/pair?a=A&b=b")
    assert "<bdi>A</bdi> · <bdi>B</bdi>" in text
    assert "Never let them meet" in text
    assert "Move them to round" not in text


@pytest.mark.anyio
async def test_a_meeting_is_kept_by_a_rule(api: Api, signed_in: PageReader) -> None:
    event = await planned_event(api)
    place = f"/events/{event}/schedules/1"
    a, b = (await api.get(f"/v1{place}"))["rounds"][0]["meetings"][0]["attendees"]
    assert "Keep this meeting in round 1" in await signed_in.page(f"{place}/pair?a={a}&b={b}")
    tag = await api.tag(f"/v1/events/{event}")
    rule = {"kind": "require", "a": a, "b": b, "round": "1"}
    await signed_in.submit(f"/events/{event}/rules/add", etag=tag, **rule)
    (kept,) = (await api.get(f"/v1/events/{event}"))["pair_rules"]
    assert (kept["kind"], set(kept["pair"]), kept["round"]) == ("require", {a, b}, 1)
    assert "A rule keeps this meeting." in await signed_in.page(f"{place}/pair?a={a}&b={b}")


@pytest.mark.anyio
async def test_cards_with_codes_are_a_file_to_save(api: Api, signed_in: PageReader) -> None:
    event = await planned_event(api)
    text = await signed_in.page(f"/events/{event}/schedules/1")
    assert 'name="address"' in text
    assert 'value="http://localhost"' in text
    made = await signed_in.submit(
        f"/events/{event}/schedules/1/cards", paper="badges", address="http://localhost"
    )
    assert (made.status_code, made.headers["Content-Type"]) == (200, "application/pdf")
    assert made.headers["Content-Disposition"].startswith("attachment; filename=")
    assert made.content.startswith(b"%PDF")


@pytest.mark.anyio
async def test_why_there_are_no_cards_is_told_in_a_page(api: Api, signed_in: PageReader) -> None:
    event = await planned_event(api)
    refused = await signed_in.submit(
        f"/events/{event}/schedules/1/cards", paper="badges", address="here"
    )
    assert refused.status_code == 422
    assert refused.headers["Content-Type"] == "text/html; charset=utf-8"
