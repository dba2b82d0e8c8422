"""Who could meet in the running round, and what the day writes into held ones."""

from typing import Any

import pytest

from app.day.running_round import event_after_day, running_round_of
from schemas.day import Arrival, Away, DayState, MissedMeeting
from schemas.event import Event, Policy
from schemas.schedule import ScheduledRound
from solver.repair.first_repair import RunningRound
from solver.translate.numbering import Numbering
from tests.app.day.days import event, schedule

A, B, C, D, E = range(5)
AB = MissedMeeting(round=1, pair=("a", "b"), incidents=("i",))
AGAIN = AB.model_copy(update={"added": True})
GONE = Away(reason="no_show", rounds=(1,), until_return=True)


def on(round_1: str, policy: Policy | None = None, absent: str = "") -> Event:
    """An event of two rounds whose first is held."""
    made = event(2, 1, policy=policy or Policy())
    people = tuple(
        a.model_copy(update={"absent_rounds": (1,) if a.id in absent else ()})
        for a in made.attendees
    )
    published = schedule(round_1, "ce1")
    return made.model_copy(update={"attendees": people, "published": published})


def could_meet(round_1: str, day: DayState, **fields: Any) -> RunningRound:
    asked = event_after_day(on(round_1, **fields), day)
    found = running_round_of(asked, day, Numbering.of(asked))
    assert found is not None
    return found


def came(*people: str, absent: str = "") -> dict[str, Arrival]:
    return {"i": Arrival(round=1, attendees=people, absent=tuple(absent))}


def test_whoever_has_a_break_does_not_wait_for_a_partner() -> None:
    for policy, waiting in ((Policy(), {E}), (Policy(max_in_a_row=1), set[int]())):
        found = could_meet("ab1! cd2", DayState(missed=(AB,)), policy=policy)
        assert found.stranded == {A, B}
        assert found.waiting == waiting


def test_who_came_is_to_be_seated_and_who_merely_sits_out_waits() -> None:
    found = could_meet("cd2 -a", DayState(arrivals=came("a", absent="a")))
    assert found.stranded == {A}
    assert found.waiting == {B, E}


def test_who_came_and_has_gone_again_is_not() -> None:
    day = DayState(arrivals=came("a"), away={"a": GONE})
    assert could_meet("cd2 -a", day).stranded == set()


def test_whoever_came_to_an_earlier_round_merely_sits_out_this_one() -> None:
    earlier = {"i": Arrival(round=2, attendees=("a",))}
    assert could_meet("cd2", DayState(arrivals=earlier)).stranded == set()


@pytest.mark.parametrize(
    ("round_1", "missed", "apart"),
    [
        pytest.param("ab1!", (AB,), set(), id="one was away"),
        pytest.param(
            "ab1!", (AB.model_copy(update={"both_there": ("i",)}),), {(A, B)}, id="both were there"
        ),
        pytest.param("ab1! ab1+!", (AB, AGAIN), {(A, B)}, id="for the second time"),
    ],
)
def test_who_stays_apart_in_this_round(round_1: str, missed: Any, apart: Any) -> None:
    found = could_meet(round_1, DayState(missed=missed))
    assert found.stranded == {A, B}
    assert found.apart == apart


def held(round_1: str, day: DayState, **fields: Any) -> ScheduledRound:
    published = event_after_day(on(round_1, **fields), day).published
    assert published is not None
    return published.rounds[0]


def rows(block: ScheduledRound) -> list[str]:
    return [
        f"{''.join(m.attendees)}{m.table}{'+' * m.added}{'!' * (m.outcome == 'missed')}"
        for m in block.meetings
    ]


@pytest.mark.parametrize(
    ("round_1", "missed", "away", "told"),
    [
        pytest.param("ab1 cd2", (AB,), "", "ab1! cd2", id="missed"),
        pytest.param("ab1! cd2", (), "", "ab1 cd2", id="not missed any more"),
        pytest.param("ab1! ac1+", (), "", "ab1! ac1+", id="one sits with somebody else"),
        pytest.param("ab1! cd1+", (), "", "ab1! cd1+", id="others sit at their table"),
        pytest.param("ab1! ab1+", (AB,), "", "ab1! ab1+", id="the planned one alone"),
        pytest.param("ab1! ab1+", (AB, AGAIN), "", "ab1! ab1+!", id="both"),
        pytest.param("ab1! ab1+!", (AB,), "", "ab1! ab1+", id="the added one counts again"),
        pytest.param("ab1! ab1+! ac2+", (AB,), "", "ab1! ac2+", id="it cannot, and goes"),
        pytest.param("ab1! ab1+!", (AB,), "b", "ab1!", id="nor while one of the two is away"),
    ],
)
def test_meetings_of_held_rounds_are_as_the_day_says(
    round_1: str, missed: Any, away: str, told: str
) -> None:
    day = DayState(missed=missed, away=dict.fromkeys(away, GONE))
    assert rows(held(round_1, day)) == told.split()


def test_an_added_meeting_goes_of_which_one_did_not_come_after_all() -> None:
    assert rows(held("ab1! ab1+!", DayState(missed=(AB,)), absent="b")) == ["ab1!"]


def test_who_came_and_has_no_meeting_has_a_bye_and_is_not_absent() -> None:
    block = held("cd2 -a -b", DayState(arrivals=came("a", absent="a")), absent="b")
    assert (block.byes, block.absent) == (("a", "e"), ("b",))


def test_who_did_not_come_after_all_is_not_there() -> None:
    block = held("cd2 -a", DayState(arrivals=came("a", absent="a")), absent="a")
    assert block == on("cd2 -a").published.rounds[0]  # type: ignore[union-attr]
