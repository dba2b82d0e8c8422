"""A zip archive that may be hostile: its parts as bytes, within limits that hold while unpacking.

What an archive says of a part is checked before a byte of it is unpacked, and what comes out counts
against all that may. A directory that lies is of no use: ``zipfile`` gives no more of a part than
it says, and then finds that the checksum is wrong.
"""

import posixpath
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from app.errors import Invalid
from app.imports.raw_rows import bad_file
from schemas import limits

CHUNK = 64 * 1024
RATIO = 200
"""Sheets shrink to a tenth, and to a hundredth where they repeat themselves."""
SMALL = 10 * 2**20
"""A part of so many bytes may be packed as tightly as it likes."""
_DIRECTORY_ENTRY = b"PK\x01\x02"


class Archive:
    """The parts of an archive by their names, which are told without regard to case.

    Raises Invalid for too many parts, and what ``zipfile`` raises for what is no archive.
    """

    def __init__(self, raw: bytes) -> None:
        if raw.count(_DIRECTORY_ENTRY) > limits.FILE_MEMBERS:
            raise _too_large()
        self._zip = ZipFile(BytesIO(raw))
        self._parts = {_key(part.filename): part for part in self._zip.infolist()}
        self._left = limits.FILE_UNPACKED

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._parts

    def names(self) -> list[str]:
        """Every part, in small letters."""
        return list(self._parts)

    def chunks(self, name: str) -> Iterator[bytes]:
        """A part, piece by piece; KeyError if there is none, Invalid if it grows too large."""
        part = self._parts[_key(name)]
        _check_part(part, self._left)
        with self._zip.open(part) as stream:
            while piece := stream.read(CHUNK):
                self._left -= len(piece)
                yield piece


def _check_part(part: ZipInfo, left: int) -> None:
    """Raise Invalid for a part that is encrypted, packed strangely, or too large by its word."""
    if part.flag_bits & 1:
        raise bad_file(
            "protected",
            "the archive is protected by a password: unpack it, and send the workbook in it",
        )
    if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise bad_file(
            "broken",
            "the workbook is packed in a way that no spreadsheet program uses: open it there and"
            " save it as .xlsx or .csv",
        )
    if part.file_size > min(left, max(SMALL, RATIO * part.compress_size)):
        raise _too_large()


def _too_large() -> Invalid:
    return bad_file(
        "unpacked_too_large",
        f"unpacked, the workbook is larger than {limits.FILE_UNPACKED // 2**20} MiB, or far larger"
        " than packed: copy the list into a new workbook, or save it as .csv",
    )


def _key(name: str) -> str:
    return posixpath.normpath(name.replace("\\", "/")).lstrip("/").lower()
