"""Times of the day: what clock changes do to local times, and rounds one after the other."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.clock import TimeZone, WallTime, instant, misplaced, series

LONDON = "Europe/London"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_local_time_names_an_instant_of_its_zone() -> None:
    assert instant(at("2027-01-15T09:00"), LONDON) == at("2027-01-15T09:00+00:00")
    assert instant(at("2027-07-15T09:00"), LONDON) == at("2027-07-15T08:00+00:00")
    assert instant(at("2027-07-15T09:00+05:30"), LONDON) == at("2027-07-15T03:30+00:00")
    assert instant(at("2027-07-15T09:00"), LONDON).tzinfo is UTC


@pytest.mark.parametrize(
    ("time", "why"),
    [
        ("2027-03-28T01:30", "skip"),
        ("2027-03-28T01:00", "skip"),
        ("2027-10-31T01:30", "twice"),
        ("2027-10-31T01:00", "twice"),
        ("2027-03-28T00:59", None),
        ("2027-03-28T02:00", None),
        ("2027-10-31T02:00", None),
        ("2027-10-31T01:30+01:00", None),
        ("2027-03-28T01:30+00:00", None),
    ],
)
def test_a_time_that_clocks_skip_or_repeat_is_misplaced(time: str, why: str | None) -> None:
    told = misplaced(at(time), LONDON)
    assert told is None if why is None else told is not None and why in told


def test_zones_that_never_change_misplace_nothing() -> None:
    assert misplaced(at("2027-03-28T01:30"), "Asia/Tokyo") is None


@given(st.integers(0, 20), st.integers(1, 90))
def test_rounds_of_a_series_are_equally_far_apart(count: int, minutes: int) -> None:
    first = at("2027-03-28T00:30")
    starts = series(first, count, minutes)
    assert starts == [first + k * timedelta(minutes=minutes) for k in range(count)]
    assert series(None, count, minutes) == [None] * count


@pytest.mark.parametrize(
    ("kind", "value", "good"),
    [
        (TimeZone, "Europe/London", True),
        (TimeZone, "UTC", True),
        (TimeZone, "Europe/Londres", False),
        (TimeZone, "../UTC", False),
        (TimeZone, "", False),
        (WallTime, at("2000-01-01T00:00"), True),
        (WallTime, at("2199-12-31T23:59"), True),
        (WallTime, at("1999-12-31T23:59"), False),
        (WallTime, at("2200-01-01T00:00"), False),
    ],
)
def test_zones_are_known_and_years_are_of_this_age(kind: Any, value: Any, good: bool) -> None:
    adapter = TypeAdapter(kind)
    if good:
        assert adapter.validate_python(value) == value
    else:
        with pytest.raises(ValidationError):
            adapter.validate_python(value)
