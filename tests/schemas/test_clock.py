"""Times of the day: what clock changes do to local times, and rounds one after the other."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from importlib import resources
from typing import Any
from zoneinfo import TZPATH, ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.base import Wire
from schemas.clock import ZONES, LocalTime, TimeZone, instant, misplaced, series

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


def moments_of_change(zone: str) -> Iterator[datetime]:
    """Every instant from 2024 to 2035 at which the clocks of a zone change, to the minute."""
    clock, week = ZoneInfo(zone), timedelta(days=7)
    start = datetime(2024, 1, 1, tzinfo=UTC)
    for before in (start + k * week for k in range(12 * 52)):
        early, late = before, before + week
        if early.astimezone(clock).utcoffset() == late.astimezone(clock).utcoffset():
            continue
        while late - early > timedelta(minutes=1):
            middle = early + (late - early) // 2
            same = middle.astimezone(clock).utcoffset() == early.astimezone(clock).utcoffset()
            early, late = (middle, late) if same else (early, middle)
        yield late.replace(second=0, microsecond=0)


def test_every_change_of_every_clock_misplaces_what_it_skips_or_repeats() -> None:
    changes = [(zone, moment) for zone in ZONES for moment in moments_of_change(zone)]
    assert len(changes) > 3_000
    minute = timedelta(minutes=1)
    for zone, moment in changes:
        ends, begins = (
            time.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
            for time in (moment - minute, moment)
        )
        first, last = sorted((ends + minute, begins))
        told = {misplaced(time, zone) for time in (first, last - minute)}
        (why,) = told
        assert why is not None
        assert ("twice" if ends >= begins else "skip") in why
        assert misplaced(first - minute, zone) is misplaced(last, zone) is None


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "looks like"),
        ("../UTC", "UTC?"),
        ("localtime", "looks like"),
        ("Factory", "looks like"),
        ("posixrules", "looks like"),
        ("right/Europe/London", "Europe/London?"),
        ("posix/Asia/Tokyo", "Asia/Tokyo?"),
        ("europe/london", "Europe/London?"),
        ("London", "Europe/London?"),
        ("Zürich", "Europe/Zurich?"),
        ("São Paulo", "America/Sao_Paulo?"),
        ("Europe/Londres", "Europe/London?"),
        ("America/Sao Paulo", "America/Sao_Paulo?"),
        ("utc", "UTC?"),
        ("GMT+1", "looks like"),
        ("Etc/GMT+15", "looks like"),
        ("leapseconds", "looks like"),
        ("Mars/Phobos", "looks like"),
    ],
)
def test_what_is_no_zone_is_refused_with_the_one_that_was_meant(name: str, told: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(TimeZone).validate_python(name)
    (error,) = refused.value.errors()
    assert told in error["msg"]


def test_zones_are_those_of_the_package_on_every_machine() -> None:
    packaged = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    assert set(ZONES) == set(packaged) - {"Factory"}
    assert TZPATH == ()
    adapter = TypeAdapter(TimeZone)
    assert [adapter.validate_python(zone) for zone in ZONES] == ZONES


WRITTEN = [
    "2027-03-04T09:30", "2027-03-04T09:30:15", "2027-03-04T09:30:15.5",
    "2027-03-04T09:30:15.123456", "2027-03-04T09:30Z", "2027-03-04T09:30:00+05:30",
    "2027-03-04T09:30-00:00", "2028-02-29T00:00", "2000-01-01T00:00+14:00",
    "2199-12-31T23:59:59-12:00",
]  # fmt: skip
UNWRITTEN: list[Any] = [
    1764460800, 1764460800.5, True, None, [], "", "1764460800", "1764460800.5", "2027-03-04",
    "2027-03-04 09:30", "2027-03-04_09:30", "2027-03-04t09:30", "2027-03-04T09:30z",
    "2027-03-04T09", "2027-03-04T09:30+0100", "2027-03-04T09:30+01", "20270304T0930",
    "2027-W09-4T09:30", "2027-063T09:30", " 2027-03-04T09:30", "2027-03-04T09:30 ",
    "2027-03-04T09:30\n", "2027-03-04T09:30\u221201:00", "\u0662027-03-04T09:30",
    "2027-03-04T09:30:00.1234567", "2027-03-04T09:30:00,5", "2027-03-04T24:00",
    "2027-03-04T09:60", "2027-03-04T09:30:60",
    "2027-13-01T09:30", "2027-00-01T09:30", "1999-12-31T23:59", "2200-01-01T00:00",
    "0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00", "10000-01-01T00:00",
    "-2027-03-04T09:30", "2027-03-04T09:30+15:00", "2027-03-04T09:30+23:59",
]  # fmt: skip
TIMES: TypeAdapter[datetime] = TypeAdapter(LocalTime, config=Wire.model_config)


@pytest.mark.parametrize("text", WRITTEN)
def test_a_time_is_written_in_one_way(text: str) -> None:
    assert TIMES.validate_json(json.dumps(text)) == at(text)


@pytest.mark.parametrize("text", UNWRITTEN)
def test_what_could_be_read_as_a_time_but_is_not_written_as_one_is_refused(text: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        TIMES.validate_json(json.dumps(text))
    (error,) = refused.value.errors()
    assert (error["type"], "2027-03-04T09:30" in error["msg"]) == ("local_time", True)


@pytest.mark.parametrize("text", ["2027-02-29T09:30", "2027-04-31T09:30", "2028-02-30T09:30Z"])
def test_a_day_that_a_month_has_not_is_told_as_that(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TIMES.validate_json(json.dumps(text))
    (error,) = refused.value.errors()
    assert (error["type"], error["msg"]) == (
        "local_time",
        "there is no such day: its month is shorter",
    )


@given(st.datetimes(at("2000-01-01T00:00"), at("2199-12-31T23:59")), st.sampled_from([None, UTC]))
def test_a_time_is_read_as_it_is_shown(time: datetime, zone: tzinfo | None) -> None:
    time = time.replace(tzinfo=zone)
    assert TIMES.validate_json(TIMES.dump_json(time)) == time


@pytest.mark.parametrize(
    ("year", "good"), [(1999, False), (2000, True), (2199, True), (2200, False)]
)
def test_years_are_of_this_age(year: int, good: bool) -> None:
    time = datetime(year, 6, 1)
    if good:
        assert TIMES.validate_python(time) == time
    else:
        with pytest.raises(ValidationError):
            TIMES.validate_python(time)
