"""What boards, tents and the grid say."""

from app.paper.room import RoomSheets
from schemas.day import DayState
from schemas.schedule import Schedule, ScheduledRound
from tests.app.exports.rooms import TWO_ROUNDS, day_of, meeting

ROOM = RoomSheets(day_of(), TWO_ROUNDS, DayState())


def test_a_board_says_where_everybody_sits_by_name() -> None:
    first, second = ROOM.boards()
    assert (second.round.title, second.round.time) == ("Round 2", "09:15")
    assert [(row.person.name, row.table) for row in second.rows] == [
        ("=1+1", 1),
        ("Ada", 1),
        ("李小龍", None),  # c is not expected
    ]
    assert [row.table for row in first.rows] == [12, None, 12, None]  # two missed each other


def test_tables_say_who_sits_there_round_by_round() -> None:
    names = {
        day.table: [pair and tuple(who.name for who in pair) for pair in day.pairs]
        for day in ROOM.tables()
    }
    assert names == {1: [None, ("=1+1", "Ada")], 12: [("=1+1", "c"), None]}


def test_rounds_that_do_not_take_place_are_left_out() -> None:
    room = RoomSheets(day_of(), TWO_ROUNDS, DayState(cancellations={"i1": 1}))
    assert [one.heading for one in room.rounds] == ["Round 2, 09:15"]
    assert [day.table for day in room.tables()] == [1]


def test_who_was_seated_anew_stands_at_the_new_table() -> None:
    meetings = (meeting("ab", outcome="missed"), meeting("ac", 5, added=True))
    schedule = Schedule(rounds=(ScheduledRound(round=1, meetings=meetings),))
    (board,) = RoomSheets(day_of(), schedule, DayState()).boards()
    assert {row.person.name: row.table for row in board.rows} == {"Ada": 5, "c": 5, "李小龍": None}


def test_the_room_is_written_in_the_language_of_the_event() -> None:
    room = RoomSheets(day_of(language="de"), TWO_ROUNDS, DayState())
    assert [one.heading for one in room.rounds] == ["Runde 1, 09:00 Uhr", "Runde 2, 09:15 Uhr"]
