"""What a few moves of others give those whom a repair left short.

A repair breaks no promise without need, so that whoever comes late has what is left over, and who
has lost a partner waits though all could sit. This finds the few meetings of open rounds that are
worth giving up for them; the schedule that comes of it is judged by its points.
"""

import numpy as np

from solver.budget import Meter
from solver.errors import NoIncumbentError
from solver.feasibility.bookings import Bookings
from solver.instance import Instance, Matchings, Result
from solver.objective import points_of, tally_of
from solver.repair.first_repair import repair_first
from solver.repair.move_program import MOVE, Moves, ShortPeople, choose_moves
from solver.search.incumbent import standing_alone

MOST_MOVED = 8
"""How many people move at most, beside the guests for whom they do."""
MOST_SHORT = 8
"""How many of those who sit out most are looked after at once."""
SHARE_OF_ROUNDS = 2
"""A guest sits out one in so many of the open rounds, and two at least."""


def find_few_moves(
    instance: Instance, matchings: Matchings, meter: Meter, most_broken: int | None = None
) -> Result | None:
    """A schedule a few moves from a valid one and worth more; None if there is none.

    More people meet in it, or a guest meets more; ``most_broken`` caps how many meetings of open
    rounds make way for that. The same question has the same answer.
    """
    short = short_people(instance, matchings)
    chosen = choose_moves(instance, matchings, short, MOST_MOVED, most_broken)
    if not chosen.made:
        return None
    changed = _seated(instance, matchings, chosen)
    for after in (_repaired(instance, changed, meter), standing_alone(instance, changed)):
        if after is not None and _is_worth_it(instance, matchings, after, short):
            return Result(after, points_of(instance, after), None, meter.work, 0.0, "work")
    return None


def short_people(instance: Instance, matchings: Matchings) -> ShortPeople:
    """Who sits out open rounds and could have met somebody, those with most byes first."""
    start = instance.open_rounds.start
    out = instance.present.copy()
    out[:, :start] = False
    for r in instance.open_rounds:
        out[[v for pair in matchings[r] for v in pair], r] = False
    seated = instance.present[:, start:].sum(axis=1) - out.sum(axis=1)
    count = np.where(np.array(instance.capacity) > seated, out.sum(axis=1), 0)
    byes = tally_of(instance, matchings).byes
    order = np.lexsort((-count, -byes))[:MOST_SHORT].tolist()
    idle = {v: np.flatnonzero(out[v]).tolist() for v in order if count[v] and byes[v]}
    here = instance.present[:, start:].sum(axis=1).tolist()
    guests = {v for v in idle if len(idle[v]) >= max(2, here[v] / SHARE_OF_ROUNDS)}
    return ShortPeople(idle, guests)


def _seated(instance: Instance, matchings: Matchings, chosen: Moves) -> Matchings:
    """The schedule after these moves, as far as what is made fits together."""
    rows, bookings = [{*row} for row in matchings], Bookings(instance)
    for pair, r in chosen.lost:
        rows[r].discard(pair)
    for r in instance.open_rounds:
        for pair in rows[r]:
            bookings.count(pair, r, 1)
    for pair, r in chosen.made:
        if bookings.fits(pair, r):
            bookings.count(pair, r, 1)
            rows[r].add(pair)
    return tuple(tuple(sorted(row)) for row in rows)


def _repaired(instance: Instance, changed: Matchings, meter: Meter) -> Matchings | None:
    """The same with those paired who had to make way, where the rules let them."""
    held = len(instance.held)
    promises = ((),) * held + changed[held:]
    try:
        return repair_first(instance, promises, None, meter).result.matchings
    except NoIncumbentError:
        return None


def _is_worth_it(
    instance: Instance, before: Matchings, after: Matchings, short: ShortPeople
) -> bool:
    """Whether few move, for points enough, and more people meet or a guest meets more."""
    moved = len(moved_people(before, after) - short.guests)
    gained = points_of(instance, after) - points_of(instance, before)
    if moved > MOST_MOVED or gained <= MOVE * moved:
        return False
    had, has = (tally_of(instance, each).meetings for each in (before, after))
    return bool(has.sum() > had.sum() or any(has[v] > had[v] for v in short.guests))


def moved_people(before: Matchings, after: Matchings) -> set[int]:
    """Everybody who has another partner, or none, in some round."""
    rows = zip(before, after, strict=True)
    return {v for one, other in rows for pair in {*one} ^ {*other} for v in pair}
