"""A workbook (.xlsx) to the rows of its first sheet that can be seen and is not empty.

The sheets are read as a stream of XML, once: openpyxl, which says how numbers are formatted, would
take three times as long for it, knows no hidden columns where it is quick, builds every row that a
sheet leaves out, and gives up at styles that other writers break.
"""

import posixpath
import zlib
from collections.abc import Callable, Sequence
from functools import partial
from struct import error as StructError  # noqa: N812
from typing import NamedTuple, TypeVar
from xml.sax import SAXException
from zipfile import BadZipFile

from defusedxml import DefusedXmlException

from app.errors import Invalid
from app.imports.archive import Archive
from app.imports.file_kind import EXPORT, SAVE_AS, UNPACK, not_a_table
from app.imports.raw_rows import (
    RawRow,
    RawSheet,
    bad_file,
    clean_cell,
    even_breaks,
    name_columns,
    name_rows,
)
from app.imports.sheet_xml import Relations, SharedStrings, SheetCells, SheetList, Styles

Content = TypeVar("Content")
BROKEN = (
    BadZipFile,
    DefusedXmlException,
    EOFError,
    LookupError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    SAXException,
    StructError,
    ValueError,
    zlib.error,
)
"""What tells of a damaged or forged archive, part or number."""
OTHERS = (
    ("word/document.xml", "a Word document (.docx)", EXPORT),
    ("ppt/presentation.xml", "a presentation (.pptx)", EXPORT),
    ("xl/workbook.bin", "a binary Excel workbook (.xlsb)", SAVE_AS),
    ("index/document.iwa", "a Numbers or Pages document", SAVE_AS),
    ("content.xml", "an OpenDocument file (.ods, .odt)", SAVE_AS),
    ("doc.kml", "a map", EXPORT),
    ("androidmanifest.xml", "a program", EXPORT),
    ("meta-inf/manifest.mf", "a program", EXPORT),
)
"""What else comes as a zip archive, told by a part that it has."""
SHEETS_TOLD = 10
LONGEST_NAME = 31
"""Characters of the name of a sheet."""


class _Parts(NamedTuple):
    """What the sheets of a workbook have in common, and where they are."""

    sheets: list[tuple[str, str, bool]]
    """Name, part, whether it can be seen."""
    texts: list[str]
    styles: Styles


def read_workbook(raw: bytes) -> RawSheet:
    """The rows of a workbook; raises Invalid, with a sentence, for any other archive."""
    return _unless_broken(_read_first, raw)


def read_sheets(raw: bytes, marker: str) -> dict[str, list[RawRow]] | None:
    """The rows of every sheet, by name and to the letter, if one is called ``marker``; else None.

    Raises Invalid, with a sentence, for any other archive.
    """
    return _unless_broken(partial(_read_every, marker), raw)


def _unless_broken(read: Callable[[bytes], Content], raw: bytes) -> Content:
    """What is read; Invalid, with a sentence, for what is damaged or forged."""
    try:
        return read(raw)
    except DefusedXmlException:
        raise bad_file(
            "broken",
            "the workbook declares entities, which no spreadsheet program writes: open it in one"
            " and save it again",
        ) from None
    except BROKEN:
        raise bad_file(
            "broken",
            "the workbook is damaged: open it in a spreadsheet program and save it again, as .xlsx"
            " or .csv",
        ) from None


def _read_first(raw: bytes) -> RawSheet:
    archive = Archive(raw)
    return _first_filled(archive, _read_parts(archive, _main_part(archive), clean_cell))


def _read_every(marker: str, raw: bytes) -> dict[str, list[RawRow]] | None:
    archive = Archive(raw)
    main = _main_part(archive)
    if marker not in (name for name, *_ in _sheet_list(archive, main).sheets):
        return None
    parts = _read_parts(archive, main, even_breaks)
    found = {}
    for name, part, _ in parts.sheets:
        cells = SheetCells(parts.texts, parts.styles.shows, even_breaks, keeps_hidden=True)
        cells.read(archive.chunks(part))
        found[name] = cells.rows.rows
    return found


def _main_part(archive: Archive) -> str:
    """The part that lists the sheets; raises Invalid for what is no workbook."""
    for part, what, advice in OTHERS:
        if part in archive:
            raise not_a_table(what, advice)
    if "_rels/.rels" not in archive:
        raise not_a_table("a zip archive", UNPACK)
    main = _relations(archive, "").first_of("officeDocument")
    if main is None:
        raise not_a_table("a zip archive", UNPACK)
    return main


def _relations(archive: Archive, part: str) -> Relations:
    """What a part refers to, by id; of the whole archive for ``""``."""
    folder, name = posixpath.split(part)
    relations = Relations(folder)
    relations.read(archive.chunks(posixpath.join(folder, "_rels", f"{name}.rels")))
    return relations


def _sheet_list(archive: Archive, main: str) -> SheetList:
    listed = SheetList()
    listed.read(archive.chunks(main))
    return listed


def _read_parts(archive: Archive, main: str, clean: Callable[[str], str]) -> _Parts:
    listed = _sheet_list(archive, main)
    relations = _relations(archive, main)
    styles, strings = Styles(listed.since_1904), SharedStrings(clean)
    for reader, kind in ((styles, "styles"), (strings, "sharedStrings")):
        part = relations.first_of(kind)
        if part is not None and part in archive:
            reader.read(archive.chunks(part))
    sheets = [
        (name, relations.targets[key], visible)
        for name, key, visible in listed.sheets
        if relations.kinds.get(key) == "worksheet"
    ]
    return _Parts(sheets, strings.texts, styles)


def _first_filled(archive: Archive, parts: _Parts) -> RawSheet:
    """The first sheet that can be seen and holds something; raises Invalid if there is none."""
    seen = set[str]()
    for name, part, visible in parts.sheets:
        if not visible or part in seen:
            continue
        seen.add(part)
        cells = SheetCells(parts.texts, parts.styles.shows)
        cells.read(archive.chunks(part))
        if cells.rows.rows:
            others = [row for row in parts.sheets if row[1] != part]
            return RawSheet(name, _seen_rows(cells), [*_note_sheets(others), *_note_cells(cells)])
    raise _no_sheet(parts.sheets)


def _no_sheet(sheets: Sequence[tuple[str, str, bool]]) -> Invalid:
    hidden = any(not visible for *_, visible in sheets)
    also = "; hidden sheets are not read: show the one with the list" if hidden else ""
    return bad_file("empty", f"the workbook has no sheet that can be seen and holds anything{also}")


def _seen_rows(cells: SheetCells) -> list[RawRow]:
    """The rows without the places of hidden columns."""
    if not any(cells.hidden):
        return cells.rows.rows
    return [
        RawRow(number, [cell for k, cell in enumerate(row) if not cells.hidden[k]])
        for number, row in cells.rows.rows
    ]


def _note_sheets(others: Sequence[tuple[str, str, bool]]) -> list[str]:
    if not others:
        return []
    told = ", ".join(
        f"“{name[:LONGEST_NAME]}”" + ("" if visible else " (hidden)")
        for name, _, visible in others[:SHEETS_TOLD]
    )
    more = len(others) - SHEETS_TOLD
    return [f"Other sheets were left out: {told}" + (f" and {more:,} more." if more > 0 else ".")]


def _note_cells(cells: SheetCells) -> list[str]:
    """What is odd of the cells of a sheet."""
    notes = []
    if cells.filled_hidden:
        notes.append(f"Hidden: {name_columns(cells.filled_hidden)} left out.")
    if cells.hidden_rows:
        notes.append(
            f"Hidden, by a filter perhaps, and read all the same: {name_rows(cells.hidden_rows)}."
        )
    if cells.errors:
        notes.append(
            f"Errors of formulas (such as #N/A) in {name_rows(_once(cells.errors))}: read as empty."
        )
    if cells.without_value:
        notes.append(
            f"Formulas without a stored value in {name_rows(_once(cells.without_value))}: read as"
            " empty; open the workbook in a spreadsheet program and save it there to have them."
        )
    return notes


def _once(numbers: Sequence[int]) -> list[int]:
    return list(dict.fromkeys(numbers))
