"""Delimiters, quotation marks and line breaks of texts."""

import pytest

from app.imports.delimited import LONGEST_LINE, find_delimiter
from schemas import limits
from tests.app.imports.files import csv_of, read_text, refused


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_delimiter_is_found(delimiter: str) -> None:
    table = read_text(csv_of([["Name", "Sucht"], ["Ann", "a, b; c | d\te"]], delimiter))
    assert table.header == ("Name", "Sucht")
    assert table.rows == (("Ann", "a, b; c | d\te"),)


def test_commas_in_answers_divide_nothing_where_semicolons_do() -> None:
    text = "Name;Bietet;Sucht\nAnn;web, design, law;x\nBen;a,b,c;d,e\nCem;tea;milk\n"
    assert find_delimiter(text) == ";"
    assert read_text(text).rows[0] == ("Ann", "web, design, law", "x")


def test_decimal_commas_divide_nothing() -> None:
    assert find_delimiter("Name;Preis\nAnn;3,50\nBen;4,50\n") == ";"


def test_whole_questions_as_headers_may_hold_commas() -> None:
    text = "When\tWhat do you offer, and to whom, if you may say?\tNeeds\n1\ta, b\tc, d, e\n"
    assert read_text(text).header[1] == "What do you offer, and to whom, if you may say?"


def test_a_title_without_a_delimiter_misleads_nobody() -> None:
    text = "Guests, as of March\nName;Bietet;Sucht\nAnn;web, design, law;x\nBen;a;b;c\n"
    assert find_delimiter(text) == ";"


def test_one_column_is_a_table_too() -> None:
    table = read_text("Needs\nsomebody for the garden\nA, b\nc, d, e\n")
    assert (table.header, table.rows[1]) == (("Needs",), ("A, b",))


def test_the_delimiter_that_a_first_line_names_is_taken() -> None:
    table = read_text("sep=;\nName;Likes, mostly\nAnn;tea\n")
    assert (table.header, table.rows) == (("Name", "Likes, mostly"), (("Ann", "tea"),))


def test_the_line_that_names_a_delimiter_is_not_counted() -> None:
    assert read_text("sep=,\r\nName,Age\r\nAnn,3\r\n").numbers == (2,)


def test_a_rare_delimiter_can_be_named() -> None:
    assert read_text("sep=^\nName^Age\nAnn^3\n").rows == (("Ann", "3"),)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_end_of_a_line_is_one(end: str) -> None:
    assert read_text(csv_of([["Name", "Age"], ["Ann", "3"]], end=end)).rows == (("Ann", "3"),)


def test_ends_of_lines_may_be_mixed() -> None:
    assert read_text("Name,Age\r\nAnn,3\nBen,4\rCem,5").numbers == (2, 3, 4)


def test_line_breaks_in_quotes_are_part_of_a_cell() -> None:
    table = read_text('Name,Needs\nAnn,"one\r\ntwo\rthree\nfour"\nBen,x\n')
    assert table.rows == (("Ann", "one\ntwo\nthree\nfour"), ("Ben", "x"))
    assert table.numbers == (2, 3)


def test_doubled_quotation_marks_are_one() -> None:
    assert read_text('Name,Firm\nAnn,"The ""Best"", Ltd"\n').rows == (("Ann", 'The "Best", Ltd'),)


def test_quotation_marks_within_a_cell_are_text() -> None:
    assert read_text('Name,Firm\nAnn,5" pipes\n').rows == (("Ann", '5" pipes'),)


def test_blanks_before_quotation_marks_do_not_matter() -> None:
    assert read_text('Name, "Likes, most"\nAnn, "a, b"\n').rows == (("Ann", "a, b"),)


def test_a_quotation_mark_that_is_never_closed_is_told_with_its_row() -> None:
    assert refused('Name,Needs\nAnn,x\nBen,"y\nCem,z\n').startswith("open_quote: row 3:")


def test_blank_rows_count_and_are_left_out() -> None:
    table = read_text("\n\nName,Age\n\n , \nAnn,3\n,,\nBen,4\n\n")
    assert (table.header, table.numbers) == (("Name", "Age"), (6, 8))


def test_a_cell_at_the_limit_is_read_and_one_beyond_refused() -> None:
    longest = "x" * limits.CELL
    assert read_text(f"Name,Needs\nAnn,{longest}\n").rows[0][1] == longest
    sentence = refused(f"Name,Needs\nAnn,{longest}x\n")
    assert sentence.startswith("cell_too_long: row 2, column B: a cell has more than 32,767")
    assert refused(f"Name,Needs\nAnn,{longest * 5}\n").startswith("cell_too_long: row 2:")


def test_blank_lines_without_end_are_refused() -> None:
    assert refused("a,b\n" + "\n" * 1_048_576).startswith("too_many_rows: ")


def test_a_line_without_an_end_is_refused() -> None:
    assert refused("Name\n" + "," * (LONGEST_LINE + 1)).startswith("line_too_long: line 2")


def test_rows_and_columns_at_their_limits_are_read_and_beyond_refused() -> None:
    assert len(read_text("a\n" + "b\n" * limits.FILE_ROWS).rows) == limits.FILE_ROWS
    assert refused("a\n" + "b\n" * (limits.FILE_ROWS + 1)).startswith("too_many_rows: the table")
    assert len(read_text(",".join("a" * limits.FILE_COLUMNS)).header) == limits.FILE_COLUMNS
    assert "more than 500 columns" in refused(",".join("a" * (limits.FILE_COLUMNS + 1)))


def test_a_wide_header_above_many_short_rows_is_refused() -> None:
    wide = ",".join("a" * limits.FILE_COLUMNS)
    assert refused(wide + "\nb,c" * 10_001).startswith("too_many_cells: ")
