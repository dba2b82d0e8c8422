"""A registration file to a table: CSV and its kin, or a workbook, told by the content alone.

Nothing here is kept, and nothing is fetched. It runs in a child, for what comes may be hostile:
every limit is checked before the memory is taken.
"""

from app.imports.delimited import read_delimited
from app.imports.file_kind import find_kind, note_name
from app.imports.grid import table_of
from app.imports.raw_rows import RawSheet, bad_file
from app.imports.table import Table
from app.imports.text_encoding import decode_text
from app.imports.workbook import read_workbook
from schemas import limits


def read_table(raw: bytes, name: str = "", *, of_pairs: bool = False) -> Table:
    """The table in a file of this ``name``; raises Invalid, with a sentence, if there is none.

    One ``of_pairs`` may be a matrix, which is wide, and has people where others name columns.
    """
    check_size(raw)
    kind = find_kind(raw)
    sheet = _read_text(raw) if kind == "text" else read_workbook(raw)
    sheet = sheet._replace(notes=note_name(kind, name) + sheet.notes)
    return table_of(sheet, of_pairs=of_pairs)


def check_size(raw: bytes) -> None:
    """Raise Invalid for a file that is larger than files may be."""
    if len(raw) > limits.FILE_BYTES:
        raise bad_file(
            "file_too_large",
            f"the file is larger than {limits.FILE_BYTES // 2**20} MiB: leave out columns that are"
            " not needed, or send it in parts",
        )


def _read_text(raw: bytes) -> RawSheet:
    text, encoding = decode_text(raw)
    sheet = read_delimited(text)
    return sheet._replace(notes=[f"The file is text in {encoding}.", *sheet.notes])
