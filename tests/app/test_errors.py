"""Errors a caller can act on: bounded, with a pointer, without the values."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.errors import (
    LONGEST_MESSAGE,
    LONGEST_POINTER,
    LONGEST_SEGMENT,
    MOST_ERRORS,
    Invalid,
    NotFound,
    Refused,
    Stale,
    clip_text,
    from_validation,
    pointer,
)
from schemas.base import Wire
from schemas.event import OBJECT, PLAIN, Attendee, Event
from schemas.problem import ProblemError


@given(st.lists(st.text(max_size=20) | st.integers(0, 99), max_size=5))
def test_a_pointer_leads_back_to_where_it_came_from(where: list[str | int]) -> None:
    steps = [str(step) for step in where if step not in (PLAIN, OBJECT, "[key]")]
    found = [s.replace("~1", "/").replace("~0", "~") for s in pointer(where).split("/")[1:]]
    assert found == steps


def test_shapes_that_callers_never_see_are_left_out_of_pointers() -> None:
    assert pointer(("attendees", 0, "offers", 1, OBJECT, "text")) == "/attendees/0/offers/1/text"
    assert pointer(("labels", "x", "[key]")) == "/labels/x"


def test_a_pointer_ends_before_a_name_that_is_too_long_to_repeat() -> None:
    fits = "x" * LONGEST_SEGMENT
    assert pointer(("labels", fits, "y")) == f"/labels/{fits}/y"
    assert pointer(("labels", fits + "x", "y")) == "/labels"
    assert len(pointer([fits] * 9)) <= LONGEST_POINTER
    assert pointer([fits] * 9) == f"/{fits}" * 4


def test_a_long_message_is_cut() -> None:
    assert clip_text("x" * LONGEST_MESSAGE) == "x" * LONGEST_MESSAGE
    assert clip_text("x" * (LONGEST_MESSAGE + 1)) == "x" * (LONGEST_MESSAGE - 1) + "…"


def test_no_more_errors_are_told_than_anybody_reads() -> None:
    many = [ProblemError(pointer="", code="c", message=str(k)) for k in range(MOST_ERRORS + 5)]
    assert [error.message for error in Invalid(errors=many).errors] == [
        str(k) for k in range(MOST_ERRORS)
    ]
    with pytest.raises(ValidationError) as found:
        TypeAdapter(list[int]).validate_python(["x"] * (MOST_ERRORS + 5))
    assert len(from_validation(found.value).errors) == MOST_ERRORS


@pytest.mark.parametrize(("model", "where"), [(Attendee, ""), (Event, "/attendees/0")])
def test_one_person_has_one_error_of_a_kind(model: type[Wire], where: str) -> None:
    person = {"id": "a b", "absent_rounds": [0, 0], "email": "nobody", "min_meetings": -1}
    document = person if model is Attendee else {"rounds": [{}], "attendees": [person]}
    with pytest.raises(ValidationError) as found:
        model.model_validate_json(json.dumps(document))
    assert [(error.pointer, error.message) for error in from_validation(found.value).errors] == [
        (f"{where}/id", "an id has no blanks, no control characters and none of / ? # % \\"),
        (f"{where}/email", "an e-mail address looks like ada@example.org"),
        (f"{where}/absent_rounds/0", "this has to be 1 or more"),
        (f"{where}/min_meetings", "this has to be 0 or more"),
    ]


def errors_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """What is said of an event, as it is answered."""
    with pytest.raises(ValidationError) as found:
        Event.model_validate_json(json.dumps(document))
    return [row.model_dump() for row in from_validation(found.value, document).errors]


def test_a_misspelt_field_is_one_error_that_says_what_was_meant() -> None:
    people = [{"ID": "a"}, {"id": "b", "wants": [{"id": "a", "shoe": 43}]}]
    assert errors_of({"rounds": [{}], "attendees": people}) == [
        {
            "pointer": "/attendees/0/ID",
            "code": "extra_forbidden",
            "message": "there is no such field: did you mean id?",
        },
        {
            "pointer": "/attendees/1/wants/0/shoe",
            "code": "extra_forbidden",
            "message": "there is no such field; there are id, must",
            "id": "b",
        },
    ]


def test_a_field_that_is_missing_is_told_beside_others_that_are_unknown() -> None:
    found = errors_of({"rounds": [{}], "attendees": [{"shoe": 43}]})
    assert {(row["pointer"], row["code"]) for row in found} == {
        ("/attendees/0/id", "missing"),
        ("/attendees/0/shoe", "extra_forbidden"),
    }


def test_a_list_is_not_too_short_because_its_rows_are_wrong() -> None:
    assert [row["pointer"] for row in errors_of({"rounds": [{"minute": 3}]})] == [
        "/rounds/0/minute"
    ]
    (error,) = errors_of({"rounds": []})
    assert (error["code"], error["message"]) == ("too_short", "a list of 1 or more is needed")


def test_an_error_says_whom_it_is_about_by_a_sound_id() -> None:
    people = [{"id": "a", "avoid": ["z"]}, {"id": "b c", "email": 5}]
    assert errors_of({"rounds": [{}], "attendees": people[:1]})[0]["id"] == "a"
    assert not any("id" in row for row in errors_of({"rounds": [{}], "attendees": people[1:]}))
    assert not any("id" in row for row in errors_of({"rounds": 5, "attendees": [3]}))


def test_values_are_told_to_nobody() -> None:
    secret = "somebody@example.org"
    with pytest.raises(ValidationError) as found:
        Event.model_validate_json(f'{{"rounds": [{{"minutes": "{secret}"}}], "name": 5}}')
    refused = from_validation(found.value)
    assert {error.pointer for error in refused.errors} >= {"/rounds/0/minutes", "/name"}
    assert not any(secret in error.message for error in refused.errors)


def test_an_error_speaks_for_its_kind_unless_it_is_given_words() -> None:
    assert (str(NotFound()), NotFound().title) == ("not found", "not found")
    assert Refused("no room").title == "no room"
    assert Stale("read it again").title == "read it again"


def test_one_error_at_one_place() -> None:
    refused = Invalid.at("/rounds", "held", "a round is held")
    assert isinstance(refused, Invalid)
    assert refused.errors == (
        ProblemError(pointer="/rounds", code="held", message="a round is held"),
    )
