"""Preferences by rank into wishes, dearest first."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.imports.lists.list_import import ImportedList
from schemas import limits
from schemas.event import Want
from tests.app.imports.lists.lists import PEOPLE, counts_of, event_of, problems_of, taken

IDS = [str(person["id"]) for person in PEOPLE]


def wishes_of(found: ImportedList) -> Mapping[str, list[str]]:
    return {a.id: [want.id for want in a.wants] for a in found.event.attendees if a.wants}


@pytest.mark.parametrize(
    "file",
    [
        "attendee,first choice,second choice,third choice\na,b,c,d\nb,a,,\n",
        "Name;1. Wahl;2. Wahl;3. Wahl\nAda Ash;Ben Birch;Cem Cedar;d\nBen Birch;a;;\n",
        "who\t3rd choice\t2nd choice\t1st choice\na\td\tc\tb\nb\t\t\ta\n",
        "from|to|rank\na|d|30\na|b|1\nb|a|9\na|c|2\n",
        "from,to\na,b\na,c\na,d\nb,a\n",
        "Personne,Souhaits\na,b; Cem Cedar; d\nb,a\n",
        ",a,b,c,d\na,,1,2,3\nb,1,,,\n",
        ",a,b,c,d\na,0,1,2,3\nb,1,0,0,0\nc,0,0,0,0\n",
        "Name,1,2,3\na,b,c,d\nb,a,,\n",
        "x,preference 1,preference 2,preference 3\na,b,c,d\nb,a,,\n",
        "Name,First,Second,Third\na,b,c,d\nb,a,,\n",
    ],
)
def test_one_list_of_wishes_in_many_forms_is_one_list(file: str) -> None:
    found = taken(file, "wants")
    assert wishes_of(found) == {"a": ["b", "c", "d"], "b": ["a"]}
    assert counts_of(found) == (4, 0, 0, 0)
    assert not found.report.problems


def test_numbers_that_are_choices_or_people_are_no_guess() -> None:
    event = event_of(attendees=[{"id": str(k)} for k in range(1, 6)])
    with pytest.raises(Invalid) as refusal:
        taken("who,1,2,3\n4,2,5,1\n5,1,2,3\n", "wants", event)
    assert refusal.value.errors[0].code == "choices_or_people"
    named = taken("who,choice 1,choice 2,choice 3\n4,2,5,1\n5,1,2,3\n", "wants", event)
    assert wishes_of(named) == {"4": ["2", "5", "1"], "5": ["1", "2", "3"]}
    square = taken("who,1,2,3\n1,,2,1\n2,1,,\n3,,1,\n", "wants", event)
    assert wishes_of(square) == {"1": ["3", "2"], "2": ["1"], "3": ["2"]}


def test_the_wishes_of_a_list_come_before_those_there_were() -> None:
    people = [{**PEOPLE[0], "wants": ["d", {"id": "c", "must": True}]}, *PEOPLE[1:]]
    event = event_of(attendees=people)
    found = taken("from,to\na,b\na,c\n", "wants", event)
    assert found.event.attendees[0].wants == (Want(id="b"), Want(id="c", must=True), Want(id="d"))
    assert counts_of(found) == (1, 1, 1, 0)
    alone = taken("from,to\na,b\na,c\n", "wants", event, replace=True)
    assert wishes_of(alone) == {"a": ["b", "c"]}
    assert counts_of(alone) == (1, 0, 1, 1)


def test_to_replace_takes_the_wishes_of_everybody() -> None:
    event = event_of(attendees=[*PEOPLE[:5], {**PEOPLE[5], "wants": ["a"]}])
    found = taken("from,to\na,b\n", "wants", event, replace=True)
    assert wishes_of(found) == {"a": ["b"]}
    assert found.report.removed == 1


def test_ranks_are_whole_numbers_and_equal_ones_stay_as_they_stand() -> None:
    found = taken("from,to,rank\na,b,1\na,c,x\na,d,0\na,e1,1\na,c,\n", "wants")
    assert wishes_of(found) == {"a": ["b", "e1", "c"]}
    assert problems_of(found) == [(3, "rank", "no_rank"), (4, "rank", "no_rank")]


def test_nobody_has_more_wishes_than_an_event_takes() -> None:
    people = [{"id": f"p{k}"} for k in range(limits.WANTS + 3)]
    event = event_of(attendees=people)
    file = "from,to\n" + "".join(f"p0,p{k}\n" for k in range(1, limits.WANTS + 3))
    found = taken(file, "wants", event)
    assert len(found.event.attendees[0].wants) == limits.WANTS
    assert problems_of(found) == [(limits.WANTS + 2, None, "too_many")]


WISHES = st.dictionaries(
    st.sampled_from(IDS), st.lists(st.sampled_from(IDS), unique=True, min_size=1), min_size=1
)


@given(WISHES, WISHES, st.booleans())
def test_a_second_import_changes_nothing(
    before: dict[str, list[str]], wishes: dict[str, list[str]], replace: bool
) -> None:
    first, second = (
        "from,to\n" + "".join(f"{who},{whom}\n" for who, each in told.items() for whom in each)
        for told in (before, wishes)
    )
    event = taken(first, "wants").event
    once = taken(second, "wants", event, replace=replace)
    again = taken(second, "wants", once.event, replace=replace)
    assert again.event is once.event
    assert counts_of(again)[:2] == (0, 0)
    assert again.report.removed == 0
