"""After incidents: the fewest broken promises, then the most points.

A *promise* is a published meeting of an open round whose two are still present and may still
meet. Every repair but a free one starts from the first one (``first_repair``). Strict stability
pins the promises that it keeps; what is left to decide is whom the people set free meet. Balanced
stability lets the search break a promise for a price. Free stability only starts from what was
published.
"""

from dataclasses import replace

from solver.budget import Meter
from solver.feasibility.feasible import waive_fewest
from solver.instance import Instance, Matchings, Result
from solver.repair.first_repair import repair_first
from solver.repair.promises import broken_promises, promises_with_tables
from solver.search.annealing import WARM, Cooling
from solver.search.incumbent import Incumbent, Report
from solver.search.state import Candidates, SearchState
from solver.solve import FOR_ANY_SCHEDULE, solve_instance

BROKEN_PROMISE = 15_000
"""Points that a broken promise has to win back when stability is balanced."""
DEARER = 2
"""The price rises by this factor while more promises are broken than are allowed."""
TRIAL = 0.3
"""What a search for a price may spend of what is left of the budget."""
PARTNERS = 40
"""How many candidates everybody has in it."""


def replan_schedule(
    instance: Instance,
    promises: Matchings,
    stability: str,
    most_broken: int | None,
    meter: Meter,
    report: Report,
) -> tuple[Instance, Result]:
    """The repaired schedule, and the instance with what had to be waived.

    ``promises`` holds a row of meetings for every round, empty for held ones; ``stability`` is
    strict, balanced or free. Requirements and
    minimums that can no longer hold are given up, fewest first. Raises as
    ``solve_instance`` does.
    """
    if stability == "free" and most_broken is None:
        instance = waive_fewest(instance, meter.at_least(*FOR_ANY_SCHEDULE))
        return instance, solve_instance(instance, meter, report, hint=promises)
    mended = repair_first(instance, promises, None, meter)
    instance, first = mended.instance, mended.result
    no_more = most_broken is not None and broken_promises(promises, first.matchings) >= most_broken
    if stability == "strict" or no_more:
        return instance, _strict(instance, promises, first, meter, report)
    price = BROKEN_PROMISE if stability == "balanced" else 1
    return instance, _at_a_price(instance, promises, first, price, most_broken, meter, report)


def _strict(
    instance: Instance, promises: Matchings, first: Result, meter: Meter, report: Report
) -> Result:
    """The most points without breaking another promise."""
    rows = zip(promises, first.matchings, strict=True)
    pins = tuple(tuple(sorted(set(promised).intersection(row))) for promised, row in rows)
    pinned = instance.with_pins(pins)
    bounded = None if pins == promises else _for_every_choice(instance, promises, pins)
    return solve_instance(pinned, meter, report, first.matchings, bounded)


def _for_every_choice(instance: Instance, promises: Matchings, pins: Matchings) -> Instance:
    """The instance with no pins but those that any choice of promises to break has."""
    if broken_promises(promises_with_tables(instance, promises), pins):
        return instance
    rows = zip(pins, promises, strict=True)
    return instance.with_pins(tuple(row if row == whole else () for row, whole in rows))


def _at_a_price(
    instance: Instance,
    promises: Matchings,
    first: Result,
    price: int,
    most_broken: int | None,
    meter: Meter,
    report: Report,
) -> Result:
    """Break promises where that wins more than their price, but no more than are allowed.

    Under a cap short searches first find a price that is high enough.
    """
    priced = replace(instance, promised=promises, promise_price=price)
    if most_broken is None:
        return solve_instance(priced, meter, report, first.matchings, instance)
    best = _search_on(priced, first, meter.part(TRIAL), report)
    while broken_promises(promises, best.matchings) > most_broken:
        if meter.stopped_by() is not None:
            return replace(first, work=meter.work, seconds=meter.seconds)
        price = max(BROKEN_PROMISE, DEARER * price)
        priced = replace(priced, promise_price=price)
        best = _search_on(priced, first, meter.part(TRIAL), report)
    last = solve_instance(priced, meter, report, best.matchings, instance)
    if broken_promises(promises, last.matchings) <= most_broken:
        return last
    return replace(best, bound=last.bound, work=last.work, seconds=last.seconds)


def _search_on(instance: Instance, start: Result, meter: Meter, report: Report) -> Result:
    """A search from a schedule that obeys every rule, with no start of its own and no bound."""
    best = Incumbent(instance, meter, report)
    best.offer(start.matchings)
    candidates = Candidates.of(instance, PARTNERS)
    search = SearchState.begin(instance, candidates, start.matchings, instance.seed)
    Cooling(search, best, meter, hottest=WARM).until_spent()
    return best.result(best.settled() or "time")
