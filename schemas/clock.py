"""Times of the day: local times of the event's zone, and what clock changes do to them."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise PydanticCustomError("timezone", "not a time zone of the IANA database")
    return name


def _this_age(time: datetime) -> datetime:
    if not 2000 <= time.year <= 2199:
        raise PydanticCustomError("year", "the year must lie between 2000 and 2199")
    return time


TimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_zone)]
"""A name of the IANA time zone database, such as ``Europe/London``."""

LocalTime = Annotated[
    datetime,
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$",
            "description": "Local to the event's `timezone`, unless it carries an offset.",
        }
    ),
]
"""A local time of the event's zone, or a time with its own offset: no `date-time` of JSON Schema,
which always has one."""

WallTime = Annotated[LocalTime, AfterValidator(_this_age)]
"""A local time that an event may state."""


def misplaced(time: datetime, zone: str) -> str | None:
    """Say why a local ``time`` does not name one instant in ``zone``; None when it does."""
    if time.tzinfo is not None:
        return None
    early, late = (time.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    if early.utcoffset() == late.utcoffset():
        return None
    if early.astimezone(UTC).astimezone(early.tzinfo).replace(tzinfo=None) == time:
        return "this local time occurs twice that day: give it an offset, such as +01:00"
    return "clocks skip this local time that day: give another, or one with an offset"


def instant(time: datetime, zone: str) -> datetime:
    """The instant that ``time`` names, in UTC."""
    return (time if time.tzinfo else time.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def series(first: datetime | None, count: int, minutes: int) -> list[datetime | None]:
    """Start times ``minutes`` apart by the wall clock of ``first``; all None without ``first``."""
    if first is None:
        return [None] * count
    return [first + timedelta(minutes=minutes * k) for k in range(count)]
