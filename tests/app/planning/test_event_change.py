"""What an edit has changed: what schedules are made from, and who is gone."""

from typing import Any

from app.planning.document import write_event
from app.planning.event_change import MOST_NAMED, EventChange, compare_outlines, pointers_to
from schemas.event import Attendee, Event, Round
from tests.builders import event_of

FOUR = event_of("abcd", 2, {})


def change(**fields: Any) -> EventChange:
    after = FOUR.model_copy(update=fields)
    return compare_outlines(write_event(FOUR).outline, write_event(after).outline)


def test_what_no_schedule_is_made_from_has_changed_nothing() -> None:
    people = tuple(Attendee(id=v, name=v.upper(), labels={"x": v}) for v in "abcd")
    assert change(name="Lunch", attendees=people) == EventChange([])


def test_what_has_changed_is_pointed_at() -> None:
    people = (Attendee(id="a", avoid=("b",)), *FOUR.attendees[1:])
    assert change(rounds=(Round(),), attendees=people).parts == ["/rounds", "/attendees/a"]
    assert change(attendees=people).gone == set()


def test_who_left_the_list_is_told() -> None:
    people = (*FOUR.attendees[2:], Attendee(id="e"))
    told = change(attendees=people)
    assert told.gone == {"a", "b"}
    assert told.parts == ["/attendees/a", "/attendees/b", "/attendees/e"]


def test_many_are_told_as_the_list() -> None:
    few = [f"v{k}" for k in range(MOST_NAMED)]
    assert pointers_to(few) == [f"/attendees/{v}" for v in few]
    assert pointers_to([*few, "a/b"]) == ["/attendees"]
    assert pointers_to(["a/b"]) == ["/attendees/a~1b"]


def test_order_is_no_change() -> None:
    assert change(attendees=FOUR.attendees[::-1]) == EventChange([])


def test_a_document_of_nobody_compares() -> None:
    bare = write_event(Event(rounds=(Round(),))).outline
    assert compare_outlines(bare, bare) == EventChange([])
