"""Contact spheres: professions that serve the same client without competing.

Who is of which profession is read off the offers: one that names the profession or means it. The
table that ships may be replaced event by event.
"""

import json
from collections.abc import Sequence
from functools import cache, cached_property
from importlib import resources
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from schemas.words.message import message
from solver.compatibility.people import Flags, People
from solver.compatibility.sparse import but_oneself, marks, only
from solver.meaning.meaning import holding

PROFESSION = 750
"""An offer so similar to a profession's name is an offer of that profession."""


class Sphere(NamedTuple):
    """Professions that refer business to each other."""

    name: str
    professions: tuple[str, ...]


@cache
def default_spheres() -> tuple[Sphere, ...]:
    """The spheres that ship."""
    file = resources.files("solver.compatibility") / "data" / "contact_spheres.json"
    rows = json.loads(file.read_text(encoding="utf-8"))
    return tuple(Sphere(row["sphere"], tuple(row["professions"])) for row in rows)


class Spheres:
    """The people of a room in the spheres of their professions."""

    def __init__(self, room: People, groups: Sequence[Sequence[str]]) -> None:
        own = tuple(Sphere(", ".join(group), tuple(group)) for group in groups if group)
        self._room, self._own, self._spheres = room, bool(own), own or default_spheres()

    @cached_property
    def members(self) -> Flags:
        """Those who are of any profession that is known."""
        return np.diff(self._of.indptr) > 0

    def shared(self, sources: Flags, targets: Flags) -> csr_array:
        """Positive where a sphere holds both, and there they are of different professions."""
        found = csr_array((self._room.people, self._room.people), dtype=np.int32)
        for there, members in self._by_sphere:
            ours, theirs = members & sources, members & targets
            if ours.any() and theirs.any():
                found = found + _different(only(there, ours), only(there, theirs))
        return but_oneself(csr_array(found))

    def told(self, i: int, j: int) -> tuple[str, str, str]:
        """The first sphere that two people share, and the profession of each in it.

        Names of ours are messages; those of the organiser stay as they were written.
        """
        said = str if self._own else message
        mine, yours = self._by_person[i], self._by_person[j]
        for place in mine:
            if place in yours and mine[place].isdisjoint(yours[place]):
                ours, theirs = (self._names[min(each[place])] for each in (mine, yours))
                return said(self._professions_by_sphere[place][0]), said(ours), said(theirs)
        raise KeyError("these two share no sphere")

    @cached_property
    def _by_sphere(self) -> list[tuple[csr_array, Flags]]:
        """Of each sphere who is of which of its professions, and who is of any."""
        tables = [self._of[:, columns] for _, columns in self._professions_by_sphere]
        return [(there, np.diff(there.indptr) > 0) for there in tables]

    @cached_property
    def _by_person(self) -> list[dict[int, set[int]]]:
        """The professions of each person in each sphere they belong to, sphere by sphere."""
        spheres = [set(professions) for _, professions in self._professions_by_sphere]
        columns = self._of.indices.tolist()
        everyone = [set(columns[start:end]) for start, end in pairwise(self._of.indptr.tolist())]
        return [
            {place: here for place, sphere in enumerate(spheres) if (here := mine & sphere)}
            for mine in everyone
        ]

    @cached_property
    def _names(self) -> list[str]:
        """The professions of all spheres, in one spelling, in order."""
        spelled = self._room.meaning.spelled
        return sorted({spelled(name) for sphere in self._spheres for name in sphere.professions})

    @cached_property
    def _professions_by_sphere(self) -> list[tuple[str, list[int]]]:
        number = {name: k for k, name in enumerate(self._names)}
        spelled = self._room.meaning.spelled
        return [
            (s.name, sorted({number[spelled(p)] for p in s.professions})) for s in self._spheres
        ]

    @cached_property
    def _of(self) -> csr_array:
        """1 where a person (row) is of a profession (column)."""
        offers, names = self._room.offers, self._names
        found = self._room.meaning.alike(offers.texts, names, PROFESSION)
        named = [(k, p) for p, name in enumerate(names) for k in holding(name, offers.texts)]
        text, profession = np.array(named, np.int64).reshape(-1, 2).T
        texts, professions = np.append(found.left, text), np.append(found.right, profession)
        means = marks(texts, professions, (len(offers.texts), len(names)))
        owns = marks(offers.owner, offers.text, (self._room.people, len(offers.texts)))
        return csr_array(owns @ means)


def _different(mine: csr_array, yours: csr_array) -> csr_array:
    """1 where both rows hold something and nothing that is the same."""
    both = _any(mine) @ _any(yours).T
    return csr_array(both - both.multiply((mine @ yours.T) > 0))


def _any(table: csr_array) -> csr_array:
    rows = np.flatnonzero(np.diff(table.indptr))
    return marks(rows, np.zeros_like(rows), (table.shape[0], 1))
