"""Fields that were meant: found at the very place, in spite of lists, choices and short forms."""

import pytest

import schemas.listing  # noqa: F401 - its documents are found by name
from schemas.event import OBJECT, PLAIN
from schemas.misspelt_fields import fields_at, meant_field


@pytest.mark.parametrize(
    ("where", "meant"),
    [
        (("atendees",), "attendees"),
        (("attendees", 3, "organization"), "organisation"),
        (("attendees", 3, "ID"), "id"),
        (("attendees", 3, "absentRounds"), "absent_rounds"),
        (("attendees", 3, "max-meetings"), "max_meetings"),
        (("attendees", 3, "needs", 0, OBJECT, "wieght"), "weight"),
        (("attendees", 3, "breaks", 0, "form"), "from"),
        (("policy", "meet", "unlabeled"), "unlabelled"),
        (("rounds", OBJECT, "break_minute"), "break_minutes"),
        (("pair_rules", 0, "events_go"), "events_ago"),
        (("attendees", 3, "starts_at"), None),
        (("attendees", 3, "shoe_size"), None),
        (("nowhere", 3, "id"), None),
    ],
)
def test_the_field_of_that_place_is_found(where: tuple[str | int, ...], meant: str | None) -> None:
    assert meant_field("Event", where) == meant


def test_where_one_of_some_documents_may_come_fields_are_those_of_each() -> None:
    choice = "tagged-union[Attendee,function-after[_different(), Attendees]]"
    assert meant_field(choice, (PLAIN, "attendees", 0, "need")) == "needs"
    assert meant_field(choice, (OBJECT, "need")) == "needs"
    assert meant_field(choice, (PLAIN, "atendees")) == "attendees"
    assert [*fields_at(choice, (PLAIN, "attendees", 0, "wants", 0))] == ["id", "must"]


def test_a_document_that_nobody_knows_has_no_fields() -> None:
    assert meant_field("tuple[int]", ("id",)) is None
