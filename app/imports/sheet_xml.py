"""The XML of a workbook (ECMA-376, part 1), read as a stream: no tree, no entities, no links.

Names of elements count without their prefix: writers differ in those, and the strict kind of
workbook in the namespaces as well.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from xml.sax.handler import ContentHandler

from defusedxml.expatreader import DefusedExpatParser

from app.imports.number_format import Show, show_as, show_number
from app.imports.raw_rows import MOST_ROWS, RowList, bad_file, clean_cell, too_many
from schemas import limits

MOST_COLUMNS = 16_384
"""Of a sheet, in every spreadsheet program."""
Attributes = Mapping[str, str]
Clean = Callable[[str], str]
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


class PartReader(ContentHandler):
    """Takes one part of a workbook, element by element; any DTD is refused."""

    def __init__(self) -> None:
        super().__init__()
        self.done = False
        """Whether the rest of the part says nothing more."""

    def read(self, chunks: Iterable[bytes]) -> None:
        """Take all of a part; raises what the parser raises for what is no XML."""
        parser = DefusedExpatParser(forbid_dtd=True)
        parser.setContentHandler(self)
        # Attributes come as they are, not wrapped one by one: half the time.
        parser.start_element, parser.end_element = self.start_element, self.end_element
        for chunk in chunks:
            parser.feed(chunk)
            if self.done:
                return
        parser.close()

    def start_element(self, name: str, attributes: Attributes) -> None:
        """An element begins: the parser calls this."""

    def end_element(self, name: str) -> None:
        """An element ends."""


class TextReader(PartReader):
    """A part whose elements hold texts: those of ``<t>``, but for how they are pronounced."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[str] = []
        self._length = 0
        self._takes = False
        self._aside = False

    def start_element(self, name: str, attributes: Attributes) -> None:  # noqa: ARG002
        """Take the text of a ``<t>``; its attributes say nothing."""
        name = local_name(name)
        if name == "rPh":
            self._aside = True
        self._takes = name == "t" and not self._aside

    def end_element(self, name: str) -> None:
        """Take no more."""
        self._takes = False
        if local_name(name) == "rPh":
            self._aside = False

    def characters(self, content: str) -> None:
        """Keep a piece of a text, unless it is too long already."""
        if self._takes and self._length <= limits.CELL:
            self._pieces.append(content)
            self._length += len(content)

    def take_text(self) -> str:
        """What was read since this was asked last; of a text that is too long, its beginning."""
        if not self._pieces:
            return ""
        text = "".join(self._pieces)
        self._pieces.clear()
        self._length = 0
        return text


class SharedStrings(TextReader):
    """The texts that cells refer to by number, each as ``clean`` leaves it."""

    def __init__(self, clean: Clean = clean_cell) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._clean = clean

    def end_element(self, name: str) -> None:
        """Keep a text."""
        super().end_element(name)
        if local_name(name) == "si":
            if len(self.texts) == limits.FILE_CELLS:
                raise too_many("cells", limits.FILE_CELLS)
            self.texts.append(self._clean(unescape_text(self.take_text())))


class Relations(PartReader):
    """Which parts one in this ``folder`` names by ids, but for what lies outside of the file."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.targets: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self._folder = folder

    def start_element(self, name: str, attributes: Attributes) -> None:
        """Keep a relation."""
        if local_name(name) == "Relationship" and attributes.get("TargetMode") != "External":
            self.targets[attributes["Id"]] = posixpath.join(self._folder, attributes["Target"])
            self.kinds[attributes["Id"]] = attributes["Type"].rpartition("/")[2]

    def first_of(self, kind: str) -> str | None:
        """The first part of a kind; None if there is none."""
        return next((self.targets[key] for key in self.kinds if self.kinds[key] == kind), None)


class SheetList(PartReader):
    """The sheets of a workbook in their order, and from which year days are counted."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str, bool]] = []
        """Name, id of the relation, whether it can be seen."""
        self.since_1904 = False

    def start_element(self, name: str, attributes: Attributes) -> None:
        """Keep a sheet."""
        name = local_name(name)
        if name == "workbookPr":
            self.since_1904 = is_on(attributes.get("date1904"))
        elif name == "sheet":
            relation = next((attributes[key] for key in attributes if key.endswith(":id")), "")
            visible = attributes.get("state", "visible") == "visible"
            self.sheets.append((attributes.get("name", ""), relation, visible))


class Styles(PartReader):
    """How each style shows a number."""

    def __init__(self, since_1904: bool) -> None:
        super().__init__()
        self.shows: list[Show] = []
        self._since_1904 = since_1904
        self._formats: dict[str, str] = {}
        self._in_cells = False

    def start_element(self, name: str, attributes: Attributes) -> None:
        """Keep a format, or a style of cells."""
        name = local_name(name)
        if name == "numFmt":
            self._formats[attributes["numFmtId"]] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            known = attributes.get("numFmtId", "0")
            show = show_as(int(known), self._formats.get(known), self._since_1904)
            self.shows.append(show)

    def end_element(self, name: str) -> None:
        """Stop after the styles of cells."""
        if local_name(name) == "cellXfs":
            self.done = True


class SheetCells(TextReader):
    """The rows of a sheet as text, without the cells of hidden columns, and what is odd of them.

    Texts are as ``clean`` leaves them; with ``keeps_hidden`` hidden columns count as others do.
    """

    def __init__(
        self,
        texts: list[str],
        styles: list[Show],
        clean: Clean = clean_cell,
        *,
        keeps_hidden: bool = False,
    ) -> None:
        super().__init__()
        self._clean, self._keeps_hidden = clean, keeps_hidden
        self.rows = RowList()
        self.hidden = bytearray(MOST_COLUMNS)
        """1 for each column that cannot be seen: its cells are left out."""
        self.filled_hidden: set[int] = set()
        """Those among them, from 0, that hold something."""
        self.hidden_rows: list[int] = []
        self.errors: list[int] = []
        self.without_value: list[int] = []
        """Rows with formulas whose value was never stored."""
        self._texts, self._styles = texts, styles
        self._columns: dict[str, int] = {}
        self._row, self._column = 0, -1
        self._cells: dict[int, str] = {}
        self._row_hidden = self._formula = False
        self._type, self._style = "n", 0

    def start_element(self, name: str, attributes: Attributes) -> None:
        """A cell, what is in it, a row or columns begin."""
        name = local_name(name)
        if name == "c":
            self._start_cell(attributes)
        elif name == "v":
            self._takes = True
        elif name == "row":
            self._start_row(attributes)
        elif name == "f":
            self._formula = True
        elif name == "col":
            self._hide_columns(attributes)
        else:
            super().start_element(name, attributes)

    def end_element(self, name: str) -> None:
        """Keep a cell, or a row."""
        super().end_element(name)
        name = local_name(name)
        if name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()
        elif name == "sheetData":
            self.done = True

    def _hide_columns(self, attributes: Attributes) -> None:
        hidden = is_on(attributes.get("hidden")) or attributes.get("width") == "0"
        if hidden and not self._keeps_hidden:
            first = max(int(attributes["min"]) - 1, 0)
            last = min(int(attributes["max"]), MOST_COLUMNS)
            self.hidden[first:last] = b"\1" * (last - first)

    def _start_row(self, attributes: Attributes) -> None:
        self._row = int(attributes.get("r") or self._row + 1)
        self._column = -1
        self._row_hidden = is_on(attributes.get("hidden"))
        if not 1 <= self._row <= MOST_ROWS:
            raise bad_file("broken", f"the sheet has a row that is not between 1 and {MOST_ROWS:,}")

    def _start_cell(self, attributes: Attributes) -> None:
        place = attributes.get("r")
        self._column = self._column + 1 if place is None else self._column_of(place)
        if self._column >= MOST_COLUMNS:
            raise too_many("columns", limits.LIST_COLUMNS)
        self._type = attributes.get("t", "n")
        self._style = int(attributes.get("s") or 0)
        self._formula = False

    def _column_of(self, place: str) -> int:
        letters = place.rstrip("0123456789")
        if letters not in self._columns:
            self._columns[letters] = column_of(letters)
        return self._columns[letters]

    def _end_cell(self) -> None:
        text = self._text_of(self.take_text())
        if not text:
            return
        if self.hidden[self._column]:
            self.filled_hidden.add(self._column)
        else:
            self._cells[self._column] = text

    def _text_of(self, content: str) -> str:
        """A cell as text, by its type (18.18.11)."""
        if self._type == "e":
            self.errors.append(self._row)
            return ""
        if not content:
            if self._formula:
                self.without_value.append(self._row)
            return ""
        if self._type == "s":
            return self._text_at(int(content))
        if self._type == "b":
            return "TRUE" if is_on(content) else "FALSE"
        if self._type == "n":
            known = 0 <= self._style < len(self._styles)
            return self._styles[self._style](content) if known else show_number(content)
        return self._clean(unescape_text(content))

    def _text_at(self, number: int) -> str:
        if number < 0:
            raise LookupError("no text has this number")
        return self._texts[number]

    def _end_row(self) -> None:
        if not self._cells:
            return
        if self._row_hidden:
            self.hidden_rows.append(self._row)
        width = max(self._cells) + 1
        self.rows.append(self._row, [self._cells.get(k, "") for k in range(width)])
        self._cells.clear()


def column_of(letters: str) -> int:
    """The column with these letters, from 0; raises ValueError if there is none."""
    if not letters.isalpha() or not letters.isascii() or len(letters) > len("XFD"):
        raise ValueError("not the letters of a column")
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def unescape_text(text: str) -> str:
    """The text without ``_x000D_`` and the like (22.4.2.4), which stand for control characters."""
    return _ESCAPE.sub(_unescaped, text) if "_x" in text else text


def _unescaped(escape: re.Match[str]) -> str:
    code = int(escape[1], 16)
    if 0xD800 <= code < 0xE000:  # half a character
        return escape[0]
    return chr(code) if code >= 0x20 or chr(code) in "\t\n\r" else ""


def local_name(name: str) -> str:
    """The name of an element without its prefix."""
    return name.rpartition(":")[2] if ":" in name else name


def is_on(value: str | None) -> bool:
    """Whether an attribute says yes."""
    return value in ("1", "true")
