"""Whom a text names, of the people of an event or a file: by id, by address, or by name."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.imports import cells
from app.imports.aliases import key_of
from schemas.text import fold_name

NOBODY = frozenset[str]()


class KnownPeople:
    """People by what they may be called; ``documents`` have their id, address and name."""

    def __init__(self, documents: Iterable[Mapping[str, Any]]) -> None:
        found = defaultdict[str, set[str]](set)
        self._ids = set[str]()
        for document in documents:
            self._ids.add(document["id"])
            for field in ("id", "email", "name"):
                key = (fold_name if field == "email" else key_of)(document.get(field) or "")
                if key:
                    found[f"{field}:{key}"].add(document["id"])
        self._called = {key: frozenset(ids) for key, ids in found.items()}
        self._answers: dict[str, frozenset[str]] = {}

    def ids_of(self, text: str) -> frozenset[str]:
        """Whom a text names: by id, else by address, else by name; several if it could be each."""
        if text not in self._answers:
            self._answers[text] = self._find(text)
        return self._answers[text]

    def _find(self, text: str) -> frozenset[str]:
        if text in self._ids:
            return frozenset((text,))
        address = cells.find_address(text) or ""
        tries = (f"id:{key_of(text)}", f"email:{fold_name(address)}", f"name:{key_of(text)}")
        return next((self._called[key] for key in tries if key in self._called), NOBODY)

    def parts_of(self, cell: str) -> Iterator[str]:
        """The people that a cell names, between semicolons or lines; commas may be in a name."""
        for part in cells.split_lines(cell):
            yield from (part,) if self.ids_of(part) else cells.split_commas(part)
