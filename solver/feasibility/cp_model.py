"""The hard rules as a CP-SAT model: which pairs meet, and in which open round.

A pair that may meet has a Boolean and a round; together they make an optional interval one round
long. The intervals of an attendee do not overlap (H1) and at no time outnumber the open tables
(H3); a pair has one interval (H2). Points and limits ask only *whether* a pair meets, so the
linear relaxation knows no rounds: with one Boolean a pair and round, proofs took ten to a hundred
times as long.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

from ortools.sat.python import cp_model

from solver.instance import Edge, Instance, Matchings, Window
from solver.objective import Trio
from solver.possible import halves_of, known, one_sided, rounds_of, seats_of, trios

Search = cp_model.CpSolver | cp_model.CpSolverSolutionCallback


@dataclass
class HardRulesModel:
    """The model as it is built: ``meets`` and ``begins`` by pair, ``closes`` by triangle."""

    instance: Instance
    model: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    meets: dict[Edge, cp_model.IntVar] = field(default_factory=dict)
    begins: dict[Edge, cp_model.IntVar] = field(default_factory=dict)
    lasts: dict[Edge, cp_model.IntervalVar] = field(default_factory=dict)
    closes: dict[Trio, cp_model.IntVar] = field(default_factory=dict)

    @classmethod
    def of(cls, instance: Instance, pairs: Iterable[Edge]) -> "HardRulesModel":
        """State every hard rule; in open rounds nobody meets but these pairs."""
        day = cls(instance)
        for pair, rounds in rounds_of(instance, pairs):
            day._offer(pair, rounds)
        day._one_meeting_a_round()
        day._open_tables()
        day._places()
        day._companies()
        day._limits()
        for pair in instance.required:
            day.demand(pair)
        for r, matching in enumerate(instance.pinned):
            for pair in matching:
                day.demand(pair, r)
        if not instance.fill:
            day._stand()
        return day

    @cached_property
    def pairs_of(self) -> list[list[Edge]]:
        """The pairs of each attendee."""
        listed: list[list[Edge]] = [[] for _ in range(self.instance.n)]
        for pair in self.meets:
            for v in pair:
                listed[v].append(pair)
        return listed

    @cached_property
    def known(self) -> frozenset[Edge]:
        """Pairs acquainted whatever happens in the open rounds."""
        return known(self.instance)

    def closing(self, trio: Trio) -> cp_model.IntVar:
        """Whether the triangle closes: true only if it does."""
        if trio not in self.closes:
            self.closes[trio] = self._closing(trio)
        return self.closes[trio]

    def in_round(self, pair: Edge, r: int) -> cp_model.IntVar:
        """Whether the pair, one of ``meets``, meets in this round: true only if it does."""
        there = self.model.new_bool_var("")
        self.model.add_implication(there, self.meets[pair])
        self.model.add(self.begins[pair] == r).only_enforce_if(there)
        return there

    def suggest(self, hint: Matchings) -> None:
        """Offer the schedule as a start of the search."""
        round_of = {pair: r for r in self.instance.open_rounds for pair in hint[r]}
        for pair, meets in self.meets.items():
            self.model.add_hint(meets, pair in round_of)
            if pair in round_of:
                self.model.add_hint(self.begins[pair], round_of[pair])

    def matchings(self, search: Search) -> Matchings:
        """Who meets in each round of the solution found, sorted, held rounds included."""
        rounds: list[list[Edge]] = [[] for _ in range(self.instance.rounds)]
        for pair, meets in self.meets.items():
            if search.boolean_value(meets):
                rounds[search.value(self.begins[pair])].append(pair)
        held = self.instance.held
        return held + tuple(tuple(sorted(pairs)) for pairs in rounds[len(held) :])

    def _offer(self, pair: Edge, rounds: list[int]) -> None:
        model = self.model
        meets = self.meets[pair] = model.new_bool_var("")
        domain = cp_model.Domain.from_values(rounds)
        begins = self.begins[pair] = model.new_int_var_from_domain(domain, "")
        self.lasts[pair] = model.new_optional_fixed_size_interval_var(begins, 1, meets, "")

    def _one_meeting_a_round(self) -> None:
        windows = self.instance.open_windows
        for v, pairs in enumerate(self.pairs_of):
            breaks = self._breaks(windows[v]) if windows else []
            if len(pairs) + len(breaks) > 1:
                self.model.add_no_overlap([*(self.lasts[pair] for pair in pairs), *breaks])

    def _breaks(self, windows: list[Window]) -> list[cp_model.IntervalVar]:
        """Rounds without a meeting, one at least of every window (H10)."""
        idle: dict[int, cp_model.IntVar] = {}
        for first, last in windows:
            rounds = range(max(first, self.instance.open_rounds.start), last + 1)
            for r in rounds:
                idle.setdefault(r, self.model.new_bool_var(""))
            self.model.add_bool_or(idle[r] for r in rounds)
        return [
            self.model.new_optional_fixed_size_interval_var(r, 1, rests, "")
            for r, rests in idle.items()
        ]

    def _companies(self) -> None:
        """What a meeting uses up is used once (H9), in held rounds or here."""
        companies = self.instance.companies
        if companies is None:
            return
        used: dict[tuple[int, int], list[cp_model.IntVar]] = {}
        for pair, meets in self.meets.items():
            for key in companies.met_by(*pair):
                used.setdefault(key, []).append(meets)
        gone = {key for pair in self.instance.held_pairs for key in companies.met_by(*pair)}
        for key, meets_of in used.items():
            if key in gone:
                self.model.add(total(meets_of) <= 0)
            elif len(meets_of) > 1:
                self.model.add_at_most_one(meets_of)

    def _places(self) -> None:
        """No set of tables is asked for more than it has (H11)."""
        places = self.instance.places
        if places is None:
            return
        asking: dict[int, list[Edge]] = {}
        for pair in self.meets:
            for k in places.asked_by(*pair):
                asking.setdefault(k, []).append(pair)
        for k, pairs in asking.items():
            tables = {r: int(places.tables[k, r]) for r in self.instance.open_rounds}
            self._limit_rounds(pairs, tables)

    def _open_tables(self) -> None:
        """At most ``seats[r]`` meetings in round r; tables it lacks are taken by nobody's."""
        seats = seats_of(self.instance)
        if len(self.meets) > sum(seats.values()):
            self.model.add(total(self.meets.values()) <= sum(seats.values()))
        if seats != halves_of(self.instance) and self.meets:
            self._limit_rounds(self.meets, seats)

    def _limit_rounds(self, pairs: Collection[Edge], seats: Mapping[int, int]) -> None:
        """At most so many of the pairs meet in each round; what is lacking is taken by nobody."""
        most = max(seats.values())
        short = {r: most - count for r, count in seats.items() if count < most}
        nobody = [self.model.new_fixed_size_interval_var(r, 1, "") for r in short]
        demands = [1] * len(pairs) + list(short.values())
        self.model.add_cumulative([*(self.lasts[p] for p in pairs), *nobody], demands, most)

    def _limits(self) -> None:
        for v, pairs in enumerate(self.pairs_of):
            low, high = self.instance.needed[v], self.instance.capacity[v]
            if low > min(high, len(pairs)):
                self._contradict()
            elif low > 0 or len(pairs) > high:
                meetings = total(self.meets[pair] for pair in pairs)
                self.model.add_linear_constraint(meetings, low, high)

    def demand(self, pair: Edge, r: int | None = None) -> None:
        """The pair meets, in round ``r`` if one is named."""
        if pair not in self.meets:
            self._contradict()
            return
        self.model.add_bool_and(self.meets[pair])
        if r is not None:
            self.model.add(self.begins[pair] == r)

    def _contradict(self) -> None:
        self.model.add_bool_or([])

    def _stand(self) -> None:
        """A meeting that is neither mutual nor required belongs to a closed triangle (H8)."""
        alone = one_sided(self.instance, self.meets)
        closing: dict[Edge, list[cp_model.IntVar]] = {pair: [] for pair in alone}
        for trio in trios(self.instance, self.meets):
            for pair in closing.keys() & set(combinations(trio, 2)):
                closing[pair].append(self.closing(trio))
        for pair in alone:
            self.model.add_bool_or([*closing[pair], ~self.meets[pair]])

    def _closing(self, trio: Trio) -> cp_model.IntVar:
        sides = list(combinations(trio, 2))
        if all(pair in self.known for pair in sides):
            return self._closing_again(sides)
        closes = self.model.new_bool_var("")
        for pair in sides:
            if pair not in self.known:
                self.model.add_implication(closes, self.meets[pair])
        return closes

    def _closing_again(self, sides: list[Edge]) -> cp_model.IntVar:
        """All three are acquainted: they need one meeting at this event, held or to come."""
        if not self.instance.held_pairs.isdisjoint(sides):
            return self.model.new_constant(1)
        closes = self.model.new_bool_var("")
        again = [self.meets[pair] for pair in sides if pair in self.meets]
        self.model.add_bool_or([*again, ~closes])
        return closes


def total(variables: Iterable[cp_model.IntVar]) -> cp_model.LinearExprT:
    """The sum of the variables."""
    return cp_model.LinearExpr.sum(list(variables))
