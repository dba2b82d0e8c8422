"""Rows to people: every kind of file lands where it belongs, and nothing is guessed."""

import pytest

from app.imports.mapping import propose_mapping
from app.imports.merge import merge_people
from app.imports.people import ImportedPeople, read_people
from app.imports.table import Table
from tests.app.imports.dialects import Dialect, every_dialect

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
