"""What a guest would add: against schedules in which the guest takes part, counted from scratch."""

import numpy as np
import pytest

from solver.diagnosis.guests import CandidateGuest, Guests
from solver.instance import Instance, Matchings
from solver.objective import parts_of, phi
from tests.solver.instances import instance, mutual


def guest(
    gains: list[int], gives: list[int] | None = None, may: list[bool] | None = None
) -> CandidateGuest:
    """What the guest gains from each, and gives to each (the same, if nothing is said)."""
    everybody = [True] * len(gains)
    return CandidateGuest(np.array(gains), np.array(gives or gains), np.array(may or everybody))


def added(room: Instance, matchings: Matchings, one: CandidateGuest) -> int:
    return Guests(room, matchings).added(one)


def test_with_somebody_idle_the_guest_adds_their_value_and_both_their_satisfaction() -> None:
    room = instance(1, 1, tables=(1,), fairness=100)
    assert added(room, ((),), guest([250])) == 100 * 250 + 2 * 100 * phi(500)


def test_the_guest_sits_with_the_one_who_gains_more() -> None:
    room = instance(2, 1, tables=(1,), fairness=0)
    assert added(room, ((),), guest([300, 600])) == 100 * 600


def test_each_round_has_another_partner() -> None:
    room = instance(2, 3, tables=(1, 1, 1))
    assert added(room, ((), (), ()), guest([300, 600])) == 100 * 900


def test_somebody_busy_leaves_their_partner_only_for_more() -> None:
    room = instance(2, 1, mutual({(0, 1): 400}))
    day = (((0, 1),),)
    assert added(room, day, guest([300, 0])) == 0
    assert added(room, day, guest([700, 0])) == 100 * (700 - 400)


def test_nobody_idle_by_choice_has_one_meeting_more() -> None:
    room = instance(2, 2, mutual({(0, 1): 400}), tables=(1, 1), most={0: 1})
    assert added(room, (((0, 1),), ()), guest([600, 0])) == 100 * (600 - 400)


def test_what_the_partner_loses_counts() -> None:
    room = instance(2, 1, mutual({(0, 1): 400}), fairness=100)
    pair = phi(400 * 1000 // 500)  # the two of them before, whose best day is worth 500 at least
    fairness = phi(1000) + phi(1000) - pair - pair
    assert added(room, (((0, 1),),), guest([700, 0])) == 100 * (700 - 400) + 100 * fairness


def test_whom_the_guest_could_serve_and_does_not_is_less_satisfied() -> None:
    room = instance(3, 1, mutual({(0, 1): 500}), tables=(2,), fairness=100)
    with_two = guest([0, 0, 900], [0, 0, 900])
    also_wanted = guest([900, 0, 900], [900, 0, 900])
    day = (((0, 1),),)
    loss = phi(1000) - phi(500 * 1000 // 900)
    assert added(room, day, with_two) - added(room, day, also_wanted) == 100 * loss


@pytest.mark.parametrize(
    ("room", "day", "one"),
    [
        (instance(1, 1, tables=(1,)), ((),), guest([600], may=[False])),
        (instance(1, 1, tables=(1,)), ((),), guest([600], [40])),
        (instance(1, 1, tables=(0,)), ((),), guest([600])),
        (instance(1, 1, tables=(1,), absent=[(0, 0)]), ((),), guest([600])),
        (instance(1, 1, tables=(1,), most={0: 0}), ((),), guest([600])),
        (instance(2, 1, required=[(0, 1)]), (((0, 1),),), guest([600, 0])),
    ],
    ids=["may not meet", "one-sided", "no table", "absent", "met enough", "must meet another"],
)
def test_where_no_meeting_is_possible_nothing_is_added(
    room: Instance, day: Matchings, one: CandidateGuest
) -> None:
    assert added(room, day, one) == 0


@pytest.mark.parametrize("seed", range(20))
def test_the_estimate_is_exact_where_no_partner_is_touched_twice(seed: int) -> None:
    """One round: the best of all meetings of the guest, each counted with the guest in the room."""
    rng = np.random.default_rng(seed)
    n = 6
    benefits = {
        (i, j): int(b) for (i, j), b in np.ndenumerate(rng.integers(0, 1000, (n, n))) if i != j
    }
    day = (((0, 1), (2, 3)),)
    gains, gives = rng.integers(0, 1000, (2, n)).tolist()
    room = instance(n, 1, benefits, fairness=100)
    with_guest = {(n, v): b for v, b in enumerate(gains)} | {(v, n): b for v, b in enumerate(gives)}
    wider = instance(n + 1, 1, benefits | with_guest, fairness=100)

    def points(matchings: Matchings) -> int:
        return parts_of(wider, matchings).points

    choices = [day, *((_left(day[0], v),) for v in range(n))]
    before = parts_of(room, day).points
    assert added(room, day, guest(gains, gives)) == max(map(points, choices)) - before


def _left(matching: tuple[tuple[int, int], ...], v: int) -> tuple[tuple[int, int], ...]:
    """The round after ``v`` has sat down with the guest, number 6."""
    return (*(pair for pair in matching if v not in pair), (v, 6))
