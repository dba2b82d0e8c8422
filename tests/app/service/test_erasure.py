"""Whatever names somebody erased would bring them back, but for an id and an absence."""

from typing import Any

import pytest

from app.errors import MOST_ERRORS
from app.service.erasure import CODE, find_returning
from schemas.event import Event

PEOPLE = [{"id": v} for v in "abc"]


def event(**fields: Any) -> Event:
    document = {"rounds": [{}, {}], "attendees": PEOPLE} | fields
    return Event.model_validate(document, strict=False)


def from_json(**fields: Any) -> Event:
    """The same as it arrives, its benefits by column."""
    return Event.model_validate_json(event(**fields).model_dump_json())


def pointers(event: Event, *erased: str) -> list[str]:
    found = find_returning(event, set(erased))
    assert {error.code for error in found} <= {CODE}
    return [error.pointer for error in found]


@pytest.mark.parametrize(
    "profile",
    [{"name": "Ada"}, {"email": "ada@example.org"}, {"needs": ["tax"]}, {"labels": {"role": "x"}}],
)
def test_a_profile_is_refused_and_a_bare_id_is_not(profile: dict[str, Any]) -> None:
    assert pointers(event(attendees=[{"id": "b"}, {"id": "a"} | profile]), "a") == ["/attendees/1"]
    assert pointers(event(attendees=[{"id": "a", "absent_rounds": [1, 2]}]), "a") == []
    assert pointers(event(attendees=[{"id": "b"} | profile]), "a") == []


def test_what_others_and_rules_say_of_them_is_refused() -> None:
    avoiding = [{"id": "a"}, {"id": "b", "avoid": ["c", "a"]}, {"id": "c"}]
    assert pointers(event(attendees=avoiding), "a") == ["/attendees/1/avoid/1"]
    wishing = [{"id": "a"}, {"id": "b", "wants": ["c", {"id": "a", "must": True}]}, {"id": "c"}]
    assert pointers(event(attendees=wishing), "a") == ["/attendees/1/wants/1"]
    rules = [{"kind": "met", "pair": list(pair)} for pair in ("bc", "ba")]
    assert pointers(event(pair_rules=rules), "a") == ["/pair_rules/1"]


@pytest.mark.parametrize("made", [event, from_json])
def test_benefits_about_them_are_refused_on_either_side(made: Any) -> None:
    rows = [{"attendee": i, "partner": j, "value": 0.5} for i, j in ("bc", "ba", "cb", "ac")]
    assert sorted(pointers(made(benefits=rows), "a")) == ["/benefits/1", "/benefits/3"]
    assert pointers(made(benefits=rows), "x") == []


def test_a_new_verdict_on_texts_that_nobody_has_is_refused() -> None:
    people = [{"id": "b", "needs": ["Roof"]}, {"id": "c", "offers": ["slates"]}]
    lists = {"confirmed": [["roof", "SLATES"], ["roof", "books"]], "denied": [["tax", "slates"]]}
    sent = event(attendees=people, matching=lists)
    assert pointers(sent, "a") == ["/matching/confirmed/1", "/matching/denied/0"]
    assert pointers(sent) == []
    known = find_returning(sent, {"a"}, {("roof", "books")})
    assert [row.pointer for row in known] == ["/matching/denied/0"]


def test_of_many_no_more_are_told_than_anybody_reads() -> None:
    many = [{"id": f"v{k}", "name": "N"} for k in range(MOST_ERRORS + 5)]
    assert len(pointers(event(attendees=many), *(row["id"] for row in many))) == MOST_ERRORS
