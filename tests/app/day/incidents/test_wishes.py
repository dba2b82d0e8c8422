"""Wishes told on the day, taken back, and the same undone."""

from typing import Any

import pytest

from app.errors import Refused
from app.http.problems import answer_to
from schemas import limits
from schemas.event import Event, Want
from tests.app.day.room import Story, room


def wishing(*wants: str | Want) -> Event:
    """Ada, who wishes for these people, and three others; two rounds are held."""
    event = room(held=2)
    ada, *others = event.attendees
    listed = tuple(Want(id=want) if isinstance(want, str) else want for want in wants)
    ada = ada.model_copy(update={"wants": listed})
    return event.model_copy(update={"attendees": (ada, *others)})


def wants(story: Story, v: str = "a") -> list[str]:
    return [want.id for a in story.event.attendees if a.id == v for want in a.wants]


def refusal(story: Story, kind: str, **fields: Any) -> tuple[int, str, str]:
    with pytest.raises(Refused) as refused:
        story.tell(kind, **fields)
    (error,) = refused.value.errors
    return answer_to(refused.type)[0], error.pointer.removeprefix("/incidents/0"), error.code


def test_a_wish_of_the_day_is_the_last_of_the_list() -> None:
    story = Story(wishing("c")).tell("wish", pair=["a", "b"]).tell("wish", pair=["d", "a"])
    assert (wants(story), wants(story, "d"), wants(story, "b")) == (["c", "b"], ["a"], [])


def test_the_attendee_of_a_wish_is_who_wishes() -> None:
    assert wants(Story(room()).tell("wish", "b", pair=["a", "b"]), "b") == ["a"]
    assert wants(Story(room()).tell("wish", "a", pair=["a", "b"])) == ["b"]


def test_a_wish_made_twice_and_one_never_made_change_nothing() -> None:
    story = Story(wishing("b")).tell("wish", pair=["a", "b"]).tell("unwish", pair=["a", "c"])
    assert wants(story) == ["b"]
    assert [logged.effect.changed for logged in story.log.values()] == [False, False]


def test_a_wish_is_taken_back_and_given_back_as_it_was() -> None:
    story = Story(wishing("b", Want(id="c", must=True), "d")).tell("unwish", pair=["a", "c"])
    assert wants(story) == ["b", "d"]
    story.tell("undo", incident="c-1")
    assert story.event == wishing("b", Want(id="c", must=True), "d")
    assert story.day.wish_marks == ()


def test_an_undone_wish_is_none() -> None:
    story = Story(wishing("c")).tell("wish", pair=["a", "b"]).tell("undo", incident="c-1")
    assert story.event == wishing("c")


@pytest.mark.parametrize("first", ["c-1", "c-2"])
def test_in_whatever_order_they_are_undone_all_is_as_before(first: str) -> None:
    other = {"c-1": "c-2", "c-2": "c-1"}[first]
    for start, kinds in ((wishing("c"), ("wish", "unwish")), (wishing("b"), ("unwish", "wish"))):
        story = Story(start)
        for kind in kinds:
            story.tell(kind, pair=["a", "b"])
        story.tell("undo", incident=first).tell("undo", incident=other)
        assert story.event == start
        assert story.day.wish_marks == ()


def test_what_was_said_later_of_a_wish_stands() -> None:
    story = Story(room()).tell("wish", pair=["a", "b"]).tell("unwish", pair=["a", "b"])
    story.tell("wish", pair=["a", "b"]).tell("undo", incident="c-1")
    assert wants(story) == ["b"]


def test_a_list_edited_since_is_left_alone() -> None:
    story = Story(wishing("c")).tell("wish", pair=["a", "b"])
    story.event = wishing("c")
    assert refusal(story, "undo", incident="c-1") == (409, "/incident", "not_undoable")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, (422, "/pair", "missing")),
        ({"pair": ["a", "x"]}, (404, "/pair/1", "unknown_attendee")),
        ({"pair": ["x", "a"]}, (404, "/pair/0", "unknown_attendee")),
        ({"pair": ["a", "a"]}, (422, "/pair", "self")),
        ({"pair": ["a", "b"], "attendee": "c"}, (422, "/attendee", "other_attendee")),
        ({"pair": ["a", "b"], "round": 3}, (422, "/round", "not_taken")),
    ],
)
@pytest.mark.parametrize("kind", ["wish", "unwish"])
def test_a_wish_that_cannot_be_is_refused(kind: str, fields: Any, told: Any) -> None:
    assert refusal(Story(room()), kind, **fields) == told


def test_nobody_has_more_wishes_than_an_event_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WANTS", 1)
    assert refusal(Story(wishing("c")), "wish", pair=["a", "b"]) == (422, "/pair", "too_long")
