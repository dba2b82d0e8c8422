"""After incidents: the fewest broken promises, then the most points.

A *promise* is a published meeting of an open round whose two are still present and may still
meet. Strict stability keeps as many promises as the hard rules allow, by pinning them; what is
left to decide is whom the people set free meet. Balanced stability starts from there and lets the
search break a promise for a price. Free stability only starts from what was published.
"""

from dataclasses import replace
from typing import Literal

from solver.budget import Meter
from solver.feasible import keep_most, possible, visible_conflict, waive
from solver.incumbent import Report
from solver.instance import Instance, Matchings, Result
from solver.solve import FOR_ANY_SCHEDULE, solve

Stability = Literal["strict", "balanced", "free"]

BROKEN_PROMISE = 20_000
"""Points that a broken promise has to win back when stability is balanced."""
DEARER = 4
"""The price rises by this factor while more promises are broken than ``max_changes`` allows."""


def replan(
    instance: Instance,
    promises: Matchings,
    stability: Stability,
    most_broken: int | None,
    meter: Meter,
    report: Report,
) -> tuple[Instance, Result]:
    """The repaired schedule, and the instance with what had to be waived.

    ``promises`` holds a row of meetings for every round, empty for held ones. Requirements and
    minimums that can no longer hold are given up, fewest first.
    """
    instance = waive(instance, meter.at_least(*FOR_ANY_SCHEDULE))
    if stability == "free" and most_broken is None:
        return instance, solve(instance, meter, report, hint=promises)
    if stability == "strict":
        return instance, _strict(instance, promises, meter, report)
    price = BROKEN_PROMISE if stability == "balanced" else 1
    return instance, _at_a_price(instance, promises, price, most_broken, meter, report)


def _strict(instance: Instance, promises: Matchings, meter: Meter, report: Report) -> Result:
    """Keep the most promises there is room for, then the most points."""
    pinned, bounded = _pins(instance, promises, meter)
    return solve(pinned, meter, report, bounded=bounded)


def _pins(instance: Instance, promises: Matchings, meter: Meter) -> tuple[Instance, Instance]:
    """The instance with pins, and the one whose bound holds for every choice of pins."""
    pins = tuple(_within_tables(instance, promises, r) for r in range(instance.rounds))
    pinned = replace(instance, pinned=pins)
    enough = meter.at_least(*FOR_ANY_SCHEDULE)
    if visible_conflict(pinned) or not possible(pinned, enough):
        kept = keep_most(replace(instance, promised=promises, promise_price=1), enough)
        return replace(instance, pinned=kept), instance
    if pins == promises:
        return pinned, pinned
    certain = tuple(row if row == promises[r] else () for r, row in enumerate(pins))
    return pinned, replace(instance, pinned=certain)


def _within_tables(instance: Instance, promises: Matchings, r: int) -> tuple[tuple[int, int], ...]:
    """The promises of a round, as many as there are tables, the most valuable first."""
    by_value = sorted(promises[r], key=lambda pair: (-instance.value(*pair), pair))
    return tuple(sorted(by_value[: instance.tables[r]]))


def _at_a_price(
    instance: Instance,
    promises: Matchings,
    price: int,
    most_broken: int | None,
    meter: Meter,
    report: Report,
) -> Result:
    """Break promises where that wins more than their price, but no more than are allowed."""
    strict = _strict(instance, promises, meter.part(0.2), report)
    share = 1.0 if most_broken is None else 0.5
    while meter.stopped_by() is None:
        priced = replace(instance, promised=promises, promise_price=price)
        result = solve(priced, meter.part(share), report, hint=strict.matchings, bounded=instance)
        if most_broken is None or broken_promises(promises, result.matchings) <= most_broken:
            return replace(result, work=meter.work, seconds=meter.seconds)
        price *= DEARER
    return replace(strict, bound=None, work=meter.work, seconds=meter.seconds)


def broken_promises(promises: Matchings, matchings: Matchings) -> int:
    """How many promised meetings a schedule does not hold."""
    return sum(
        len(set(promised) - set(kept)) for promised, kept in zip(promises, matchings, strict=True)
    )
