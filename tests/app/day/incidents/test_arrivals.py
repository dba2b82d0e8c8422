"""Who comes to a round while it runs."""

from typing import Any

import pytest

from app.day.incidents.state import Seating
from schemas.day import Arrival
from tests.app.day.room import Story, room

NEW = {"profile": {"id": "z"}}


def running(number: int = 3, **absent: Any) -> Story:
    """The day while a round runs."""
    return Story(room(held=number, **absent), finished=number - 1)


def came(story: Story) -> list[tuple[int, tuple[str, ...], tuple[str, ...]]]:
    return [(row.round, row.attendees, row.absent) for row in story.day.arrivals.values()]


def test_who_was_missed_is_there_again() -> None:
    story = running().tell("no_show", "a").tell("return", "a")
    assert came(story) == [(3, ("a",), ())]
    assert story.missed == {(3, ("a", "d"))}
    assert story.day.away == {}


@pytest.mark.parametrize("kind", ["return", "checked_in", "late_arrival"])
def test_who_paused_before_the_round_began_is_present_in_it(kind: str) -> None:
    story = Story(room(held=2)).tell("pause", "a").tell("round_started", round=3).tell(kind, "a")
    assert came(story) == [(3, ("a",), ("a",))]
    assert story.absences == {}


def test_a_declared_absence_ends_with_an_arrival_and_with_no_return() -> None:
    story = running(a=[3], b=[3]).tell("late_arrival", "a").tell("checked_in", "b")
    assert came(story) == [(3, ("a",), ("a",))]
    assert story.absences == {"b": (3,)}


@pytest.mark.parametrize("kind", ["return", "checked_in", "late_arrival"])
def test_who_is_there_anyway_does_not_come(kind: str) -> None:
    story = running(a=[5]).tell(kind, "a")
    assert came(story) == []
    story = running().tell("drop_out", "a").tell(kind, "a")
    assert (came(story), story.absences) == ([], {})


def test_between_two_rounds_nobody_comes_to_one_that_runs() -> None:
    story = Story(room(held=3)).tell("no_show", "a", round=4).tell("return", "a")
    assert came(story.tell("late_arrival", "z", **NEW)) == []
    assert story.absences == {"z": (1, 2, 3)}


def test_somebody_new_is_there_at_once() -> None:
    story = running().tell("late_arrival", "z", **NEW)
    assert came(story) == [(3, ("z",), ("z",))]
    assert story.absences == {"z": (1, 2)}
    assert story.day.away["z"].rounds == (1, 2)


@pytest.mark.parametrize(
    ("fields", "absent"),
    [
        ({"round": 5}, (1, 2, 3, 4)),
        ({"profile": {"id": "z", "absent_rounds": [3]}}, (1, 2, 3)),
    ],
)
def test_somebody_new_who_comes_later_is_not(fields: Any, absent: tuple[int, ...]) -> None:
    story = running().tell("late_arrival", "z", **(NEW | fields))
    assert (came(story), story.absences) == ([], {"z": absent})


@pytest.mark.parametrize("round", [4, 6])
def test_a_later_round_that_is_named_holds(round: int) -> None:  # noqa: A002
    story = running().tell("no_show", "a").tell("return", "a", round=round)
    assert came(story) == []
    story = running(a=[3, 4, 5]).tell("late_arrival", "a", round=round)
    assert (came(story), 3 in story.absences["a"]) == ([], True)


def test_who_did_not_come_after_all_was_not_there() -> None:
    story = running(a=[3]).tell("late_arrival", "a").tell("undo", incident="c-1")
    assert (came(story), story.absences) == ([], {"a": (3,)})
    story = running().tell("late_arrival", "z", **NEW).tell("undo", incident="c-1")
    assert (came(story), story.absences) == ([], {"z": (1, 2, 3, 4, 5, 6)})


def test_a_return_taken_back_leaves_them_away_and_their_meeting_missed() -> None:
    story = running().tell("no_show", "a").tell("return", "a").tell("undo", incident="c-2")
    assert came(story) == []
    assert [(row.pair, row.incidents) for row in story.day.missed] == [(("a", "d"), ("c-1",))]
    assert story.day.away["a"].rounds[0] == 3


def test_what_was_added_for_who_did_not_come_after_all_stays_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The pause has kept a from round 3: that it was no pause comes too late for that round."""
    story = Story(room(held=2)).tell("pause", "a").tell("round_started", round=3)
    story.tell("return", "a")
    seated = [Seating(("b", "c")), Seating(("a", "d"), added=True)]
    monkeypatch.setattr("tests.app.day.room.seats", lambda number: seated if number == 3 else ())
    story.tell("undo", incident="c-3")
    assert story.absences == {"a": (3, 4, 5, 6)}
    story.tell("undo", incident="c-1")
    assert story.absences == {"a": (3,)}
    assert [row.pair for row in story.day.missed if row.added] == [("a", "d")]


def test_what_was_over_before_it_is_taken_back_stays() -> None:
    story = running(a=[3]).tell("late_arrival", "a").tell("round_finished", round=3)
    with pytest.raises(Exception, match="cannot be applied"):
        story.tell("undo", incident="c-1")
    assert (came(story), story.absences) == ([(3, ("a",), ("a",))], {})


def test_a_round_that_never_started_nobody_came_to() -> None:
    story = Story(room(held=2, a=[3])).tell("round_started", round=3).tell("late_arrival", "a")
    story.tell("undo", incident="c-1")
    assert (came(story), story.absences) == ([], {})


def test_arrivals_are_kept_with_the_day() -> None:
    story = running().tell("no_show", "a").tell("return", "a")
    kept = type(story.day).model_validate_json(story.day.model_dump_json())
    assert kept.arrivals == {"c-2": Arrival(round=3, attendees=("a",))}
