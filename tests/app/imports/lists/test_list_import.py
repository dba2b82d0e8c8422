"""What an import of a list tells, whatever its kind."""

from typing import get_args

import pytest

from app.errors import Invalid
from schemas.imports import MOST_PROBLEMS, ListKind
from tests.app.imports.files import csv_of
from tests.app.imports.lists.lists import event_of, taken

FILE = csv_of((("from", "to", "value", "kind"), ("a", "b", "1", "must"), ("q", "b", "1", "must")))


@pytest.mark.parametrize("kind", get_args(ListKind))
def test_a_report_tells_what_was_read_and_how(kind: ListKind) -> None:
    report = taken(FILE, kind).report
    assert (report.kind, report.rows, report.created) == (kind, 2, 1)
    assert report.notes[:2] == ("The file is text in UTF-8.", "Cells are divided by commas.")
    assert [(p.row, p.column, p.code) for p in report.problems] == [(3, "from", "unknown_person")]


@pytest.mark.parametrize("kind", get_args(ListKind))
def test_a_list_of_strangers_replaces_nothing(kind: ListKind) -> None:
    file = FILE.replace("a,b,", "x,y,")
    with pytest.raises(Invalid) as refusal:
        taken(file, kind, replace=True)
    assert refusal.value.errors[0].code == "no_pairs"
    event = event_of()
    assert taken(file, kind, event).event is event


def test_of_many_problems_the_first_are_told_and_the_others_counted() -> None:
    file = "from,to,value\n" + "a,nobody known,1\n" * (MOST_PROBLEMS + 5)
    report = taken(file, "benefits").report
    assert (len(report.problems), report.more_problems) == (MOST_PROBLEMS, 5)
