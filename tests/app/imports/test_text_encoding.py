"""Encodings, with and without marks."""

import codecs

import pytest

from app.imports.read import read_table
from app.imports.text_encoding import decode_text, encode_cp1252
from tests.app.imports.files import PEOPLE, csv_of, read_text, refused

ENCODINGS = {
    "utf-8": (b"", "UTF-8"),
    "utf-8-sig": (b"", "UTF-8"),
    "utf-16-le": (codecs.BOM_UTF16_LE, "UTF-16"),
    "utf-16-be": (codecs.BOM_UTF16_BE, "UTF-16"),
    "utf-16-le without a mark": (b"", "UTF-16"),
    "utf-16-be without a mark": (b"", "UTF-16"),
    "utf-32": (b"", "UTF-32"),
    "cp1252": (b"", "Windows-1252"),
}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_people_are_the_same_in_every_encoding(encoding: str, delimiter: str) -> None:
    mark, name = ENCODINGS[encoding]
    raw = mark + csv_of(PEOPLE, delimiter).encode(encoding.partition(" ")[0])
    table = read_table(raw)
    assert (table.header, *table.rows) == PEOPLE
    assert f"The file is text in {name}." in table.notes


def test_a_mark_is_no_part_of_the_first_header() -> None:
    assert read_text("\ufeffName,Age\nAnn,3\n").header == ("Name", "Age")


def test_chinese_in_utf_16_without_a_mark_is_told_by_its_line_breaks() -> None:
    text = "姓名,公司\r\n张三,某公司\r\n"
    assert decode_text(text.encode("utf-16-le")) == (text, "UTF-16")
    assert decode_text(text.encode("utf-16-be")) == (text, "UTF-16")


def test_bytes_that_cp1252_leaves_open_are_read_and_written_as_they_were() -> None:
    raw = bytes(range(0x80, 0x100))
    text, name = decode_text(raw)
    assert name == "Windows-1252"
    assert encode_cp1252(text) == raw


def test_a_few_control_characters_are_text_and_many_are_none() -> None:
    assert decode_text(b"x" * 200 + b"\x02")[1] == "UTF-8"
    assert refused(b"x\x02\x03\x04y").startswith("no_text: ")


def test_zero_bytes_are_no_text() -> None:
    assert refused(b"Name,Age\nAnn\0,3\n").startswith("no_text: the file is neither text nor")
    assert refused("Name,Age\nAnn\0,3\n".encode("utf-16")).startswith("no_text: ")
    assert refused(b"a\0\0b" * 100).startswith("no_text: ")
    assert refused(b"a\0b\0\0c" * 100).startswith("no_text: ")


def test_half_a_character_of_utf_16_is_told() -> None:
    assert refused(codecs.BOM_UTF16_LE + b"a\0b").startswith("encoding: the file begins as text")
