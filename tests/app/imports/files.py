"""Small registration files, made as they are needed; everybody in them is made up."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter

from app.errors import Invalid
from app.imports.read import read_table
from app.imports.table import Table

PEOPLE = (
    ("Name", "Email", "Sucht"),
    ("Zoë Müller", "zoe@example.org", "Käufer, „schnell“"),
    ("Lukas Žák", "lukas@example.org", "a |b; c"),
)
"""Three columns, two people, and every delimiter in an answer."""


def csv_of(rows: Sequence[Sequence[str]], delimiter: str = ",", end: str = "\r\n") -> str:
    """Rows as a text, every cell in quotes that needs them."""

    def quoted(cell: str) -> str:
        needs = any(mark in cell for mark in (delimiter, '"', "\n", "\r"))
        return '"' + cell.replace('"', '""') + '"' if needs else cell

    return "".join(delimiter.join(map(quoted, row)) + end for row in rows)


def xlsx_of(
    rows: Sequence[Sequence[Any]] = PEOPLE, then: Callable[[Any, Any], object] | None = None
) -> bytes:
    """Rows as the first sheet of a workbook; ``then`` does more to the workbook and the sheet."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("People")
    for k, row in enumerate(rows):
        sheet.write_row(k, 0, row)
    if then is not None:
        then(book, sheet)
    book.close()
    return out.getvalue()


def zip_of(parts: Mapping[str, str | bytes]) -> bytes:
    """An archive with these parts."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def parts_of(raw: bytes) -> dict[str, bytes]:
    """The parts of an archive."""
    with ZipFile(BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_part(raw: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same archive with one part changed."""
    parts = parts_of(raw)
    return zip_of(parts | {name: change(parts[name])})


def with_sheet(data: str, before: str = "") -> bytes:
    """A workbook whose sheet holds this XML in its ``sheetData``, and some ``before`` it."""
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f'<worksheet xmlns="{namespace}">{before}<sheetData>{data}</sheetData></worksheet>'
    return with_part(xlsx_of(), "xl/worksheets/sheet1.xml", lambda _: xml.encode())


def read_text(text: str) -> Table:
    """The table in a text, in UTF-8."""
    return read_table(text.encode())


def refused(raw: bytes | str, name: str = "") -> str:
    """The sentence by which a file is refused, with its code before it."""
    with pytest.raises(Invalid) as refusal:
        read_table(raw.encode() if isinstance(raw, str) else raw, name)
    (error,) = refusal.value.errors
    assert error.pointer == ""
    return f"{error.code}: {error.message}"
