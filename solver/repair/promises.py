"""Promises: published meetings of open rounds whose two are still present and may still meet."""

from dataclasses import replace

from solver.budget import Meter
from solver.feasibility.feasible import find_visible_conflict, is_feasible, keep_most_promises
from solver.instance import Edge, Instance, Matchings


def broken_promises(promises: Matchings, matchings: Matchings) -> int:
    """How many promised meetings a schedule does not hold in the round that was promised."""
    return sum(
        len(set(promised) - set(kept)) for promised, kept in zip(promises, matchings, strict=True)
    )


def within_tables(instance: Instance, promises: Matchings) -> Matchings:
    """As many promises of each round as there are tables, the most valuable first."""
    return tuple(
        row if len(row) <= tables else _most_valuable(instance, row, tables)
        for row, tables in zip(promises, instance.tables, strict=True)
    )


def _most_valuable(instance: Instance, row: tuple[Edge, ...], most: int) -> tuple[Edge, ...]:
    by_value = sorted(row, key=lambda pair: (-instance.value(*pair), pair))
    return tuple(sorted(by_value[:most]))


def keep_promises(instance: Instance, promises: Matchings, meter: Meter) -> tuple[Matchings, int]:
    """The most promises that can stay beside what is demanded, as pins by round.

    And the fewest that any schedule breaks: never too many, exact where it is proven.
    """
    pins = within_tables(instance, promises)
    pinned = replace(instance, pinned=pins)
    if not find_visible_conflict(pinned) and is_feasible(pinned, meter):
        return pins, broken_promises(promises, pins)
    kept = keep_most_promises(replace(instance, promised=promises, promise_price=1), meter)
    return kept.pins, sum(map(len, promises)) - kept.at_most
