"""Who is there after each incident, and which meetings were missed."""

from typing import Any

import pytest

from tests.app.day.room import Story, room

NOBODY: dict[str, tuple[int, ...]] = {}


@pytest.mark.parametrize(
    ("held", "declared", "told", "after"),
    [
        pytest.param(0, {}, [("drop_out",)], (1, 2, 3, 4, 5, 6), id="drop-out before the day"),
        pytest.param(4, {}, [("drop_out",)], (5, 6), id="drop-out after four rounds"),
        pytest.param(4, {"a": [1]}, [("drop_out",)], (1, 5, 6), id="what was declared is kept"),
        pytest.param(4, {}, [("drop_out",)] * 2, (5, 6), id="twice is as once"),
        pytest.param(6, {}, [("drop_out",)], (), id="after the last round"),
        pytest.param(2, {}, [("drop_out", 5)], (5, 6), id="drop-out from a later round on"),
        pytest.param(4, {}, [("drop_out", 2)], (5, 6), id="held rounds stay"),
        pytest.param(4, {}, [("left_early",)], (5, 6), id="left early"),
        pytest.param(4, {}, [("left_early", 2)], (5, 6), id="left early, told late"),
        pytest.param(3, {}, [("not_here",)], (4, 5, 6), id="not here until checked in"),
        pytest.param(3, {}, [("not_here", 5)], (5,), id="not here in one round"),
        pytest.param(3, {}, [("not_here", 2)], (), id="not there in a round that is over"),
        pytest.param(3, {}, [("no_show",)], (4, 5, 6), id="no show, no round running"),
        pytest.param(3, {}, [("no_show", 5)], (5, 6), id="no show of an open round"),
        pytest.param(3, {}, [("no_show", 3)], (), id="no show of a round that is over"),
        pytest.param(3, {}, [("pause",)], (4, 5, 6), id="pause until return"),
        pytest.param(3, {}, [("pause", 5)], (5,), id="pause of one round"),
        pytest.param(3, {}, [("pause", 2)], (), id="pause of a held round"),
        pytest.param(3, {}, [("drop_out",), ("return", 5)], (4,), id="return later"),
        pytest.param(3, {}, [("drop_out",), ("return", 2)], (), id="return, told late"),
        pytest.param(3, {"a": [5]}, [("pause",), ("return",)], (5,), id="declared absences stay"),
        pytest.param(3, {}, [("not_here",), ("checked_in",)], (), id="checked in"),
        pytest.param(3, {"a": [4]}, [("checked_in",)], (4,), id="checked in without being away"),
        pytest.param(3, {}, [("pause", 6), ("return", 4)], (), id="a return ends later pauses"),
        pytest.param(0, {}, [("late_arrival", 3)], (1, 2), id="late"),
        pytest.param(2, {}, [("late_arrival", 5)], (3, 4), id="late after two rounds"),
        pytest.param(2, {"a": [1, 2, 3]}, [("late_arrival",)], (1, 2), id="just arrived"),
        pytest.param(1, {"a": [1, 2, 6]}, [("late_arrival", 2)], (1, 6), id="earlier"),
        pytest.param(0, {"a": [1, 2, 6]}, [("late_arrival", 4)], (1, 2, 3, 6), id="later still"),
        pytest.param(3, {}, [("drop_out",), ("late_arrival", 5)], (4,), id="back again"),
        pytest.param(6, {"a": [6]}, [("late_arrival",)], (6,), id="too late"),
    ],
)
def test_absence_follows_the_incidents(
    held: int, declared: dict[str, Any], told: list[tuple[Any, ...]], after: tuple[int, ...]
) -> None:
    story = Story(room(held, **declared))
    for kind, *rest in told:
        story.tell(kind, "a", **({"round": rest[0]} if rest else {}))
    assert story.absences == ({"a": after} if after else NOBODY)


@pytest.mark.parametrize(
    ("told", "after"),
    [
        pytest.param(("drop_out", None), (4, 5, 6), id="the running round stays"),
        pytest.param(("left_early", 3), (4, 5, 6), id="left during it"),
        pytest.param(("not_here", 3), (), id="not there in it alone"),
        pytest.param(("not_here", None), (4, 5, 6), id="not there from the next on"),
        pytest.param(("no_show", None), (4, 5, 6), id="no show: away until return"),
        pytest.param(("no_show", 2), (), id="no show of an earlier one"),
        pytest.param(("pause", 3), (), id="sits it out"),
    ],
)
def test_a_running_round_keeps_its_absences(
    told: tuple[str, int | None], after: tuple[int, ...]
) -> None:
    kind, number = told
    story = Story(room(held=3), finished=2).tell(kind, "a", round=number)
    assert story.absences == ({"a": after} if after else NOBODY)


@pytest.mark.parametrize(
    ("kind", "fields", "missed"),
    [
        ("drop_out", {}, set()),
        ("left_early", {}, set()),
        ("left_early", {"round": 3}, {(3, ("a", "d"))}),
        ("left_early", {"round": 2}, set()),
        ("not_here", {}, set()),
        ("not_here", {"round": 3}, {(3, ("a", "d"))}),
        ("not_here", {"round": 2}, {(2, ("a", "c"))}),
        ("no_show", {}, {(3, ("a", "d"))}),
        ("no_show", {"round": 1}, {(1, ("a", "b"))}),
        ("no_show", {"round": 4}, set()),
        ("pause", {"round": 3}, {(3, ("a", "d"))}),
    ],
)
def test_meetings_of_held_rounds_are_missed(
    kind: str, fields: dict[str, Any], missed: set[Any]
) -> None:
    assert Story(room(held=3), finished=2).tell(kind, "a", **fields).missed == missed


def test_a_no_show_without_a_seat_is_accepted_and_nothing_is_missed() -> None:
    story = Story(room(held=4), finished=3).tell("no_show", "a")
    assert story.missed == set()
    assert story.absences == {"a": (5, 6)}


def test_two_who_missed_each_other_are_both_there() -> None:
    story = Story(room(held=3), finished=2).tell("no_show", pair=["d", "a"])
    assert story.missed == {(3, ("a", "d"))}
    assert story.absences == NOBODY
    assert story.day.away == {}


def test_the_day_tells_why_somebody_is_away_and_how_long() -> None:
    story = Story(room(held=3, b=[5], c=[5]), finished=2)
    story.tell("no_show", "a").tell("pause", "b", round=6).tell("left_early", "c")
    told = {v: (w.reason, w.rounds, w.until_return) for v, w in story.day.away.items()}
    assert told == {
        "a": ("no_show", (3, 4, 5, 6), True),
        "b": ("paused", (6,), False),
        "c": ("left_early", (4, 6), True),
    }
    story.tell("return", "a")
    assert sorted(story.day.away) == ["b", "c"]


def test_many_are_checked_in_at_once_and_remembered_by_id() -> None:
    story = Story(room()).tell("not_here", attendees=["c", "a"])
    assert sorted(story.absences) == ["a", "c"]
    story.tell("checked_in", attendees=["c", "b", "c"])
    assert sorted(story.absences) == ["a"]
    assert story.day.checked_in == ("b", "c")


def test_a_walk_in_comes_last_and_misses_what_is_held_cancelled_or_before_the_arrival() -> None:
    story = Story(room(held=2)).tell("round_cancelled", round=5)
    story.tell("late_arrival", "z", round=4, profile={"id": "z", "absent_rounds": [6]})
    assert [attendee.id for attendee in story.event.attendees] == ["a", "b", "c", "d", "z"]
    assert story.absences["z"] == (1, 2, 3, 5, 6)
    assert story.day.away["z"].reason == "late"


def test_who_revokes_consent_welcomes_no_pitch_from_then_on() -> None:
    story = Story(room(held=2)).tell("consent_revoked", "b")
    assert [a.id for a in story.event.attendees if a.welcomes_pitches is False] == ["b"]
    assert story.absences == NOBODY


def test_an_edit_of_the_profile_overrules_what_incidents_said_before() -> None:
    story = Story(room(held=2)).tell("drop_out", "a")
    here = tuple(a.model_copy(update={"absent_rounds": ()}) for a in story.event.attendees)
    story.event = story.event.model_copy(update={"attendees": here})
    assert story.tell("pause", "a", round=4).absences == {"a": (4,)}
    assert story.tell("return", "a").absences == NOBODY
