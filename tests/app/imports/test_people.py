"""Rows to people: every kind of file lands where it belongs, and nothing is guessed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis.strategies import DataObject, data, lists, sampled_from, text

from app.imports.aliases import known_words
from app.imports.mapping import propose_mapping
from app.imports.merge import merge_people
from app.imports.people import ImportedPeople, read_people
from app.imports.table import Table
from schemas.event import Attendee, Event, Round
from tests.app.imports.dialects import Dialect, every_dialect
from tests.app.imports.guests import columns_of

EVERY = every_dialect()


def imported(table: Table) -> ImportedPeople:
    return read_people(table, propose_mapping(table))


@pytest.mark.parametrize("dialect", [d for _, d in EVERY], ids=[name for name, _ in EVERY])
class TestEveryKindOfFile:
    def test_everything_lands_where_it_belongs(self, dialect: Dialect) -> None:
        found = imported(dialect.table)
        coming = [g for g in dialect.guests if g.state == "comes" or not dialect.state]
        assert [a.name for a in found.attendees] == [g.name for g in coming]
        assert [a.email or "" for a in found.attendees] == [g.email for g in coming]
        firms = [g.firm if dialect.firm else "" for g in coming]
        assert [a.organisation or "" for a in found.attendees] == firms
        there = [a.name for a in found.attendees if a.id in found.checked_in]
        assert there == [g.name for g in coming if g.is_there and dialect.presence]
        consents = [g.consents if dialect.consent else None for g in coming]
        assert [a.welcomes_pitches for a in found.attendees] == consents
        assert sum(found.left_out.values()) == len(dialect.guests) - len(coming)

    def test_unknown_columns_are_kept(self, dialect: Dialect) -> None:
        coming = [g for g in dialect.guests if g.state == "comes" or not dialect.state]
        for guest, attendee in zip(coming, imported(dialect.table).attendees, strict=True):
            for label, cell in dialect.labels.items():
                assert attendee.labels[label] == cell(guest)

    def test_texts_are_offers_and_needs(self, dialect: Dialect) -> None:
        text = " ".join(cell for row in dialect.table.rows for cell in row)
        coming = [g for g in dialect.guests if g.state == "comes" or not dialect.state]
        for guest, attendee in zip(coming, imported(dialect.table).attendees, strict=True):
            assert [o.text for o in attendee.offers] == [guest.offers] * (guest.offers in text)
            assert [n.text for n in attendee.needs] == [guest.needs] * (guest.needs in text)

    def test_a_second_import_changes_nothing(self, dialect: Dialect) -> None:
        first = imported(dialect.table).attendees
        again = imported(dialect.table).attendees
        merged, counts = merge_people(first, again)
        assert (counts.created, counts.updated, counts.not_in_file) == (0, 0, ())
        assert all(one is other for one, other in zip(merged, first, strict=True))


def test_nobody_is_taken_for_whoever_paid() -> None:
    told = [a for _, d in EVERY for a in imported(d.table).attendees]
    assert not [a for a in told if "buyer" in (a.email or "") + (a.name or "").casefold()]


def test_nobody_consents_without_a_column_that_asks() -> None:
    for _, dialect in EVERY:
        if not dialect.consent:
            assert {a.welcomes_pitches for a in imported(dialect.table).attendees} == {None}


PEOPLE = ("Ada Ahorn", "Béla Birke", "Chloé Cypress", "Dörte Eibe")
MAILS = ("ada@a.example", "bela@b.example", "chloe@c.example", "doerte@d.example")
EVENT = Event(
    rounds=tuple(Round(starts_at=datetime(2027, 3, 4, 9 + k), minutes=30) for k in range(3)),
    attendees=(Attendee(id="z", name="Zoe Zeder", interests=("Bread, salted",)),),
)


def of_columns(
    columns: Mapping[str, Sequence[str]],
    event: Event | None = None,
    corrections: Mapping[str, str] | None = None,
) -> ImportedPeople:
    """People with an id, a name, and what else is given."""
    count = len(next(iter(columns.values())))
    table = columns_of({"ID": "abcd"[:count], "Name": PEOPLE[:count]} | dict(columns))
    return read_people(table, propose_mapping(table, corrections), event)


def codes(found: ImportedPeople) -> list[tuple[int | None, str | None, str]]:
    return [(problem.row, problem.column, problem.code) for problem in found.problems]


# Who comes


def test_tickets_without_a_person_never_take_the_purchaser() -> None:
    columns = {
        "Ticket Full Name": ("Ada Ahorn", "", "Info Requested"),
        "Ticket Email": ("ada@a.example", "", ""),
        "Order Name": ("Pia Payer",) * 3,
        "Order Email": ("pia@p.example",) * 3,
    }
    found = imported(columns_of(columns))
    assert [(a.name, a.email) for a in found.attendees] == [("Ada Ahorn", "ada@a.example")]
    assert found.left_out == {"not_assigned": 2}


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("waitlist", "waitlist"),
        ("auf der Warteliste", "waitlist"),
        ("pending_approval", "pending"),
        ("declined", "declined"),
        ("storniert", "cancelled"),
        ("annulée", "cancelled"),
        ("Refunded", "refunded"),
        ("remboursé", "refunded"),
        ("invited", "invited"),
        ("vielleicht", "undecided"),
        ("session", "unknown_status"),
        ("", "no_status"),
    ],
)
def test_only_who_comes_is_taken(cell: str, reason: str) -> None:
    found = of_columns({"Status": ("approved", "approved", "confirmed", cell)})
    assert [a.id for a in found.attendees] == ["a", "b", "c"]
    assert found.left_out == {reason: 1}


def test_who_is_not_marked_comes_where_only_absences_are() -> None:
    found = of_columns({"Status": ("", "abgesagt", "", "")})
    assert [a.id for a in found.attendees] == ["a", "c", "d"]


def test_a_status_of_unknown_words_leaves_nobody_out_and_is_told() -> None:
    found = of_columns({"Status": ("qwx", "zyv", "qwx", "qwx")})
    assert len(found.attendees) == 4
    assert codes(found) == [(None, "Status", "status_not_understood")]


@pytest.mark.parametrize(
    ("header", "cells", "reason"),
    [
        ("Void Status", ("false", "true"), "void"),
        ("Cancelled at", ("", "2027-01-01 10:00"), "cancelled"),
        ("Warteliste", ("nein", "ja"), "waitlist"),
        ("Refunded", ("No", "Yes"), "refunded"),
    ],
)
def test_a_column_may_say_who_does_not_come(header: str, cells: Sequence[str], reason: str) -> None:
    found = of_columns({header: cells})
    assert [a.id for a in found.attendees] == ["a"]
    assert found.left_out == {reason: 1}


def test_whoever_was_scanned_and_does_not_come_is_told() -> None:
    found = of_columns({"Status": ("paid", "cancelled"), "Checked in": ("yes", "yes")})
    assert found.checked_in == ("a",)
    assert codes(found) == [(3, None, "present_but_left_out")]


def test_a_line_of_sums_is_nobody() -> None:
    columns = {"Name": ("Ada Ahorn", "Summe"), "Preis": ("3", "3"), "Dorf": ("Oben", "")}
    found = imported(columns_of(columns))
    assert [a.name for a in found.attendees] == ["Ada Ahorn"]
    assert found.left_out == {"nobody": 1}


def test_further_guests_are_counted() -> None:
    assert of_columns({"Guests": ("0", "2", "", "1")}).guests == 3


# Who it is


def test_parts_of_a_name_are_joined() -> None:
    columns = {
        "Titel": ("Dr.", "", "Prof. Dr."),
        "Vorname": ("Ada", "Béla", "Chloé"),
        "Zweiter Vorname": ("Maria", "", ""),
        "Nachname": ("Ahorn", "Birke", ""),
    }
    names = [a.name for a in imported(columns_of(columns)).attendees]
    assert names == ["Dr. Ada Maria Ahorn", "Béla Birke", "Prof. Dr. Chloé"]


def test_an_id_is_cleaned_and_never_given_twice() -> None:
    columns = {"Ticket ID": ("user 1", "A/2", "A/2", *map(str, range(20))), "Name": ["Nell"] * 23}
    found = imported(columns_of(columns))
    assert [a.id for a in found.attendees][:3] == ["user-1", "A-2", "A-2-2"]
    assert codes(found) == [(4, None, "repeated_id")]


def test_two_people_of_one_address_are_told_and_not_merged() -> None:
    columns = {
        "Name": ("Ada", "Béla", "ada"),
        "E-Mail": ("x@a.example", "X@a.example", "x@a.example"),
    }
    found = imported(columns_of(columns))
    assert len({a.id for a in found.attendees}) == 3
    assert codes(found) == [(3, None, "shared_address"), (4, None, "duplicate")]


def test_an_id_of_an_address_survives_other_rows() -> None:
    columns = {"Name": PEOPLE, "E-Mail": MAILS}
    ids = {a.email: a.id for a in imported(columns_of(columns)).attendees}
    fewer = {"E-Mail": MAILS[:1:-1], "Name": PEOPLE[:1:-1]}
    assert all(ids[a.email] == a.id for a in imported(columns_of(fewer)).attendees)
    assert "ada" not in ids["ada@a.example"]


def test_nobody_comes_by_the_id_of_whoever_cancelled() -> None:
    columns = {
        "Name": ("Ada", "Béla"),
        "E-Mail": ("x@a.example", "x@a.example"),
        "Status": ("paid", "paid"),
    }
    ada, bela = imported(columns_of(columns)).attendees
    later = imported(columns_of(columns | {"Status": ("cancelled", "paid")}))
    assert [one.id for one in later.attendees] == [bela.id]
    assert ada.id != bela.id


def test_whoever_is_listed_and_does_not_come_now_is_told() -> None:
    event = Event(rounds=EVENT.rounds, attendees=(Attendee(id="b"),))
    found = of_columns({"Status": ("paid", "cancelled")}, event)
    assert codes(found) == [(3, None, "left_out_but_listed")]


def test_an_address_is_freed_of_what_stands_around_it() -> None:
    found = of_columns({"E-Mail": ("mailto:ada@a.example", "Béla <bela@b.example>", "none", "c@d")})
    assert [a.email for a in found.attendees] == ["ada@a.example", "bela@b.example", None, None]
    assert codes(found) == [(4, "E-Mail", "no_address"), (5, "E-Mail", "no_address")]


# What they bring


def test_free_answers_are_split_by_line_bullet_or_semicolon() -> None:
    cells = ("Bread\nHoney", "- Moss\n- Ferns", "Light; shade", "I bake, slowly. It is good, too.")
    offers = [[o.text for o in a.offers] for a in of_columns({"Offers": cells}).attendees]
    assert offers == [
        ["Bread", "Honey"],
        ["Moss", "Ferns"],
        ["Light", "shade"],
        ["I bake, slowly. It is good, too."],
    ]


def test_answers_that_were_ticked_are_told_apart_by_commas_with_a_warning() -> None:
    cells = ("Bread, Honey", "Honey", "Bread", "Bread, Honey")
    found = of_columns({"What can you offer?": cells})
    assert [len(a.offers) for a in found.attendees] == [2, 1, 1, 2]
    assert codes(found) == [(None, "What can you offer?", "split_by_comma")]


def test_known_options_keep_their_commas() -> None:
    cells = ("Bread, salted, Honey", "Honey")
    found = of_columns({"Interests": cells}, EVENT)
    assert found.attendees[0].interests == ("Bread", "salted", "Honey")
    known = EVENT.attendees[0].model_copy(update={"interests": ("Bread, salted", "Honey")})
    found = of_columns({"Interests": cells}, EVENT.model_copy(update={"attendees": (known,)}))
    assert found.attendees[0].interests == ("Bread, salted", "Honey")


def test_a_column_an_answer_is_folded() -> None:
    columns = {"Themen: Honig": ("Ja", "Nein"), "Themen: Brot, Salz": ("Ja", "")}
    interests = [a.interests for a in of_columns(columns).attendees]
    assert interests == [("Honig", "Brot, Salz"), ()]


@pytest.mark.parametrize(
    ("cell", "consents", "problems"),
    [
        ("yes", True, 0),
        ("Ja, gerne", True, 0),
        ("x", True, 0),
        ("", False, 0),
        ("no", False, 0),
        ("Nein danke", False, 0),
        ("Yes, but only on bees", False, 1),
        ("perhaps", False, 1),
    ],
)
def test_consent_is_a_plain_yes(cell: str, consents: bool, problems: int) -> None:
    found = of_columns({"Pitches welcome": ("yes", "no", cell)})
    assert [a.welcomes_pitches for a in found.attendees] == [True, False, consents]
    assert len(found.problems) == problems


def test_who_refuses_pitches_refuses_and_nobody_else_consents() -> None:
    found = of_columns({"No pitches please": ("x", "", "no")})
    assert [a.welcomes_pitches for a in found.attendees] == [False, None, None]


def test_languages_are_names_or_codes() -> None:
    found = of_columns({"Sprachen": ("Deutsch, Englisch", "de/fr", "Elvish and English")})
    assert [a.languages for a in found.attendees] == [("de", "en"), ("de", "fr"), ("en",)]
    assert codes(found) == [(4, "Sprachen", "unknown_language")]


def test_numbers_tables_and_absences() -> None:
    columns = {
        "Priorität": ("150", "80 %", ""),
        "Tisch": ("3", "1, 2", ""),
        "Ankunft": ("09:30", "", "10:00"),
        "Abreise": ("", "10:45", ""),
    }
    found = of_columns(columns, EVENT)
    assert [a.priority for a in found.attendees] == [150, 80, 100]
    assert [a.table for a in found.attendees] == [3, (1, 2), None]
    assert [a.absent_rounds for a in found.attendees] == [(1,), (3,), (1,)]


def test_absences_by_number_are_within_the_rounds() -> None:
    found = of_columns({"Absent rounds": ("1-2", "3, 7", "")}, EVENT)
    assert [a.absent_rounds for a in found.attendees] == [(1, 2), (3,), ()]
    assert codes(found) == [(3, None, "no_such_round")]


def test_times_wait_for_rounds_that_have_some() -> None:
    found = of_columns({"Arrival": ("09:30", "")})
    assert found.attendees[0].absent_rounds == ()
    assert codes(found) == [(None, "Arrival", "rounds_without_times")]


# Whom they name


def test_people_are_named_by_id_address_or_name() -> None:
    columns = {
        "E-Mail": MAILS,
        "Möchte treffen": ("b; chloe@c.example", "Dörte  Eibe, Ada Ahorn", "Zoe Zeder", ""),
        "Avoid": ("", "", "a", "Béla Birke"),
    }
    found = of_columns(columns, EVENT)
    wants = [[want.id for want in a.wants] for a in found.attendees]
    assert wants == [["b", "c"], ["d", "a"], ["z"], []]
    assert [a.avoided for a in found.attendees] == [(), (), ("a",), ("b",)]
    assert found.problems == ()


def test_a_name_of_several_people_is_no_guess() -> None:
    columns = {"ID": "abc", "Name": ("Ada", "Ada", "Béla"), "Wants": ("", "a; c; Q", "ada; b")}
    found = imported(columns_of(columns))
    assert [[w.id for w in a.wants] for a in found.attendees] == [[], ["a", "c"], ["b"]]
    assert codes(found) == [(3, "Wants", "unknown_person"), (4, "Wants", "ambiguous_name")]


def test_what_is_wrong_never_repeats_what_stands_there() -> None:
    columns = {
        "E-Mail": ("secret at nowhere", "secret"), "Wants": ("Secret Person", ""),
        "Priority": ("5000", "1"), "Status": ("paid", "secret"),
    }  # fmt: skip
    found = of_columns(columns, None, {"E-Mail": "email"})
    assert len(found.problems) >= 4
    assert not any("secret" in p.message.casefold() for p in found.problems)


# What is kept


def test_what_does_not_fit_is_told() -> None:
    columns = {
        "Moss": ("x" * 201, "short"),
        "Priority": ("5000", "20"),
        "Offers": ("y " * 300, "; ".join("z" * 25)),
    }
    found = of_columns(columns)
    one, other = found.attendees
    assert (one.labels, other.labels) == ({}, {"Moss": "short"})
    assert (one.priority, other.priority) == (100, 20)
    assert len(one.offers[0].text) <= 500
    assert len(other.offers) == 20
    assert {code for _, _, code in codes(found)} == {
        "too_long_for_label", "less_than_equal", "cut_short", "too_many",
    }  # fmt: skip


def test_equal_headers_of_labels_are_told_apart() -> None:
    table = Table("", ("Name", "Note", "Note"), (("Ada", "1", "2"),), (2,))
    assert imported(table).attendees[0].labels == {"Note": "1", "Note (2)": "2"}


def test_there_are_so_many_labels_and_the_rest_is_told() -> None:
    found = of_columns({f"Moss {k}": ("x",) for k in range(52)})
    assert len(found.attendees[0].labels) == 50
    assert [code for _, _, code in codes(found)] == ["too_many_labels"] * 2


# Whatever stands in a file

HEADERS = sampled_from(
    [name for names in known_words()["headings"].values() for name in names[:3]]
    + ["", "?", "#", "Moss (a)", "Moss (b)", "Order e-mail", "Attendee name: Given name", "a" * 300]
)
CELLS = sampled_from(
    ["", "yes", "no", "x", "-", "1", "1-3", "999999999", "10:30", "2027-03-04", "3/4/2027", "de",
     "ada@a.example", "Ada Ahorn", "Dr.", "a;b\n- c, d", "paid", "cancelled", "\u200b" * 9, "\x00",
     "." * 9, "/", "x" * 700, "0-999"]
) | text(max_size=12)  # fmt: skip


@given(data())
@settings(max_examples=150, deadline=None)
def test_no_file_is_too_odd(draw: DataObject) -> None:
    header = draw.draw(lists(HEADERS, min_size=1, max_size=9))
    width = len(header)
    rows = draw.draw(lists(lists(CELLS, min_size=width, max_size=width), max_size=5))
    table = Table("", tuple(header), tuple(map(tuple, rows)), tuple(range(2, len(rows) + 2)))
    event = draw.draw(sampled_from([None, EVENT]))
    found = read_people(table, propose_mapping(table), event)
    ids = [one.id for one in found.attendees]
    assert len(set(ids)) == len(ids)
    assert len(ids) + sum(found.left_out.values()) == len(rows)
    if event:
        merged, _ = merge_people(event.attendees, found.attendees)
        assert Event(rounds=event.rounds, attendees=merged).attendees == merged
