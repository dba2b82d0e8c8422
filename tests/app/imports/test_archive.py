"""Archives that are damaged, forged or bombs."""

import struct
import zlib
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from app.imports import archive
from app.imports.read import read_table
from schemas import limits
from tests.app.imports.files import PEOPLE, parts_of, refused, with_part, xlsx_of, zip_of

SHEET = "xl/worksheets/sheet1.xml"


def test_a_part_that_is_packed_too_tightly_is_refused() -> None:
    bomb = with_part(xlsx_of(), SHEET, lambda xml: xml + b" " * (archive.SMALL * 3))
    assert len(bomb) < 100_000
    assert refused(bomb).startswith("unpacked_too_large: unpacked, the workbook is larger than 200")


def test_a_directory_that_lies_about_sizes_helps_no_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = with_part(
        xlsx_of(), SHEET, lambda xml: xml.replace(b"<sheetData>", b" " * 3_000_000 + b"<sheetData>")
    )
    size = struct.pack("<I", len(parts_of(bomb)[SHEET]))
    assert bomb.count(size) >= 1
    lie = bomb.replace(size, struct.pack("<I", 1_000))
    monkeypatch.setattr(archive, "SMALL", 100_000)
    assert refused(lie).startswith("broken: ")
    assert refused(bomb).startswith("unpacked_too_large")


def test_parts_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILE_UNPACKED", 3_000)
    assert refused(xlsx_of()).startswith("unpacked_too_large: ")


def test_what_is_not_needed_is_not_unpacked() -> None:
    parts = parts_of(xlsx_of())
    huge = zip_of(parts | {"xl/media/image1.png": bytes(archive.SMALL * 4)})
    assert read_table(huge).rows == PEOPLE[1:]


def test_too_many_parts_are_refused_before_they_are_listed() -> None:
    parts = {f"xl/media/{k}.png": b"" for k in range(limits.FILE_MEMBERS + 1)}
    assert refused(zip_of(parts_of(xlsx_of()) | parts)).startswith("unpacked_too_large: ")


def test_an_encrypted_part_is_told() -> None:
    raw = bytearray(xlsx_of())
    at = raw.find(b"PK\x01\x02")
    while at >= 0:
        raw[at + 8] |= 1
        at = raw.find(b"PK\x01\x02", at + 4)
    assert refused(bytes(raw)).startswith("protected: the archive is protected by a password")


def test_a_rare_compression_is_told() -> None:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_BZIP2) as packed:
        for name, part in parts_of(xlsx_of()).items():
            packed.writestr(name, part)
    assert refused(out.getvalue()).startswith("broken: the workbook is packed in a way")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_half_an_archive_is_damaged(share: float) -> None:
    raw = xlsx_of()
    assert refused(raw[: int(len(raw) * share)]).startswith("broken: the workbook is damaged")


def test_an_empty_archive_is_none_of_ours() -> None:
    assert refused(zip_of({})).startswith("file_kind: this is a zip archive")


def test_names_with_backslashes_and_capitals_are_found() -> None:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as packed:
        for name, part in parts_of(xlsx_of()).items():
            info = ZipInfo("x")
            info.filename = name.replace("/", "\\").replace("sharedStrings", "SharedStrings")
            packed.writestr(info, part)
    assert read_table(out.getvalue()).rows == PEOPLE[1:]


def test_a_wrong_checksum_is_damage() -> None:
    raw = xlsx_of()
    check = struct.pack("<I", zlib.crc32(parts_of(raw)["xl/sharedStrings.xml"]))
    assert refused(raw.replace(check, b"\1\2\3\4")).startswith("broken: ")
