"""Text with delimiters: which one it is, and the rows between them.

A delimiter is told by the rows it makes: as many cells as the header has, in as many rows as
possible. Answers may hold commas, semicolons and line breaks: quoted ones divide nothing, and
others make rows of all lengths.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from app.errors import Invalid
from app.imports.raw_rows import (
    RawSheet,
    RowList,
    bad_file,
    clean_cell,
    long_cell,
)

DELIMITERS = {"\t": "tabs", ";": "semicolons", "|": "vertical bars", ",": "commas"}
"""In the order in which they are believed where several fit: commas stand in any text."""
NOTHING = "\x1f"
"""What stands in no text, and so divides nothing."""
SAMPLE_CHARACTERS = 256 * 1024
SAMPLE_ROWS = 200
TITLE_LINES = 3
"""So many lines above a header hold no delimiter."""
BELOW_A_TITLE = 0.5
"""The share of rows that must fit a header which is not the first row, and so is a guess."""
LONGEST_LINE = 2**20
_SEP = re.compile(r"\A\"?sep=([^\w\s\"]|\t)\"?[\t;|,]*(?:\r\n|\r|\n|\Z)", re.IGNORECASE)
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_END = "\0"
"""A row that no text has: within a cell it tells of a quotation mark that was never closed."""


def read_delimited(text: str) -> RawSheet:
    """The rows of a text, counted as a spreadsheet shows them, and a note of the delimiter."""
    named = _SEP.match(text)
    body = text[named.end() :] if named else text
    delimiter = named[1] if named else find_delimiter(body)
    rows = RowList()
    for number, cells in enumerate(_records(body, delimiter), 1):
        rows.append(number, map(clean_cell, cells))
    name = DELIMITERS.get(delimiter, f"“{delimiter}”")
    note = "Nothing divides cells: there is one column."
    told = note if delimiter == NOTHING else f"Cells are divided by {name}."
    return RawSheet("", rows.rows, [told])


def find_delimiter(text: str) -> str:
    """What divides the cells; ``NOTHING`` where nothing does."""
    fit, best = max(
        ((_fit(text, delimiter), delimiter) for delimiter in DELIMITERS), key=lambda row: row[0]
    )
    return best if fit[0] else NOTHING


def _fit(text: str, delimiter: str) -> tuple[float, int]:
    """How well rows fit their header, from 0 to 1, and how many cells it has."""
    widths = _sample_widths(text, delimiter)
    title = next((k for k, width in enumerate(widths[: TITLE_LINES + 1]) if width > 1), None)
    if title is None:
        return 0.0, 1
    header = widths[title]
    share = sum(_fit_of(width, header) for width in widths[title:]) / len(widths)
    return (share if title == 0 or share >= BELOW_A_TITLE else 0.0), header


def _fit_of(width: int, header: int) -> float:
    """How well a row fits the header: some leave empty cells at the end out, few have more."""
    if width == header:
        return 1.0
    return 0.0 if width == 1 else 0.5 if width < header else 0.25


def _sample_widths(text: str, delimiter: str) -> list[int]:
    """How many cells the first rows have, but for blank lines."""
    sample = text[:SAMPLE_CHARACTERS]
    widths = []
    try:
        for row in islice(_reader(_lines(sample), delimiter), SAMPLE_ROWS):
            if len(row) > 1 or any(cell.strip() for cell in row):
                widths.append(len(row))
    except csv.Error:  # a cell beyond every limit
        return widths
    cut = len(text) > len(sample) and 1 < len(widths) < SAMPLE_ROWS
    return widths[:-1] if cut else widths


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    """Every record, blank ones too; raises Invalid at a cell without an end."""
    number = 0
    try:
        for record in _reader(chain(_lines(text), [_END]), delimiter):
            if record == [_END]:
                return
            number += 1
            if record and _END in record[-1]:
                raise _open_quote(number)
            yield record
    except csv.Error:
        raise long_cell(number + 1) from None


def _reader(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True)


def _open_quote(number: int) -> Invalid:
    return bad_file(
        "open_quote",
        f"row {number}: a quotation mark is opened that is never closed: close it, or save the list"
        " as .xlsx",
    )


def _lines(text: str) -> Iterator[str]:
    """The lines of a text with what ends them, be it CRLF, CR or LF; Invalid for an endless one."""
    for number, line in enumerate(_LINE.finditer(text), 1):
        if line.end() - line.start() > LONGEST_LINE:
            raise bad_file(
                "line_too_long", f"line {number} has more than {LONGEST_LINE:,} characters"
            )
        yield line[0]
