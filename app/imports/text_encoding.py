"""Bytes to text: which encoding a file is in, told by its bytes alone.

A byte order mark decides; else zero bytes on one side of each pair (UTF-16); else UTF-8 where all
of it is UTF-8; else cp1252, of which every sequence of bytes is some text: those five that it does
not define stand for the control characters they are in Latin-1, as browsers have it.
"""

import codecs

from app.errors import Invalid
from app.imports.raw_rows import bad_file

MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),  # begins as the mark of UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
SAMPLE = 4_096
"""Bytes at the beginning that tell UTF-16 without a mark."""
CP1252 = "".join(bytes([k]).decode("cp1252", "ignore") or chr(k) for k in range(256))
MANY_ZEROS = 6
"""Bytes of a sample for one of its zeros: of Latin text there is one in two."""
_TO_CP1252 = codecs.charmap_build(CP1252)
BYTES_PER_CONTROL = 100
"""Text has fewer control characters; what comes out of PDFs has some."""
CONTROLS = bytes({*range(32)} - set(b"\t\n\x0b\x0c\r\x1a\x1b"))


def decode_text(raw: bytes) -> tuple[str, str]:
    """The text and the name of its encoding; raises Invalid where bytes are no text."""
    for mark, codec, name in MARKS:
        if raw.startswith(mark):
            return _decode(raw[len(mark) :], codec, name), name
    if unmarked := _unmarked_utf_16(raw):
        return _decode(raw, unmarked, "UTF-16"), "UTF-16"
    _refuse_controls(raw)
    try:
        return raw.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return codecs.charmap_decode(raw, "strict", CP1252)[0], "Windows-1252"


def encode_cp1252(text: str) -> bytes:
    """What ``text`` was before it was read as cp1252; raises UnicodeEncodeError if it was not."""
    return codecs.charmap_encode(text, "strict", _TO_CP1252)[0]


def _decode(raw: bytes, codec: str, name: str) -> str:
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError:
        raise bad_file(
            "encoding",
            f"the file begins as text in {name} and goes on as something else: save it as CSV in"
            " UTF-8, or as .xlsx",
        ) from None
    if "\0" in text:
        raise _no_text()
    return text


def _unmarked_utf_16(raw: bytes) -> str | None:
    """What has zeros in many second bytes, or at the ends of lines, and hardly elsewhere."""
    sample = raw[:SAMPLE]
    if len(raw) % 2:
        return None
    for codec, side, line_end in (("utf-16-le", 1, b"\n\0"), ("utf-16-be", 0, b"\0\n")):
        zeros, others = sample[side::2].count(0), sample[1 - side :: 2].count(0)
        many = zeros * MANY_ZEROS > len(sample)
        if (many or sample.count(line_end) * 2 > sample.count(b"\n")) and others * 10 < zeros:
            return codec
    return None


def _refuse_controls(raw: bytes) -> None:
    """Raise Invalid for bytes that are no text: a zero, or many control characters."""
    controls = len(raw) - len(raw.translate(None, CONTROLS))
    if b"\0" in raw or controls * BYTES_PER_CONTROL > len(raw):
        raise _no_text()


def _no_text() -> Invalid:
    return bad_file(
        "no_text",
        "the file is neither text nor a workbook, or it is damaged: export the list again as .csv"
        " or .xlsx",
    )
