"""Times of the day: local times of the event's zone, and what clock changes do to them."""

import re
import zoneinfo
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from schemas.language import fold
from schemas.text import Described

zoneinfo.reset_tzpath(to=())
"""Zones and their rules are those of the package ``tzdata``, the same on every machine: what a
machine has besides is of another year, or its own, such as ``localtime``."""

NO_PLACE = {"Factory"}
"""Names in the database that stand for a clock nobody has set."""
ZONES = sorted(available_timezones() - NO_PLACE)
LIKE = 0.8
"""How alike a name must be to one of a zone for that to be what was meant."""


def _known_zone(name: str) -> str:
    if name not in ZONES:
        meant = _meant_zone(name)
        told = f"did you mean {meant}?" if meant else "a name looks like Europe/London"
        message = "not a time zone of the IANA database: {told}"
        raise PydanticCustomError("timezone", message, {"told": told})
    return name


@cache
def _places() -> Mapping[str, str]:
    """Every zone that is not a mere offset, by its name in small letters."""
    return {zone.casefold(): zone for zone in ZONES if not zone.startswith("Etc/")}


@cache
def _cities() -> Mapping[str, str]:
    """The same by the last part of its name; of several the first."""
    return {name.rpartition("/")[2]: zone for name, zone in reversed([*_places().items()])}


def _meant_zone(name: str) -> str | None:
    """The zone that a name nearly is: written otherwise, a city alone, or misspelt."""
    given = fold(name).replace(" ", "_")
    exact = _places().get(given) or _cities().get(given.rpartition("/")[2])
    if exact or "/" not in given:
        return exact
    alike = get_close_matches(given, _places(), n=1, cutoff=LIKE)
    return _places()[alike[0]] if alike else None


FIRST_YEAR, LAST_YEAR = 2000, 2199
DATE = (
    "(20|21)[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
    "|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))"
)
ANY_DAY = "(20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
TIME = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
OFFSET = "(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])"
FORM = f"^{DATE}T{TIME}{OFFSET}?$"


def _read_time(time: Any) -> Any:
    """A time from its text; numbers, and what is not written as a time, are refused."""
    if isinstance(time, datetime):
        return time
    with suppress(ValueError):  # the 29th of a February without one
        if isinstance(time, str) and re.fullmatch(FORM, time):
            return datetime.fromisoformat(time)
    if isinstance(time, str) and re.fullmatch(f"{ANY_DAY}T{TIME}{OFFSET}?", time):
        raise PydanticCustomError("local_time", "there is no such day: its month is shorter")
    message = (
        "a time of the years {first} to {last} is written like 2027-03-04T09:30, "
        "with an offset such as +01:00 if it is not local"
    )
    raise PydanticCustomError("local_time", message, {"first": FIRST_YEAR, "last": LAST_YEAR})


def _this_age(time: datetime) -> datetime:
    if not FIRST_YEAR <= time.year <= LAST_YEAR:
        message = "the year must lie between {first} and {last}"
        raise PydanticCustomError("year", message, {"first": FIRST_YEAR, "last": LAST_YEAR})
    return time


def _with_offset(time: datetime) -> datetime:
    if time.tzinfo is None:
        raise PydanticCustomError("offset", "an offset is needed, such as Z or +01:00")
    return time


TimeZone = Annotated[
    str, StringConstraints(max_length=64), AfterValidator(_known_zone), Described({"enum": ZONES})
]
"""A name of the IANA time zone database, such as ``Europe/London``."""

LocalTime = Annotated[
    datetime,
    BeforeValidator(_read_time),
    AfterValidator(_this_age),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": FORM,
            "description": "Local to the event's `timezone`, unless it carries an offset.",
        }
    ),
]
"""A local time of the event's zone, or a time with its own offset: no `date-time` of JSON Schema,
which always has one."""


Moment = Annotated[
    datetime,
    BeforeValidator(_read_time),
    AfterValidator(_with_offset),
    WithJsonSchema(
        {"type": "string", "format": "date-time", "pattern": f"^{DATE}T{TIME}{OFFSET}$"}
    ),
]
"""A time that is not local."""


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
