"""Numbers, days and hours as people see them."""

import pytest

from app.imports.number_format import show_as

GENERAL = show_as(0, None)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("3", "3"),
        ("3.0", "3"),
        ("4.915112345678E12", "4915112345678"),
        ("3.3000000000000003", "3.3"),
        ("-0", "0"),
        ("-2.50", "-2.5"),
        ("1e300", "1e+300"),
        ("nan", "nan"),
        ("what", "what"),
    ],
)
def test_numbers_have_no_more_digits_than_they_need(stored: str, shown: str) -> None:
    assert GENERAL(stored) == shown


@pytest.mark.parametrize(
    ("number", "code", "stored", "shown"),
    [
        (14, None, "46090", "2026-03-09"),
        (22, None, "46090.604166666664", "2026-03-09T14:30:00"),
        (20, None, "0.5", "12:00:00"),
        (31, None, "46090", "2026-03-09"),
        (164, "dd.mm.yyyy", "46090", "2026-03-09"),
        (164, "[$-407]d. mmmm yyyy;@", "46090", "2026-03-09"),
        (164, '"Day "0', "46090", "46090"),
        (164, "[h]:mm", "1.1041666666666667", "26:30:00"),
        (164, "00000", "1067", "01067"),
        (164, "0.00", "2", "2"),
        (164, "[" * 1_000_000, "3", "3"),
        (14, None, "1e12", "1000000000000"),
        (14, None, "-5e9", "-5000000000"),
        (14, None, "soon", "soon"),
        (46, None, "-3", "-3"),
    ],
)
def test_a_format_says_what_a_number_is(
    number: int, code: str | None, stored: str, shown: str
) -> None:
    assert show_as(number, code)(stored) == shown


def test_days_may_be_counted_from_1904() -> None:
    assert show_as(14, None, since_1904=True)("0") == "00:00:00"
    assert show_as(14, None, since_1904=True)("44628") == "2026-03-09"
