"""Who somebody is: name, address, organisation, and an id that the next import gives again."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from app.imports import cells
from app.imports.mapping import NAMES
from app.imports.sheet import KnownSheet
from schemas import limits
from schemas.base import is_id
from schemas.text import fold_name

NO_ID = re.compile(r"[^\w.@+:~=-]+")
HASH_DIGITS = 12
SUFFIX = 7
"""Characters kept free for what tells the rows of one id apart."""


class Identity:
    """Tells people apart; nobody is merged, and whoever may be two is told."""

    def __init__(self, sheet: KnownSheet) -> None:
        self.sheet = sheet
        self.ids = set[str]()
        self.repeated: dict[str, str] = {}
        self.rows_of = defaultdict[str, int](lambda: 1)
        self.rows_with = Counter(
            fold_name(cells.find_address(sheet.first("email", row))) for row in sheet.table.rows
        )
        self.seen: dict[tuple[str, str], str] = {}
        self.addresses = dict[str, str]()

    def facts_of(self, number: int, row: Sequence[str]) -> dict[str, Any]:
        """Name, address and organisation of a row."""
        found = {"name": self._name(row), "email": self._email(number, row)}
        found["organisation"] = " ".join(self.sheet.first("organisation", row).split()) or None
        return {field: value for field, value in found.items() if value is not None}

    def _name(self, row: Sequence[str]) -> str | None:
        whole = self.sheet.first("name", row)
        parts = [self.sheet.first(part, row) for part in NAMES[1:]]
        if not cells.is_nobody(whole):
            return " ".join(whole.split())
        joined = " ".join(part for part in parts if part)
        if cells.is_nobody(joined) or all(map(cells.is_nobody, parts)):
            return None
        return " ".join(joined.split())

    def _email(self, number: int, row: Sequence[str]) -> str | None:
        cell = self.sheet.first("email", row)
        address = cells.find_address(cell)
        if address is None and cell and not cells.is_nobody(cell):
            self.sheet.tell(
                number, self.sheet.of("email")[0], "no_address", "not one e-mail address: left out"
            )
        return address

    def new_id(self, number: int, row: Sequence[str], facts: Mapping[str, Any]) -> str:
        """The id of the file, cleaned; else one made of the address, or of the name.

        Rows that are left out have theirs too, so that nobody comes by the id of somebody else
        when states change.
        """
        own = self._own_id(row)
        found = base = own or self._made_id(number, facts)
        while found in self.ids:
            self.rows_of[base] += 1
            found = f"{base[: limits.ID - SUFFIX]}-{self.rows_of[base]}"
        self.ids.add(found)
        if own and found != own:
            self.repeated[found] = own
        return found

    def _own_id(self, row: Sequence[str]) -> str:
        parts = [self.sheet.first("id", row)]
        if not parts[0] and self.sheet.of("order") and self.sheet.of("position"):
            parts = [self.sheet.first("order", row), self.sheet.first("position", row)]
        clean = NO_ID.sub("-", "-".join(parts)).strip("-")[: limits.ID] if all(parts) else ""
        return clean if is_id(clean) else ""

    def _made_id(self, number: int, document: Mapping[str, Any]) -> str:
        email, name = fold_name(document.get("email")), fold_name(document.get("name"))
        if email and self.rows_with[email] == 1:
            return _hash(email)
        if email or name:
            return _hash(email, name, fold_name(document.get("organisation")))
        return f"row-{number}"

    def check_twice(self, number: int, document: Mapping[str, Any]) -> None:
        """Tell of people who may be one; nobody is merged."""
        if own := self.repeated.get(document["id"]):
            self.sheet.tell(number, None, "repeated_id", f"another row of the id {own}")
        email, name = fold_name(document.get("email")), fold_name(document.get("name"))
        if not email:
            return
        same, one = self.seen.get((email, name)), self.addresses.get(email)
        if same:
            self.sheet.tell(number, None, "duplicate", f"name and address of {same}: both are kept")
        elif one:
            message = f"the e-mail address of {one}: two with one address are kept apart all day"
            self.sheet.tell(number, None, "shared_address", message)
        self.seen.setdefault((email, name), document["id"])
        self.addresses.setdefault(email, document["id"])


def id_of_facts(facts: Mapping[str, Any]) -> str:
    """The id of somebody whom no row of a list has with it; empty without name and address."""
    told = [facts.get(field) for field in ("email", "name", "organisation")]
    email, name, organisation = (fold_name(t) if isinstance(t, str) else "" for t in told)
    if email:
        return _hash(email)
    return _hash("", name, organisation) if name else ""


def _hash(*parts: str) -> str:
    return "p-" + sha256("\n".join(parts).encode()).hexdigest()[:HASH_DIGITS]
