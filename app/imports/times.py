"""When somebody comes and goes, as cells tell it, and which rounds that leaves out."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from schemas.event import Event

ISO = re.compile(r"\b(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?=\D|$|T)")
DAY_FIRST = re.compile(r"\b(?P<d>\d{1,2})\. ?(?P<m>\d{1,2})\. ?(?P<y>\d{4}|\d{2})\b")
EITHER = re.compile(r"\b(?P<d>\d{1,2})[/-](?P<m>\d{1,2})[/-](?P<y>\d{4}|\d{2})\b")
CLOCK = re.compile(
    r"(?<![\d.:])(?P<h>\d{1,2})(?:[:.h](?P<min>\d{2})(?::\d{2})?|\s?(?:h|uhr)\b)?\s*"
    r"(?P<half>[ap])?\.?(?:m\b\.?)?",
    re.IGNORECASE,
)
NAMED_CLOCK = re.compile(r"\d[:.h]\d\d|\d\s?(?:h|uhr|[ap]\.?m)\b", re.IGNORECASE)
SPAN = re.compile(r"(\d{1,3})\s*[-\u2013]\s*(\d{1,3})")


class TimeReading(NamedTuple):
    """A time, of a day or of any, or a whole day."""

    day: date | None
    clock: time | None


def read_moments(cell: str) -> list[TimeReading]:
    """What a cell may mean: two moments where day and month could be the other way round."""
    days = [*_days(cell)]
    rest = next((p.sub(" ", cell) for p in (ISO, DAY_FIRST, EITHER) if p.search(cell)), cell)
    clock = _clock(rest.replace("T", " ") if days else rest)
    if not days:
        return [TimeReading(None, clock)] if clock else []
    return [TimeReading(day, clock) for day in days]


def _days(cell: str) -> Iterator[date]:
    for pattern, orders in ((ISO, "d"), (DAY_FIRST, "d"), (EITHER, "dm")):
        if found := pattern.search(cell):
            year, month, day = (int(found[part]) for part in "ymd")
            year += 2000 if year < 100 else 0
            pairs = [(month, day), (day, month)][: len(orders)]
            for m, d in dict.fromkeys(pairs):
                with suppress(ValueError):
                    yield date(year, m, d)
            return


def _clock(cell: str) -> time | None:
    if not NAMED_CLOCK.search(cell):
        return None
    for found in CLOCK.finditer(cell):
        if not NAMED_CLOCK.match(cell, found.end("h") - 1):
            continue
        hour, half = int(found["h"]), (found["half"] or "").lower()
        hour = hour % 12 + (12 if half == "p" else 0) if half else hour
        with suppress(ValueError):
            return time(hour, int(found["min"] or 0))
    return None


class RoundSpan(NamedTuple):
    """When a round begins and ends, by the clock on the wall."""

    number: int
    start: datetime
    end: datetime


def round_spans(event: Event) -> list[RoundSpan]:
    """The rounds that have times."""
    zone = ZoneInfo(event.timezone)
    spans = []
    for number, one in enumerate(event.rounds, 1):
        if one.starts_at is not None:
            aware = one.starts_at.tzinfo is not None
            local = one.starts_at.astimezone(zone) if aware else one.starts_at
            start = local.replace(tzinfo=None)
            spans.append(RoundSpan(number, start, start + timedelta(minutes=one.minutes)))
    return spans


def rounds_before(spans: Sequence[RoundSpan], arrives: str) -> frozenset[int] | None:
    """The rounds that begin before somebody arrives; None if the cell may mean two things."""
    return _one_of({_numbers(spans, moment, False) for moment in read_moments(arrives)})


def rounds_after(spans: Sequence[RoundSpan], leaves: str) -> frozenset[int] | None:
    """The rounds that end after somebody has left; None if the cell may mean two things."""
    return _one_of({_numbers(spans, moment, True) for moment in read_moments(leaves)})


def _one_of(answers: set[frozenset[int] | None]) -> frozenset[int] | None:
    return answers.pop() if len(answers) == 1 else None


def _numbers(
    spans: Sequence[RoundSpan], moment: TimeReading, is_leaving: bool
) -> frozenset[int] | None:
    """The rounds outside of one side of a moment; None if it could be on any of several days."""
    days = {span.start.date() for span in spans}
    if moment.day is None and len(days) > 1:
        return None
    day = moment.day or min(days)
    if is_leaving:
        whole = datetime.combine(day, time()) + timedelta(days=1)
        until = datetime.combine(day, moment.clock) if moment.clock else whole
        return frozenset(span.number for span in spans if span.end > until)
    since = datetime.combine(day, moment.clock or time())
    return frozenset(span.number for span in spans if span.start < since)


def numbers_in(cell: str) -> list[int]:
    """Whole numbers of a cell in order, spans such as 2-4 written out."""
    found: list[int] = []
    for first, last in SPAN.findall(cell):
        found += range(int(first), int(last) + 1)
    return sorted({*found, *map(int, re.findall(r"\d{1,9}", SPAN.sub(" ", cell)))})
