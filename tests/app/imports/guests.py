"""Registration files for tests: invented people, written as many tools and hands write them."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import NamedTuple

from app.imports.table import Table

FIRST = (
    "Ada", "Béla", "Chloé", "Dörte", "Emil", "Fátima", "Göran", "Hana", "Iñigo", "Jolán", "Kåre",
    "Łucja", "Miloš", "Nadège", "Ömer", "Pía", "Quirin", "Rūta", "Søren", "Tünde",
)  # fmt: skip
LAST = ("Ahorn", "Birke", "Cypress", "Douglasie", "Eibe", "Fichte", "Ginkgo")
FIRMS = ("Nordlicht Papier", "Blue Kettle Ltd", "Atelier des Nuages", "Kopernik & Söhne", "")
STATES = ("comes", "comes", "comes", "comes", "cancelled", "comes", "pending")


class Registrant(NamedTuple):
    """Somebody invented, with what a file ought to tell of them."""

    number: int
    first: str
    last: str
    email: str
    firm: str
    state: str
    is_there: bool
    consents: bool
    offers: str
    needs: str
    town: str

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"


def guest_list(count: int = 20) -> list[Registrant]:
    """So many people; every fifth without a firm, two of seven not coming, a third there."""
    return [_guest(k) for k in range(count)]


def _guest(k: int) -> Registrant:
    state = STATES[k % len(STATES)]
    return Registrant(
        number=k + 1,
        first=FIRST[k % len(FIRST)],
        last=LAST[(k * 3 + k // len(FIRST)) % len(LAST)],
        email=f"guest{k + 1}@tree{k % 4}.example",
        firm=FIRMS[k % len(FIRMS)],
        state=state,
        is_there=state == "comes" and k % 3 == 0,
        consents=k % 4 == 1,
        offers=f"Bookkeeping for bakers, part {k + 1}",
        needs=f"A place for {k + 2} bees",
        town=("Upper Moss", "Lower Moss", "Fernhill")[k % 3],
    )


def table_of(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A table as the reader gives it."""
    width = len(header)
    cells = tuple(tuple(str(c).strip() for c in row) for row in rows)
    assert all(len(row) == width for row in cells)
    return Table("", tuple(map(str.strip, header)), cells, tuple(range(2, len(cells) + 2)))


def columns_of(columns: Mapping[str, Sequence[str]]) -> Table:
    """A table from its columns; header names differ."""
    return table_of([*columns], [*zip(*columns.values(), strict=True)])


def csv_of(table: Table, delimiter: str = ",") -> str:
    """The table as a file."""
    text = StringIO()
    csv.writer(text, delimiter=delimiter).writerows([table.header, *table.rows])
    return text.getvalue()
