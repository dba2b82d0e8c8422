"""A workbook (XLSX) of a schedule for the organiser's desk: to look up, to filter, to print.

What people wrote is text in it, never a formula or a link. No clock is read: the same version of
the same event gives the same bytes.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from app.errors import StateConflict
from app.exports.schedule_rows import Cell, NamedSchedule, SheetRows
from app.exports.workbook_sheets import QUALITY, quality_rows, satisfaction_rows, sheets_of
from schemas.day import DayState
from schemas.event import Event
from schemas.schedule import Schedule
from schemas.words.catalogue import Say, first_held, teller
from schemas.words.message import message

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
NARROWEST, WIDEST = 6, 40
"""Columns, in letters: longer texts are wrapped."""
MOST_ROWS = 2**20 - 1
"""Below the header; of more the library would write none, and say nothing."""
A4 = 9
DAWN = datetime(2000, 1, 1, tzinfo=UTC)
"""When a workbook was made, where the schedule does not say when it was."""
LONGEST_PAGE_TITLE = 100


def workbook_of(event: Event, schedule: Schedule, before: Schedule | None, day: DayState) -> bytes:
    """The workbook of a schedule; what changes is told from the version ``before``, if any.

    Raises StateConflict if a sheet would have more rows than sheets can have.
    """
    named, say = NamedSchedule(event, schedule), teller(first_held([event.language]))
    content = BytesIO()
    with xlsxwriter.Workbook(content, OPTIONS) as book:
        book.set_properties({"created": schedule.created_at or DAWN})
        writer = _SheetWriter(book, event.name or "", say)
        for title, rows, frozen in sheets_of(named, before, day):
            writer.filtered(title, rows, frozen)
        writer.quality(schedule)
    return content.getvalue()


def lay_out_page(sheet: Any) -> None:
    """Have a sheet printed landscape, one page wide."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)


class _SheetWriter:
    """Adds sheets to a workbook, each ready to be printed."""

    def __init__(self, book: Any, event: str, say: Say) -> None:
        self._book, self._event, self._say = book, event, say
        self._head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
        )
        self._cell = book.add_format({"text_wrap": True, "valign": "top"})
        self._time = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top"})

    def filtered(self, title: str, rows: SheetRows, frozen: int) -> None:
        """A sheet whose rows can be filtered, and of which the first columns stay in sight."""
        sheet = self._sheet(title, frozen)
        self._fill(sheet, rows, 0)
        if rows.rows:
            sheet.autofilter(0, 0, len(rows.rows), len(rows.header) - 1)

    def quality(self, schedule: Schedule) -> None:
        """How good the schedule is, and a chart of how satisfied people are."""
        sheet, steps = self._sheet(QUALITY, 0), satisfaction_rows(schedule)
        self._fill(sheet, quality_rows(schedule), 0)
        self._fill(sheet, steps, 3)
        chart = self._book.add_chart({"type": "column"})
        name, last = sheet.get_name(), len(steps.rows)
        chart.add_series({"categories": [name, 1, 3, last, 3], "values": [name, 1, 4, last, 4]})
        chart.set_title({"name": self._say(message("How much of their best day people have"))})
        chart.set_legend({"none": True})
        sheet.insert_chart(1, 6, chart)

    def _sheet(self, title: str, frozen: int) -> Any:
        """An empty sheet: landscape, one page wide, its header on each page."""
        sheet = self._book.add_worksheet(self._say(title))
        sheet.freeze_panes(1, frozen)
        lay_out_page(sheet)
        sheet.repeat_rows(0)
        event = self._event[:LONGEST_PAGE_TITLE].replace("&", "&&")
        sheet.set_header(f"&L{event}&R&A")
        sheet.set_footer("&C&P / &N")
        return sheet

    def _fill(self, sheet: Any, content: SheetRows, left: int) -> None:
        """Write a header and the rows below it, from a column on; StateConflict if too many."""
        if len(content.rows) > MOST_ROWS:
            told = f"a sheet takes {MOST_ROWS} rows, and this would have {len(content.rows)}"
            raise StateConflict.at("", "too_many_rows", told)
        for k, title in enumerate(content.header):
            self._column(sheet, left + k, self._say(title), [row[k] for row in content.rows])

    def _column(self, sheet: Any, column: int, title: str, cells: Sequence[Cell]) -> None:
        """Write one column, and make it as wide as what it holds."""
        sheet.write_string(0, column, title, self._head)
        for k, cell in enumerate(cells, 1):
            self._put(sheet, k, column, cell)
        longest = max(len(title), *(len(str(cell)) for cell in cells)) if cells else len(title)
        sheet.set_column(column, column, min(max(longest + 2, NARROWEST), WIDEST))

    def _put(self, sheet: Any, row: int, column: int, value: Cell) -> None:
        """Write one cell as what it is, whatever it looks like."""
        if isinstance(value, str):
            sheet.write_string(row, column, self._say(value), self._cell)
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value, self._cell)
        elif isinstance(value, datetime):
            sheet.write_datetime(row, column, value, self._time)
        elif value is not None:
            sheet.write_number(row, column, value, self._cell)
