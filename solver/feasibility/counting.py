"""Contradictions that counting shows: demands that no schedule has room for, whatever the points.

Each check is a necessary condition told in one sentence; together they take time about linear in
the size of the event. Demands that pass them all may still contradict each other.
"""

from collections import Counter
from collections.abc import Callable, Iterable

import numpy as np

from solver.errors import Rule
from solver.instance import Edge, Instance, Ints, among, rising, share_a_round
from solver.possible import rounds_of, seats_of

AT_ONCE = 2_000_000
"""Possible partners looked at one by one; who is not among them is not checked."""


def find_impossible_demands(instance: Instance) -> list[Rule]:
    """Demands that the rest of the rules leave no room for; empty if counting shows none.

    Linear in the event but for suspects, of whom ``AT_ONCE`` possible partners are looked at.
    """
    checks: tuple[Callable[[Instance], list[Rule]], ...] = (
        _lonely_pair,
        _crowded,
        _too_few_rounds,
        _too_few_partners,
        _too_few_seats,
        _too_few_outside,
    )
    if not instance.required and not any(instance.needed):
        return []
    return next((found for check in checks if (found := check(instance))), [])


def hopeless_demands(instance: Instance) -> tuple[list[Edge], list[int]]:
    """Required pairs that cannot meet, and people who cannot have enough meetings, by themselves.

    Each is impossible even if nothing else were demanded.
    """
    at = {pair: r for r, row in enumerate(instance.pinned) for pair in row}
    rounds_for = dict(rounds_of(instance, instance.required))
    pairs = [
        pair
        for pair in instance.required
        if pair not in rounds_for or (pair in at and at[pair] not in rounds_for[pair])
    ]
    rounds = rounds_left(instance)
    people = {v for v, need in enumerate(instance.needed) if need > rounds[v]}
    return pairs, sorted(people.union(_alone(instance)))


def rounds_left(instance: Instance) -> list[int]:
    """How many meetings each attendee can have in open rounds with open tables."""
    tables = np.array(instance.tables) > 0
    first = instance.open_rounds.start
    rounds = (instance.present & tables)[:, first:].sum(axis=1).tolist()
    return [min(*pair) for pair in zip(rounds, instance.capacity, strict=True)]


def _lonely_pair(instance: Instance) -> list[Rule]:
    """A required pair may not meet, or is never there together with a table open."""
    possible = {pair for pair, _ in rounds_of(instance, instance.required)}
    return [Rule("require", p) for p in instance.required if p not in possible][:1]


def _crowded(instance: Instance) -> list[Rule]:
    """Somebody has more required meetings than rounds, or than its limit allows."""
    counts = Counter(v for pair in instance.required for v in pair)
    rounds = rounds_left(instance)
    v = next((v for v, count in sorted(counts.items()) if count > rounds[v]), None)
    if v is None:
        return []
    pairs = [pair for pair in instance.required if v in pair]
    return [Rule("require", pair) for pair in pairs[: rounds[v] + 1]]


def _too_few_rounds(instance: Instance) -> list[Rule]:
    """Somebody needs more meetings than it has rounds, or than its limit allows."""
    rounds = rounds_left(instance)
    return [Rule("min", (v,)) for v, need in enumerate(instance.needed) if need > rounds[v]][:1]


def _too_few_partners(instance: Instance) -> list[Rule]:
    """Somebody needs more meetings than there are people it may meet."""
    return [Rule("min", (v,)) for v in _alone(instance)[:1]]


def _too_few_seats(instance: Instance) -> list[Rule]:
    """All demands together need more seats than the tables have."""
    seats = 2 * sum(seats_of(instance).values())
    if 2 * len(instance.required) > seats:
        return [Rule("require", pair) for pair in instance.required[: seats // 2 + 1]]
    if found := _beyond(instance, range(instance.n), seats):
        return found
    counts = Counter(v for pair in instance.required for v in pair)
    need = sum(max(need, counts[v]) for v, need in enumerate(instance.needed))
    if need <= seats:
        return []
    more = [v for v, need in enumerate(instance.needed) if need > counts[v]]
    required = [Rule("require", pair) for pair in instance.required]
    return required + [Rule("min", (v,)) for v in more]


def _too_few_outside(instance: Instance) -> list[Rule]:
    """The people of one organisation need more meetings than others have seats for."""
    house = instance.permissions.organisation
    needed, sizes = np.array(instance.needed), house.max(initial=-1) + 1
    members = house >= 0
    demanded = np.bincount(house[members], needed[members], sizes)
    seats = _seats_across(instance, house, int(sizes))
    for number in np.flatnonzero(demanded > seats).tolist():
        return _beyond(instance, np.flatnonzero(house == number).tolist(), int(seats[number]))
    return []


def _seats_across(instance: Instance, house: Ints, houses: int) -> Ints:
    """How many meetings the people of each organisation can have, one by one."""
    seats = np.zeros(houses, np.int64)
    for r in instance.open_rounds:
        here = instance.present[:, r]
        mine = np.bincount(house[here & (house >= 0)], minlength=houses)
        seats += np.minimum(np.minimum(mine, here.sum() - mine), instance.tables[r])
    for i, j in instance.required:
        if house[i] == house[j] >= 0:
            seats[house[i]] += 2
    return seats


def _beyond(instance: Instance, people: Iterable[int], seats: int) -> list[Rule]:
    """The minimums, largest first, that together need more than so many seats; or none."""
    chosen: list[Rule] = []
    for v in sorted(people, key=lambda v: (-instance.needed[v], v)):
        if instance.needed[v] == 0:
            return []
        chosen.append(Rule("min", (v,)))
        seats -= instance.needed[v]
        if seats < 0:
            return sorted(chosen)
    return []


def _alone(instance: Instance) -> list[int]:
    """Who needs more meetings than there are people it may meet."""
    needed = np.array(instance.needed)
    suspects = np.flatnonzero((needed > 0) & (needed > _least_partners(instance)))
    suspects = suspects[: max(1, AT_ONCE // max(1, instance.n))]
    alone: list[int] = suspects[needed[suspects] > _partners(instance, suspects)].tolist()
    return alone


def _least_partners(instance: Instance) -> Ints:
    """At least so many people may meet each attendee; quick to count."""
    permissions = instance.permissions
    here = instance.present[:, instance.open_rounds.start :]
    together = (here * here.sum(axis=0)).max(axis=1, initial=0)
    house = np.where(permissions.organisation >= 0, permissions.organisation, -1)
    sizes = np.bincount(house + 1, minlength=1)
    colleagues = np.where(house >= 0, sizes[house + 1], 1)
    kind, agree = permissions.kinds
    classes = np.bincount(kind, minlength=len(agree))
    strangers = (~agree @ classes)[kind]
    if len(permissions.address) or len(permissions.span):
        return np.zeros(instance.n, np.int64)
    apart = permissions.barred | permissions.refused | instance.held_pairs
    ends = np.array(sorted(apart), np.int64).reshape(-1)
    turned_away = np.bincount(ends, minlength=instance.n)
    return np.asarray(together - colleagues - strangers - turned_away, np.int64)


def _partners(instance: Instance, people: Ints) -> Ints:
    """How many others each of these people may meet in an open round."""
    n = instance.n
    i, j = np.repeat(people, n), np.tile(np.arange(n), len(people))
    here = instance.present[:, instance.open_rounds.start :]
    possible = instance.permissions.of_pairs(i, j) & share_a_round(here, i, j)
    held = rising(instance.held_pairs, n)
    possible &= ~among(np.minimum(i, j) * n + np.maximum(i, j), held)
    return np.asarray(possible.reshape(len(people), n).sum(axis=1), np.int64)
