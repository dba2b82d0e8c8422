"""People are named by name where that is enough."""

import pytest

from app.console.api_client import ApiError
from app.console.people import (
    choices_of,
    chosen,
    with_named_people,
    with_names,
    with_sure_names,
)

EVENT = {
    "attendees": [
        {"id": "a", "name": "Anna"},
        {"id": "b", "name": "Bob"},
        {"id": "c", "name": "bob"},
        {"id": "Anna"},
    ]
}


def test_two_of_one_name_are_told_apart_by_their_ids() -> None:
    assert choices_of({"attendees": EVENT["attendees"][:3]}) == {
        "a": "Anna",
        "b": "Bob (b)",
        "c": "bob (c)",
    }


def test_an_id_comes_before_a_name() -> None:
    assert chosen(EVENT, "Anna") == "Anna"
    assert chosen(EVENT, " bob  (C)") == "c"


def test_a_name_of_two_names_nobody() -> None:
    with pytest.raises(ApiError):
        chosen(EVENT, "Bob")


def test_names_stand_where_ids_stood_but_not_in_what_somebody_wrote() -> None:
    told = with_names("a's offer 'a cake for b' meets b's need 'a cake'", {"a": "Anna", "b": "Bob"})
    assert told == "Anna's offer 'a cake for b' meets Bob's need 'a cake'"


def test_an_id_within_a_word_is_none() -> None:
    assert with_names("band a", {"a": "Anna", "b": "Bob"}) == "band Anna"


def test_of_people_a_number_stays_one() -> None:
    names = {"ann": "Anna", "2": "Bob"}
    assert with_sure_names("2 people: ann, 2", names, ["ann", "2"]) == "2 people: Anna, 2"


def test_a_finding_names_whom_it_is_about_and_nobody_else() -> None:
    found = {"code": "c", "message": "x1 and x2 came alone", "attendees": ["x1"]}
    (named,) = with_named_people([found], {"x1": "Ada", "x2": "Bo"})
    assert named == found | {"message": "Ada and x2 came alone"}
