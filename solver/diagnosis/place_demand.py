"""Tables that people are bound to, against the meetings that these people could have.

Sets of tables are nested or disjoint (H11). A set is crowded if the people bound to it, or to
tables within it, could have more meetings than it has room for. In a round with ``t`` open tables
at most ``t`` meetings take place; two of the bound people may sit at one table, a pair once a day.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from schemas.event import Attendee
from solver.instance import Instance, Ints, PlaceSets, share_a_round

MOST_PAIRED = 1_000
"""Among more people than this it is taken that all may meet."""


class CrowdedPlace(NamedTuple):
    """Some tables, who is bound to them, what these people ask of them and what fits at most."""

    tables: frozenset[int]
    people: tuple[str, ...]
    asked: int
    meetings: int


def crowded_places(people: Sequence[Attendee], instance: Instance) -> Iterator[CrowdedPlace]:
    """Every set of tables that is too small; ``people`` are all, in the order of their ids."""
    if instance.places is None:
        return
    demand = _Demand(instance, instance.places)
    for k, members in enumerate(demand.members):
        own = [v for v in members if instance.places.of[v] == k]
        if own and demand.asked[k] > demand.seats[k]:
            yield CrowdedPlace(
                people[own[0]].places,
                tuple(people[v].id for v in members),
                demand.asked[k],
                demand.meetings(k),
            )


class _Demand:
    """Of each set its people, the seats they ask for, and those that there are for them."""

    def __init__(self, instance: Instance, places: PlaceSets) -> None:
        self._instance, self._places = instance, places
        self.members: list[list[int]] = [[] for _ in places.around]
        for v, k in enumerate(places.of.tolist()):
            for around in places.around[k] if k >= 0 else ():
                self.members[around].append(v)
        self.seats = [self._seats(k) for k in range(len(places.around))]
        self.asked = self._asked()

    def _asked(self) -> list[int]:
        """The meetings that people could have; of a smaller set no more than it seats."""
        asked = [0] * len(self.members)
        for v, k in enumerate(self._places.of.tolist()):
            if k >= 0:
                asked[k] += self._instance.capacity[v]
        for k in reversed(range(len(asked))):  # a set comes after those that hold it
            if len(self._places.around[k]) > 1:
                asked[self._places.around[k][1]] += min(asked[k], self.seats[k])
        return asked

    def meetings(self, k: int) -> int:
        """The most meetings at the tables of a set."""
        tables, here = self._by_round(k)
        return int(np.minimum(tables, here).sum())

    def _seats(self, k: int) -> int:
        """How many of these people's meetings there can be, those of two of them counted twice."""
        tables, here = self._by_round(k)
        pairs = self._pairs(self.members[k])
        shared = np.minimum(tables, here // 2) if pairs else 0
        by_round = np.minimum(here, tables + shared).sum()
        return int(min(by_round, self.meetings(k) + pairs))

    def _by_round(self, k: int) -> tuple[Ints, Ints]:
        """Open tables and people in each open round."""
        first = len(self._instance.held)
        here = self._instance.present[self.members[k], first:].sum(axis=0)
        return self._places.tables[k, first:], here.astype(np.int64)

    def _pairs(self, members: Sequence[int]) -> int:
        """How many pairs of these people may meet."""
        if len(members) > MOST_PAIRED:
            return len(members) * (len(members) - 1) // 2
        who = np.array(members, np.int64)
        i, j = (who[ends] for ends in np.triu_indices(len(who), 1))
        together = share_a_round(self._instance.present, i, j)
        return int((self._instance.permissions.of_pairs(i, j) & together).sum())
