"""Who must be told what: in words that can be said as they stand, each change once."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.day.notices import announcements
from app.day.notices.announcements import publication_notice
from app.day.notices.difference import difference_between, difference_for, summary_of
from schemas.day import Away, DayState
from schemas.difference import Difference, Place
from schemas.event import Event, Policy, Round
from schemas.schedule import Note, Schedule
from tests.app.day.days import NAMES, NINE, event, schedule

WAIT = "Wait at the standby point by the tables: you are"


def told(
    before: Schedule, after: Schedule, day: DayState | None = None, on: Event | None = None
) -> dict[str, list[str]]:
    """The words for each person."""
    whole = difference_between(on or event(len(after.rounds)), day or DayState(), before, after)
    return {person.attendee: list(person.words) for person in whole.people}


def test_the_same_schedule_is_news_to_nobody() -> None:
    whole = difference_between(
        event(1), DayState(), schedule("ab1 cd2"), schedule("dc2 ba1", version=2)
    )
    assert whole == Difference(from_version=1, version=2, changes=())
    assert summary_of(whole) == "Nobody to be told"


def test_a_new_partner_is_told_with_the_tables() -> None:
    assert told(schedule("ab1 cd2"), schedule("ac1 bd2")) == {
        "a": ["Round 1: you now meet Cara at table 1 instead of Ben."],
        "b": ["Round 1: you now meet Dan at table 2 instead of Ada at table 1."],
        "c": ["Round 1: you now meet Ada at table 1 instead of Dan at table 2."],
        "d": ["Round 1: you now meet Ben at table 2 instead of Cara."],
    }


def test_another_table_is_told_to_both() -> None:
    words = ["Round 1: you meet Ben at table 3 instead of table 1."]
    assert told(schedule("ab1 cd2"), schedule("ba3 cd2"))["a"] == words
    assert told(schedule("ab1 cd2"), schedule("ba3 cd2")).keys() == {"a", "b"}


def test_whoever_stands_by_is_told_where_and_after_whom() -> None:
    before, after = schedule("cd1", "ab1 cd2"), schedule("cd1", "cd2")
    assert told(before, after) == {
        "a": [f"Round 2: your meeting with Ben is off. {WAIT} first in line."],
        "b": [f"Round 2: your meeting with Ada is off. {WAIT} second in line."],
    }


def test_whoever_has_a_break_instead_is_told_so() -> None:
    on = event(2, policy=Policy(max_in_a_row=1))
    words = told(schedule("", "ab1 cd2"), schedule("ac1", "bd2"), on=on)
    assert words["a"][1] == "Round 2: your meeting with Ben is off. You have a break in this round."


def shut_out(of: Schedule, *people: str, number: int = 1) -> Schedule:
    noted = (Note(code="place_closed", attendee=v, round=number) for v in people)
    return of.model_copy(update={"notes": tuple(noted)})


NO_TABLE = "No table is open for you in this round: you have no meeting until one opens again."


def test_nobody_is_told_how_their_minimum_is_filled() -> None:
    note = Note(code="minimum_filled", attendee="a", meetings=1)
    before = schedule("ab1 cd2")
    assert told(before, before.model_copy(update={"notes": (note,)})) == told(before, before)


def test_whose_table_is_closed_is_told_so_and_does_not_stand_by() -> None:
    before, after = schedule("ab1 cd2"), shut_out(schedule("cd2"), "a", "e")
    on = event(1).model_copy(update={"rounds": (Round(tables=2, closed_tables=(1,)),)})
    seats = {"a": 1, "e": 1}
    people = tuple(a.model_copy(update={"table": seats.get(a.id)}) for a in on.attendees)
    on = on.model_copy(update={"attendees": people})
    assert told(before, after, on=on) == {
        "a": [f"Round 1: your meeting with Ben is off. {NO_TABLE}"],
        "b": [f"Round 1: your meeting with Ada is off. {WAIT} first in line."],
        "e": [f"Round 1: please do not stand by. {NO_TABLE}"],
    }
    whole = difference_between(on, DayState(), before, after)
    places = {person.attendee: person.rounds[0].to for person in whole.people}
    assert places == {"a": Place(closed=True), "b": Place(), "e": Place(closed=True)}
    assert summary_of(whole) == "3 to be told: 1 stands by, 2 have no open table"
    assert told(schedule("cd2 -a"), after, on=on)["a"] == [
        f"Round 1: you are expected now. {NO_TABLE}"
    ]


def test_whose_table_opens_again_is_told_whom_they_meet_or_where_to_wait() -> None:
    before, after = shut_out(schedule("cd2"), "a", "e"), schedule("ab1 cd2")
    assert told(before, after) == {
        "a": ["Round 1: you now meet Ben at table 1."],
        "b": ["Round 1: you now meet Ada at table 1."],
        "e": [f"Round 1: a table is open for you again. {WAIT} first in line."],
    }
    assert told(before, shut_out(schedule("cd2"), "a", "e")) == {}


def test_a_bye_that_becomes_a_meeting_is_told() -> None:
    words = told(schedule("cd1"), schedule("cd1 ae2"))
    assert words["a"] == ["Round 1: you now meet Eve at table 2."]


def test_whoever_is_released_hears_so_once() -> None:
    before = schedule("ab1", "ac1", "ad1", "cd1", "ae1")
    after = schedule("ab1", "-a", "-a", "cd1 -a", "-a")
    assert told(before, after)["a"] == ["You are no longer expected in rounds 2 to 5."]
    after = schedule("-a", "-a", "ad1", "cd1", "-a")
    assert told(before, after)["a"] == ["You are no longer expected in rounds 1 to 2 and 5."]


def test_whoever_is_expected_again_hears_where_to_be() -> None:
    assert told(schedule("cd1 -a -b"), schedule("cd1 ae2")) == {
        "a": ["Round 1: you are expected now, and meet Eve at table 2."],
        "b": [f"Round 1: you are expected now. {WAIT} first in line."],
        "e": ["Round 1: you now meet Ada at table 2."],
    }


def test_a_cancelled_round_is_called_cancelled() -> None:
    after = schedule("-a -b -c -d -e")
    words = told(schedule("ab1 cd2"), after, DayState(cancellations={"x": 1}))
    assert words["a"] == ["Round 1 is cancelled: your meeting with Ben is off."]
    assert words["e"] == ["Round 1 is cancelled."]


def test_a_round_that_is_added_is_told_with_its_time() -> None:
    on = event(2, timed=True)
    words = told(schedule("ab1", starts=on), schedule("ab1", "ac4", starts=on), on=on)
    assert words["a"] == ["Round 2 is new at 09:15: you meet Cara at table 4."]
    assert words["b"] == [f"Round 2 is new at 09:15. {WAIT} third in line."]


def test_a_round_that_is_gone_again_takes_its_meetings_along() -> None:
    words = told(schedule("ab1", "ac4"), schedule("ab1"))
    assert words["a"] == ["Round 2 is cancelled: your meeting with Cara is off."]


def test_a_missing_partner_sends_people_to_a_table_now() -> None:
    day = DayState(away={"b": Away(reason="no_show", rounds=(1,), until_return=True)})
    before, after = schedule("ab1 cd2"), schedule("ab1! ae1+ cd2")
    assert told(before, after, day, event(1, held=1)) == {
        "a": ["Please go to table 1 now: you meet Eve instead of Ben."],
        "b": ["Round 1: your meeting with Ada counts as missed."],
        "e": ["Please go to table 1 now: you meet Ada."],
    }


def test_who_is_a_minute_late_is_sent_to_whom_they_kept_waiting() -> None:
    before, after = schedule("ab1! cd2"), schedule("ab1! ab3+ cd2")
    assert told(before, after, DayState(), event(1, held=1)) == {
        "a": ["Please go to table 3 now: you meet Ben."],
        "b": ["Please go to table 3 now: you meet Ada."],
    }


def test_who_was_missed_and_came_before_anybody_heard_of_it_is_told_another_table_alone() -> None:
    before, on = schedule("ab1 cd2"), event(1, held=1)
    assert told(before, schedule("ab1! ab1+ cd2"), DayState(), on) == {}
    words = told(before, schedule("ab1! ab3+ cd2"), DayState(), on)
    assert words["a"] == ["Please go to table 3 now: you meet Ben."]


def test_without_anybody_to_step_in_the_one_left_alone_stands_by() -> None:
    day = DayState(away={"b": Away(reason="no_show", rounds=(1,), until_return=True)})
    words = told(schedule("ab1 cd2"), schedule("ab1! cd2"), day, event(1, held=1))
    assert words["a"] == [f"Round 1: your meeting with Ben is off. {WAIT} first in line."]


def test_a_round_that_is_over_is_told_as_history() -> None:
    day, on = DayState(finished_rounds=1), event(1, held=1)
    missed = "Round 1: your meeting with Ben counts as missed."
    held = "Round 1: your meeting with Ben counts as held."
    assert told(schedule("ab1"), schedule("ab1!"), day, on)["a"] == [missed]
    assert told(schedule("ab1!"), schedule("ab1"), day, on)["a"] == [held]


LATER = {
    (1,): "Round 2 now starts at 09:20.",
    (1, 2): "Rounds 2 to 3 now start 5 minutes later: round 2 at 09:20.",
}


@pytest.mark.parametrize(("moved", "words"), LATER.items())
def test_a_delay_is_one_sentence(moved: tuple[int, ...], words: str) -> None:
    on = event(3, timed=True)
    late = on.model_copy(update={"rounds": tuple(_later(on, k, moved) for k in range(3))})
    rounds = ("ab1 cd2", "ac1", "ad1 -e")
    before, after = schedule(*rounds, starts=on), schedule(*rounds, starts=late)
    whole = difference_between(on, DayState(), before, after)
    assert [person.words for person in whole.people[:4]] == [(words,)] * 4
    assert whole.people[4].words == ("Round 2 now starts at 09:20.",)
    assert [(row.round, row.to and f"{row.to:%H:%M}") for row in whole.starts] == [
        (k + 1, f"09:{15 * k + 5}") for k in moved
    ]
    assert summary_of(whole) == "5 to be told: 5 start at another time"
    back = difference_between(on, DayState(), after, before)
    assert back.people[0].words[0].startswith(words[:17])


def test_whoever_sits_with_another_partner_hears_of_the_delay_once() -> None:
    on = event(1, timed=True)
    late = on.model_copy(update={"rounds": (_later(on, 0, (0,)),)})
    before, after = (schedule("ab1! ae1+ cd2", starts=each) for each in (on, late))
    assert told(before, after, on=on)["a"] == ["Round 1 now starts at 09:05."]


def test_a_version_that_touches_too_many_says_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    after = schedule("ac1 bd2", version=2)
    whole = difference_between(event(1), DayState(), schedule("ab1 cd2"), after)
    news = publication_notice(7, NINE, after, whole, "en")
    assert (news.told, len(news.people), len(news.tables)) == (4, 4, 2)
    monkeypatch.setattr(announcements, "MOST_TOLD", 3)
    news = publication_notice(7, NINE, after, whole, "en")
    assert (news.told, news.people, news.tables, news.previous) == (4, (), (), 1)


def _later(on: Event, k: int, moved: tuple[int, ...]) -> Round:
    starts_at = on.rounds[k].starts_at
    if k not in moved or starts_at is None:
        return on.rounds[k]
    return on.rounds[k].model_copy(update={"starts_at": starts_at + timedelta(minutes=5)})


def test_tables_are_told_by_round_and_number() -> None:
    whole = difference_between(
        event(2), DayState(), schedule("ab1 cd2", ""), schedule("ac1", "ab2")
    )
    assert [row.words for row in whole.tables] == [
        "Table 1, round 1: Ada and Cara (was: Ada and Ben).",
        "Table 2, round 1: empty (was: Cara and Dan).",
        "Table 2, round 2: Ada and Ben (was empty).",
    ]


def test_without_a_name_people_are_called_by_id_and_never_by_address() -> None:
    nameless = event(1).model_copy(
        update={"attendees": tuple(a.model_copy(update={"name": None}) for a in event(1).attendees)}
    )
    whole = difference_between(nameless, DayState(), schedule("ab1"), schedule("ac1"))
    assert whole.people[0].words == ("Round 1: you now meet c at table 1 instead of b.",)
    assert "example.org" not in whole.model_dump_json()


def test_one_attendee_can_be_told_alone() -> None:
    whole = difference_between(event(1), DayState(), schedule("ab1 cd2"), schedule("ac1 bd2"))
    alone = difference_for(whole, "a")
    assert [row.attendee for row in alone.people] == ["a"]
    assert [row.attendee for row in alone.changes] == ["a"]
    assert [row.table for row in alone.tables] == [1]


def test_in_short_everybody_counts_once_for_each_kind_of_change() -> None:
    whole = difference_between(
        event(2), DayState(), schedule("ab1", "ab1"), schedule("ac1", "ad1 -b")
    )
    assert summary_of(whole) == (
        "4 to be told: 3 meet somebody else, 1 stands by, 1 is not expected"
    )


ROWS = st.lists(st.sampled_from(("ab1", "ab2", "ac1 bd2", "de1 -a", "ab1! ae1+", "-a -b", "")))


@given(st.lists(st.tuples(ROWS, st.sampled_from((0, 1, 2))), min_size=2, max_size=5))
def test_all_that_is_told_leads_from_the_first_agenda_to_the_last(
    versions: list[tuple[list[str], int]],
) -> None:
    days = [schedule(*rows, version=k) for k, (rows, _) in enumerate(versions, 1)]
    agenda = agendas(days[0])
    for before, after, (rows, held) in zip(days, days[1:], versions[1:], strict=False):
        on = event(max(1, len(rows)), held=min(held, len(rows)))
        whole = difference_between(on, DayState(), before, after)
        seats = [(p.attendee, row.round) for p in whole.people for row in p.rounds]
        assert len(set(seats)) == len(seats)
        for person in whole.people:
            assert person.words
            for row in person.rounds:
                seat = (person.attendee, row.round)
                assert agenda.pop(seat, None) == (
                    row.from_ and (row.from_.partner, row.from_.table)
                )
                if row.to:
                    agenda[seat] = (row.to.partner, row.to.table)
    assert agenda == agendas(days[-1])


def agendas(of: Schedule) -> dict[tuple[str, int], tuple[str | None, int | None]]:
    """Where everybody is to be: their partner and table, or neither when they stand by."""
    places: dict[tuple[str, int], tuple[str | None, int | None]] = {
        (v, block.round): (None, None) for block in of.rounds for v in block.byes
    }
    for block in of.rounds:
        for meeting in block.meetings:
            if meeting.outcome != "missed":
                i, j = meeting.attendees
                places[i, block.round], places[j, block.round] = (
                    (j, meeting.table),
                    (i, meeting.table),
                )
    assert {v for v, _ in places} <= NAMES.keys()
    return places
