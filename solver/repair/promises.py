"""Promises: published meetings of open rounds whose two are still present and may still meet."""

from dataclasses import replace

from solver.budget import Meter
from solver.feasibility.bookings import Bookings
from solver.feasibility.feasible import find_visible_conflict, is_feasible, keep_most_promises
from solver.instance import Instance, Matchings
from solver.possible import within_tables


def broken_promises(promises: Matchings, matchings: Matchings) -> int:
    """How many promised meetings a schedule does not hold in the round that was promised."""
    return sum(
        len(set(promised) - set(kept)) for promised, kept in zip(promises, matchings, strict=True)
    )


def promises_with_tables(instance: Instance, promises: Matchings) -> Matchings:
    """As many promises of each round as there are tables, the most valuable first."""
    return tuple(within_tables(instance, row, r) for r, row in enumerate(promises))


def fit_together(instance: Instance, pins: Matchings) -> bool:
    """Tell whether all of these meetings can take place beside the held ones.

    ``pins`` are promises, which are possible each, and what the instance pins, which may be not.
    """
    bookings = Bookings(instance)
    for r in instance.open_rounds:
        demanded = instance.pinned[r] if instance.pinned else ()
        if not all(instance.may_meet_in(*pair, r) for pair in demanded):
            return False
        if len(pins[r]) > instance.tables[r]:
            return False
        for pair in pins[r]:
            if not bookings.fits(pair, r):
                return False
            bookings.count(pair, r, 1)
    return True


def keep_promises(instance: Instance, promises: Matchings, meter: Meter) -> tuple[Matchings, int]:
    """The most promises that can stay beside what is demanded, as pins by round.

    And the fewest that any schedule breaks: never too many, exact where it is proven.
    """
    pins = promises_with_tables(instance, promises)
    pinned = instance.with_pins(pins)
    if not find_visible_conflict(pinned) and is_feasible(pinned, meter):
        return pins, broken_promises(promises, pins)
    kept = keep_most_promises(replace(instance, promised=promises, promise_price=1), meter)
    return kept.pins, sum(map(len, promises)) - kept.at_most
