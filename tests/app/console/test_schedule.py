"""A version as a grid, and sentences with names in them."""

from typing import Any

from app.console.schedule import edit_in, fits, people_rows, table_rows, with_names


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


def test_names_stand_where_ids_stood_but_not_in_what_somebody_wrote() -> None:
    told = with_names("a's offer 'a cake for b' meets b's need 'a cake'", NAMES)
    assert told == "Anna's offer 'a cake for b' meets Bob's need 'a cake'"


def test_an_id_within_a_word_is_none() -> None:
    assert with_names("band a", {"a": "Anna", "b": "Bob"}) == "band Anna"


def test_an_edit_says_what_the_form_says() -> None:
    form = {"kind": ("pair",), "a": ("x",), "b": ("y",), "round": ("3",), "table": ("",)}
    assert edit_in(form) == {"kind": "pair", "attendees": ["x", "y"], "round": 3}
