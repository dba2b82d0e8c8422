"""Which column of a file is what: by its name, by its content, and by the columns beside it.

Nothing is taken on a doubt: a column that could be two things, or whose content is not what its
name promises, stays a label, and the mapping says why. Consent is never read from content alone.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar, get_args

from app.errors import Invalid
from app.imports.aliases import LONGEST_HEADER, Heading, is_status, key_of, read_heading
from app.imports.cells import (
    ColumnContent,
    describe_column,
    is_flag,
)
from app.imports.order import Corrections
from app.imports.table import Table
from app.plain_words import say_options
from schemas.imports import ColumnField, ColumnMapping, MappedColumn, Sureness
from schemas.language import fold

MOSTLY = 0.9
HALF = 0.5
FEW_STATES = 8
OPTION = re.compile(r"(.+?)\s*(?:\s[-\u2013\u2014/|]\s|: |\[|\()\s*([^\[\]()]+?)[\])]?")
"""A question and one of its answers, in one header."""

LISTS = (
    "offers", "needs", "interests", "client_types", "languages", "intents", "already_served",
    "welcomes_pitches", "refuses_pitches",
)  # fmt: skip
"""Fields that may be asked with one column an answer."""
ANSWERS = ("offers", "needs", "interests", "client_types", "already_served")
"""Fields whose answers can be told apart by the options that there were to tick."""
NAMES = ("name", "name_prefix", "first_name", "middle_name", "last_name")
ONCE = (
    *NAMES, "email", "organisation", "order", "position", "guests", "min_meetings",
    "max_meetings", "priority", "arrives", "leaves",
)  # fmt: skip
"""Fields that one column alone can be."""
BOOKS = "of the tool's own books, or another way to reach somebody"
ORDER = "about whoever ordered or paid, who may be somebody else"

Field = TypeVar("Field", bound=str)
Fits = Callable[[ColumnContent], bool]
TEXTS: Fits = lambda c: c.flags < HALF and c.numbers < MOSTLY and c.emails < HALF  # noqa: E731
NUMBERS: Fits = lambda c: c.numbers >= MOSTLY  # noqa: E731
CONSENTS: Fits = lambda c: c.consents >= HALF  # noqa: E731
FITS: Mapping[str, Fits] = {
    "name": lambda c: c.emails < HALF and c.flags < HALF,
    "name_prefix": lambda c: c.titles >= HALF,
    "email": lambda c: c.emails >= HALF,
    "organisation": lambda c: c.emails < HALF and c.flags < HALF,
    "status": lambda c: c.statuses >= HALF,
    "void": lambda c: max(c.flags, c.statuses, c.presences) >= MOSTLY,
    "checked_in": lambda c: c.presences >= MOSTLY,
    "position": NUMBERS,
    "guests": NUMBERS,
    "min_meetings": NUMBERS,
    "max_meetings": NUMBERS,
    "priority": NUMBERS,
    "offers": TEXTS,
    "needs": TEXTS,
    "interests": TEXTS,
    "client_types": TEXTS,
    "already_served": TEXTS,
    "intents": lambda c: c.intents >= HALF,
    "welcomes_pitches": CONSENTS,
    "refuses_pitches": CONSENTS,
    "absent_rounds": lambda c: c.digits >= HALF,
    "table": lambda c: c.digits >= HALF,
    "arrives": lambda c: c.times >= HALF,
    "leaves": lambda c: c.times >= HALF,
}
"""What a column of a field has to look like, where anything stands in it."""


def propose_mapping(table: Table, corrections: Corrections | None = None) -> ColumnMapping:
    """What each column of a table is.

    ``corrections`` give a field, and options perhaps, by the header of a column or its number from
    1. Raises Invalid for a column or a field that there is not, for a header that several columns
    have, and for options of what is no list.
    """
    proposal = _Proposal(table)
    proposal.take_given(read_corrections(table, corrections or {}, get_args(ColumnField)))
    proposal.fold_options()
    proposal.read_headings()
    proposal.part_names()
    proposal.choose_one_of_each()
    proposal.leave_others()
    proposal.choose_id()
    proposal.guess_by_content()
    return proposal.finished()


class GivenField(NamedTuple, Generic[Field]):
    """What somebody said of a column: what it is, and which answers could be ticked there."""

    field: Field
    options: tuple[str, ...]


def read_corrections(
    table: Table, corrections: Corrections, known: Iterable[Field]
) -> dict[int, GivenField[Field]]:
    """The ``known`` field that each column was given, by its place from 0; else Invalid."""
    fields = {str(name): name for name in known}
    found: dict[int, GivenField[Field]] = {}
    for column, told in corrections.items():
        field, options = (told, ()) if isinstance(told, str) else (told["field"], told["options"])
        if field not in fields:
            raise _wrong(column, "no_such_field", f"no field: {say_options([*fields], field)}")
        if options and field not in ANSWERS:
            raise _wrong(column, "no_list", f"options are of lists: {', '.join(ANSWERS)}")
        found[_place_of(table.header, column)] = GivenField(fields[field], tuple(options))
    return found


def _place_of(header: Sequence[str], column: str) -> int:
    for same in (str.strip, fold):
        places = [k for k, name in enumerate(header) if same(name) == same(column)]
        if len(places) > 1:
            numbers = ", ".join(str(k + 1) for k in places)
            raise _wrong(column, "several_columns", f"columns {numbers} have this name: say which")
        if places:
            return places[0]
    if column.isdecimal() and 1 <= int(column) <= len(header):
        return int(column) - 1
    raise _wrong(column, "no_such_column", "no column of the file has this name or number")


def _wrong(column: str, code: str, message: str) -> Invalid:
    escaped = column.replace("~", "~0").replace("/", "~1")
    return Invalid.at(f"/mapping/{escaped}", code, message)


class _Proposal:
    """The mapping while it is made: what each column is so far, by place; None is not yet."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.cells = [[row[k] for row in table.rows] for k in range(len(table.header))]
        self.content = [describe_column(cells) for cells in self.cells]
        self.headings = [read_heading(name) for name in table.header]
        self.columns: list[MappedColumn | None] = [None] * len(table.header)

    def take_given(self, given: Mapping[int, GivenField[ColumnField]]) -> None:
        """What somebody said stands."""
        for k, (field, options) in given.items():
            self._set(k, field, "given", "given by whoever imports", options=options)

    def fold_options(self) -> None:
        """Columns that each stand for one answer to a question are one list."""
        for question, options in self._questions().items():
            field = self._field_of_question(question)
            for k, option in options.items():
                why = f"one of {len(options)} answers to one question, told by yes or no"
                self._set(k, field, "sure", why, question=question, option=option)

    def _questions(self) -> dict[str, dict[int, str]]:
        """Answers by their column, by question."""
        asked = defaultdict[str, dict[int, str]](dict)
        for k, name in enumerate(self.table.header):
            parts = OPTION.fullmatch(name[:LONGEST_HEADER])
            if parts and self.columns[k] is None and self._is_ticked(k, parts[2]):
                asked[parts[1]][k] = parts[2]
        return {
            question: options
            for question, options in asked.items()
            if len(options) > 1 and any(self.content[k].filled for k in options)
        }

    def _is_ticked(self, k: int, option: str) -> bool:
        return all(is_flag(cell) or cell == option for cell in set(self.cells[k]) - {""})

    @staticmethod
    def _field_of_question(question: str) -> ColumnField:
        field = read_heading(question).field
        return _field(field) if field in LISTS else "label"

    def read_headings(self) -> None:
        """Take what names say, where the content agrees."""
        for k in self._open():
            heading, content = self.headings[k], self.content[k]
            if heading.field is None:
                continue
            field = self._meant(k, heading)
            if heading.about == "order":
                self._set(k, "ignore", "sure", ORDER)
            elif content.filled and field in FITS and not FITS[field](content):
                self._set(k, "label", "likely", f"called like {field}, but its content is not that")
            elif field not in ("id", "label", "ignore"):
                self._set(k, _field(field), "sure", _by_name(heading))
            elif field == "ignore":
                self._set(k, "ignore", "sure", BOOKS)

    def _meant(self, k: int, heading: Heading) -> str:
        """The field of a heading that the content decides between two."""
        content = self.content[k]
        if heading.field == "title":
            return "name_prefix" if content.titles >= HALF else "label"
        if heading.field == "language":
            return "label" if content.locales == 1 else "languages"
        if heading.field == "wants" and heading.is_question:
            return "wants" if self._are_people(k) else "needs"
        return heading.field or "label"

    def _are_people(self, k: int) -> bool:
        """Whether most of a column names people of this file."""
        told = [key_of(part) for cell in self.cells[k] for part in re.split("[;,\n]", cell) if part]
        names = [j for j, h in enumerate(self.headings) if h.field in ("name", "email", "id")]
        firsts = [j for j, h in enumerate(self.headings) if h.field == "first_name"]
        lasts = [j for j, h in enumerate(self.headings) if h.field in ("name", "last_name")]
        known = {key_of(row[j]) for row in self.table.rows for j in names}
        known |= {key_of(row[a] + row[b]) for row in self.table.rows for a in firsts for b in lasts}
        return sum(key in known - {""} for key in told) >= max(1, HALF * len(told))

    def part_names(self) -> None:
        """A ``Name`` beside one part of a name is the other part, unless it holds the first."""
        for part, other in (("first_name", "last_name"), ("last_name", "first_name")):
            whole = self._best("name")
            have = self._best(part)
            if whole is None or have is None or self._best(other) is not None:
                continue
            both = [
                (w, p) for w, p in zip(self.cells[whole], self.cells[have], strict=True) if w and p
            ]
            if sum(fold(p) in fold(w) for w, p in both) < HALF * max(1, len(both)):
                why = f"a name beside a column of {part.replace('_', ' ')}s"
                self._set(whole, _field(other), "likely", why)

    def choose_one_of_each(self) -> None:
        """Of several columns of one field the best is taken."""
        for field in ONCE:
            best = self._best(field)
            for k in self._of(field):
                if k != best and self._is_proposed(k):
                    self._set(k, *self._second(k, field))

    def _second(self, k: int, field: str) -> tuple[ColumnField, Sureness, str]:
        """What becomes of another column of the same field."""
        of_order = self._has_orders() and field == "email"
        of_order = of_order or self.headings[k].about == "registrant"
        if of_order or (k + 1 < len(self.headings) and self.headings[k + 1].about == "order"):
            return "ignore", "likely", ORDER
        return "label", "likely", f"another column is the {field.replace('_', ' ')}"

    def leave_others(self) -> None:
        """Beside attendees and orders, a bare name or address is the order's."""
        names = [k for field in NAMES for k in self._of(field)]
        if not self._has_orders() or not any(self._is_attendees(k) for k in names):
            return
        for k in (*names, *self._of("email")):
            if self._is_proposed(k) and not self._is_attendees(k):
                self._set(k, "ignore", "likely", ORDER)

    def _is_attendees(self, k: int) -> bool:
        return self.headings[k].about == "attendee"

    def _has_orders(self) -> bool:
        return tells_orders(self.headings)

    def choose_id(self) -> None:
        """The best column that tells people apart; else a position with its order."""
        order, position = self._best("order"), self._best("position")
        given = any(c and c.field == "id" for c in self.columns)
        is_pair = order is not None and position is not None and self._tells_apart(order, position)
        if not is_pair:
            self._drop_pair(order, position)
        if given or is_pair:
            return
        ranked = sorted((h.rank, k) for k, h in enumerate(self.headings) if h.field == "id")
        for _, k in ranked:
            if self.columns[k] is None and self._tells_apart(k):
                self._set(k, "id", "sure", _by_name(self.headings[k]))
                return

    def _drop_pair(self, order: int | None, position: int | None) -> None:
        if order is not None and self._is_proposed(order):
            self._set(order, "ignore", "sure", ORDER)
        if position is not None and self._is_proposed(position):
            self._set(position, "label", "likely", "no position within an order")

    def _tells_apart(self, *places: int) -> bool:
        """Whether the cells are filled, and all but a few differ."""
        rows = [tuple(row[k] for k in places) for row in self.table.rows]
        return all(all(row) for row in rows) and len(set(rows)) >= MOSTLY * len(rows)

    def guess_by_content(self) -> None:
        """What no name told and the content leaves no doubt about."""
        if not self._of("email"):
            self._guess("email", lambda c: c.emails >= MOSTLY and self._is_of_each(c))
        if not any(self._of(f) for f in ("name", "first_name", "last_name")):
            self._guess("name", lambda c: c.people >= MOSTLY and self._is_of_each(c))
        if not self._of("status"):
            self._guess("status", _looks_like_states)
        if not self._of("status"):
            self._take_order_state()

    def _take_order_state(self) -> None:
        """Without a state of their own, people come if their order stands."""
        for k, heading in enumerate(self.headings):
            is_state = heading.about == "order" and is_status(self.table.header[k])
            if is_state and self.content[k].statuses == 1 and self._is_proposed(k):
                self._set(k, "status", "likely", "the state of the order: there is no other")

    def _is_of_each(self, content: ColumnContent) -> bool:
        return (
            content.distinct >= MOSTLY * content.filled
            and content.filled > len(self.table.rows) / 2
        )

    def _guess(self, field: ColumnField, looks: Fits) -> None:
        """Take the one column that looks like a field; of several none."""
        found = [
            k for k in self._open() if self.headings[k].field is None and looks(self.content[k])
        ]
        if len(found) == 1:
            why = f"its content looks like {field}, and no other column does"
            self._set(found[0], field, "likely", why)

    def finished(self) -> ColumnMapping:
        """The mapping; whatever is left is kept as it is."""
        for k in self._open():
            known = self.headings[k].field == "label"
            self._set(k, "label", "sure" if known else "likely", "kept with the person as it is")
        return ColumnMapping(columns=tuple(column for column in self.columns if column))

    def _open(self) -> Iterator[int]:
        return (k for k, column in enumerate(self.columns) if column is None)

    def _of(self, field: str) -> list[int]:
        return [k for k, column in enumerate(self.columns) if column and column.field == field]

    def _is_proposed(self, k: int) -> bool:
        column = self.columns[k]
        return column is None or column.sureness != "given"

    def _best(self, field: str) -> int | None:
        """The column of a field that was given, is the attendee's by name, filled, well named."""

        def worse(k: int) -> tuple[bool, bool, bool, int, int]:
            heading = self.headings[k]
            is_bare, is_empty = heading.about != "attendee", not self.content[k].filled
            return self._is_proposed(k), is_bare, is_empty, heading.rank, k

        return min(self._of(field), key=worse, default=None)

    def _set(
        self, k: int, field: ColumnField, sureness: Sureness, why: str,
        *, question: str | None = None, option: str | None = None, options: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self.columns[k] = MappedColumn(
            column=k + 1, header=self.table.header[k], field=field, sureness=sureness, why=why,
            question=question, option=option, options=options,
        )  # fmt: skip


def tells_orders(headings: Sequence[Heading]) -> bool:
    """Whether a file knows people who ordered besides those who come."""
    about = {heading.about for heading in headings}
    is_order = "order" in about or any(heading.field == "order" for heading in headings)
    return is_order or {"attendee", "registrant"} <= about


def _looks_like_states(content: ColumnContent) -> bool:
    return content.statuses == 1 and not content.flags and 1 < content.distinct <= FEW_STATES


def _field(name: str | None) -> ColumnField:
    return next(field for field in get_args(ColumnField) if field == name)


def _by_name(heading: Heading) -> str:
    if heading.is_question:
        return "the words of the question"
    return "its name, as that of the attendee" if heading.about else "its name"
