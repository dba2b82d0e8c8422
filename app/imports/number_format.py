"""Numbers of a workbook as people see them: whole ones plain, days as ISO dates, codes with zeros.

A workbook stores days as numbers since an epoch: its format alone says that a number is a day.
"""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import lru_cache, partial
from math import isfinite

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

Show = Callable[[str], str]
"""A stored number as text."""

EAST_ASIAN_DATES = {*range(27, 37), *range(50, 59)}
"""Formats that have a number and no code, and are dates where they are used (18.8.30)."""
LONGEST_CODE = 255
"""Characters of a format, in every spreadsheet program."""
_ZEROS = re.compile("0{2,}")


@lru_cache(maxsize=1024)
def show_as(number: int, code: str | None, since_1904: bool = False) -> Show:
    """What shows numbers of a format with this ``number``, and this ``code`` if it has its own."""
    code = BUILTIN_FORMATS.get(number, "General") if code is None else code[:LONGEST_CODE]
    if is_timedelta_format(code):
        return show_hours
    if number in EAST_ASIAN_DATES or is_date_format(code):
        return partial(show_date, epoch=MAC_EPOCH if since_1904 else WINDOWS_EPOCH)
    if _ZEROS.fullmatch(code):
        return partial(show_code, digits=len(code))
    return show_number


def show_number(stored: str) -> str:
    """A number with the fifteen digits that spreadsheets keep, without ``.0``."""
    if stored.isdecimal():
        return stored
    number = _number(stored)
    if number is None:
        return stored.strip()
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return f"{number:.15g}"


def show_code(stored: str, digits: int) -> str:
    """A number with zeros in front, as postcodes have them."""
    return show_number(stored).zfill(digits)


def show_date(stored: str, epoch: datetime) -> str:
    """A day, a time or both, as ISO 8601 has them; the number where it is none."""
    number = _number(stored)
    try:
        moment = None if number is None else from_excel(number, epoch)
    except (OverflowError, ValueError):
        moment = None
    if isinstance(moment, time):
        return moment.isoformat("seconds")
    if not isinstance(moment, datetime):
        return show_number(stored)
    if moment.time() == time():
        return moment.date().isoformat()
    return moment.isoformat(timespec="seconds")


def show_hours(stored: str) -> str:
    """How long something takes: ``26:30:00``."""
    number = _number(stored)
    if number is None or not 0 <= number < 1e6:
        return show_number(stored)
    seconds = round(timedelta(days=number).total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _number(stored: str) -> float | None:
    try:
        number = float(stored)
    except ValueError:
        return None
    return number if isfinite(number) else None
