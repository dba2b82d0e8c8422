"""Taking back: everything that the rounds held since allow, and never what others said too."""

from typing import Any

import pytest

from app.day.incidents.state import Seating
from app.errors import Refused
from app.http.problems import answer_to
from schemas.event import Attendee, Event, Round
from tests.app.day.room import Story, incident, room, timed

NINE = [f"2027-03-04T09:{m:02}:00" for m in (0, 12, 24, 36)]


def refused(story: Story, **fields: Any) -> tuple[int, str]:
    with pytest.raises(Refused) as refusal:
        story.tell("undo", **fields)
    return answer_to(refusal.type)[0], refusal.value.errors[0].code


def welcoming(pitches: bool | tuple[str, ...] | None) -> Event:
    people = (Attendee(id="a", welcomes_pitches=pitches), Attendee(id="b"))
    return room().model_copy(update={"attendees": people})


@pytest.mark.parametrize("first", ["drop_out", "pause", "no_show", "not_here"])
@pytest.mark.parametrize("second", ["drop_out", "pause", "left_early"])
def test_what_two_incidents_say_stands_until_both_are_taken_back(first: str, second: str) -> None:
    for order in (("c-1", "c-2"), ("c-2", "c-1")):
        story = Story(room(held=3, a=[5])).tell(first, "a").tell(second, "a")
        assert story.tell("undo", incident=order[0]).absences == {"a": (4, 5, 6)}
        assert story.tell("undo", incident=order[1]).absences == {"a": (5,)}


def test_rounds_held_since_stay_as_they_were() -> None:
    story = Story(room(held=3)).tell("drop_out", "a").tell("round_started", round=4)
    assert story.tell("undo", incident="c-1").absences == {"a": (4,)}


def test_a_return_taken_back_leaves_them_away_again() -> None:
    story = Story(room(held=3)).tell("drop_out", "a").tell("return", "a", round=5)
    assert story.tell("undo", incident="c-2").absences == {"a": (4, 5, 6)}


def test_an_absence_taken_back_after_a_return_does_not_come_back_with_it() -> None:
    story = Story(room(held=3)).tell("drop_out", "a").tell("return", "a")
    story.tell("undo", incident="c-1").tell("undo", incident="c-2")
    assert story.absences == {}


def test_a_declared_absence_that_an_arrival_ended_is_declared_again() -> None:
    story = Story(room(held=1, a=[2, 3, 6])).tell("late_arrival", "a")
    assert story.absences == {"a": (6,)}
    assert story.tell("undo", incident="c-1").absences == {"a": (2, 3, 6)}


def test_a_walk_in_stays_on_the_list_and_away_until_checked_in() -> None:
    story = Story(room(held=2)).tell("late_arrival", "z", profile={"id": "z", "absent_rounds": [6]})
    story.tell("undo", incident="c-1")
    assert story.absences == {"z": (1, 2, 3, 4, 5, 6)}
    assert story.tell("checked_in", "z").absences == {"z": (1, 2, 6)}


def test_a_check_in_taken_back_leaves_another_in_force() -> None:
    story = Story(room()).tell("checked_in", "a").tell("checked_in", attendees=["a", "b"])
    assert story.tell("undo", incident="c-2").day.checked_in == ("a",)
    assert story.tell("undo", incident="c-1").day.checked_in == ()


def test_consent_is_given_back_once_nobody_says_that_it_was_revoked() -> None:
    story = Story(welcoming(True)).tell("consent_revoked", "a").tell("consent_revoked", "a")
    assert story.tell("undo", incident="c-1").event.attendees[0].welcomes_pitches is False
    assert story.tell("undo", incident="c-2").event.attendees[0].welcomes_pitches is True


def test_topics_of_a_consent_that_is_revoked_are_kept_nowhere() -> None:
    story = Story(welcoming(("tax", "rent"))).tell("consent_revoked", "a")
    assert story.day.revoked["a"].by_topic
    assert "tax" not in story.day.model_dump_json()
    assert "tax" not in story.event.model_dump_json()
    assert refused(story, incident="c-1") == (409, "not_undoable")
    story.tell("consent_revoked", "a").tell("undo", incident="c-1")
    assert story.event.attendees[0].welcomes_pitches is False


def test_consent_given_by_hand_since_is_left_alone() -> None:
    story = Story(welcoming(None)).tell("consent_revoked", "a")
    story.event = welcoming(True)
    assert refused(story, incident="c-1") == (409, "not_undoable")


def test_what_was_welcome_by_hand_since_is_what_an_undo_gives_back() -> None:
    story = Story(welcoming(None)).tell("consent_revoked", "a")
    story.event = welcoming(True)
    story.tell("consent_revoked", "a").tell("undo", incident="c-2")
    assert story.event.attendees[0].welcomes_pitches is True


def test_a_missed_meeting_counts_again() -> None:
    story = Story(room(held=3), finished=2).tell("no_show", "a")
    story.tell("undo", incident="c-1")
    assert (story.missed, story.absences, story.day.away) == (set(), {}, {})


def test_a_meeting_that_counts_again_can_be_missed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story(room(held=3)).tell("no_show", "a", round=3)
    monkeypatch.setattr("tests.app.day.room.seats", lambda _: ())
    story.take(
        incident("undo", "u", incident="c-1"),
        incident("no_show", "again", pair=["a", "d"], round=3),
    )
    assert story.missed == {(3, ("a", "d"))}


def test_a_meeting_that_both_missed_stays_missed_until_both_are_taken_back() -> None:
    story = Story(room(held=3), finished=2).tell("no_show", "a").tell("no_show", "d")
    assert story.tell("undo", incident="c-1").missed == {(3, ("a", "d"))}
    assert story.absences == {"d": (4, 5, 6)}
    assert story.tell("undo", incident="c-2").missed == set()


@pytest.mark.parametrize(
    "since",
    [
        pytest.param({3: [("a", "d"), ("a", "b")]}, id="one of them met somebody else instead"),
        pytest.param({3: [("a", "d")], 2: [("d", "a")]}, id="they met in another round"),
    ],
)
def test_a_meeting_stays_missed_that_others_took_the_place_of(
    since: dict[int, list[tuple[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    story = Story(room(held=3)).tell("no_show", round=3, pair=["a", "d"])
    seated = {number: [Seating(pair) for pair in pairs] for number, pairs in since.items()}
    monkeypatch.setattr("tests.app.day.room.seats", lambda number: seated.get(number, ()))
    assert refused(story, incident="c-1") == (409, "not_undoable")


def test_a_closed_table_opens_once_nobody_says_that_it_is_closed() -> None:
    story = Story(room(held=4)).tell("table_closed", table=1).tell("table_closed", table=1, round=6)
    assert story.tell("undo", incident="c-1").tables[4:] == [(None, ()), (2, (1,))]
    assert story.tell("undo", incident="c-2").tables == [(None, ())] * 6


def test_a_table_closed_in_rounds_held_since_stays_closed_there() -> None:
    story = Story(room(rounds=[Round(tables=1)] * 3)).tell("table_closed", table=1)
    story.tell("round_started", round=1).tell("undo", incident="c-1")
    assert story.tables == [(1, (1,)), (1, ()), (1, ())]


def test_a_table_closed_in_rounds_that_are_all_held_stays_closed() -> None:
    story = Story(room(held=1, rounds=[Round()] * 2)).tell("table_closed", table=1)
    story.tell("round_started", round=2)
    assert refused(story, incident="c-1") == (409, "not_undoable")


def test_a_delay_taken_back_leaves_the_others() -> None:
    story = Story(timed(*NINE)).tell("delay", minutes=5).tell("delay", minutes=7, round=3)
    assert story.tell("undo", incident="c-1").starts == [
        *NINE[:2], "2027-03-04T09:31:00", "2027-03-04T09:43:00"
    ]  # fmt: skip


def test_a_delay_stands_when_rounds_would_run_into_each_other() -> None:
    story = Story(timed(*NINE)).tell("delay", minutes=20).tell("round_started", round=1)
    with pytest.raises(Refused) as refusal:
        story.tell("undo", incident="c-1")
    assert (answer_to(refusal.type)[0], refusal.value.errors[0].code) == (409, "times")


def test_an_added_round_goes_with_everything_said_of_it() -> None:
    story = Story(room(held=5)).tell("round_added")
    story.tell("drop_out", "a").tell("round_cancelled", round=7).tell("undo", incident="c-1")
    assert len(story.event.rounds) == 6
    assert story.absences == {"a": (6,)}
    assert story.day.cancelled_rounds == ()
    assert refused(story, incident="c-3") == (409, "not_undoable")


def test_added_rounds_go_last_first_and_only_while_they_are_open() -> None:
    story = Story(room(held=6)).tell("round_added").tell("round_added")
    assert refused(story, incident="c-1") == (409, "not_undoable")
    story.tell("round_started", round=7).tell("undo", incident="c-2")
    assert refused(story, incident="c-1") == (409, "not_undoable")


def test_a_cancelled_round_takes_place_again_for_those_who_are_there() -> None:
    story = Story(room(held=2, b=[4], c=[4])).tell("round_cancelled", round=4)
    story.tell("drop_out", "a").tell("late_arrival", "c", round=4).tell("undo", incident="c-1")
    assert story.absences == {"a": (3, 4, 5, 6), "b": (4,), "c": (3,)}


def test_a_round_that_two_cancelled_stays_so_until_both_are_taken_back() -> None:
    story = Story(room()).tell("round_cancelled", round=4).tell("round_cancelled", round=4)
    assert story.tell("undo", incident="c-2").day.cancelled_rounds == (4,)
    assert story.tell("undo", incident="c-1").absences == {}


def test_a_round_cancelled_while_it_ran_runs_again() -> None:
    story = Story(room(held=2), finished=1).tell("round_cancelled", round=2)
    story.tell("undo", incident="c-1")
    assert (story.missed, story.day.finished_rounds) == (set(), 1)


def test_a_cancelled_round_that_was_passed_by_stays_cancelled() -> None:
    story = Story(room(held=1)).tell("round_cancelled", round=2).tell("round_started", round=3)
    assert refused(story, incident="c-1") == (409, "not_undoable")


@pytest.mark.parametrize("later", [("round_started", 2), ("round_finished", 1)])
def test_a_round_has_started_for_good_once_another_step_followed(later: tuple[str, int]) -> None:
    story = Story(room()).tell("round_started", round=1).tell(later[0], round=later[1])
    assert refused(story, incident="c-1") == (409, "not_undoable")
    story.tell("undo", incident="c-2").tell("undo", incident="c-1")
    assert (story.event.held_rounds, story.day.finished_rounds) == (0, 0)


def test_a_round_has_finished_for_good_once_the_next_has_started() -> None:
    story = Story(room(held=1), finished=0).tell("round_finished", round=1)
    story.tell("round_started", round=2)
    assert refused(story, incident="c-1") == (409, "not_undoable")


def test_a_round_that_never_started_is_as_planned_again() -> None:
    story = Story(timed(*NINE)).tell("delay", minutes=5).tell("table_closed", table=1)
    story.tell("round_started", round=1).tell("undo", incident="c-1")
    assert story.starts == ["2027-03-04T09:05:00", *NINE[1:]]
    story.tell("undo", incident="c-3")
    assert story.starts == NINE
    assert story.tell("undo", incident="c-2").tables == [(None, ())] * 4


def test_who_did_not_come_to_a_round_that_never_started_is_away_from_it() -> None:
    story = Story(room()).tell("round_started", round=1).tell("no_show", "a")
    story.tell("undo", incident="c-1")
    assert story.missed == set()
    assert story.absences == {"a": (1, 2, 3, 4, 5, 6)}


def test_what_changed_nothing_is_taken_back_without_a_word() -> None:
    story = Story(room(held=2)).tell("return", "a").tell("round_started", round=1)
    before = story.event, story.day
    story.tell("undo", incident="c-1").tell("undo", incident="c-2")
    assert (story.event, story.day) == before


def test_a_pause_of_a_round_held_since_stands() -> None:
    story = Story(room(held=2)).tell("pause", "a", round=3).tell("round_started", round=3)
    assert refused(story, incident="c-1") == (409, "not_undoable")
    assert story.absences == {"a": (3,)}


def test_nothing_is_taken_back_twice_and_no_undo_is() -> None:
    story = Story(room()).tell("drop_out", "a").tell("undo", incident="c-1")
    assert refused(story, incident="c-1") == (409, "already_undone")
    assert refused(story, incident="c-2") == (409, "not_undoable")
