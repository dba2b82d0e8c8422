"""Accents that were broken before: mended where that is certain."""

import pytest

from app.imports.accents import mend_text
from app.imports.read import read_table
from tests.app.imports.files import read_text


def broken(text: str) -> str:
    return bytes(text, "utf-8").decode("cp1252")


@pytest.mark.parametrize("text", ["Müller", "Žák", "Łódź", "Ωmega ζ", "naïve “x”", "日本", "👍 ok"])
def test_what_was_read_wrongly_is_mended(text: str) -> None:
    wrong = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())
    assert mend_text(wrong) == text
    assert mend_text(text) == text


def test_a_table_says_what_was_mended() -> None:
    table = read_text(f"Name,Ort\n{broken('Jörg')},Köln\n{broken('Björn')},x\n")
    assert table.rows == (("Jörg", "Köln"), ("Björn", "x"))
    assert any("were mended in rows 2, 3." in note for note in table.notes)


def test_headers_are_mended() -> None:
    assert read_text(f"Name,{broken('Fähigkeiten')}\nAnn,x\n").header == ("Name", "Fähigkeiten")


def test_what_was_broken_twice_is_mended() -> None:
    assert read_text(f"Name,Ort\n{broken(broken('Jörg'))},x\n").rows[0][0] == "Jörg"


@pytest.mark.parametrize("text", ["Spaß“ machen", "NÃO", "VITÓRIA Ã “x", "Â “", "É…", "Ä„B"])
def test_what_somebody_may_have_written_is_left(text: str) -> None:
    table = read_text(f"Name,Needs\nAnn,{text}\n")
    assert table.rows == (("Ann", text),)
    assert not any("broken" in note for note in table.notes)


def test_what_is_doubtful_is_mended_beside_what_is_certain() -> None:
    rows = read_text(f"Name,Needs\n{broken('Jörg')},{broken('Spaß')}\n").rows
    assert rows == (("Jörg", "Spaß"),)


def test_a_cell_that_is_broken_in_part_is_left_and_told() -> None:
    half = f"{broken('Jörg')} aus Köln"
    table = read_text(f"Name,Ort\n{half},x\n")
    assert table.rows == ((half, "x"),)
    assert any("look broken in row 2, and were left" in note for note in table.notes)


def test_characters_that_were_lost_are_told() -> None:
    notes = read_text("Name,Ort\nJ\ufffdrg,x\nAnn,y\n").notes
    assert any("lost before the file came" in note and "row 2." in note for note in notes)


def test_utf_8_with_one_stray_byte_is_still_read_right() -> None:
    raw = "Name,Ort\nJörg,x\nBjörn,".encode() + b"K\xf6ln\n"
    assert read_table(raw).rows == (("Jörg", "x"), ("Björn", "Köln"))
