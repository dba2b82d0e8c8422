"""Who is meant in lists and matrices; nobody is guessed, and nobody's name is repeated."""

from tests.app.imports.lists.lists import problems_of, taken


def test_people_are_known_by_id_address_and_name() -> None:
    file = "from,to,value\nADA ASH,BEN@birch.example,1\nb,cem cedar,0.5\n"
    found = taken(file, "benefits")
    assert [(r.attendee, r.partner) for r in found.event.benefits] == [("a", "b"), ("b", "c")]


def test_whoever_is_not_known_or_could_be_several_is_a_problem_of_the_row() -> None:
    file = "from,to,value\nEve Elm,a,1\na,Zoe Zinnia,1\na,,1\na,a,1\ne1,a,1\n"
    found = taken(file, "benefits")
    assert problems_of(found) == [
        (2, "from", "ambiguous_name"),
        (3, "to", "unknown_person"),
        (4, "to", "nobody"),
        (5, None, "oneself"),
    ]
    assert [(r.attendee, r.partner) for r in found.event.benefits] == [("e1", "a")]
    told = " ".join(problem.message for problem in found.report.problems)
    assert not any(name in told for name in ("Eve", "Zoe", "elm.example"))


def test_a_matrix_has_two_sides_or_one() -> None:
    wide = taken(",c,d,e1\na,1,0,0.5\nb,0.25,,1\n", "benefits")
    assert [(r.attendee, r.partner, r.value) for r in wide.event.benefits] == [
        *(("a", "c", 1.0), ("a", "d", 0.0), ("a", "e1", 0.5)),
        *(("b", "c", 0.25), ("b", "e1", 1.0)),
    ]


def test_cells_of_a_matrix_are_told_by_row_and_letters() -> None:
    file = ",a,b,Eve Elm,gone@x.example\na,,x,1,1\nb,1,0.5,1,1\nZoe,1,1,1,1\n,1\nc,null,1\n"
    found = taken(file, "benefits")
    assert problems_of(found) == [
        (None, "D", "ambiguous_name"),
        (None, "E", "unknown_person"),
        (2, "C", "no_number"),
        (3, "C", "oneself"),
        (4, "A", "unknown_person"),
        (5, "A", "nobody"),
    ]
    assert [(r.attendee, r.partner) for r in found.event.benefits] == [("b", "a"), ("c", "b")]


def test_a_diagonal_of_nothing_is_no_problem() -> None:
    assert not problems_of(taken(",a,b\na,0,1\nb,1,\n", "benefits"))
    assert not problems_of(taken(";a;b\na;0,0;1\nb;1;-\n", "benefits"))


def test_addresses_may_head_a_matrix() -> None:
    found = taken(",ada@ash.example,ben@birch.example\na,,1\nb,0.5,\n", "benefits")
    assert len(found.event.benefits) == 2
