"""What columns of lists are: by name, by content, or as somebody says."""

import pytest

from app.errors import Invalid
from app.imports.lists.columns import find_list
from app.imports.read import read_table
from tests.app.imports.lists.lists import event_of, taken

FORMS = (
    "attendee,partner,value\na,b,0.5\nb,a,1\n",
    "Von;Mit;Wert\na;b;0,5\nb;a;1\n",
    "Ada's list\n\nNombre\tPareja\tPuntuación\nADA ASH\tBen Birch\t0,5\nben@birch.example\ta\t1\n",
    "x|y|z\na|b|50 %\nb|a|100 %\n",
    "Person 1,Person 2,Note\na,b,0.5\nb,a,1\n",
    "ID,ID,points\na,b,0.5\nb,a,1\n",
)


@pytest.mark.parametrize("file", FORMS)
def test_one_list_in_many_forms_is_one_list(file: str) -> None:
    found = taken(file, "benefits")
    assert [(r.attendee, r.partner, r.value) for r in found.event.benefits] == [
        *(("a", "b", 0.5), ("b", "a", 1.0)),
    ]
    assert not found.report.problems


def test_the_mapping_says_what_each_column_is() -> None:
    report = taken("From,To,Colour,Score\na,b,red,1\n", "benefits").report
    told = [(column.field, column.sureness) for column in report.mapping]
    assert told == [
        *(("attendee", "sure"), ("partner", "sure"), ("ignore", "likely"), ("value", "sure")),
    ]


@pytest.mark.parametrize("header", ["Person 1,Person 2", "ID,ID", "Name,Name"])
def test_a_second_column_of_one_name_is_whom_they_are_paired_with(header: str) -> None:
    report = taken(f"{header},Score\na,b,1\n", "benefits").report
    assert [column.field for column in report.mapping] == ["attendee", "partner", "value"]
    assert {column.sureness for column in report.mapping} == {"sure"}


def test_a_name_beside_an_address_is_no_partner() -> None:
    file = "Name,E-Mail,Wish 1\nAda Ash,ada@ash.example,b\n"
    report = taken(file, "wants").report
    assert [column.field for column in report.mapping] == ["attendee", "ignore", "choice"]
    assert report.created == 1


def test_a_column_may_be_corrected() -> None:
    file = "From,To,Score,Love\na,b,1,0\n"
    found = taken(file, "benefits", corrections={"Love": "value", "Score": "ignore"})
    assert found.event.benefits[0].value == 0
    with pytest.raises(Invalid):
        taken(file, "benefits", corrections={"Love": "offers"})


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("a,b,0.5\nb,a,1\n", "no_header"),
        ("ada@ash.example,b,0.5\nb,a,1\n", "no_header"),
        ("x,y\nq,1\nr,2\n", "no_pairs"),
        ("from,to\na,b\n", "no_value"),
        ("from,value\na,1\n", "no_pairs"),
    ],
)
def test_a_table_that_is_no_such_list_is_refused(file: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        taken(file, "benefits")
    assert refusal.value.errors[0].code == code
    assert "@" not in refusal.value.errors[0].message


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("attendee,partner,value\n1,2,0.5\n", "benefits"),
        ("from,to,rank\n1,2,1\n", "wants"),
        ("Von,Mit,Regel\n1,2,nie\n", "pairs"),
        ("from,to,events ago\n1,2,1\n", "history"),
        (",x,y,z\nx,,1,0\ny,1,,0\nz,0,0,\n", "benefits"),
        ("Name,Email,Company\nA B,a@b.example,C\n", None),
        ("Name,Partner\nA B,C D\n", None),
        ("Name,Partner,Score,Colour\nA B,C D,1,red\n", None),
    ],
)
def test_a_list_is_told_from_people_by_its_headers(file: str, kind: str | None) -> None:
    assert find_list(read_table(file.encode())) == kind


def test_a_matrix_is_told_by_the_people_in_its_header() -> None:
    event = event_of()
    found = taken("who,a,b,c\na,,1,0.5\nb,0.25,,\n", "benefits", event)
    assert found.report.mapping == ()
    assert found.report.created == 3
