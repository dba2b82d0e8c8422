"""Scores into benefits: lists and matrices alike, merged by direction."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from tests.app.imports.files import xlsx_of
from tests.app.imports.lists.lists import counts_of, event_of, problems_of, taken

IDS = ("a", "b", "c", "d", "e1", "e2")
WAYS = [(i, j) for i in IDS for j in IDS if i != j]
VALUES = st.dictionaries(st.sampled_from(WAYS), st.integers(0, 1000), min_size=1)


def list_of(values: dict[tuple[str, str], int], delimiter: str = ",") -> str:
    rows = [("attendee", "partner", "value")]
    rows += [(i, j, str(value / 1000)) for (i, j), value in values.items()]
    return "".join(delimiter.join(row) + "\n" for row in rows)


def matrix_of(values: dict[tuple[str, str], int]) -> list[list[Any]]:
    cells = [
        [i, *(values[i, j] / 1000 if (i, j) in values else "" for j in IDS)] for i in reversed(IDS)
    ]
    return [["who", *IDS], *cells]


@given(VALUES, st.sampled_from(",;\t|"))
def test_a_matrix_and_the_list_of_its_values_give_the_same_event(
    values: dict[tuple[str, str], int], delimiter: str
) -> None:
    listed = taken(list_of(values, delimiter), "benefits")
    text = "".join(",".join(map(str, row)) + "\n" for row in matrix_of(values))
    squared = taken(text, "benefits")
    assert listed.event.model_dump_json() == squared.event.model_dump_json()
    assert {(r.attendee, r.partner): round(1000 * r.value) for r in listed.event.benefits} == values
    assert not problems_of(listed) + problems_of(squared)


@given(VALUES, VALUES, st.booleans())
def test_a_second_import_changes_nothing(
    before: dict[tuple[str, str], int], values: dict[tuple[str, str], int], replace: bool
) -> None:
    event = taken(list_of(before), "benefits").event
    once = taken(list_of(values), "benefits", event, replace=replace)
    again = taken(list_of(values), "benefits", once.event, replace=replace)
    assert again.event is once.event
    assert counts_of(again) == (0, 0, len(values), 0)
    told = {(r.attendee, r.partner): round(1000 * r.value) for r in once.event.benefits}
    assert told == (values if replace else before | values)


def test_a_workbook_holds_the_same_matrix() -> None:
    values = {("a", "b"): 500, ("c", "d"): 125, ("b", "a"): 1000}
    squared = taken(xlsx_of(matrix_of(values)), "benefits")
    assert squared.event == taken(list_of(values), "benefits").event


def test_what_there_was_is_counted() -> None:
    event = taken("from,to,value\na,b,0.5\nb,a,0.5\nc,d,1\n", "benefits").event
    file = "from,to,value\na,b,0.5\nb,a,0.6\nd,c,1\n"
    assert counts_of(taken(file, "benefits", event)) == (1, 1, 1, 0)
    assert counts_of(taken(file, "benefits", event, replace=True)) == (1, 1, 1, 1)


def test_a_row_may_say_both_directions() -> None:
    found = taken("from,to,value,value back\na,b,0.5,0.25\nb,c,1,\n", "benefits")
    assert [(r.attendee, r.partner, r.value) for r in found.event.benefits] == [
        *(("a", "b", 0.5), ("b", "a", 0.25), ("b", "c", 1.0)),
    ]


def test_one_direction_twice_is_told_unless_it_says_the_same() -> None:
    found = taken("from,to,value\na,b,0.5\na,b,0.50\na,b,0.6\n", "benefits")
    assert problems_of(found) == [(4, "value", "said_twice")]
    assert found.event.benefits[0].value == 0.5


def test_a_scale_is_used_and_told() -> None:
    file = "from,to,value\na,b,4\nb,a,1\nc,a,6\n"
    with pytest.raises(Invalid):
        taken(file, "benefits")
    found = taken(file, "benefits", scale="1..5")
    assert [row.value for row in found.event.benefits] == [0.75, 0]
    assert problems_of(found) == [(4, "value", "out_of_scale")]
    assert "Values are read on the scale 1..5." in found.report.notes
    assert "scale 0..1." in taken("from,to,value\na,b,1\n", "benefits").report.notes[-1]


def test_thirds_are_rounded_to_three_places() -> None:
    found = taken("from,to,value\na,b,0.333333\n", "benefits")
    assert found.event.benefits[0].value == 0.333


def test_a_list_without_rows_changes_nothing() -> None:
    event = event_of(benefits=[{"attendee": "a", "partner": "b", "value": 0.5}])
    assert taken("from,to,value\n", "benefits", event).event is event
    assert not taken("from,to,value\n", "benefits", event, replace=True).event.benefits
