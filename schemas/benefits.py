"""Benefits as an organiser gives them: rows on the wire, columns in memory.

A large event has millions of rows, and an object for each would take more memory than everything
else together. Sound rows that arrive as JSON are kept by column, ten bytes each; to a reader they
are a sequence of ``Benefit`` all the same.
"""

import math
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import starmap
from typing import Annotated, Any, overload

from pydantic import (
    Field,
    GetPydanticSchema,
    PlainSerializer,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from schemas import limits
from schemas.base import Id, Thousandths, Wire, permille


class Benefit(Wire):
    """What ``attendee`` gains by meeting ``partner``; replaces the computed benefit."""

    attendee: Id
    """Who gains."""
    partner: Id
    """By meeting whom."""
    value: Thousandths
    """How much, 0 to 1 with at most three decimals."""


class BenefitColumns(Sequence[Benefit]):
    """Rows about known attendees, one a direction: places in ``ids``, and permille."""

    def __init__(
        self, ids: Sequence[str], source: "array[int]", target: "array[int]", value: "array[int]"
    ) -> None:
        self.ids, self.source, self.target, self.value = ids, source, target, value

    def triples(self) -> Iterator[tuple[str, str, int]]:
        """Attendee, partner and permille of every row."""
        ids, rows = self.ids, zip(self.source, self.target, self.value, strict=True)
        return ((ids[i], ids[j], b) for i, j, b in rows)

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[Benefit]:
        return starmap(_benefit, self.triples())

    @overload
    def __getitem__(self, at: int) -> Benefit: ...
    @overload
    def __getitem__(self, at: slice) -> "BenefitColumns": ...
    def __getitem__(self, at: int | slice) -> "Benefit | BenefitColumns":
        if isinstance(at, slice):
            return BenefitColumns(self.ids, self.source[at], self.target[at], self.value[at])
        return _benefit(self.ids[self.source[at]], self.ids[self.target[at]], self.value[at])

    def __eq__(self, other: object) -> bool:
        if isinstance(other, BenefitColumns) and self.ids == other.ids:
            mine, theirs = ((b.source, b.target, b.value) for b in (self, other))
            return mine == theirs
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]


def triples_of(rows: Sequence[Benefit]) -> Iterator[tuple[str, str, int]]:
    """Attendee, partner and permille of every row, however the rows are kept."""
    if isinstance(rows, BenefitColumns):
        return rows.triples()
    return ((row.attendee, row.partner, permille(row.value)) for row in rows)


def _benefit(attendee: str, partner: str, value: int) -> Benefit:
    """A row whose parts are known to be sound."""
    return Benefit.model_construct(attendee=attendee, partner=partner, value=value / 1000)


def in_columns(
    rows: Any, validated: ValidatorFunctionWrapHandler, info: ValidationInfo
) -> Sequence[Benefit]:
    """Sound rows from JSON, and columns of people who are there, as columns; others one by one."""
    ids = [attendee.id for attendee in info.data.get("attendees", ())]
    if isinstance(rows, BenefitColumns):
        known = set(ids).issuperset(rows.ids)
        return rows if known else validated(tuple(rows))
    if info.mode != "json" or type(rows) is not list:
        return validated(rows)  # type: ignore[no-any-return]
    columns = _columns(ids, rows) if len(rows) <= limits.BENEFITS else None
    if columns is not None:
        return columns
    return validated(tuple(map(_in_range, rows)))  # type: ignore[no-any-return]


def _in_range(row: Any) -> Any:
    """The row; a whole number that no float can hold is infinite, as it is straight from JSON."""
    value = row.get("value") if isinstance(row, dict) else None
    beyond = type(value) is int and abs(value) > sys.float_info.max
    return row | {"value": math.inf} if beyond else row


def _columns(ids: Sequence[str], rows: Iterable[Any]) -> BenefitColumns | None:
    """Sound rows about people with these ids, no direction twice; None if there are others."""
    place = {v: k for k, v in enumerate(ids)}
    source, target, value = array("i"), array("i"), array("h")
    try:
        for row in rows:
            i, j, given = place[row["attendee"]], place[row["partner"]], row["value"]
            thousandths = permille(given)
            exact = thousandths / 1000 == given and given is not True and given is not False
            if i == j or len(row) != FIELDS or not exact or not 0 <= thousandths <= MOST:
                return None
            source.append(i)
            target.append(j)
            value.append(thousandths)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    directions = {i * len(ids) + j for i, j in zip(source, target, strict=True)}
    return BenefitColumns(ids, source, target, value) if len(directions) == len(value) else None


FIELDS, MOST = len(Benefit.model_fields), 1000


def _as_rows(rows: Sequence[Benefit]) -> tuple[dict[str, str | float], ...]:
    if not isinstance(rows, BenefitColumns):
        return tuple(row.model_dump() for row in rows)
    return tuple(
        {"attendee": i, "partner": j, "value": value / 1000} for i, j, value in rows.triples()
    )


Benefits = Annotated[
    Sequence[Benefit],
    GetPydanticSchema(
        lambda _, schema: schema(
            Annotated[
                tuple[Benefit, ...],
                Field(max_length=limits.BENEFITS),
                WrapValidator(in_columns),
                PlainSerializer(lambda rows: _as_rows(rows)),
            ]
        )
    ),
]
"""The field of an event: a tuple of ``Benefit``, or the same by column."""
