"""Improvement by Kempe moves: a schedule as arrays, cooled from chance to pure ascent.

The compiled moves are in ``kernel``; here an ``Instance`` becomes arrays, a schedule becomes a
``State``, and a ``SearchState`` runs steps at falling temperature. Simulated annealing after
Kirkpatrick, Gelatt and Vecchi (1983).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from solver.instance import (
    Edge,
    Instance,
    Ints,
    Matchings,
    among,
    columns_of,
    mutual_values,
    rising,
    share_a_round,
)
from solver.objective import LEAST_BEST, PHI, points_of
from solver.search import kernel
from solver.search.rules import costs_of, rules_of

DENSE = 5_000
"""Up to so many attendees benefits and permissions are kept as a table."""


@dataclass(frozen=True)
class Candidates:
    """Pairs worth meeting, both ways round: rows of partners per attendee, best first."""

    start: Ints
    partner: Ints

    @classmethod
    def of(cls, instance: Instance, each: int) -> "Candidates":
        """The ``each`` best partners of every attendee, the reasons on both sides counted.

        ``start`` is int64[n + 1]; the partners of ``v`` are ``partner[start[v] : start[v + 1]]``.
        """
        i, j, score = scored_pairs(instance)
        owner, partner = np.concatenate([i, j]), np.concatenate([j, i])
        order = np.lexsort((partner, -np.concatenate([score, score]), owner))
        owner, partner = owner[order], partner[order]
        kept = np.arange(len(owner)) - np.searchsorted(owner, owner) < each
        start = np.searchsorted(owner[kept], np.arange(instance.n + 1))
        return cls(start.astype(np.int64), partner[kept])


def scored_pairs(instance: Instance) -> tuple[Ints, Ints, Ints]:
    """Pairs ``i < j`` of some benefit that may still meet, and a score of each: ``4 w + both``.

    Parallel arrays, sorted by pair; the score is in permille and orders pairs, no more.
    """
    b = instance.benefits
    low, high = np.minimum(b.source, b.target), np.maximum(b.source, b.target)
    keys = np.unique(low * instance.n + high)
    keys = keys[~among(keys, rising(instance.held_pairs, instance.n))]
    i, j = keys // instance.n, keys % instance.n
    possible = instance.permissions.of_pairs(i, j) & share_a_round(instance.free, i, j)
    i, j = i[possible], j[possible]
    gain, give = b.of_pairs(i, j), b.of_pairs(j, i)
    return i, j, 4 * mutual_values(gain, give, 0) + gain + give


def problem_of(
    instance: Instance, candidates: Candidates, dense: int = DENSE
) -> kernel.SearchProblem:
    """The instance as the arrays the compiled code reads, by pair up to ``dense`` attendees."""
    b, rules, n = instance.benefits, instance.permissions, instance.n
    denominators = [max(best, LEAST_BEST) if best else 0 for best in instance.best]
    promised = bool(instance.promise_price)
    return kernel.SearchProblem(
        known=_known(instance) if n <= dense else np.zeros((0, 0), np.uint32),
        start=b.start,
        target=b.target.astype(np.int32),
        value=b.value.astype(np.int16),
        present=instance.present,
        tables=np.array(instance.tables, np.int64),
        open_rounds=np.array(instance.open_rounds, np.int64),
        satisfaction=np.stack([np.array(denominators, np.int64), instance.fairness], axis=1),
        phi=PHI,
        triangle_price=instance.prices.triangles,
        bye_points=_bye_points(instance),
        priced=bool(instance.costs),
        floor=max(1, instance.prices.floor),
        fill=instance.fill,
        rematch=bool(_still_possible(instance).any()),
        candidate_start=candidates.start,
        candidate=candidates.partner.astype(np.int32),
        promised=_partners(instance, instance.promised) if promised else _nobody(n, 0),
        promise_price=instance.promise_price,
        other_rounds=min(MOST_OTHER_ROUNDS, PIECES_OF_MANY // max(1, n)),
        strict=instance.is_strict,
        placed=instance.places is not None,
        rules=rules_of(instance),
        kinds=len(rules.kinds[1]),
    )


def _bye_points(instance: Instance) -> Ints:
    """What byes cost, a row for each ``could(v)``: at ``byes_at`` so many byes, left of it 0."""
    rounds = instance.rounds
    table = np.zeros((rounds + 1, _bye_row(instance)), np.int64)
    table[:, rounds : 2 * rounds + 1] = instance.bye_points
    return table.ravel()


def _bye_row(instance: Instance) -> int:
    """How long a row is: byes from ``-rounds``, for held meetings are never too many, to one more
    than there are rounds, which nobody has.
    """
    return 2 * instance.rounds + 2


def byes_at(instance: Instance) -> Ints:
    """Where ``bye_points`` has no byes of each attendee; one further it has one."""
    return np.asarray(instance.could * _bye_row(instance) + instance.rounds, np.int64)


def _known(instance: Instance) -> np.ndarray[tuple[int, int], np.dtype[np.uint32]]:
    """What the kernel wants to know of every pair, both ways round, in one word."""
    b, rules, everybody = instance.benefits, instance.permissions, np.arange(instance.n)
    value = b.value.astype(np.uint32)
    allowed = rules.parts_of_pairs(everybody[:, None], everybody)
    for i, j in rules.barred | rules.refused:
        allowed[i, j] = allowed[j, i] = False
    known = allowed.astype(np.uint32) << kernel.MAY_MEET_FROM
    costs = costs_of(instance)
    for (i, j), points in instance.costs.items():
        which = np.uint32(np.searchsorted(costs, points)) << np.uint32(kernel.COST_FROM)
        known[i, j] |= which
        known[j, i] |= which
    known[b.source, b.target] |= value
    known[b.target, b.source] |= value << kernel.BACK_FROM
    return np.asarray(known, np.uint32)


def _still_possible(instance: Instance) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which of the pairs met earlier may meet here again."""
    met = np.array(_met(instance), np.int64).reshape(-1, 2)
    return instance.permissions.of_pairs(met[:, 0], met[:, 1])


def _met(instance: Instance) -> list[Edge]:
    """Pairs met earlier, but those who certainly meet here: as a meeting they count the same."""
    certain = instance.held_pairs | set(instance.required)
    return [pair for pair in instance.met if pair not in certain]


def _nobody(n: int, columns: int) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    return np.full((n, columns), kernel.NONE, np.int32)


def _partners(
    instance: Instance, matchings: Matchings
) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    table = _nobody(instance.n, instance.rounds)
    for r, matching in enumerate(matchings):
        for i, j in matching:
            table[i, r], table[j, r] = j, i
    return table


def empty_state(instance: Instance, seed: int) -> kernel.State:
    """Nobody meets anybody yet; pairs met earlier stand in the columns after the last round."""
    earlier: list[list[int]] = [[] for _ in range(instance.n)]
    for i, j in _met(instance):
        earlier[i].append(j)
        earlier[j].append(i)
    shape = (instance.n, instance.rounds + max(map(len, earlier), default=0))
    partner = _nobody(*shape)
    gain, give = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
    for v, others in enumerate(earlier):
        for column, other in enumerate(others, start=instance.rounds):
            partner[v, column] = other
            gain[v, column] = instance.benefits.get(v, other)
            give[v, column] = instance.benefits.get(other, v)
    rounds = (instance.n, instance.rounds)
    held = np.array(instance.held_counts, np.int64)
    state = kernel.State(
        partner=partner,
        gain=gain,
        give=give,
        closing=np.zeros(rounds, np.int64),
        lock=np.zeros(rounds, np.uint8),
        satisfied=np.zeros(instance.n, np.int64),
        # Held meetings are about to be placed: each of them will take one off again.
        room=np.array(instance.capacity, np.int64) + held,
        spare=-np.array(instance.needed, np.int64) - held,
        byes=byes_at(instance) + instance.could,
        filled=np.zeros(instance.rounds, np.int64),
        asked=np.zeros(
            (len(instance.places.around) if instance.places else 0, instance.rounds), np.int64
        ),
        random=np.array([_scrambled(seed)], np.uint64),
        chain=np.zeros(instance.n + 2, np.int64),
        sign=np.zeros((instance.n, kernel.SIGN_WORDS), np.uint64),
    )
    for v, others in enumerate(earlier):
        if others:
            kernel.sign_again(state, v)
    return state


def _scrambled(seed: int) -> int:
    """A seed for the generator that is never 0 (Steele, Lea and Flood's splitmix64)."""
    mask = 2**64 - 1
    x = (seed + 0x9E3779B97F4A7C15) & mask
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & mask
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & mask
    return (x ^ (x >> 31)) or 1


@dataclass
class SearchState:
    """A schedule being improved; ``priced_points``: its points less what broken promises cost."""

    instance: Instance
    problem: kernel.SearchProblem
    state: kernel.State
    priced_points: int = field(init=False)

    def __post_init__(self) -> None:
        self.priced_points = self.true_priced_points()

    @classmethod
    def begin(
        cls, instance: Instance, candidates: Candidates, start: Matchings, seed: int
    ) -> "SearchState":
        """Take up ``start`` (all rounds, held ones first); required and pinned meetings stay.

        ``start`` must obey the hard rules; ``seed`` draws every move.
        """
        prepared = problem_of(instance, candidates)
        state = empty_state(instance, seed)
        required = set(instance.required)
        for r, matching in enumerate(start):
            pinned = set(instance.pinned[r]) if instance.pinned else set()
            kernel.join_all(prepared, state, *columns_of(matching), r)
            ask_for_pins(instance, prepared, state, matching, r)
            for i, j in matching:
                if (i, j) in pinned or (i, j) in required:
                    lock = kernel.PINNED if (i, j) in pinned else kernel.KEPT
                    state.lock[i, r] = state.lock[j, r] = lock
        return cls(instance, prepared, state)

    def place(self, first: Ints, second: Ints, turn: Ints) -> None:
        """Add pairs in this order where they fit, from the ``turn``-th open round on.

        Three parallel arrays, int64. Then idle people are seated, if idle seats are filled.
        """
        kernel.place_in_order(self.problem, self.state, first, second, turn)
        if self.instance.fill:
            kernel.fill_idle(self.problem, self.state)
        self.priced_points = self.true_priced_points()

    def keep(self, wanted: Matchings) -> None:
        """Add the meetings of another schedule, each in its round, where the rules still let it."""
        for r in self.instance.open_rounds:
            first, second = columns_of(wanted[r])
            worths = np.zeros(len(first), np.int64)
            kernel.worths_of_meeting(self.problem, self.state, first, second, r, worths)
            for i, j in (
                pair for pair, worth in zip(wanted[r], worths, strict=True) if worth > kernel.BARRED
            ):
                self.join(i, j, r)
        self.priced_points = self.true_priced_points()

    def join(self, i: int, j: int, r: int) -> None:
        """Let two idle people meet in round ``r`` if a table and H9 to H11 still allow it."""
        p, s = self.problem, self.state
        if s.filled[r] < p.tables[r] and (not p.strict or kernel.fits(p, s, i, j, r)):
            kernel.join(p, s, i, j, r)

    def anneal(self, steps: int, temperature: float) -> None:
        """Try ``steps`` moves at a temperature in points; at 0 only what wins points is done."""
        within = 1.0 if self.problem.promise_price else _within_one_round(self.instance.n)
        self.priced_points += int(
            kernel.anneal(self.problem, self.state, steps, temperature, GUIDED, within)
        )

    def matchings(self) -> Matchings:
        """The schedule as it stands."""
        return tuple(tuple(self.round_pairs(r)) for r in range(self.instance.rounds))

    def round_pairs(self, r: int) -> list[Edge]:
        """The meetings of round ``r`` as it stands."""
        return meetings_of(self.state, r)

    def true_priced_points(self) -> int:
        """``priced_points`` from scratch."""
        matchings = self.matchings()
        return points_of(self.instance, matchings) - broken_price(self.instance, matchings)


def ask_for_pins(
    instance: Instance,
    problem: kernel.SearchProblem,
    state: kernel.State,
    matching: Iterable[Edge],
    r: int,
) -> None:
    """Let the pairs of a round that have one table for certain ask for that one."""
    places = instance.places
    pins = places.pins if places else {}
    for i, j in matching:
        if places and (i, j) in pins and r >= len(instance.held):
            kernel.ask(problem, state, i, j, r, -1)
            state.asked[list(places.around[pins[i, j]]), r] += 1


def meetings_of(state: kernel.State, r: int) -> list[Edge]:
    """The meetings of round ``r``, sorted."""
    column = state.partner[:, r]
    first = np.flatnonzero(column > np.arange(len(column)))
    return list(zip(first.tolist(), column[first].tolist(), strict=True))


GUIDED = 0.9
"""Share of moves that follow the candidates."""
MANY = 5_000
"""Attendees from which an event is too large for some of what helps in smaller ones."""
PIECES_OF_MANY = 1_500
"""This over the attendees is how many other rounds are tried for a move that its own forbid:
pieces grow with the event, and following them is most of the work in a large one."""
MOST_OTHER_ROUNDS = 5


def _within_one_round(n: int) -> float:
    """Share of moves that stay in one round, and so need no piece at all."""
    return 0.3 if n <= 150 else 0.6 if n <= 1_500 else 0.95


def broken_price(instance: Instance, matchings: Matchings) -> int:
    """What the promises a schedule breaks cost the search."""
    lost = (
        len(set(promised) - set(matching))
        for promised, matching in zip(instance.promised, matchings, strict=False)
    )
    return instance.promise_price * sum(lost)


def in_promising_order(instance: Instance) -> tuple[Ints, Ints, Ints]:
    """The pairs of some benefit, the most promising first, spread over the rounds in turn."""
    i, j, score = scored_pairs(instance)
    order = np.lexsort((j, i, -score))
    return i[order], j[order], np.arange(len(order))
