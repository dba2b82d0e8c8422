"""When somebody comes and goes."""

from collections.abc import Set as AbstractSet
from datetime import date, datetime, time

import pytest

from app.imports.times import (
    TimeReading,
    numbers_in,
    read_moments,
    round_spans,
    rounds_after,
    rounds_before,
)
from schemas.event import Event, Round

ROUNDS = tuple(Round(starts_at=datetime(2027, 3, 4, 9 + k), minutes=30) for k in range(4))
SPANS = round_spans(Event(rounds=ROUNDS))
TWO_DAYS = round_spans(
    Event(rounds=(ROUNDS[0], Round(starts_at=datetime(2027, 3, 5, 9), minutes=30)))
)


@pytest.mark.parametrize(
    ("cell", "day", "clock"),
    [
        ("10:30", None, time(10, 30)),
        ("10.30 Uhr", None, time(10, 30)),
        ("10h30", None, time(10, 30)),
        ("ab 11 Uhr", None, time(11)),
        ("2:15 PM", None, time(14, 15)),
        ("12 am", None, time(0)),
        ("2027-03-04", date(2027, 3, 4), None),
        ("2027-03-04T10:30:00Z", date(2027, 3, 4), time(10, 30)),
        ("04.03.2027 10:30", date(2027, 3, 4), time(10, 30)),
        ("25/03/2027", date(2027, 3, 25), None),
    ],
)
def test_times_are_read(cell: str, day: date | None, clock: time | None) -> None:
    assert read_moments(cell) == [TimeReading(day, clock)]


@pytest.mark.parametrize("cell", ["", "by car", "3", "25:70", "2027-02-31"])
def test_what_is_no_time_is_none(cell: str) -> None:
    assert read_moments(cell) == []


def test_day_and_month_may_be_either_way_round() -> None:
    assert [r.day for r in read_moments("3/4/2027")] == [date(2027, 4, 3), date(2027, 3, 4)]


@pytest.mark.parametrize(
    ("cell", "rounds"),
    [("10:00", {1}), ("10:01", {1, 2}), ("8:00", set()), ("2027-03-05", {1, 2, 3, 4})],
)
def test_rounds_that_begin_before_somebody_comes_are_missed(
    cell: str, rounds: AbstractSet[int]
) -> None:
    assert rounds_before(SPANS, cell) == rounds


@pytest.mark.parametrize(
    ("cell", "rounds"),
    [("11:30", {4}), ("11:29", {3, 4}), ("2027-03-04", set()), ("2027-03-03", {1, 2, 3, 4})],
)
def test_rounds_that_end_after_somebody_leaves_are_missed(
    cell: str, rounds: AbstractSet[int]
) -> None:
    assert rounds_after(SPANS, cell) == rounds


def test_a_time_on_several_days_is_unclear() -> None:
    assert rounds_before(TWO_DAYS, "10:00") is None
    assert rounds_before(TWO_DAYS, "2027-03-05") == frozenset({1})


def test_a_date_that_may_be_two_is_unclear_only_if_it_matters() -> None:
    assert rounds_before(SPANS, "3/4/2027") is None
    assert rounds_before(SPANS, "1/2/2027") == frozenset()


def test_spans_of_rounds_are_written_out() -> None:
    assert numbers_in("1-3, round 6 and 9") == [1, 2, 3, 6, 9]
