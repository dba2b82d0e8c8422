"""A list of pairs into an event: read, merged, and told; nothing is stored here."""

from typing import NamedTuple

from app.imports.event_fields import change_event
from app.imports.known_people import KnownPeople
from app.imports.lists.benefit_list import merge_benefits
from app.imports.lists.list_change import ListChange
from app.imports.lists.met_list import merge_history
from app.imports.lists.pairs import PairEntry, read_pairs
from app.imports.lists.problems import ListProblems
from app.imports.lists.rule_list import merge_rules
from app.imports.lists.wish_list import merge_wishes
from app.imports.order import Corrections, ListOrder
from app.imports.raw_rows import bad_file
from app.imports.table import Table
from schemas.event import Event
from schemas.imports import ImportReport


class ImportedList(NamedTuple):
    """An event with what a list says, what became of its rows, and which wishes are new."""

    event: Event
    report: ImportReport
    wished: tuple[tuple[str, str], ...]


def import_list(
    table: Table, order: ListOrder, event: Event, corrections: Corrections
) -> ImportedList:
    """The event with a list of pairs; the same one if nothing changes.

    Raises Invalid for a table that is no such list, for a scale that is not known, and where
    nothing would stand in the place of what is to be replaced.
    """
    problems = ListProblems()
    people = KnownPeople(dict(attendee) for attendee in event.attendees)
    read = read_pairs(table, order.kind, people, corrections, problems)
    if order.replace and table.rows and not read.entries:
        message = "no row is about two people of the event: nothing is there to replace others"
        raise bad_file("no_pairs", message)
    change = _merge(event, read.entries, order, problems)
    shape = ("A matrix: people in the first row and column.",) if read.is_matrix else ()
    report = ImportReport(
        kind=order.kind,
        rows=len(table.rows),
        created=change.created,
        updated=change.updated,
        unchanged=change.unchanged,
        removed=change.removed,
        not_in_file=(),
        left_out=(),
        further_guests=0,
        problems=tuple(sorted(problems.told, key=lambda p: p.row or 0)),
        more_problems=problems.more,
        mapping=read.mapping,
        checked_in=(),
        notes=(*table.notes, *shape, *change.notes),
    )
    return ImportedList(change_event(event, change.fields), report, change.wished)


def _merge(
    event: Event, entries: list[PairEntry], order: ListOrder, problems: ListProblems
) -> ListChange:
    if order.kind == "benefits":
        return merge_benefits(event, entries, order.scale, order.replace, problems)
    merge = {"wants": merge_wishes, "pairs": merge_rules, "history": merge_history}[order.kind]
    return merge(event, entries, order.replace, problems)
