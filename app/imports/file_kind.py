"""What kind of file some bytes are, whatever its name says; of what is no table, what to do."""

import json
import re
from typing import Literal

from app.errors import Invalid
from app.imports.raw_rows import bad_file

Kind = Literal["text", "zip"]

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SAVE_AS = "open it in a spreadsheet program and save it as .xlsx or .csv"
UNPACK = "unpack it and send what is in it"
EXPORT = "export the list from your registration tool as .csv or .xlsx"

BEGINNINGS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF", EXPORT),
    (b"\x89PNG", "a picture", EXPORT),
    (b"\xff\xd8\xff", "a picture", EXPORT),
    (b"GIF8", "a picture", EXPORT),
    (b"II*\0", "a picture", EXPORT),
    (b"MM\0*", "a picture", EXPORT),
    (b"MZ", "a program", EXPORT),
    (b"\x7fELF", "a program", EXPORT),
    (b"\xca\xfe\xba\xbe", "a program", EXPORT),
    (b"\xcf\xfa\xed\xfe", "a program", EXPORT),
    (b"#!", "a program", EXPORT),
    (b"\x1f\x8b", "a compressed file", UNPACK),
    (b"BZh", "a compressed file", UNPACK),
    (b"\xfd7zXZ\0", "a compressed file", UNPACK),
    (b"\x28\xb5\x2f\xfd", "a compressed file", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a compressed file", UNPACK),
    (b"Rar!", "a compressed file", UNPACK),
    (b"SQLite format 3", "a database", EXPORT),
    (b"{\\rtf", "a text document", EXPORT),
    (b"\x09\x08\x10\0", "an old Excel workbook (.xls)", SAVE_AS),
    (b"\x09\x08\x08\0", "an old Excel workbook (.xls)", SAVE_AS),
    (b"\x09\x04\x06\0", "an old Excel workbook (.xls)", SAVE_AS),
    (b"BEGIN:VCARD", "a list of address cards (vCard)", EXPORT),
    (b"BEGIN:VCALENDAR", "a calendar", EXPORT),
)
_WEB_PAGE = re.compile(rb"<(?:!doctype html|html|head|body|meta|table)\b", re.IGNORECASE)
_XML = re.compile(rb"<\?xml\b")
_LOOKED_AT = 1_024
_TEXT_NAMES = (".csv", ".tsv", ".txt", ".tab")
_WORKBOOK_NAMES = (".xlsx", ".xlsm", ".xltx", ".xltm")


def find_kind(raw: bytes) -> Kind:
    """Text or a zip archive; raises Invalid for anything that is known to be something else."""
    for beginning, what, advice in BEGINNINGS:
        if raw.startswith(beginning):
            raise not_a_table(what, advice)
    if raw.startswith(OLE):
        raise _ole(raw)
    if raw.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return "zip"
    _refuse_markup(raw)
    return "text"


def not_a_table(what: str, advice: str) -> Invalid:
    """The refusal of a file of another kind."""
    return bad_file("file_kind", f"this is {what}, not a table of people: {advice}")


def note_name(kind: Kind, name: str) -> list[str]:
    """A note if the name of a file says another kind than its content."""
    text, workbook = name.lower().endswith(_TEXT_NAMES), name.lower().endswith(_WORKBOOK_NAMES)
    if kind == "zip" and not workbook and "." in name:
        return ["The name says otherwise, but the file is an Excel workbook, and was read as one."]
    if kind == "text" and not text and "." in name:
        return ["The name says otherwise, but the file is text, and was read as such."]
    return []


def _ole(raw: bytes) -> Invalid:
    """What Office wrote before 2007, or has encrypted since."""
    if "EncryptedPackage".encode("utf-16-le") in raw:
        return bad_file(
            "protected",
            "the workbook is protected by a password: open it, save it without one, and send that",
        )
    if "WordDocument".encode("utf-16-le") in raw:
        return not_a_table("an old Word document (.doc)", EXPORT)
    return not_a_table("an old Excel workbook (.xls)", SAVE_AS)


def _refuse_markup(raw: bytes) -> None:
    start = raw[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf").lstrip()
    if _WEB_PAGE.match(start):
        raise not_a_table("a web page", SAVE_AS)
    if _XML.match(start):
        raise not_a_table("an XML document", SAVE_AS)
    if start.startswith((b"{", b"[")) and _is_json(raw):
        raise not_a_table("JSON", EXPORT)


def _is_json(raw: bytes) -> bool:
    try:
        json.loads(raw)
    except (ValueError, RecursionError):
        return False
    return True
