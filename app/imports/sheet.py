"""A table with what its columns are known to be, and the problems that are found in it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from app.imports import cells
from app.imports.table import Table
from schemas.imports import ColumnMapping, ImportProblem


class ColumnSource(NamedTuple):
    """A column, or the columns of one question of which each is an answer (``options``).

    ``known`` are the answers that could be ticked in a column, where they were told.
    """

    header: str
    places: tuple[int, ...]
    options: tuple[str, ...] = ()
    known: tuple[str, ...] = ()

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
            source = ColumnSource(column.header, (place,), known=column.options)
            found[column.field].append(source)
        else:
            asked[column.field, column.question].append((place, column.option))
    for (field, question), options in asked.items():
        places, names = zip(*options, strict=True)
        found[field].append(ColumnSource(question, places, names))
    return found


class KnownSheet:
    """A table by the fields of its columns; problems are told to it, and are in ``problems``."""

    def __init__(self, table: Table, mapping: ColumnMapping) -> None:
        self.table = table
        self.mapping = mapping
        self.problems: list[ImportProblem] = []
        self._sources = sources_of(mapping)

    def of(self, field: str) -> list[ColumnSource]:
        """The columns of a field."""
        return self._sources.get(field, [])

    def has_any(self, *fields: str) -> bool:
        """Whether there is a column of any of these."""
        return any(self.of(field) for field in fields)

    def first(self, field: str, row: Sequence[str]) -> str:
        """The first filled cell of a field; empty without one."""
        return next((cell for source in self.of(field) if (cell := source.cell(row))), "")

    def is_filled(self, source: ColumnSource) -> bool:
        """Whether anything stands in a column."""
        return any(row[k] for row in self.table.rows for k in source.places)

    def is_ticked(self, source: ColumnSource) -> bool:
        """Whether the answers of a column were ticked, and joined by commas."""
        return not source.options and cells.are_ticked(source.cell(row) for row in self.table.rows)

    def at_most(self, number: int, field: str, values: Sequence[str], most: int) -> tuple[str, ...]:
        """The first values of a row; told if there are more."""
        if len(values) > most:
            message = f"{len(values)} answers: the first {most} are taken"
            self.tell(number, self.of(field)[0], "too_many", message)
        return tuple(values[:most])

    def tell(self, row: int | None, source: ColumnSource | None, code: str, message: str) -> None:
        """Note a problem of a row, a column, or both."""
        column = source.header if source else None
        self.problems.append(ImportProblem(row=row, column=column, code=code, message=message))
