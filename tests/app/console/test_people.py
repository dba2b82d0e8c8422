"""People are named by name where that is enough."""

import pytest

from app.console.api_client import ApiError
from app.console.people import choices_of, chosen

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
