"""Which rule a schedule would break after an edit, in the organiser's words."""

from collections import Counter
from collections.abc import Iterator, Set

from solver.compatibility.graph import Compatibility
from solver.instance import Edge, Instance
from solver.translate.explain import SENTENCES
from solver.translate.numbering import Numbering

Rows = tuple[frozenset[Edge], ...]
"""Who meets in each round."""
Complaint = tuple[str, str]
"""A code and a sentence: a rule that a schedule breaks."""


class EditRules:
    """The rules of an event, as they speak of a schedule that somebody makes by hand."""

    def __init__(self, instance: Instance, graph: Compatibility, names: Numbering) -> None:
        self._instance, self._graph, self._names = instance, graph, names

    def broken_by(self, rows: Rows) -> Iterator[Complaint]:
        """Every rule but H8 that open rounds break, in words with ids."""
        for r in self._instance.open_rounds:
            yield from self._in_round(rows[r], r)
        yield from self._met_twice(rows)
        yield from self._of_people(rows)
        yield from self._demanded(rows)

    def one_sided(self, pairs: Set[Edge]) -> Iterator[Complaint]:
        """H8: meetings that do not stand by themselves."""
        return (("one_sided", self._say("one_sided", pair)) for pair in sorted(pairs))

    def _in_round(self, row: Set[Edge], r: int) -> Iterator[Complaint]:
        instance = self._instance
        if len(row) > instance.tables[r]:
            yield "tables_full", f"round {r + 1} has {instance.tables[r]} open tables"
        for pair in sorted(row):
            a, b = self._names.pair(pair)
            gone = [self._names.ids[v] for v in pair if not instance.present[v, r]]
            if gone:
                yield "absent", f"{' and '.join(gone)} is not there in round {r + 1}"
            if not instance.permissions.may_meet(*pair):
                code = next(iter(self._graph.forbidden.codes((a, b))), "forbid")
                yield code, self._say(code, pair)
            if (pair, r) in instance.apart:
                yield "apart", self._say("apart", pair, r)
        for pair in sorted((*instance.pinned[r],) if instance.pinned else ()):
            if pair not in row and pair not in instance.waived:
                a, b = self._names.pair(pair)
                yield "pinned", f"a rule of the organiser puts {a} and {b} in round {r + 1}"
        yield from self._beyond_places(row, r)

    def _beyond_places(self, row: Set[Edge], r: int) -> Iterator[Complaint]:
        places, asked = self._instance.places, Counter[int]()
        for pair in sorted(row) if places else ():
            for k in places.asked_by(*pair) if places else ():
                asked[k] += 1
                if places and asked[k] > places.tables[k, r]:
                    yield "place_closed", self._say("place_closed", pair, r)

    def _met_twice(self, rows: Rows) -> Iterator[Complaint]:
        """H2 and H9: a pair, and what a meeting of two organisations uses up, only once."""
        companies, used = self._instance.companies, set[tuple[int, int]]()
        met = set[Edge]()
        for r, row in enumerate(rows):
            for pair in sorted(row):
                uses = companies.met_by(*pair) if companies else ()
                if r in self._instance.open_rounds and pair in met:
                    a, b = self._names.pair(pair)
                    yield "met_today", f"{a} and {b} would meet twice"
                elif r in self._instance.open_rounds and not used.isdisjoint(uses):
                    yield "met_colleague", self._say("met_colleague", pair)
                met.add(pair)
                used.update(uses)

    def _of_people(self, rows: Rows) -> Iterator[Complaint]:
        """H6 and H10: limits, minimums and breaks."""
        first, counts = len(self._instance.held), Counter[int]()
        busy: dict[int, set[int]] = {}
        for r, row in enumerate(rows):
            for v in (v for pair in row for v in pair):
                busy.setdefault(v, set()).add(r)
                counts[v] += r >= first
        for v, who in enumerate(self._names.ids):
            if counts[v] + self._instance.held_counts[v] > self._instance.limits[v] and counts[v]:
                yield "limits_reached", f"{who} would have more meetings than are allowed"
            if counts[v] < self._instance.needed[v]:
                yield "minimum", f"{who} would have fewer meetings than it must"
        for v, windows in enumerate(self._instance.open_windows):
            for a, z in windows:
                if {*range(a, z + 1)} <= busy.get(v, set()):
                    who = self._names.ids[v]
                    yield "on_break", f"{who} would have no break in rounds {a + 1} to {z + 1}"

    def _demanded(self, rows: Rows) -> Iterator[Complaint]:
        met = {pair for row in rows for pair in row}
        for pair in self._instance.required:
            if pair not in met:
                a, b = self._names.pair(pair)
                yield "require", f"a rule of the organiser requires {a} and {b} to meet"

    def _say(self, code: str, pair: Edge, r: int | None = None) -> str:
        a, b = self._names.pair(pair)
        sentence = SENTENCES[code]  # type: ignore[index]
        return sentence.format(a=a, b=b, when=f"round {0 if r is None else r + 1}", who=a)
