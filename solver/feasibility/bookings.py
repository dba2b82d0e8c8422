"""What H9 to H11 leave room for while meetings are seated one after the other."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from solver.instance import Edge, Instance


class Bookings:
    """Who is busy when, which houses have met, and how many tables of each set are asked for.

    The meetings of held rounds are there from the beginning.
    """

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._busy: list[set[int]] = [set() for _ in range(instance.n)]
        self._met: Counter[tuple[Any, ...]] = Counter()
        self._asked: Counter[tuple[int, int]] = Counter()
        for r, matching in enumerate(instance.held):
            for pair in matching:
                self.count(pair, r, 1)

    def fits(self, pair: Edge, r: int) -> bool:
        """Tell whether these rules let a pair, not seated in round ``r``, meet there as well."""
        instance = self._instance
        if any(r in self._busy[v] for v in pair) or (pair, r) in instance.apart:
            return False
        if any(self._met[key] > 0 for key in self._houses(pair)):
            return False
        places = instance.places
        left = (places.tables[k, r] - self._asked[k, r] for k in self._sets(pair)) if places else ()
        return all(count > 0 for count in left) and all(self._may_work(v, r) for v in pair)

    def count(self, pair: Edge, r: int, sign: int) -> None:
        """Count a meeting, or forget it with ``sign`` -1."""
        for v in pair:
            (self._busy[v].add if sign > 0 else self._busy[v].discard)(r)
        for key in self._houses(pair):
            self._met[key] += sign
        for k in self._sets(pair):
            self._asked[k, r] += sign

    def _may_work(self, v: int, r: int) -> bool:
        """Tell whether a break of every window is left when ``v`` meets somebody in round ``r``."""
        windows = self._instance.open_windows
        return not any(
            first <= r <= last and all(q == r or q in self._busy[v] for q in range(first, last + 1))
            for first, last in (windows[v] if windows else ())
        )

    def _houses(self, pair: Edge) -> Iterator[tuple[Any, ...]]:
        companies = self._instance.companies
        if companies is not None:
            yield from companies.met_by(*pair)

    def _sets(self, pair: Edge) -> tuple[int, ...]:
        places = self._instance.places
        return () if places is None else places.asked_by(*pair)
