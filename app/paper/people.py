"""People as paper names them."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from app.briefs.plain_text import name_of
from app.exports.schedule_rows import NamedSchedule
from schemas.agenda import Person

HAN = ("ja", "ko", "zh")
"""Languages in which the same Chinese characters have shapes of their own."""


@dataclass(frozen=True)
class PaperPerson:
    """A name, and where somebody is from; ``han`` is the language that their characters are of."""

    name: str
    organisation: str
    han: str


class PaperPeople:
    """The people of a schedule by id, with the names that the event has now."""

    def __init__(self, named: NamedSchedule) -> None:
        self._named = named
        self._han = {
            a.id: next((code for code in a.languages if code in HAN), "")
            for a in named.event.attendees
        }

    def person(self, v: str) -> PaperPerson:
        """Somebody by name, or by id where there is none."""
        return self._paper(v, name_of(self._named.person(v)))

    def distinct(self, v: str) -> PaperPerson:
        """The same, told from everybody else of that name."""
        return self._paper(v, self._named.label(v))

    def by_name(self, ids: Iterable[str]) -> list[str]:
        """Ids in the order in which people look for their names."""
        return sorted(ids, key=lambda v: (sorting_key(self._named.person(v)), v))

    def _paper(self, v: str, name: str) -> PaperPerson:
        organisation = (self._named.person(v).organisation or "").strip()
        return PaperPerson(name, organisation, self._han.get(v, ""))


def sorting_key(person: Person) -> str:
    """By what names are sorted: without accents and case, each script after the other."""
    parts = unicodedata.normalize("NFKD", name_of(person).casefold())
    return "".join(c for c in parts if not unicodedata.combining(c))
