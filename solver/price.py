"""What it costs the room that a pair meets: the best schedule in which it does, beside the best.

Both schedules are improved from the same start and then in turns, each from where the other ended:
what either search happens to find serves both, so that the difference is the pair's price and not
the luck of a search. In small events both are then proven as far as a little work goes: somebody
waits for the answer.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from solver import exact
from solver.budget import Budget, Meter
from solver.errors import NoIncumbentError
from solver.feasibility.construct import Construction
from solver.feasibility.feasible import find_feasible_start, waive_fewest
from solver.instance import Edge, Instance, Matchings
from solver.search.annealing import REMATCH_UP_TO
from solver.search.incumbent import Incumbent
from solver.search.rematching import Rematching
from solver.search.state import Candidates, SearchState

RULES = 200_000_000
"""Steps that it may take to see whether the rules can hold."""
PROOF = 15_000_000
"""Steps that proving one of the two schedules of a small event may take: about a second."""
STEPS = 1_200_000
"""Steps of one improvement."""
WARMEST, HEAT = 20_000.0, 6.0
"""Points at which an improvement begins: at most, and for each step over each pair of people. Large
events stay cool: where there is no time to settle again, warmth would only wander off."""
PIECES = 40
"""The temperature falls to nothing in so many steps."""
TURNS = 2
"""So often the two schedules learn from each other, at most."""
CANDIDATES = 40
"""Partners of everybody that the search looks at first."""


class MeetingPrice(NamedTuple):
    """What a meeting costs in points, never less than 0, and the two schedules compared.

    ``proven``: no schedule with the meeting, and none without, is better than these.
    """

    points: int
    without: Matchings
    forced: Matchings
    proven: bool


def price_of(
    instance: Instance, pair: Edge, start: Matchings, at: int | None = None
) -> MeetingPrice:
    """The price in points of a meeting of ``pair``, which may meet; ``start`` is the schedule now.

    ``at`` is the open round that it has to be in, if it matters. What has become impossible by
    itself is waived first. The same question has the same answer.
    Raises Infeasible, with the rules that the meeting contradicts, and NoIncumbentError where no
    schedule is found.
    """
    instance = waive_fewest(instance, _meter())
    rounds = [r for r in instance.open_rounds if at in (None, r) and instance.may_meet_in(*pair, r)]
    demanding = _requiring(instance, pair)
    if at is not None:
        demanding = demanding.with_pins(_pins(demanding, pair, at))
    return _Pricing(instance, demanding, pair, rounds).price(start)


class _Pricing:
    """A problem, and the same with the pair required in one of some rounds."""

    def __init__(
        self, instance: Instance, demanding: Instance, pair: Edge, rounds: Sequence[int]
    ) -> None:
        self.instance, self.demanding, self.pair = instance, demanding, pair
        self.rounds = rounds
        self.small = exact.fits_exactly(instance) and exact.fits_exactly(demanding)
        self.candidates = Candidates.of(instance, CANDIDATES)

    def price(self, start: Matchings) -> MeetingPrice:
        """Improve both until neither learns from the other, and prove them where that is quick."""
        without = self._free(start)
        forced = self._forced(_best(without))
        for _ in range(TURNS):
            again = self._free(_best(forced))
            if again.points <= without.points:
                break
            without, found = again, self._forced(_best(again))
            forced = max(forced, found, key=lambda known: known.points)
        if self.small:
            _prove(without)
            self._offer(forced, self._drafts(_best(without)))
            _prove(forced)
        return MeetingPrice(
            max(0, without.points - forced.points),
            _best(without),
            _best(forced),
            all(known.bound == known.points for known in (without, forced)),
        )

    def _free(self, start: Matchings) -> Incumbent:
        """The best schedule without the requirement, from this one."""
        return self._improved(self.instance, [Construction.of(self.instance, liked=start)])

    def _forced(self, start: Matchings) -> Incumbent:
        """The best with it: from this one with the pair in the round where it costs least."""
        return self._improved(self.demanding, self._drafts(start))

    def _drafts(self, start: Matchings) -> Iterator[Construction]:
        """Schedules close to another in which the pair meets, one for every round it can."""
        for r in self.rounds:
            pins = _pins(self.demanding, self.pair, r)
            yield Construction.of(self.demanding.with_pins(pins), liked=start)

    def _improved(self, instance: Instance, drafts: Iterable[Construction]) -> Incumbent:
        """The best schedule found from the best of the drafts."""
        best = Incumbent(instance, Meter(Budget(work=PROOF)), lambda _: None)
        self._offer(best, drafts)
        if best.matchings is None and (start := find_feasible_start(instance, _meter())):
            best.offer(start)
        self._cool(best)
        return best

    def _offer(self, best: Incumbent, drafts: Iterable[Construction]) -> None:
        for draft in drafts:
            if not (draft.pins_fail or draft.unplaced):
                best.offer(draft.matchings)

    def _cool(self, best: Incumbent) -> None:
        """A short warm cycle: enough to settle around a change, too little to wander off."""
        instance = best.instance
        search = SearchState.begin(instance, self.candidates, _best(best), instance.seed)
        warm = min(WARMEST, HEAT * STEPS / instance.n**2)
        for piece in range(PIECES, 0, -1):
            search.anneal(STEPS // PIECES, warm * (piece - 1) / PIECES)
        if instance.n <= REMATCH_UP_TO:
            Rematching.of(search).improve(best.meter)
        best.offer(search.matchings())


def _prove(best: Incumbent) -> None:
    """Solve to the end, or as far as the work that is left allows."""
    proven = exact.prove_optimum(best.instance, best.matchings, best.meter, lambda _: None)
    if proven is not None:
        best.offer(proven.matchings)
        best.bound = proven.bound


def _requiring(instance: Instance, pair: Edge) -> Instance:
    """The problem with one more required pair."""
    required = tuple(sorted({*instance.permissions.required, pair}))
    permissions = replace(instance.permissions, required=required)
    return replace(instance, permissions=permissions, waived=instance.waived - {pair})


def _pins(instance: Instance, pair: Edge, at: int) -> Matchings:
    """The pair, pinned to one round."""
    return tuple((pair,) if r == at else () for r in range(instance.rounds))


def _best(known: Incumbent) -> Matchings:
    if known.matchings is None:
        raise NoIncumbentError("no schedule that obeys every rule was found")
    return known.matchings


def _meter() -> Meter:
    return Meter(Budget(work=RULES))
