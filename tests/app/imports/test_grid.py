"""Headers, titles, totals, and rows of other lengths."""

from time import monotonic

import pytest

from app.imports.delimited import TITLE_LINES
from tests.app.imports.files import read_text, refused


def test_a_header_alone_is_a_table_without_rows() -> None:
    table = read_text("Name,Email\n")
    assert (table.header, table.rows, table.numbers) == (("Name", "Email"), (), ())


@pytest.mark.parametrize("text", ["", "\n", " \n\t\n", ",,,\n", "\ufeff", "sep=;\n"])
def test_nothing_is_refused(text: str) -> None:
    assert refused(text) == (
        "empty: the file is empty: it needs a row with the names of its columns"
    )


def test_blanks_around_headers_and_cells_are_none() -> None:
    table = read_text(" Name , Email\u00a0\n\tAnn ,\u200b a@example.org \n")
    assert (table.header, table.rows) == (("Name", "Email"), (("Ann", "a@example.org"),))


def test_equal_headers_are_kept_as_they_are() -> None:
    table = read_text("Company,Name,Company\nA,Ann,B\n")
    assert (table.header, table.rows) == (("Company", "Name", "Company"), (("A", "Ann", "B"),))


def test_short_rows_are_filled_up() -> None:
    assert read_text("Name,Email,Needs\nAnn\nBen,b@example.org\n").rows == (
        ("Ann", "", ""),
        ("Ben", "b@example.org", ""),
    )


def test_cells_beyond_the_header_are_kept_and_told() -> None:
    table = read_text("Name,Needs\nAnn,x\nBen,y,z\nCem,y,,q\n")
    assert table.header == ("Name", "Needs", "", "")
    assert table.rows[1:] == (("Ben", "y", "z", ""), ("Cem", "y", "", "q"))
    assert any("More cells than the header has in rows 3, 4: kept" in n for n in table.notes)


def test_empty_cells_beyond_the_header_are_nothing() -> None:
    table = read_text("Name,Needs\nAnn,x,,,\n")
    assert table.header == ("Name", "Needs")
    assert len(table.notes) == 2


def test_a_title_above_the_header_is_left_out() -> None:
    table = read_text("Summer party 2027;;\n\nName;Email\nAnn;a@example.org\n")
    assert (table.header, table.numbers) == (("Name", "Email"), (4,))
    assert "Row 1 above the header: taken for a title, and left out." in table.notes


def test_lines_beyond_a_few_are_no_title() -> None:
    rows = "\n".join(["text;"] * (TITLE_LINES + 1))
    assert read_text(f"{rows}\nName;Email\n").header == ("text", "")


def test_a_header_of_one_cell_above_an_address_is_no_title() -> None:
    assert read_text("Email,\na@example.org,Ann\n").header == ("Email", "")


def test_one_column_has_no_title() -> None:
    assert read_text("Needs\na\nb\n").rows == (("a",), ("b",))


def test_a_list_without_header_is_refused() -> None:
    assert refused("Ann,a@example.org\nBen,b@example.org\n").startswith(
        "no_header: row 1: an e-mail address stands where the name of a column belongs"
    )


def test_a_question_with_an_address_in_it_is_a_header() -> None:
    assert len(read_text("Name,Write to x@example.org if you have none\nAnn,x\n").rows) == 1


@pytest.mark.parametrize(
    "row", ["Total,,3", 'Summe:,12,"1.234,50 €"', ",Gesamt,$0.00", "TOTAL: 34,,", "Итого,3,"]
)
def test_totals_at_the_end_are_left_out(row: str) -> None:
    table = read_text(f"Name,Paid,Fees\nAnn,3,1\n{row}\n\n")
    assert table.rows == (("Ann", "3", "1"),)
    assert "Totals in row 3: left out." in table.notes


def test_totals_are_told_in_their_order() -> None:
    table = read_text("Name,Paid\nAnn,3\nSum,3\nTotal,4\n")
    assert "Totals in rows 3, 4: left out." in table.notes


@pytest.mark.parametrize("row", ["Total,x,3", "Total,,", "Sum Ting,3,4", "Ann,3,4"])
def test_people_at_the_end_stay(row: str) -> None:
    assert len(read_text(f"Name,Paid,Fees\nAnn,3,1\n{row}\n").rows) == 2


@pytest.mark.parametrize("cell", ["1 " * 16_000 + "x", "x@" + "a." * 16_000 + "@", "Sum " * 8_000])
def test_long_cells_take_no_time(cell: str) -> None:
    began = monotonic()
    assert read_text(f"Name;Needs\n{cell};x\n").rows == ((cell.strip(), "x"),)
    assert read_text(f"{cell};Needs\nx;y\n").header == (cell.strip(), "Needs")
    assert monotonic() - began < 5


def test_totals_elsewhere_stay() -> None:
    assert len(read_text("Name,Paid\nTotal,3\nAnn,3\n").rows) == 2


def test_a_header_that_comes_again_is_left_out() -> None:
    table = read_text("Name,Needs\nAnn,x\nName,Needs\nBen,y\n")
    assert table.numbers == (2, 4)
    assert "The header again in row 3: left out." in table.notes
