"""Benefits by column: to a reader the same rows, to a caller the same refusals."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from schemas import limits
from schemas.benefits import Benefit, BenefitColumns
from schemas.event import Event
from tests.builders import random_event

PEOPLE = [{"id": "a"}, {"id": "b"}, {"id": "c"}]


def arrived(benefits: Any, people: Any = PEOPLE) -> Event:
    """The event as a tool would send it."""
    document = {"rounds": [{}], "attendees": people, "benefits": benefits}
    return Event.model_validate_json(json.dumps(document))


def row(attendee: Any = "a", partner: Any = "b", value: Any = 0.5) -> dict[str, Any]:
    return {"attendee": attendee, "partner": partner, "value": value}


def refusal(benefits: Any, people: Any = PEOPLE) -> list[tuple[tuple[str | int, ...], str]]:
    with pytest.raises(ValidationError) as raised:
        arrived(benefits, people)
    return [(error["loc"], error["type"]) for error in raised.value.errors(include_input=False)]


def test_sound_rows_are_kept_by_column_and_read_as_rows() -> None:
    benefits = arrived([row(), row("b", "a", 1), row("c", "a", 0)]).benefits
    assert isinstance(benefits, BenefitColumns)
    assert list(benefits) == [
        Benefit(attendee="a", partner="b", value=0.5),
        Benefit(attendee="b", partner="a", value=1.0),
        Benefit(attendee="c", partner="a", value=0.0),
    ]
    assert benefits[1] == benefits[-2] == Benefit(attendee="b", partner="a", value=1.0)
    assert list(benefits[::-1]) == list(benefits)[::-1]
    assert list(benefits.triples()) == [("a", "b", 500), ("b", "a", 1000), ("c", "a", 0)]


def test_columns_equal_the_same_rows_and_no_others() -> None:
    benefits = arrived([row()]).benefits
    assert benefits == (Benefit(attendee="a", partner="b", value=0.5),)
    assert (Benefit(attendee="a", partner="b", value=0.5),) == benefits
    assert benefits != (Benefit(attendee="a", partner="b", value=0.6),)
    assert list(benefits) != []


@pytest.mark.parametrize("seed", range(20))
def test_a_document_comes_back_as_it_went(seed: int) -> None:
    event = random_event(seed, 9, 4)
    text = event.model_dump_json()
    again = Event.model_validate_json(text)
    assert again == event
    assert again.model_dump_json() == text
    assert again.model_dump() == event.model_dump()
    assert again.model_dump_json(exclude_none=True) == event.model_dump_json(exclude_none=True)


def test_columns_and_rows_have_one_schema() -> None:
    for mode in ("validation", "serialization"):
        benefits = Event.model_json_schema(mode=mode)["properties"]["benefits"]
        assert benefits["items"] == {"$ref": "#/$defs/Benefit"}
        assert benefits["type"] == "array"


@pytest.mark.parametrize(
    ("benefits", "errors"),
    [
        ([row(value=0.1234)], [(("benefits", 0, "value"), "three_places")]),
        ([row(), row("b", "a", 1.5)], [(("benefits", 1, "value"), "less_than_equal")]),
        ([row(value=-0.1)], [(("benefits", 0, "value"), "greater_than_equal")]),
        ([row(value=True)], [(("benefits", 0, "value"), "float_type")]),
        ([row(value=False)], [(("benefits", 0, "value"), "float_type")]),
        ([row(value="0.5")], [(("benefits", 0, "value"), "float_type")]),
        ([row(value=float("nan"))], [(("benefits", 0, "value"), "finite_number")]),
        ([row(value=10**400)], [(("benefits", 0, "value"), "finite_number")]),
        ([row(attendee=1)], [(("benefits", 0, "attendee"), "string_type")]),
        ([row(attendee=["a"])], [(("benefits", 0, "attendee"), "string_type")]),
        ([row(attendee="z")], [(("benefits", 0, "attendee"), "unknown_attendee")]),
        ([row(partner="z")], [(("benefits", 0, "partner"), "unknown_attendee")]),
        ([row(partner="a")], [(("benefits", 0, "partner"), "self")]),
        ([row(), row("b", "a"), row()], [(("benefits", 2), "duplicate_benefit")]),
        ([row() | {"note": 1}], [(("benefits", 0, "note"), "extra_forbidden")]),
        ([{"attendee": "a", "partner": "b"}], [(("benefits", 0, "value"), "missing")]),
        ([5], [(("benefits", 0), "model_type")]),
        ("abc", [(("benefits",), "tuple_type")]),
        ({}, [(("benefits",), "tuple_type")]),
        (None, [(("benefits",), "tuple_type")]),
    ],
)
def test_a_row_that_is_not_sound_is_refused_where_it_stands(
    benefits: Any, errors: list[tuple[tuple[str | int, ...], str]]
) -> None:
    assert refusal(benefits) == errors


def test_every_unsound_row_is_told_of() -> None:
    places = [where for where, _ in refusal([row(value=2), row(), row("", "b"), row(value=None)])]
    assert places == [
        ("benefits", 0, "value"), ("benefits", 2, "attendee"), ("benefits", 3, "value"),
    ]  # fmt: skip


def test_faults_of_attendees_and_rows_are_told_together() -> None:
    places = [where for where, _ in refusal([row(value=2)], people=[{"id": 5}])]
    assert places == [("attendees", 0, "id"), ("benefits", 0, "value")]


def test_columns_of_people_who_are_still_there_are_taken_as_they_are() -> None:
    event = arrived([row()])
    whole = {name: getattr(event, name) for name in Event.model_fields}
    again = Event.model_validate(whole)
    assert again.benefits is event.benefits
    with pytest.raises(ValidationError) as raised:
        Event.model_validate(whole | {"attendees": event.attendees[:1]})
    assert raised.value.errors()[0]["loc"] == ("benefits", 0, "partner")


def test_more_rows_than_are_allowed_never_become_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BENEFITS", 2)
    assert isinstance(arrived([row(), row("b", "a")]).benefits, BenefitColumns)
    assert isinstance(arrived([row(), row("b", "a"), row("b", "c")]).benefits, tuple)
