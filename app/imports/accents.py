"""Accents that were broken before a file came: UTF-8 that somebody read as cp1252.

``MÃ¼ller`` was ``Müller``. A cell is mended if all of it turns back into UTF-8 and something in it,
or in another cell of the table, is written by nobody on purpose: a capital with a sign after it
that ends no word. ``SpaÃŸ`` alone might be anything, and is left where nothing else is broken.
"""

import re
from collections.abc import Iterator
from functools import cache

from app.imports.raw_rows import RawRow, name_rows
from app.imports.text_encoding import CP1252, encode_cp1252

TIMES_BROKEN = 3
"""What was saved wrongly can be opened wrongly again."""
_NEXT = re.escape(CP1252[0x80:0xC0])
_ENDS_WORDS = re.escape("‚„…‘’“”•–—›»«‹ °²³®™ªº·‰€´¨¸\u00a0")  # noqa: RUF001
_SURE_PAIR = f"[Â-ÅÎÏÐÑØÙ](?![{_ENDS_WORDS}])[{_NEXT}]"
_SURE = re.compile(f"{_SURE_PAIR}|[à-ï][{_NEXT}]{{2}}|[ð-ô][{_NEXT}]{{3}}")
_BROKEN = re.compile(f"[Â-ß][{_NEXT}]|[à-ï][{_NEXT}]{{2}}|[ð-ô][{_NEXT}]{{3}}")
_LOST = "\ufffd"


def mend_accents(rows: list[RawRow]) -> list[str]:
    """Mend cells in place; notes of what was mended, and of what looks broken and was left."""
    if not any(_SURE.search(cell) for _, cell in _foreign_cells(rows)):
        return _note_lost(rows)
    mended: dict[int, None] = {}
    left: dict[int, None] = {}
    mend = cache(mend_text)  # a text may stand in any number of cells
    for row in rows:
        for k, cell in enumerate(row.cells):
            if cell.isascii() or not _BROKEN.search(cell):
                continue
            row.cells[k] = mend(cell)
            if row.cells[k] != cell:
                mended[row.number] = None
            elif _SURE.search(cell):
                left[row.number] = None
    notes = []
    if mended:
        notes.append(
            "Accents were broken before the file came (UTF-8 that was read as Windows-1252), and"
            f" were mended in {name_rows(list(mended))}."
        )
    if left:
        notes.append(f"Accents look broken in {name_rows(list(left))}, and were left as they are.")
    return notes + _note_lost(rows)


def mend_text(text: str) -> str:
    """The text before it was read as cp1252; as it is if it was not."""
    for _ in range(TIMES_BROKEN):
        if text.isascii() or not _BROKEN.search(text):
            break
        try:
            text = encode_cp1252(text).decode("utf-8")
        except UnicodeError:
            break
    return text


def _foreign_cells(rows: list[RawRow]) -> Iterator[tuple[int, str]]:
    for row in rows:
        for cell in row.cells:
            if not cell.isascii():
                yield row.number, cell


def _note_lost(rows: list[RawRow]) -> list[str]:
    lost = list(dict.fromkeys(number for number, cell in _foreign_cells(rows) if _LOST in cell))
    if not lost:
        return []
    return [f"Characters were lost before the file came ({_LOST}) in {name_rows(lost)}."]
