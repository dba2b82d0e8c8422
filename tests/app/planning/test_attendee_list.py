"""The attendees in an event's JSON: looked at, changed, and whose fault it is if that fails."""

from typing import Any

import pytest
from pydantic_core import from_json, to_json

from app.errors import Invalid, NotFound, StateConflict
from app.planning.attendee_list import (
    add_rows,
    blame_added,
    blame_list,
    blame_one,
    is_listed,
    listed_in,
    patch_row,
    put_row,
    replace_list,
    row_of,
    rows_between,
    with_bare_id,
    without_attendee,
    write_changed,
)
from app.planning.document import WrittenEvent, write_event
from schemas.event import Attendee
from tests.builders import entangled_event

FULL = entangled_event()
WRITTEN = write_event(FULL)
OUTLINE = WRITTEN.outline


def rows(event: WrittenEvent) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = from_json(event.outline)["attendees"]
    return found


# Looking


def test_who_is_listed_is_found_in_place() -> None:
    assert listed_in(OUTLINE) == set("abcd")
    assert is_listed(OUTLINE, "d")
    assert not is_listed(OUTLINE, "e")
    assert from_json(row_of(OUTLINE, "b"))["avoid"] == ["a", "c"]
    assert [row["id"] for row in from_json(rows_between(OUTLINE, 1, 3))] == ["b", "c"]
    assert rows_between(OUTLINE, 4, 9) == "[]"
    with pytest.raises(NotFound):
        row_of(OUTLINE, "e")


# Changing


def test_one_or_a_list_is_added_at_the_end() -> None:
    one = add_rows(OUTLINE, b'{"id":"e","avoid":["a"]}')
    assert (one.added, one.alone, one.demanding) == (["e"], True, False)
    assert one.event.attendees == ("a", "b", "c", "d", "e")
    many = add_rows(OUTLINE, b'{"attendees":[{"id":"f"},{"id":"e","min_meetings":1}]}')
    assert (many.added, many.alone, many.demanding) == (["f", "e"], False, True)
    assert many.event.attendees == ("a", "b", "c", "d", "f", "e")


@pytest.mark.parametrize(
    ("sent", "pointers"),
    [
        (b'{"id":"d"}', ["/id"]),
        (
            b'{"attendees":[{"id":"e"},{"id":"d"},{"id":"a"}]}',
            ["/attendees/1/id", "/attendees/2/id"],
        ),
    ],
)
def test_an_id_that_is_there_already_is_not_added(sent: bytes, pointers: list[str]) -> None:
    with pytest.raises(StateConflict) as refused:
        add_rows(OUTLINE, sent)
    assert [error.pointer for error in refused.value.errors] == pointers


def test_one_is_put_in_place_or_at_the_end() -> None:
    assert rows(put_row(OUTLINE, "b", Attendee(id="b", name="Bo")))[1]["name"] == "Bo"
    assert put_row(OUTLINE, "e", Attendee(id="e")).attendees == ("a", "b", "c", "d", "e")


def test_a_patch_changes_what_it_names() -> None:
    (ada, *_) = rows(patch_row(OUTLINE, "a", b'{"name":null,"organisation":"Ada & Co"}'))
    assert (ada.get("name"), ada["organisation"], ada["avoid"]) == (None, "Ada & Co", ["d"])
    with pytest.raises(NotFound):
        patch_row(OUTLINE, "e", b"{}")


def test_an_id_stays_as_it_is() -> None:
    outline = add_rows(OUTLINE, b'{"id":"e"}').event.outline
    with pytest.raises(Invalid) as put:
        put_row(outline, "e", Attendee(id="f"))
    with pytest.raises(Invalid) as patched:
        patch_row(outline, "e", b'{"id":"f"}')
    for refused in (put, patched):
        assert [error.code for error in refused.value.errors] == ["other_id"]


def test_others_who_name_somebody_are_not_blamed_for_another_id() -> None:
    with pytest.raises(Invalid) as refused:
        patch_row(OUTLINE, "a", b'{"id":"f"}')
    assert [(error.pointer, error.code) for error in refused.value.errors] == [("/id", "other_id")]


def test_a_list_takes_the_place_of_the_list() -> None:
    every = b'{"attendees":[{"id":"d"},{"id":"c"},{"id":"b"},{"id":"a","name":"Ada"}]}'
    new = replace_list(WRITTEN.document, every)
    assert new.attendees == ("d", "c", "b", "a")
    assert new.benefits_json == WRITTEN.benefits_json


def test_who_is_missing_from_a_list_must_have_no_benefits() -> None:
    with pytest.raises(StateConflict) as refused:
        replace_list(WRITTEN.document, b'{"attendees":[{"id":"c"}]}')
    assert any("/benefits/0/attendee" in error.message for error in refused.value.errors)


# Leaving


def test_every_rule_that_names_them_goes_and_no_other() -> None:
    rest = from_json(without_attendee(WRITTEN.document, "a").document)
    assert [(row["id"], row["avoid"]) for row in rest["attendees"]] == [
        ("b", ["c"]), ("c", []), ("d", []),
    ]  # fmt: skip
    assert [(row["attendee"], row["partner"]) for row in rest["benefits"]] == [("b", "c")]
    assert [row["pair"] for row in rest["pair_rules"]] == [["b", "c"]]
    assert rest["rounds"] == from_json(OUTLINE)["rounds"]


def test_nobody_wishes_for_whoever_is_gone() -> None:
    people = [{"id": "a"}, {"id": "b", "wants": ["c", {"id": "a", "must": True}]}, {"id": "c"}]
    document = write_changed({"rounds": [{}], "attendees": people}).document
    for gone in (without_attendee(document, "a"), with_bare_id(document, "a")):
        (wishing,) = [row for row in rows(gone) if row.get("wants")]
        assert (wishing["id"], [want["id"] for want in wishing["wants"]]) == ("b", ["c"])


def test_of_somebody_erased_the_id_the_place_and_the_absence_stay() -> None:
    rest = with_bare_id(WRITTEN.document, "a")
    assert rest.attendees == ("a", "b", "c", "d")
    ada = Attendee.model_validate_json(to_json(rows(rest)[0]))
    assert ada == Attendee(id="a", absent_rounds=(1,))
    assert "Ada" not in rest.document


# Whose fault it is

WRONG = {"rounds": [{}], "attendees": [{"id": "a", "avoid": ["z"]}, {"id": "b"}]}


def test_what_is_valid_is_an_event() -> None:
    assert write_changed({"rounds": [{}], "attendees": [{"id": "a"}]}).attendees == ("a",)


def test_what_was_sent_is_pointed_at_as_it_was_sent() -> None:
    with pytest.raises(Invalid) as refused:
        write_changed(WRONG, lambda pointer: pointer.replace("/attendees/0", ""))
    assert [error.pointer for error in refused.value.errors] == ["/avoid/0"]


def test_what_was_there_before_clashes_with_what_was_sent() -> None:
    with pytest.raises(StateConflict) as refused:
        write_changed(WRONG, lambda pointer: None)
    (error,) = refused.value.errors
    assert (error.pointer, error.code) == ("", "unknown_attendee")
    assert "/attendees/0/avoid/0" in error.message


def test_of_faults_on_both_sides_those_that_were_sent_are_told() -> None:
    both = {**WRONG, "benefits": [{"attendee": "a", "partner": "y", "value": 0.5}]}
    with pytest.raises(Invalid) as refused:
        write_changed(both, lambda pointer: pointer if "benefits" in pointer else None)
    assert [error.pointer for error in refused.value.errors] == ["/benefits/0/partner"]


def test_infinities_are_refused_where_they_stand() -> None:
    document = {"rounds": [{}], "benefits": [], "policy": {"min_benefit": float("inf")}}
    with pytest.raises(Invalid) as refused:
        write_changed(document)
    assert [error.pointer for error in refused.value.errors] == ["/policy/min_benefit"]


def test_pointers_into_the_event_become_those_into_what_was_sent() -> None:
    assert blame_list("/attendees/3/id") == "/attendees/3/id"
    assert blame_list("/benefits/0") is None
    assert [blame_one(3)(f"/attendees/{k}/id") for k in (3, 4)] == ["/id", None]
    assert blame_added(3, alone=True)("/attendees/3/id") == "/id"
    added = blame_added(3, alone=False)
    assert [added(f"/attendees{p}") for p in ("", "/4/id", "/2/id")] == [
        "/attendees", "/attendees/1/id", None,
    ]  # fmt: skip


def test_whoever_is_restricted_no_more_misses_no_round() -> None:
    before = write_event(FULL).outline
    who = from_json(before)["attendees"][0]["id"]
    left_out = patch_row(before, who, b'{"restricted": true}')
    row = from_json(row_of(left_out.outline, who))
    assert row["absent_rounds"] == [k for k, _ in enumerate(FULL.rounds, 1)]
    back = from_json(row_of(patch_row(left_out.outline, who, b'{"restricted": null}').outline, who))
    assert (back["restricted"], back["absent_rounds"]) == (False, [])
