"""Cursors: they open where they were sealed, and nothing else does."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.http.cursor import LONGEST, open_cursor, seal_cursor


@given(st.text(max_size=40), st.text(max_size=64))
def test_a_cursor_stands_for_its_place(scope: str, place: str) -> None:
    cursor = seal_cursor(scope, place)
    assert open_cursor(scope, cursor, ANY) == place
    assert len(cursor) <= LONGEST
    assert all(c.isascii() and (c.isalnum() or c in "-_") for c in cursor)


@given(st.text(max_size=64), st.text(max_size=64))
def test_a_cursor_of_one_list_opens_no_other(scope: str, other: str) -> None:
    if scope != other:
        with pytest.raises(Invalid):
            open_cursor(other, seal_cursor(scope, "place"), ANY)


def test_where_the_name_of_a_list_ends_matters() -> None:
    with pytest.raises(Invalid):
        open_cursor("events", seal_cursor("events/a", "b"), ANY)
    assert seal_cursor("a", "bc") != seal_cursor("ab", "c")


ANY = re.compile(r"(?s).*")
GOOD = seal_cursor("list", "p")
ALTERED = ["", "=", "x", "not a cursor", "é", "A" * 16, "_" * 13, GOOD + "=", GOOD + "A", GOOD[:-1]]


@pytest.mark.parametrize("cursor", ALTERED)
def test_what_was_altered_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        open_cursor("list", cursor, ANY)
    (error,) = refused.value.errors
    assert (error.pointer, error.code) == ("query:cursor", "invalid_cursor")


def test_any_other_letter_makes_another_cursor() -> None:
    cursor = seal_cursor("list", "place")
    for k, letter in enumerate(cursor):
        changed = cursor[:k] + ("A" if letter != "A" else "B") + cursor[k + 1 :]
        with pytest.raises(Invalid):
            open_cursor("list", changed, ANY)


@pytest.mark.parametrize("place", ["", "x", "-1", "1.5", "\0", "1" * 10, "\u0663"])
def test_a_place_of_another_form_is_refused_though_it_is_sealed(place: str) -> None:
    with pytest.raises(Invalid):
        open_cursor("list", seal_cursor("list", place), re.compile("[0-9]{1,9}"))
