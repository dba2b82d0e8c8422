"""The XML of sheets, when somebody means harm by it."""

from time import monotonic

import pytest

from app.imports.read import read_table
from app.imports.sheet_xml import MOST_COLUMNS, column_of
from schemas import limits
from tests.app.imports.files import refused, with_part, with_sheet, xlsx_of

SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + k)} "{f"&{chr(97 + k)};" * 10}">' for k in range(9))
    + "]>"
)


@pytest.mark.parametrize(
    "declared", [ENTITIES, '<!DOCTYPE x SYSTEM "file:///etc/passwd">', "<!DOCTYPE x>"]
)
@pytest.mark.parametrize(
    "part", [SHEET, "xl/sharedStrings.xml", "xl/workbook.xml", "_rels/.rels", "xl/styles.xml"]
)
def test_entities_are_refused_wherever_they_are_declared(declared: str, part: str) -> None:
    raw = with_part(xlsx_of(), part, lambda _: f"{declared}<x>&j;</x>".encode())
    assert refused(raw).startswith("broken: the workbook declares entities")


def test_elements_within_elements_without_end_are_damage() -> None:
    began = monotonic()
    assert refused(with_sheet("<a>" * 1_000_000)).startswith("broken: ")
    assert monotonic() - began < 10


@pytest.mark.parametrize("row", ["1000000000", "0", "-3", "x", "1e9", "9" * 5_000])
def test_rows_that_no_sheet_has_are_refused(row: str) -> None:
    cell = '<c t="str"><v>Name</v></c>'
    assert refused(with_sheet(f'<row r="{row}">{cell}</row>')).startswith("broken: ")


def test_the_last_row_of_a_sheet_costs_nothing() -> None:
    began = monotonic()
    cell = '<c t="str"><v>Name</v></c>'
    raw = with_sheet(f'<row r="1">{cell * 2}</row><row r="1048576">{cell}</row>')
    assert read_table(raw).numbers == (1_048_576,)
    assert monotonic() - began < 2


@pytest.mark.parametrize("column", ["XFE1", "ABCDEFG1", "1", "Ä1", "-1"])
def test_columns_that_no_sheet_has_are_refused(column: str) -> None:
    raw = with_sheet(f'<row r="1"><c r="{column}" t="str"><v>Name</v></c></row>')
    assert refused(raw).partition(":")[0] in ("broken", "too_many_columns")


def test_a_million_columns_are_refused() -> None:
    raw = with_sheet("<row>" + "<c/>" * 1_000_000 + "</row>")
    assert refused(raw).startswith("too_many_columns: the table has more than 2,200 columns")


def test_columns_that_are_hidden_many_times_over_cost_little() -> None:
    began = monotonic()
    hidden = '<col min="2" max="16384" hidden="1"/><col min="-999999999" max="0" hidden="1"/>'
    cell = '<row><c t="str"><v>Name</v></c><c t="str"><v>Secret</v></c></row>'
    assert read_table(with_sheet(cell, f"<cols>{hidden * 100_000}</cols>")).header == ("Name",)
    assert monotonic() - began < 10


def test_one_sheet_that_is_listed_many_times_is_read_once() -> None:
    began = monotonic()
    again = b"<sheets>" + b'<sheet name="x" sheetId="1" r:id="rId1"/>' * 200_000
    empty = with_part(xlsx_of([]), "xl/workbook.xml", lambda xml: xml.replace(b"<sheets>", again))
    assert refused(empty).startswith("empty: ")
    assert monotonic() - began < 10


def test_columns_without_width_are_hidden() -> None:
    cell = '<row><c t="str"><v>Name</v></c><c t="str"><v>Secret</v></c></row>'
    table = read_table(with_sheet(cell, '<cols><col min="2" max="2" width="0"/></cols>'))
    assert (table.header, table.notes) == (("Name",), ("Hidden: column B left out.",))


def test_a_text_that_many_cells_show_is_counted_each_time() -> None:
    long = "x" * limits.CELL
    rows = ("<row>" + '<c t="s"><v>0</v></c>' * 100 + "</row>") * 40
    raw = with_part(
        with_sheet(rows),
        "xl/sharedStrings.xml",
        lambda _: f"<sst><si><t>{long}</t></si></sst>".encode(),
    )
    assert refused(raw).startswith("too_many_characters: ")


def test_a_cell_that_is_too_long_is_told_with_its_place() -> None:
    long = "x" * (limits.CELL + 1)
    raw = with_sheet(f'<row r="7"><c r="C7" t="str"><v>{long}</v></c></row>')
    assert refused(raw).startswith("cell_too_long: row 7, column C: a cell has more than 32,767")


@pytest.mark.parametrize("text", ["99", "-1", "-99", "x", "1.5"])
def test_a_text_that_is_not_there_is_damage(text: str) -> None:
    assert refused(with_sheet(f'<row><c t="s"><v>{text}</v></c></row>')).startswith("broken: ")


def test_columns_have_letters() -> None:
    assert [column_of(letters) for letters in ("A", "z", "AA", "XFD")] == [
        0,
        25,
        26,
        MOST_COLUMNS - 1,
    ]
