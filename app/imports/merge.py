"""The people of a file among those of an event: by id, and nothing is taken from anybody."""

from collections.abc import Sequence
from typing import NamedTuple

from app.imports.people import ImportedPeople
from schemas.event import Attendee
from schemas.imports import (
    MOST_PROBLEMS,
    ColumnMapping,
    ImportProblem,
    ImportReport,
    LeftOutRows,
)
from schemas.text import fold_name


class MergeCounts(NamedTuple):
    """What a merge does: how many are new, changed and as they were, and who is not in the file."""

    created: int
    updated: int
    unchanged: int
    not_in_file: tuple[str, ...]


def merge_people(
    attendees: Sequence[Attendee], imported: Sequence[Attendee]
) -> tuple[tuple[Attendee, ...], MergeCounts]:
    """The attendees in their order with what a file says of them, then those who are new.

    A field of which the file says nothing stays as it is, and so do people who are not in it.
    """
    told = {person.id: person for person in imported}
    kept = [_updated(one, told[one.id]) if one.id in told else one for one in attendees]
    listed = {one.id for one in attendees}
    new = [person for person in imported if person.id not in listed]
    updated = sum(after is not before for after, before in zip(kept, attendees, strict=True))
    counts = MergeCounts(
        created=len(new),
        updated=updated,
        unchanged=len(imported) - len(new) - updated,
        not_in_file=tuple(one.id for one in attendees if one.id not in told),
    )
    return (*kept, *new), counts


def _updated(before: Attendee, told: Attendee) -> Attendee:
    """The attendee with the fields that the file has; the same object if nothing changes."""
    changes = {field: getattr(told, field) for field in told.model_fields_set}
    if "labels" in changes:
        changes["labels"] = before.labels | told.labels
    after = before.model_copy(update=changes)
    return before if after == before else after


def report_import(
    imported: ImportedPeople,
    mapping: ColumnMapping,
    attendees: Sequence[Attendee],
    counts: MergeCounts,
    notes: Sequence[str] = (),
) -> ImportReport:
    """What an import did, or would do, among the ``attendees`` that there were."""
    problems = (*imported.problems, *_listed_twice(attendees, imported.attendees))
    return ImportReport(
        rows=imported.rows,
        created=counts.created,
        updated=counts.updated,
        unchanged=counts.unchanged,
        not_in_file=counts.not_in_file,
        left_out=tuple(
            LeftOutRows(reason=reason, rows=rows)
            for reason, rows in sorted(imported.left_out.items())
        ),
        further_guests=imported.guests,
        problems=problems[:MOST_PROBLEMS],
        more_problems=max(0, len(problems) - MOST_PROBLEMS),
        mapping=mapping.columns,
        checked_in=imported.checked_in,
        notes=tuple(notes),
    )


def _listed_twice(
    attendees: Sequence[Attendee], imported: Sequence[Attendee]
) -> list[ImportProblem]:
    """People who are on the list already under another id, by name and address."""
    told = {person.id for person in imported}
    listed = {_who(one): one.id for one in attendees if one.email and one.id not in told}
    return [
        ImportProblem(
            row=None,
            column=None,
            code="listed_already",
            message=f"{person.id} has name and address of {listed[_who(person)]}: both are kept",
        )
        for person in imported
        if person.email and _who(person) in listed
    ]


def _who(person: Attendee) -> tuple[str, str]:
    return fold_name(person.email), fold_name(person.name)
