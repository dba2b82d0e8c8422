"""Rows of cells to a table: where its header is, and which rows are none of somebody."""

import re
from collections.abc import Sequence

from app.imports.accents import mend_accents
from app.imports.delimited import TITLE_LINES
from app.imports.raw_rows import RawRow, RawSheet, bad_file, name_rows, too_many
from app.imports.table import Table
from schemas import limits

TOTALS = (
    "total|totals|grand total|sum|count|total general|suma|recuento|summe|gesamt|gesamtsumme"
    "|gesamtzahl|insgesamt|anzahl|somme|nombre|totale|somma|totaal|som|aantal|razem|celkem|součet"
    "|spolu|ukupno|skupaj|összesen|i alt|sammanlagt|summa|yhteensä|toplam|soma|итого|всего|усього"
    "|разом|σύνολο|合计|合計|总计|총계|합계"
)
LONGEST_NUMBER = 40
"""Characters of a number, or of a word for a total, with a currency and blanks."""
_TOTAL = re.compile(rf"(?:{TOTALS})\s*[:：=]?\s*(?P<number>\d[\d\s.,'’]*)?", re.IGNORECASE)  # noqa: RUF001
_NUMBER = re.compile(r"[-+]?[\s\d.,'’]*\d[\s\d.,'’]*(?:[%€$£]|[A-Z]{3})?|[€$£]\s?[\d.,]+")  # noqa: RUF001
_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")


def table_of(sheet: RawSheet, *, of_pairs: bool = False) -> Table:
    """The table that a sheet holds; raises Invalid where nothing is told of its columns.

    One ``of_pairs`` may have addresses in its header, and more columns.
    """
    rows, notes = list(sheet.rows), list(sheet.notes)
    if not rows:
        raise bad_file("empty", "the file is empty: it needs a row with the names of its columns")
    notes += mend_accents(rows)
    notes += _drop_titles(rows)
    header, *rows = rows
    if not of_pairs:
        _check_header(header, rows)
    notes += _drop_repeats(header, rows)
    notes += _drop_totals(rows)
    notes += _note_longer(header, rows)
    return _rectangle(sheet.name, header, rows, notes)


def _check_header(header: RawRow, rows: Sequence[RawRow]) -> None:
    """Raise Invalid for a row of somebody, and for more columns than people are asked about."""
    if max(len(row.cells) for row in (header, *rows)) > limits.FILE_COLUMNS:
        raise too_many("columns", limits.FILE_COLUMNS)
    if _has_address(header.cells):
        raise bad_file(
            "no_header",
            f"row {header.number}: an e-mail address stands where the name of a column belongs: put"
            " a row with the names of the columns first",
        )


def _drop_titles(rows: list[RawRow]) -> list[str]:
    """Drop lines of one cell above the header, and say so."""
    title = 0
    while title < len(rows) - 1 and len(_filled(rows[title])) == 1:
        title += 1
    below = _filled(rows[title])
    if not 1 <= title <= TITLE_LINES or len(below) == 1 or _has_address(below):
        return []
    told = name_rows([row.number for row in rows[:title]])
    del rows[:title]
    return [f"{told.capitalize()} above the header: taken for a title, and left out."]


def _drop_repeats(header: RawRow, rows: list[RawRow]) -> list[str]:
    """Drop rows that repeat the header, as in lists that were put together, and say so."""
    repeats = [row.number for row in rows if row.cells == header.cells]
    if not repeats:
        return []
    rows[:] = [row for row in rows if row.cells != header.cells]
    return [f"The header again in {name_rows(repeats)}: left out."]


def _drop_totals(rows: list[RawRow]) -> list[str]:
    """Drop totals below the last row, and say so."""
    totals: list[int] = []
    while rows and _is_total(_filled(rows[-1])):
        totals.append(rows.pop().number)
    return [f"Totals in {name_rows(totals[::-1])}: left out."] if totals else []


def _is_total(cells: Sequence[str]) -> bool:
    """Whether there is a word for a total, and besides it numbers and nothing else."""
    if any(len(cell) > LONGEST_NUMBER for cell in cells):  # long ones take these patterns long
        return False
    words = [cell for cell in cells if not _NUMBER.fullmatch(cell)]
    total = _TOTAL.fullmatch(words[0]) if len(words) == 1 else None
    return total is not None and (len(cells) > 1 or bool(total["number"]))


def _note_longer(header: RawRow, rows: list[RawRow]) -> list[str]:
    longer = [row.number for row in rows if len(row.cells) > len(header.cells)]
    if not longer:
        return []
    return [
        f"More cells than the header has in {name_rows(longer)}: kept, in columns without a name."
    ]


def _rectangle(name: str, header: RawRow, rows: list[RawRow], notes: list[str]) -> Table:
    """The table, every row as wide as the widest."""
    width = max(len(row.cells) for row in (header, *rows))
    if width * len(rows) > limits.FILE_CELLS:
        raise too_many("cells", limits.FILE_CELLS)

    def padded(row: RawRow) -> tuple[str, ...]:
        return (*row.cells, *[""] * (width - len(row.cells)))

    numbers = tuple(row.number for row in rows)
    return Table(name, padded(header), tuple(map(padded, rows)), numbers, tuple(notes))


def _has_address(cells: Sequence[str]) -> bool:
    """Whether a cell is an e-mail address, and nothing else."""
    return any(len(cell) <= limits.EMAIL and _ADDRESS.fullmatch(cell) for cell in cells)


def _filled(row: RawRow) -> list[str]:
    return [cell for cell in row.cells if cell]
