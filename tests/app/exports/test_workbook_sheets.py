"""What the sheets say: the room by table and by person, byes, changes, and how good it is."""

from typing import Any

from app.exports.schedule_rows import Cell, NamedSchedule, SheetRows
from app.exports.workbook_sheets import (
    bye_rows,
    change_rows,
    day_rows,
    quality_rows,
    satisfaction_rows,
    table_rows,
)
from schemas.day import DayState
from schemas.schedule import Quality, Schedule, ScheduledRound, Wishes
from tests.app.exports.rooms import TWO_ROUNDS, day_of, meeting

NAMED = NamedSchedule(day_of(), TWO_ROUNDS)


def figures(told: SheetRows) -> dict[Cell, Any]:
    """Rows of two cells, by the first."""
    return {row[0]: row[1] for row in told.rows}


def test_tables_are_rows_and_rounds_are_columns() -> None:
    told = table_rows(NAMED)
    assert told.header == ("Table number", "Round 1, 09:00", "Round 2, 09:15")
    assert told.rows == [
        (1, None, "Ada and =1+1"),
        (3, "missed: Ada and 李小龍", None),
        (12, "c and =1+1", None),
    ]


def test_whoever_was_seated_anew_at_a_table_is_told_there() -> None:
    missed, anew = meeting("ab", outcome="missed"), meeting("ac", added=True)
    for meetings in ((missed, anew), (anew, missed)):
        one = Schedule(rounds=(ScheduledRound(round=1, meetings=meetings),))
        assert table_rows(NamedSchedule(day_of(), one)).rows == [(1, "Ada and c")]


def test_everybody_has_a_row_that_says_where_to_be_or_why_not() -> None:
    assert [(row[0], *row[3:]) for row in day_rows(NAMED).rows] == [
        ("a", "missed: 李小龍", "=1+1, table 1"),
        ("b", "missed: Ada", "no meeting"),
        ("c", "=1+1, table 12", "absent"),
        ("d", "c, table 12", "Ada, table 1"),
    ]


def test_byes_are_told_round_by_round() -> None:
    assert bye_rows(NAMED).rows == [(2, "b", "李小龍", None)]


def test_changes_are_told_to_whom_they_concern() -> None:
    before = TWO_ROUNDS.model_copy(
        update={"rounds": (TWO_ROUNDS.rounds[0], ScheduledRound(round=2, byes=("a", "b", "d")))}
    )
    told = change_rows(NAMED, before, DayState())
    assert [row[:2] for row in told.rows] == [("a", "Ada"), ("d", "=1+1")]
    assert "=1+1 at table 1" in str(told.rows[0][2])
    assert change_rows(NAMED, TWO_ROUNDS, DayState()).rows == []


def test_satisfaction_is_counted_in_tenths() -> None:
    counts = figures(satisfaction_rows(TWO_ROUNDS))
    assert len(counts) == 10
    assert {name: n for name, n in counts.items() if n} == {"30-40 %": 2, "90-100 %": 1}


def test_the_figures_of_a_version_have_a_row_each() -> None:
    assert quality_rows(TWO_ROUNDS).rows == [("Version", 2)]
    quality = Quality(
        objective=2.5, mutual=2.0, triangles=0.5, fairness=0.25, byes_cost=0.25, byes=1,
        upper_bound=None, gap=None, proof="none", seconds=1, work=10, stopped_by="work",
        wishes=Wishes(asked=3, met=2, mutual=0, mutual_met=0, empty_handed=0),
    )  # fmt: skip
    told = figures(quality_rows(TWO_ROUNDS.model_copy(update={"quality": quality})))
    assert (told["Objective"], told["Upper bound"], told["Wishes met"]) == (2.5, None, 2)
    assert (told["Mean satisfaction"], told["Least satisfaction"]) == (0.55, 0.3)
