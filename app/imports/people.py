"""The people in the rows of a file: who comes, with what, and what somebody should look at.

What stands in the file is repeated in no problem; people are called by their ids.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple, get_args

from pydantic import ValidationError

from app.errors import from_validation
from app.imports import cells
from app.imports.aliases import key_of, keys_in, read_heading
from app.imports.table import Table
from app.imports.times import numbers_in, round_spans, rounds_after, rounds_before
from schemas import limits
from schemas.base import is_id
from schemas.event import Attendee, Event
from schemas.imports import ColumnMapping, ImportProblem, LeftOutReason
from schemas.language import find_language
from schemas.text import fold_name

TEXTS = ("offers", "needs")
TOPICS = ("interests", "client_types", "already_served")
NUMBERS = ("min_meetings", "max_meetings", "priority")
NAMES = ("name", "name_prefix", "first_name", "middle_name", "last_name")
NO_ID = re.compile(r"[^\w.@+:~=-]+")
HASH_DIGITS = 12
MOST_COLUMNS_OF_LABELS = limits.TAGS
REASONS: tuple[LeftOutReason, ...] = ("waitlist", "refunded", "no_show", "void")
BETWEEN_LANGUAGES = re.compile(r"[,;/&+\n]|\s(?:and|und|et|y|e|en|i|och|og|ja|a)\s")


class ImportedPeople(NamedTuple):
    """Who comes by a file; an attendee has those fields set of which the file says something."""

    rows: int
    attendees: tuple[Attendee, ...]
    checked_in: tuple[str, ...]
    left_out: Mapping[LeftOutReason, int]
    guests: int
    problems: tuple[ImportProblem, ...]


def read_people(table: Table, mapping: ColumnMapping, event: Event | None = None) -> ImportedPeople:
    """The people of a table whose columns are known; ``event`` has its rounds, and whom it knows.

    Nothing is raised for what stands in a cell: it is left out, and told as a problem.
    """
    return _Reading(table, mapping, event).people()


class ColumnSource(NamedTuple):
    """A column, or the columns of one question of which each is an answer (``options``)."""

    header: str
    places: tuple[int, ...]
    options: tuple[str, ...] = ()

    def cell(self, row: Sequence[str]) -> str:
        """What a row says here."""
        return "; ".join(self.ticked(row)) if self.options else row[self.places[0]]

    def ticked(self, row: Sequence[str]) -> list[str]:
        """The options that a row says yes to."""
        both = zip(self.places, self.options, strict=True)
        return [option for k, option in both if row[k] == option or cells.is_yes(row[k])]


def sources_of(mapping: ColumnMapping) -> dict[str, list[ColumnSource]]:
    """The columns of each field, those of one question together."""
    found = defaultdict[str, list[ColumnSource]](list)
    asked = defaultdict[tuple[str, str], list[tuple[int, str]]](list)
    for column in mapping.columns:
        place = column.column - 1
        if column.question is None or column.option is None:
            found[column.field].append(ColumnSource(column.header, (place,)))
        else:
            asked[column.field, column.question].append((place, column.option))
    for (field, question), options in asked.items():
        places, names = zip(*options, strict=True)
        found[field].append(ColumnSource(question, places, names))
    return found


class _Person(NamedTuple):
    """A row that comes: its number and cells, and the document so far."""

    number: int
    row: Sequence[str]
    document: dict[str, Any]


class _Reading:
    """One pass over a table."""

    def __init__(self, table: Table, mapping: ColumnMapping, event: Event | None) -> None:
        self.table = table
        self.event = event
        self.sources = sources_of(mapping)
        self.problems: list[ImportProblem] = []
        self.left_out = Counter[LeftOutReason]()
        self.checked_in: list[str] = []
        self.guests = 0
        self.has_orders = any(
            c.field == "order" or read_heading(c.header).about == "order" for c in mapping.columns
        )
        self.labels = [*self._labels()]
        self.commas = {
            source for field in TEXTS for source in self._of(field) if self._ticked(source)
        }
        self.known = {field: self._topics_of_event(field) for field in TOPICS}
        self.with_yes = {one for one in self._of("status") if self._has_yes(one)}
        self.told_of_commas = set[ColumnSource]()
        self.unkept = Counter[str]()
        self.spans = round_spans(event) if event else []
        self.ids = set[str]()
        self.seen: dict[tuple[str, str], str] = {}
        self.addresses = dict[str, str]()
        self._check_columns(mapping)

    def people(self) -> ImportedPeople:
        """Everybody who comes."""
        people = [*self._coming()]
        index = self._index(people)
        attendees = []
        for person in people:
            self._read_wishes(person, index)
            attendees.append(self._valid(person))
        self._tell_unkept()
        order = sorted(self.problems, key=lambda p: (p.row is not None, p.row or 0))
        return ImportedPeople(
            len(self.table.rows), tuple(attendees), tuple(self.checked_in), dict(self.left_out),
            self.guests, tuple(order),
        )  # fmt: skip

    # Who comes

    def _coming(self) -> Iterator[_Person]:
        for number, row in zip(self.table.numbers, self.table.rows, strict=True):
            document = self._who(number, row)
            reason = self._reason(number, row, document)
            is_there = self._is_there(number, row)
            if reason is None:
                document = {"id": self._id(number, row, document)} | document
                self._check_twice(number, document)
                self._fill(number, row, document)
                if is_there:
                    self.checked_in.append(document["id"])
                self._count_guests(row)
                yield _Person(number, row, document)
            else:
                self.left_out[reason] += 1
                if is_there:
                    message = "checked in, but left out for what the status says"
                    self._tell(number, None, "present_but_left_out", message)

    def _reason(
        self, number: int, row: Sequence[str], document: Mapping[str, Any]
    ) -> LeftOutReason | None:
        """Why a row is nobody who comes."""
        return self._by_status(number, row) or self._by_void(row) or self._by_name(row, document)

    def _by_status(self, number: int, row: Sequence[str]) -> LeftOutReason | None:
        for source in self._of("status"):
            cell = source.cell(row)
            if not cell:
                if source in self.with_yes:
                    return "no_status"
                continue
            status = cells.status_of(cell)
            if status is None:
                message = "not known to say that somebody comes: left out"
                self._tell(number, source, "unknown_status", message)
                return "unknown_status"
            if status not in ("comes", "present"):
                return _reason_named(status)
        return None

    def _has_yes(self, source: ColumnSource) -> bool:
        """Whether a column of states says of anybody that they come."""
        said = {source.cell(row) for row in self.table.rows} - {""}
        return any(cells.status_of(cell) in ("comes", "present") for cell in said)

    def _by_void(self, row: Sequence[str]) -> LeftOutReason | None:
        for source in self._of("void"):
            cell = source.cell(row)
            if not cell or cells.is_no(cell):
                continue
            status = None if cells.is_flag(cell) else cells.status_of(cell)
            if status not in ("comes", "present"):
                return _reason_named(status) if status else _reason_in(source.header)
        return None

    def _by_name(self, row: Sequence[str], document: Mapping[str, Any]) -> LeftOutReason | None:
        name, email = document.get("name"), document.get("email")
        if name is None and self.has_orders and any(self._of(field) for field in NAMES):
            return "not_assigned"
        if name is None and email is None and self._has_people():
            return "nobody"
        is_last = row is self.table.rows[-1]
        if is_last and email is None and cells.is_total(name or ""):
            return "nobody"
        return None

    def _has_people(self) -> bool:
        return any(self._of(field) for field in (*NAMES, "email")) or not self._of("id")

    def _is_there(self, number: int, row: Sequence[str]) -> bool:
        said = [cells.status_of(source.cell(row)) == "present" for source in self._of("status")]
        for source in self._of("checked_in"):
            present = cells.is_present(source.cell(row))
            said.append(bool(present))
            if present is None:
                message = "neither yes nor no: taken as not there yet"
                self._tell(number, source, "unknown_presence", message)
        return any(said)

    def _count_guests(self, row: Sequence[str]) -> None:
        self.guests += sum(cells.whole_number(s.cell(row)) or 0 for s in self._of("guests"))

    # Who it is

    def _who(self, number: int, row: Sequence[str]) -> dict[str, Any]:
        """Name, address and organisation of a row."""
        found = {"name": self._name(row), "email": self._email(number, row)}
        found["organisation"] = " ".join(self._first("organisation", row).split()) or None
        return {field: value for field, value in found.items() if value is not None}

    def _name(self, row: Sequence[str]) -> str | None:
        whole = self._first("name", row)
        parts = [self._first(part, row) for part in NAMES[1:]]
        if not cells.is_nobody(whole):
            return " ".join(whole.split())
        joined = " ".join(part for part in parts if part)
        if cells.is_nobody(joined) or all(map(cells.is_nobody, parts)):
            return None
        return " ".join(joined.split())

    def _email(self, number: int, row: Sequence[str]) -> str | None:
        cell = self._first("email", row)
        address = cells.find_address(cell)
        if address is None and cell and not cells.is_nobody(cell):
            self._tell(
                number, self._of("email")[0], "no_address", "not one e-mail address: left out"
            )
        return address

    def _first(self, field: str, row: Sequence[str]) -> str:
        return next((cell for source in self._of(field) if (cell := source.cell(row))), "")

    def _id(self, number: int, row: Sequence[str], document: Mapping[str, Any]) -> str:
        """The id of the file, cleaned; else one made of the address, or of the name."""
        own = self._own_id(row)
        if own and own in self.ids:
            self._tell(number, None, "repeated_id", f"a second row of the id {own}")
        base = own or self._made_id(number, document)
        found, k = base, 1
        while found in self.ids:
            k += 1
            found = f"{base[: limits.ID - 6]}-{k}"
        self.ids.add(found)
        return found

    def _own_id(self, row: Sequence[str]) -> str:
        parts = [self._first("id", row)]
        if not parts[0] and self._of("order") and self._of("position"):
            parts = [self._first("order", row), self._first("position", row)]
        clean = NO_ID.sub("-", "-".join(parts)).strip("-")[: limits.ID] if all(parts) else ""
        return clean if is_id(clean) else ""

    def _made_id(self, number: int, document: Mapping[str, Any]) -> str:
        email, name = fold_name(document.get("email")), fold_name(document.get("name"))
        if email and (made := _hash(email)) not in self.ids:
            return made
        if email or name:
            return _hash(email, name, fold_name(document.get("organisation")))
        return f"row-{number}"

    def _check_twice(self, number: int, document: Mapping[str, Any]) -> None:
        """Tell of people who may be one; nobody is merged."""
        email, name = fold_name(document.get("email")), fold_name(document.get("name"))
        if not email:
            return
        same, one = self.seen.get((email, name)), self.addresses.get(email)
        if same:
            self._tell(number, None, "duplicate", f"the name and address of {same}: both are kept")
        elif one:
            message = f"the e-mail address of {one}: two with one address are kept apart all day"
            self._tell(number, None, "shared_address", message)
        self.seen.setdefault((email, name), document["id"])
        self.addresses.setdefault(email, document["id"])

    # What they bring

    def _fill(self, number: int, row: Sequence[str], document: dict[str, Any]) -> None:
        """Everything that does not need to know the others."""
        for field in TEXTS:
            self._put(document, field, self._texts(number, row, field))
        for field in TOPICS:
            self._put(document, field, self._topics(number, row, field))
        self._put(document, "intents", self._intents(number, row))
        self._put(document, "languages", self._languages(number, row))
        consent = self._consent(number, row)
        if consent is not None:
            document["welcomes_pitches"] = consent
        for field in NUMBERS:
            self._put_number(number, row, field, document)
        self._put_table(number, row, document)
        self._put_absences(number, row, document)
        self._put(document, "labels", self._label_values(row))

    @staticmethod
    def _put(document: dict[str, Any], field: str, value: Any) -> None:
        if value:
            document[field] = value

    def _texts(self, number: int, row: Sequence[str], field: str) -> tuple[str, ...]:
        found: list[str] = []
        for source in self._of(field):
            found += self._clipped(number, source, self._written(source, row), limits.TEXT)
        return self._at_most(number, field, found, limits.TEXTS)

    def _written(self, source: ColumnSource, row: Sequence[str]) -> list[str]:
        """Answers by line, bullet or semicolon; by comma only where they were ticked."""
        if source.options:
            return source.ticked(row)
        lines = cells.split_lines(source.cell(row))
        if len(lines) == 1 and source in self.commas:
            return self._by_commas(source, lines[0])
        return lines

    def _topics(self, number: int, row: Sequence[str], field: str) -> tuple[str, ...]:
        found: list[str] = []
        for source in self._of(field):
            cell = source.cell(row)
            known = None if source.options else cells.split_options(cell, self.known[field])
            lines = source.ticked(row) if source.options else known or cells.split_lines(cell)
            if len(lines) == 1 and not source.options and not known:
                lines = self._by_commas(source, lines[0])
            found += self._clipped(number, source, lines, limits.TAG)
        return self._at_most(number, field, [*dict.fromkeys(found)], limits.TAGS)

    def _topics_of_event(self, field: str) -> set[str]:
        """Topics that the event has already."""
        people = self.event.attendees if self.event else ()
        return {topic for person in people for topic in getattr(person, field)}

    def _by_commas(self, source: ColumnSource, cell: str) -> list[str]:
        parts = cells.split_commas(cell)
        if len(parts) > 1 and source not in self.told_of_commas:
            self.told_of_commas.add(source)
            message = "answers were told apart by commas: an answer with a comma in it becomes two"
            self._tell(None, source, "split_by_comma", message)
        return parts

    def _clipped(
        self, number: int, source: ColumnSource, texts: Sequence[str], most: int
    ) -> Iterator[str]:
        for text in texts:
            if len(text) > most:
                message = f"longer than {most} characters: cut short"
                self._tell(number, source, "cut_short", message)
            yield _clip(text, most)

    def _at_most(
        self, number: int, field: str, values: Sequence[str], most: int
    ) -> tuple[str, ...]:
        if len(values) > most:
            message = f"{len(values)} answers: the first {most} are taken"
            self._tell(number, self._of(field)[0], "too_many", message)
        return tuple(values[:most])

    def _intents(self, number: int, row: Sequence[str]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for source in self._of("intents"):
            for intent in cells.intents_of(source.cell(row)):
                if intent is None:
                    self._tell(number, source, "unknown_intent", "not a known intent: left out")
                else:
                    found[intent] = None
        return tuple(found)

    def _languages(self, number: int, row: Sequence[str]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for source in self._of("languages"):
            for part in BETWEEN_LANGUAGES.split(source.cell(row)):
                code = find_language(part.strip())
                if code:
                    found[code] = None
                elif part.strip():
                    self._tell(number, source, "unknown_language", "not a language: left out")
        return tuple(found)

    def _consent(self, number: int, row: Sequence[str]) -> bool | None:
        """Whether somebody welcomes pitches; None without a column about it."""
        told = [self._consents(number, source, row) for source in self._of("welcomes_pitches")]
        for source in self._of("refuses_pitches"):
            cell = source.cell(row)
            if cell and not cells.is_no(cell):
                told.append(False)
        return all(told) if told else None

    def _consents(self, number: int, source: ColumnSource, row: Sequence[str]) -> bool:
        consent = cells.consent_of(source.cell(row))
        if consent is None:
            self._tell(number, source, "unclear_consent", "neither yes nor no: taken as no")
        return bool(consent)

    def _put_number(
        self, number: int, row: Sequence[str], field: str, document: dict[str, Any]
    ) -> None:
        cell = self._first(field, row)
        value = cells.whole_number(cell)
        if value is not None:
            document[field] = value
        elif cell:
            self._tell(number, self._of(field)[0], "no_number", "not a whole number: left out")

    def _put_table(self, number: int, row: Sequence[str], document: dict[str, Any]) -> None:
        cell = self._first("table", row)
        tables = tuple(numbers_in(cell))
        if tables:
            document["table"] = tables[0] if len(tables) == 1 else tables
        elif cell:
            self._tell(number, self._of("table")[0], "no_number", "no number of a table: left out")

    def _put_absences(self, number: int, row: Sequence[str], document: dict[str, Any]) -> None:
        missed = set[int]()
        told = False
        for source in self._of("absent_rounds"):
            cell = source.cell(row)
            missed.update(numbers_in(cell))
            told = told or bool(cell)
        for field, rounds_of in (("arrives", rounds_before), ("leaves", rounds_after)):
            for source in self._of(field):
                if (cell := source.cell(row)) and self.spans:
                    told = True
                    missed |= self._missed(number, source, rounds_of(self.spans, cell))
        most = len(self.event.rounds) if self.event else limits.ROUNDS
        if any(not 1 <= k <= most for k in missed):
            self._tell(number, None, "no_such_round", "a round that there is not: left out")
        if told:
            document["absent_rounds"] = tuple(sorted(k for k in missed if 1 <= k <= most))

    def _missed(
        self, number: int, source: ColumnSource, rounds: frozenset[int] | None
    ) -> frozenset[int]:
        if rounds is None:
            message = "no time, or one that could be on several days: left out"
            self._tell(number, source, "unclear_time", message)
        return rounds or frozenset()

    # What is kept as it is

    def _labels(self) -> Iterator[tuple[str, ColumnSource]]:
        """The labels with their columns: by header, told apart by number where headers repeat."""
        names = Counter[str]()
        for source in self._of("label"):
            plain = _clip(" ".join(source.header.split()), limits.TAG - 5) or "column"
            if plain == "column" or plain in names:
                names[plain] += 1
                key = f"{plain} ({names[plain]})" if names[plain] > 1 else plain
            else:
                names[plain], key = 1, plain
            if self._is_filled(source):
                yield key, source

    def _is_filled(self, source: ColumnSource) -> bool:
        return any(row[k] for row in self.table.rows for k in source.places)

    def _label_values(self, row: Sequence[str]) -> dict[str, str]:
        found = {}
        for key, source in self.labels[:MOST_COLUMNS_OF_LABELS]:
            value = " ".join(source.cell(row).split())
            if len(value) > limits.NAME:
                self.unkept[source.header] += 1
            elif value:
                found[key] = value
        return found

    def _tell_unkept(self) -> None:
        for header, rows in self.unkept.items():
            message = f"longer than {limits.NAME} characters, too long for a label, in {rows} rows"
            self.problems.append(
                ImportProblem(row=None, column=header, code="too_long_for_label", message=message)
            )
        for _, source in self.labels[MOST_COLUMNS_OF_LABELS:]:
            message = f"not kept: an attendee has {limits.TAGS} labels at most"
            self._tell(None, source, "too_many_labels", message)

    # Whom they name

    def _index(self, people: Sequence[_Person]) -> Mapping[str, set[str]]:
        """The ids of people by what they may be called."""
        index = defaultdict[str, set[str]](set)
        known = [dict(one) for one in self.event.attendees] if self.event else []
        here = {person.document["id"] for person in people}
        for document in [p.document for p in people] + [d for d in known if d["id"] not in here]:
            for field in ("id", "email", "name"):
                if called := document.get(field):
                    index[f"{field}:{key_of(called)}"].add(document["id"])
        return index

    def _read_wishes(self, person: _Person, index: Mapping[str, set[str]]) -> None:
        for field, most in (("wants", limits.WANTS), ("avoid", limits.AVOID)):
            found: dict[str, None] = {}
            for source in self._of(field):
                for part in _people_in(source.cell(person.row), index):
                    self._read_wish(person, source, _ids_of(part, index), found)
            self._put(person.document, field, self._at_most(person.number, field, [*found], most))

    def _read_wish(
        self, person: _Person, source: ColumnSource, ids: set[str], found: dict[str, None]
    ) -> None:
        if len(ids) > 1:
            message = f"a name that {len(ids)} people have: say an id or an address"
            self._tell(person.number, source, "ambiguous_name", message)
        elif not ids:
            self._tell(person.number, source, "unknown_person", "nobody on the list: left out")
        elif person.document["id"] in ids:
            self._tell(person.number, source, "oneself", "names the person of the row: left out")
        else:
            found[ids.copy().pop()] = None

    # The document

    def _valid(self, person: _Person) -> Attendee:
        """The attendee without what is not allowed, each told."""
        document = person.document
        while True:
            try:
                return Attendee(**document)
            except ValidationError as error:
                document = self._without_faults(person, document, error)

    def _without_faults(
        self, person: _Person, document: dict[str, Any], error: ValidationError
    ) -> dict[str, Any]:
        for fault in from_validation(error).errors:
            _, field, *place = fault.pointer.split("/")
            source = next(iter(self._of(field)), None)
            self._tell(person.number, source, fault.code, f"{fault.message}: left out")
            if field == "labels" and place:
                name = place[0].replace("~1", "/").replace("~0", "~")
                document = document | {"labels": _without(document["labels"], name)}
            else:
                document = _without(document, field)
        return document

    # The columns

    def _of(self, field: str) -> list[ColumnSource]:
        return self.sources.get(field, [])

    def _ticked(self, source: ColumnSource) -> bool:
        return not source.options and cells.are_ticked(source.cell(row) for row in self.table.rows)

    def _check_columns(self, mapping: ColumnMapping) -> None:
        """Tell what is wrong with whole columns."""
        if not self._has_people() or not any(self._of(f) for f in (*NAMES, "email", "id")):
            self._tell(None, None, "nobody", "no column is known to hold names or addresses")
        for column in mapping.columns:
            is_status = read_heading(column.header).field in ("status", "void")
            if column.field == "label" and is_status and not self._of("status"):
                source = ColumnSource(column.header, (column.column - 1,))
                if self._is_filled(source):
                    message = "called like a status, but not understood: nobody was left out for it"
                    self._tell(None, source, "status_not_understood", message)
        for field in ("arrives", "leaves"):
            for source in self._of(field):
                if not self.spans:
                    message = "the rounds have no times yet: not used"
                    self._tell(None, source, "rounds_without_times", message)

    def _tell(self, row: int | None, source: ColumnSource | None, code: str, message: str) -> None:
        column = source.header if source else None
        self.problems.append(ImportProblem(row=row, column=column, code=code, message=message))


def _hash(*parts: str) -> str:
    return "p-" + sha256("\n".join(parts).encode()).hexdigest()[:HASH_DIGITS]


def _clip(text: str, most: int) -> str:
    """The text up to a word, with a sign that there was more."""
    if len(text) <= most:
        return text
    short = text[: most - 1]
    return (short.rsplit(None, 1)[0] if " " in short else short) + "\u2026"


def _without(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != name}


def _reason_named(status: str) -> LeftOutReason:
    return next(reason for reason in get_args(LeftOutReason) if reason == status)


def _reason_in(header: str) -> LeftOutReason:
    """What a column of yes and no is called after."""
    key = key_of(header)
    named = (r for r in REASONS if any(word in key for word in keys_in("status", r)))
    return next(named, "cancelled")


def _people_in(cell: str, index: Mapping[str, set[str]]) -> Iterator[str]:
    """The people that a cell names, between semicolons or lines; commas may be in a name."""
    for part in cells.split_lines(cell):
        yield from (part,) if _ids_of(part, index) else cells.split_commas(part)


def _ids_of(part: str, index: Mapping[str, set[str]]) -> set[str]:
    """Whom a text names: by id, else by address, else by name."""
    address = cells.find_address(part) or ""
    tries = (f"id:{key_of(part)}", f"email:{key_of(address)}", f"name:{key_of(part)}")
    return next((index[key] for key in tries if key in index), set())
