"""Whom a text names: an id before an address, an address before a name."""

from app.imports.known_people import KnownPeople

PEOPLE = KnownPeople(
    [
        {"id": "x-1", "name": "Ada Ash", "email": "a.b@x.example"},
        {"id": "x1", "name": "Ben, the Birch", "email": "ab@x.example"},
        {"id": "y", "name": "Äda  ash"},
        {"id": "z", "name": "x1"},
        {"id": "-", "name": None},
    ]
)


def test_an_id_is_itself_however_others_are_spelt() -> None:
    assert PEOPLE.ids_of("x-1") == {"x-1"}
    assert PEOPLE.ids_of("x1") == {"x1"}
    assert PEOPLE.ids_of("X 1") == {"x-1", "x1"}
    assert PEOPLE.ids_of("-") == {"-"}


def test_addresses_differ_by_their_dots() -> None:
    assert PEOPLE.ids_of("Ada <A.B@x.example>") == {"x-1"}
    assert PEOPLE.ids_of("ab@X.example") == {"x1"}


def test_a_name_may_be_that_of_several() -> None:
    assert PEOPLE.ids_of("ADA ASH") == {"x-1", "y"}
    assert not PEOPLE.ids_of("nobody")
    assert not PEOPLE.ids_of("")


def test_commas_part_people_but_not_a_name() -> None:
    assert [*PEOPLE.parts_of("Ben, the Birch; y")] == ["Ben, the Birch", "y"]
    assert [*PEOPLE.parts_of("y, x1")] == ["y", "x1"]
