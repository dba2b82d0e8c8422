"""Who of a file comes, who is there already, and why the others are left out."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from app.imports import cells
from app.imports.aliases import key_of, keys_in, read_heading
from app.imports.mapping import NAMES, tells_orders
from app.imports.sheet import ColumnSource, KnownSheet
from schemas.imports import LeftOutReason

REASONS: tuple[LeftOutReason, ...] = ("waitlist", "refunded", "no_show", "void")


class Coming:
    """Reads the columns about coming; nobody is taken on a doubt."""

    def __init__(self, sheet: KnownSheet) -> None:
        self.sheet = sheet
        self.has_orders = tells_orders([read_heading(c.header) for c in sheet.mapping.columns])
        self.with_yes = {one for one in sheet.of("status") if self._has_yes(one)}

    def reason(
        self, number: int, row: Sequence[str], document: Mapping[str, Any]
    ) -> LeftOutReason | None:
        """Why a row is nobody who comes."""
        return self._by_status(number, row) or self._by_void(row) or self._by_name(row, document)

    def _by_status(self, number: int, row: Sequence[str]) -> LeftOutReason | None:
        for source in self.sheet.of("status"):
            cell = source.cell(row)
            if not cell:
                if source in self.with_yes:
                    return "no_status"
                continue
            status = cells.status_of(cell)
            if status is None:
                message = "not known to say that somebody comes: left out"
                self.sheet.tell(number, source, "unknown_status", message)
                return "unknown_status"
            if status not in ("comes", "present"):
                return _reason_named(status)
        return None

    def _has_yes(self, source: ColumnSource) -> bool:
        """Whether a column of states says of anybody that they come."""
        said = {source.cell(row) for row in self.sheet.table.rows} - {""}
        return any(cells.status_of(cell) in ("comes", "present") for cell in said)

    def _by_void(self, row: Sequence[str]) -> LeftOutReason | None:
        for source in self.sheet.of("void"):
            cell = source.cell(row)
            if not cell or cells.is_no(cell):
                continue
            status = None if cells.is_flag(cell) else cells.status_of(cell)
            if status not in ("comes", "present"):
                return _reason_named(status) if status else _reason_in(source.header)
        return None

    def _by_name(self, row: Sequence[str], document: Mapping[str, Any]) -> LeftOutReason | None:
        name, email = document.get("name"), document.get("email")
        if name is None and self.has_orders and self.sheet.has_any(*NAMES):
            return "not_assigned"
        if name is None and email is None and self._has_people():
            return "nobody"
        is_last = row is self.sheet.table.rows[-1]
        if is_last and email is None and cells.is_total(name or ""):
            return "nobody"
        return None

    def _has_people(self) -> bool:
        return self.sheet.has_any(*NAMES, "email") or not self.sheet.of("id")

    def is_there(self, number: int, row: Sequence[str]) -> bool:
        """Whether a row is of somebody who has come already."""
        said = [
            cells.status_of(source.cell(row)) == "present" for source in self.sheet.of("status")
        ]
        for source in self.sheet.of("checked_in"):
            present = cells.is_present(source.cell(row))
            said.append(bool(present))
            if present is None:
                message = "neither yes nor no: taken as not there yet"
                self.sheet.tell(number, source, "unknown_presence", message)
        return any(said)

    def guests(self, row: Sequence[str]) -> int:
        """How many further people somebody brings."""
        return sum(cells.whole_number(s.cell(row)) or 0 for s in self.sheet.of("guests"))


def _reason_named(status: str) -> LeftOutReason:
    return next(reason for reason in get_args(LeftOutReason) if reason == status)


def _reason_in(header: str) -> LeftOutReason:
    """What a column of yes and no is called after."""
    key = key_of(header)
    named = (r for r in REASONS if any(word in key for word in keys_in("status", r)))
    return next(named, "cancelled")
