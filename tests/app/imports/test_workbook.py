"""Workbooks: which sheet, which cells, and what is said of the rest."""

from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from app.imports.read import read_table
from tests.app.imports.files import (
    PEOPLE,
    parts_of,
    refused,
    with_part,
    with_sheet,
    xlsx_of,
    zip_of,
)


def test_a_workbook_reads_as_the_text_does() -> None:
    table = read_table(xlsx_of())
    assert (table.header, *table.rows) == PEOPLE
    assert (table.sheet, table.numbers, table.notes) == ("People", (2, 3), ())


def test_what_openpyxl_writes_is_read_too() -> None:
    book = openpyxl.Workbook()
    for row in PEOPLE:
        book.worksheets[0].append(row)
    out = BytesIO()
    book.save(out)
    assert read_table(out.getvalue()).rows == PEOPLE[1:]


def test_cells_of_every_type_become_text() -> None:
    def more(book: Any, sheet: Any) -> None:
        sheet.write_datetime(1, 3, datetime(2026, 3, 9), book.add_format({"num_format": 14}))
        moment = datetime(2026, 3, 9, 14, 30)
        sheet.write_datetime(1, 4, moment, book.add_format({"num_format": "d.m.yy hh:mm"}))
        sheet.write_datetime(1, 5, time(9, 5), book.add_format({"num_format": "hh:mm"}))
        sheet.write_number(1, 6, 1067, book.add_format({"num_format": "00000"}))
        sheet.write_rich_string(1, 7, "very ", book.add_format({"bold": True}), "kind")
        sheet.write_string(1, 8, "'quoted")
        sheet.write_string(1, 9, "two\nlines")

    row = read_table(xlsx_of([list("ABCDEFGHIJ"), [3.0, 2.5, True]], more)).rows[0]
    assert row[:7] == ("3", "2.5", "TRUE", "2026-03-09", "2026-03-09T14:30:00", "09:05:00", "01067")
    assert row[7:] == ("very kind", "'quoted", "two\nlines")


def test_formulas_have_the_value_that_was_stored() -> None:
    def more(_: Any, sheet: Any) -> None:
        sheet.write_formula(1, 1, '=A2&"!"', value="Ann!")
        sheet.write_formula(2, 1, "=1/0", value="#DIV/0!")

    table = read_table(xlsx_of([["Name", "Greeting"], ["Ann"], ["Ben"]], more))
    assert table.rows == (("Ann", "Ann!"), ("Ben", ""))
    assert table.notes == ("Errors of formulas (such as #N/A) in row 3: read as empty.",)


def test_formulas_that_were_never_computed_are_told() -> None:
    book = openpyxl.Workbook()
    for row in (("Name", "Greeting"), ("Ann", "=A2")):
        book.worksheets[0].append(row)
    out = BytesIO()
    book.save(out)
    table = read_table(out.getvalue())
    assert table.rows == (("Ann", ""),)
    assert table.notes[0].startswith("Formulas without a stored value in row 2: read as empty")


def test_hidden_columns_are_left_out_and_told() -> None:
    def more(_: Any, sheet: Any) -> None:
        sheet.set_column("B:B", None, None, {"hidden": True})
        sheet.set_column("D:E", None, None, {"hidden": True})

    table = read_table(xlsx_of([["Name", "Secret", "Needs", "More"], ["Ann", "x", "y", "z"]], more))
    assert (table.header, table.rows) == (("Name", "Needs"), (("Ann", "y"),))
    assert table.notes == ("Hidden: columns B, D left out.",)


def test_hidden_rows_are_read_and_told() -> None:
    table = read_table(xlsx_of(PEOPLE, lambda _, sheet: sheet.set_row(1, options={"hidden": True})))
    assert table.rows == PEOPLE[1:]
    assert table.notes == ("Hidden, by a filter perhaps, and read all the same: row 2.",)


def test_the_first_sheet_that_can_be_seen_and_holds_something_is_read() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "Notes"
    for name, state in (("Lists", "hidden"), ("Codes", "veryHidden"), ("Guests", "visible")):
        sheet = book.create_sheet(name)
        sheet.append(["Name", name])
        sheet.append(["Ann", "x"])
        sheet.sheet_state = state
    book.create_sheet("Later").append(["Name"])
    out = BytesIO()
    book.save(out)
    table = read_table(out.getvalue())
    assert (table.sheet, table.header) == ("Guests", ("Name", "Guests"))
    assert table.notes == (
        "Other sheets were left out: “Notes”, “Lists” (hidden), “Codes” (hidden), “Later”.",
    )


def test_a_workbook_of_hidden_sheets_is_refused_with_what_to_do() -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Guests")
    sheet.append(["Name"])
    sheet.sheet_state = "hidden"
    out = BytesIO()
    book.save(out)
    assert refused(out.getvalue()).endswith(
        "hidden sheets are not read: show the one with the list"
    )


def test_an_empty_workbook_is_refused() -> None:
    assert refused(xlsx_of([])).startswith("empty: the workbook has no sheet that can be seen")


def test_a_merged_title_above_the_header_is_left_out() -> None:
    def more(book: Any, sheet: Any) -> None:
        sheet.merge_range("A1:C1", "Guests of the summer party", book.add_format())

    table = read_table(xlsx_of([[], [], ["Name", "Email", "Needs"], ["Ann", "", "x"]], more))
    assert (table.header, table.numbers) == (("Name", "Email", "Needs"), (4,))
    assert table.notes == ("Row 1 above the header: taken for a title, and left out.",)


def test_gaps_between_cells_and_rows_keep_their_places() -> None:
    rows = (
        '<row r="3"><c r="A3" t="inlineStr"><is><t>Name</t></is></c>'
        '<c r="C3" t="str"><v>Age</v></c></row><row r="9"><c r="C9"><v>7</v></c></row>'
    )
    table = read_table(with_sheet(rows))
    assert (table.header, table.rows, table.numbers) == (
        ("Name", "", "Age"),
        (("", "", "7"),),
        (9,),
    )


def test_places_may_be_left_out() -> None:
    cells = (
        '<row><c t="str"><v>Name</v></c><c t="str"><v>Age</v></c></row><row><c><v>1</v></c></row>'
    )
    table = read_table(with_sheet(cells))
    assert (table.header, table.rows, table.numbers) == (("Name", "Age"), (("1", ""),), (2,))


def test_what_a_sheet_says_of_its_size_counts_for_nothing() -> None:
    row = '<row r="1"><c r="A1" t="str"><v>Name</v></c></row>'
    table = read_table(with_sheet(row, '<dimension ref="A1:XFD1000000000"/>'))
    assert table.header == ("Name",)


def test_styles_that_are_broken_do_not_matter() -> None:
    raw = with_part(
        xlsx_of(), "xl/styles.xml", lambda _: b"<styleSheet><fills><x/></fills></styleSheet>"
    )
    assert read_table(raw).rows == PEOPLE[1:]


def test_prefixes_and_the_strict_kind_do_not_matter() -> None:
    def strict(xml: bytes) -> bytes:
        return xml.replace(b"schemas.openxmlformats.org", b"purl.oclc.org/ooxml")

    parts = {name: strict(part) for name, part in parts_of(xlsx_of()).items()}
    assert read_table(zip_of(parts)).rows == PEOPLE[1:]
    sheet = '<x:worksheet xmlns:x="u"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>Name</x:t>'
    sheet += "</x:is></x:c></x:row></x:sheetData></x:worksheet>"
    raw = with_part(xlsx_of(), "xl/worksheets/sheet1.xml", lambda _: sheet.encode())
    assert read_table(raw).header == ("Name",)


def test_how_a_text_is_pronounced_is_no_part_of_it() -> None:
    text = "<si><r><t>東</t></r><r><t>京</t></r><rPh><t>トウキョウ</t></rPh></si>"
    row = '<row><c t="s"><v>0</v></c></row>'
    raw = with_part(
        with_sheet(row), "xl/sharedStrings.xml", lambda _: f"<sst>{text}</sst>".encode()
    )
    assert read_table(raw).header == ("東京",)


def test_escapes_are_what_they_stand_for() -> None:
    row = '<row><c t="str"><v>a_x000D__x000A_b_x005F_c_x0000__xD800_</v></c></row>'
    assert read_table(with_sheet(row)).header == ("a\nb_c_xD800_",)


def test_accents_that_were_broken_before_are_mended() -> None:
    table = read_table(xlsx_of([["Name"], ["MÃ¼ller"]]))
    assert table.rows == (("Müller",),)
    assert "were mended in row 2." in table.notes[0]


def test_links_to_other_files_are_not_followed() -> None:
    def link(xml: bytes) -> bytes:
        away = b'<Relationship Id="rId99" Type="x/worksheet" TargetMode="External" Target="http://127.0.0.1:9/s.xml"/>'
        return xml.replace(b"</Relationships>", away + b"</Relationships>")

    sheet = b'<sheets><sheet name="Away" sheetId="9" r:id="rId99"/>'
    listed = with_part(xlsx_of(), "xl/workbook.xml", lambda xml: xml.replace(b"<sheets>", sheet))
    raw = with_part(listed, "xl/_rels/workbook.xml.rels", link)
    assert read_table(raw).rows == PEOPLE[1:]


@pytest.mark.parametrize("day", [date(2026, 3, 9), date(1904, 1, 2)])
def test_days_since_1904_are_the_same_days(day: date) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.MAC_EPOCH
    book.worksheets[0].append(["Day"])
    book.worksheets[0].append([day])
    out = BytesIO()
    book.save(out)
    assert read_table(out.getvalue()).rows == ((day.isoformat(),),)
