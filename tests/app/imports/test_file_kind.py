"""What a file is, and what is said of those that are no table."""

import codecs

import pytest

from app.imports.file_kind import OLE
from app.imports.read import read_table
from tests.app.imports.files import csv_of, refused, xlsx_of, zip_of

OTHERS = {
    "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "a program": b"MZ\x90\0\x03\0\0\0",
    "a compressed file": b"\x1f\x8b\x08\0",
    "a database": b"SQLite format 3\0",
    "a text document": b"{\\rtf1\\ansi",
    "an old Excel workbook (.xls)": OLE + bytes(500) + "Workbook".encode("utf-16-le"),
    "an old Word document (.doc)": OLE + bytes(500) + "WordDocument".encode("utf-16-le"),
    "a list of address cards (vCard)": b"BEGIN:VCARD\r\nVERSION:4.0\r\n",
    "a web page": b"\xef\xbb\xbf \n<table><tr><td>Name</td></tr></table>",
    "an XML document": b'<?xml version="1.0"?><Workbook/>',
    "JSON": b'{"attendees": [{"name": "Ann"}]}',
    "a Word document (.docx)": zip_of({"word/document.xml": "<w/>"}),
    "a presentation (.pptx)": zip_of({"ppt/presentation.xml": "<p/>"}),
    "a binary Excel workbook (.xlsb)": zip_of({"xl/workbook.bin": b"\x83"}),
    "a Numbers or Pages document": zip_of({"Index/Document.iwa": b"\0"}),
    "an OpenDocument file (.ods, .odt)": zip_of({"mimetype": "x", "content.xml": "<o/>"}),
    "a zip archive": zip_of({"guests.csv": "Name\nAnn\n"}),
}


@pytest.mark.parametrize("what", OTHERS)
@pytest.mark.parametrize("name", ["guests.csv", "guests.xlsx", ""])
def test_a_file_of_another_kind_is_told_with_what_to_do(what: str, name: str) -> None:
    sentence = refused(OTHERS[what], name)
    assert sentence.startswith(f"file_kind: this is {what}, not a table of people: ")
    assert any(verb in sentence for verb in ("open it", "export the list", "unpack it"))


def test_an_encrypted_workbook_is_told_to_be_protected() -> None:
    sentence = refused(OLE + bytes(500) + "EncryptedPackage".encode("utf-16-le"), "guests.xlsx")
    assert sentence.startswith("protected: the workbook is protected by a password: open it")


def test_a_header_in_brackets_is_no_json() -> None:
    assert read_table(b"[Name],[Age]\nAnn,3\n").header == ("[Name]", "[Age]")


@pytest.mark.parametrize("name", ["guests.csv", "guests.xls", "Guests.CSV"])
def test_a_workbook_under_another_name_is_read(name: str) -> None:
    table = read_table(xlsx_of(), name)
    assert len(table.rows) == 2
    assert table.notes[0].startswith("The name says otherwise, but the file is an Excel workbook")


@pytest.mark.parametrize("name", ["guests.xlsx", "guests.xls", "guests.pdf"])
def test_text_under_another_name_is_read(name: str) -> None:
    table = read_table(b"Name,Age\nAnn,3\n", name)
    assert table.notes[0] == "The name says otherwise, but the file is text, and was read as such."


@pytest.mark.parametrize("name", ["guests.csv", "GUESTS.TXT", "guests", "a.tsv", ""])
def test_a_good_name_needs_no_note(name: str) -> None:
    assert not any("name" in note for note in read_table(b"Name,Age\nAnn,3\n", name).notes)


def test_a_mark_of_utf_16_is_no_program() -> None:
    raw = codecs.BOM_UTF16_LE + csv_of([["MZ", "Age"], ["Ann", "3"]]).encode("utf-16-le")
    assert read_table(raw).header == ("MZ", "Age")
