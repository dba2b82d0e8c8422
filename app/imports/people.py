"""The people in the rows of a file: who comes, with what, and what somebody should look at.

What stands in the file is repeated in no problem; people are called by their ids.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from app.errors import from_validation
from app.imports.aliases import read_heading
from app.imports.attendance import Coming
from app.imports.identity import Identity
from app.imports.mapping import NAMES
from app.imports.profiles import RowProfiles
from app.imports.sheet import ColumnSource, KnownSheet
from app.imports.table import Table
from app.imports.wishes import NamedPeople, RowPerson
from schemas.event import Attendee, Event
from schemas.imports import ColumnMapping, ImportProblem, LeftOutReason

GONE = ("cancelled", "declined", "refunded", "void", "transferred")
"""Reasons for which somebody who was to come does not."""


class ImportedPeople(NamedTuple):
    """Who comes by a file; an attendee has those fields set of which the file says something.

    ``gone`` are the ids of those who, as it says, do not come.
    """

    rows: int
    attendees: tuple[Attendee, ...]
    gone: tuple[str, ...]
    checked_in: tuple[str, ...]
    left_out: Mapping[LeftOutReason, int]
    guests: int
    problems: tuple[ImportProblem, ...]


def read_people(table: Table, mapping: ColumnMapping, event: Event | None = None) -> ImportedPeople:
    """The people of a table whose columns are known; ``event`` has its rounds, and whom it knows.

    Nothing is raised for what stands in a cell: it is left out, and told as a problem.
    """
    return _Reading(KnownSheet(table, mapping), event).people()


class _Reading:
    """One pass over a table."""

    def __init__(self, sheet: KnownSheet, event: Event | None) -> None:
        self.sheet = sheet
        self.event = event
        self.attendance = Coming(sheet)
        self.identity = Identity(sheet)
        self.profiles = RowProfiles(sheet, event)
        self.listed = {one.id for one in event.attendees} if event else set[str]()
        self.left_out = Counter[LeftOutReason]()
        self.gone: list[str] = []
        self.checked_in: list[str] = []
        self.guests = 0

    def people(self) -> ImportedPeople:
        """Everybody who comes."""
        self._check_columns()
        people = [*self._coming()]
        wishes = NamedPeople(self.sheet, self.event, people)
        for person in people:
            wishes.read_into(person)
        attendees = tuple(map(self._valid, people))
        self.profiles.tell_unkept()
        problems = sorted(self.sheet.problems, key=lambda p: (p.row is not None, p.row or 0))
        return ImportedPeople(
            rows=len(self.sheet.table.rows),
            attendees=attendees,
            gone=tuple(sorted(self.gone)),
            checked_in=tuple(self.checked_in),
            left_out=dict(self.left_out),
            guests=self.guests,
            problems=tuple(problems),
        )

    def _coming(self) -> Iterator[RowPerson]:
        table = self.sheet.table
        for number, row in zip(table.numbers, table.rows, strict=True):
            facts = self.identity.facts_of(number, row)
            own = self.identity.new_id(number, row, facts)
            reason = self.attendance.reason(number, row, facts)
            is_there = self.attendance.is_there(number, row)
            if reason is None:
                person = self._person(number, row, {"id": own, **facts})
                self.guests += self.attendance.guests(row)
                if is_there:
                    self.checked_in.append(own)
                yield person
                continue
            self.left_out[reason] += 1
            if own in self.listed:
                if reason in GONE:
                    self.gone.append(own)
                message = f"{own} is on the list, and stays: take them off if they do not come"
                self.sheet.tell(number, None, "left_out_but_listed", message)
            if is_there:
                message = "checked in, but left out for what the status says"
                self.sheet.tell(number, None, "present_but_left_out", message)

    def _person(self, number: int, row: tuple[str, ...], document: dict[str, Any]) -> RowPerson:
        self.identity.check_twice(number, document)
        self.profiles.fill(number, row, document)
        return RowPerson(number, row, document)

    def _valid(self, person: RowPerson) -> Attendee:
        """The attendee without what is not allowed, each told."""
        document = person.document
        while True:
            try:
                return Attendee(**document)
            except ValidationError as error:
                document = self._without_faults(person, document, error)

    def _without_faults(
        self, person: RowPerson, document: Mapping[str, Any], error: ValidationError
    ) -> dict[str, Any]:
        for fault in from_validation(error).errors:
            _, field, *place = fault.pointer.split("/")
            source = next(iter(self.sheet.of(field)), None)
            self.sheet.tell(person.number, source, fault.code, f"{fault.message}: left out")
            if field == "labels" and place:
                name = place[0].replace("~1", "/").replace("~0", "~")
                document = {**document, "labels": _without(document["labels"], name)}
            else:
                document = _without(document, field)
        return dict(document)

    def _check_columns(self) -> None:
        """Tell what is wrong with whole columns."""
        sheet = self.sheet
        if not sheet.has_any(*NAMES, "email", "id"):
            sheet.tell(None, None, "nobody", "no column is known to hold names or addresses")
        for source in () if sheet.of("status") else sheet.of("label"):
            if read_heading(source.header).field in ("status", "void") and sheet.is_filled(source):
                message = "called like a status, but not understood: nobody was left out for it"
                sheet.tell(None, source, "status_not_understood", message)
        for source in () if self.profiles.spans else filter(sheet.is_filled, self._with_times()):
            sheet.tell(
                None, source, "rounds_without_times", "the rounds have no times yet: not used"
            )

    def _with_times(self) -> list[ColumnSource]:
        return [*self.sheet.of("arrives"), *self.sheet.of("leaves")]


def _without(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != name}
