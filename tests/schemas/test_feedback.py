"""Feedback: one says of a meeting what can be said of it, and nothing twice."""

from typing import Any

import pytest
from pydantic import ValidationError

from schemas.event import Attendee
from schemas.explanation import Question
from schemas.feedback import Feedback, FeedbackBatch
from schemas.listing import Attendees
from schemas.solve import Waiver


def faults(make: Any, **fields: Any) -> list[tuple[tuple[str | int, ...], str]]:
    with pytest.raises(ValidationError) as raised:
        make(**fields)
    return [(row["loc"], row["type"]) for row in raised.value.errors()]


def said(**fields: Any) -> Feedback:
    return Feedback(**({"id": "f", "attendee": "a", "partner": "b"} | fields))


def test_nobody_has_met_themselves() -> None:
    assert faults(said, partner="a") == [(("partner",), "self")]


WHAT_CAME_OF_IT = ("valuable", "would_refer", "had_time", "undisclosed_pitch")


@pytest.mark.parametrize("name", WHAT_CAME_OF_IT)
def test_nothing_came_of_a_meeting_that_was_not_held(name: str) -> None:
    assert faults(said, held=False, **{name: True}) == [((name,), "not_held")]
    assert getattr(said(**{name: True}), name)
    assert not said(held=False).held


def test_an_id_is_given_once_in_a_batch() -> None:
    batch = tuple(said(id=name) for name in ("1", "2", "1"))
    assert faults(FeedbackBatch, feedback=batch) == [(("feedback", 2, "id"), "duplicate_id")]
    assert len(FeedbackBatch(feedback=batch[:2]).feedback) == 2
    assert faults(FeedbackBatch, feedback=())[0][1] == "too_short"


def test_an_attendee_is_listed_once() -> None:
    people = tuple(Attendee(id=v) for v in "aba")
    assert faults(Attendees, attendees=people) == [(("attendees", 2, "id"), "duplicate_id")]
    assert len(Attendees(attendees=people[:2]).attendees) == 2


QUESTIONS: list[tuple[dict[str, Any], str | None]] = [
    ({"pair": "a,b"}, None),
    ({"attendee": "a", "round": 1}, None),
    ({}, "pair"),
    ({"pair": "a,b", "attendee": "a", "round": 1}, "pair"),
    ({"pair": "a,b", "round": 1}, "pair"),
    ({"attendee": "a"}, "round"),
    ({"round": 1}, "attendee"),
]


@pytest.mark.parametrize(("fields", "where"), QUESTIONS)
def test_a_question_is_about_a_pair_or_about_a_seat(
    fields: dict[str, Any], where: str | None
) -> None:
    if where is None:
        assert Question(**fields).audience == "organiser"
    else:
        assert faults(Question, **fields)[0][0] == (where,)


def test_a_waiver_says_what_it_is_about_and_nothing_else() -> None:
    assert Waiver(pair=("a", "b"), reason="a left").model_dump() == {
        "pair": ("a", "b"), "reason": "a left",
    }  # fmt: skip
    assert (
        Waiver(attendee="a", reason="left").model_dump_json() == '{"attendee":"a","reason":"left"}'
    )
