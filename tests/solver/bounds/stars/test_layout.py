"""The relaxation as arrays: every pair has two slots, every triangle lies where its sides join."""

from typing import Any

import numpy as np
import pytest

from solver.bounds.flow_bound import Relaxation
from solver.bounds.stars.layout import Layout, Sides, least_bye_price
from solver.instance import Companies
from solver.translate.prepare import explicit_rows, instance_of
from tests.builders import random_event
from tests.solver.instances import everybody, instance, mutual

ROUND_TRIP = {(0, 1): 600, (1, 2): 500, (2, 0): 700}


def laid_out(n: int, rounds: int, benefits: Any = None, **fields: Any) -> Layout:
    return Layout.of(Relaxation(instance(n, rounds, benefits, **fields)))


@pytest.mark.parametrize("seed", range(12))
def test_slots_and_corners_agree_with_their_pairs(seed: int) -> None:
    event = random_event(seed, 9, 4)
    lay = Layout.of(Relaxation(instance_of(event, explicit_rows(event))))
    low, high = lay.slot_of.T
    assert sorted(lay.slot_of.ravel().tolist()) == list(range(2 * lay.pairs))
    assert (lay.owner[low] == lay.pair_low).all()
    assert (lay.owner[high] == lay.pair_high).all()
    assert (lay.partner[low] == lay.pair_high).all()
    assert (lay.gain[low] == lay.pair_gain).all()
    assert (lay.gain[high] == lay.pair_give).all()
    keys = lay.owner * lay.n + lay.partner
    assert (np.diff(keys) > 0).all()
    for v in range(lay.n):
        assert set(lay.owner[lay.start[v] : lay.start[v + 1]].tolist()) <= {v}
        corners = lay.corner_slots[lay.corner_start[v] : lay.corner_start[v + 1]]
        assert set(lay.owner[corners].ravel().tolist()) <= {v}
    for corners, sides in zip(lay.corners_of, lay.triangle_pairs, strict=True):
        people = {*lay.pair_low[sides].tolist(), *lay.pair_high[sides].tolist()}
        owners = lay.owner[lay.corner_slots[corners, 0]].tolist()
        assert len(people) == 3
        assert sorted(owners) == sorted(people)


def test_a_triangle_of_three_open_sides_has_three_corners() -> None:
    lay = laid_out(3, 3, ROUND_TRIP, triangles=75)
    assert lay.triangle_worth.tolist() == [75 * 500]
    assert lay.pair_worth.tolist() == [0, 0, 0]
    assert len(lay.wedge_worth) == 0
    assert lay.size == 3 + 6 + 3


def test_with_two_open_sides_it_lies_where_they_join() -> None:
    lay = laid_out(3, 3, ROUND_TRIP, triangles=75, met=((0, 1),), refused=[(0, 1)])
    assert len(lay.triangle_worth) == 0
    assert lay.wedge_worth.tolist() == [75 * 500]
    assert lay.owner[lay.corner_slots[lay.wedges, 0]].tolist() == [2]


def test_with_one_open_side_it_adds_to_that_pair() -> None:
    met = ((0, 1), (1, 2))
    lay = laid_out(3, 3, ROUND_TRIP, triangles=75, met=met, refused=met)
    assert (lay.pair_low.tolist(), lay.pair_high.tolist()) == ([0], [2])
    assert lay.pair_worth.tolist() == [75 * 500]
    assert len(lay.corner_slots) == 0


def test_with_all_sides_met_earlier_it_adds_to_each_that_may_meet_again() -> None:
    met = ((0, 1), (0, 2), (1, 2))
    lay = laid_out(3, 3, ROUND_TRIP, triangles=75, met=met, refused=[(0, 1)])
    assert list(zip(lay.pair_low.tolist(), lay.pair_high.tolist(), strict=True)) == [(0, 2), (1, 2)]
    assert lay.pair_worth.tolist() == [75 * 500] * 2


COLLEAGUES = Companies(np.array([0, 1, 1, 2]), in_pairs=False)
"""Of four people the second and the third are of one company."""


def test_slots_that_lead_to_one_company_are_of_one_class() -> None:
    lay = laid_out(4, 3, everybody(4, 500), companies=COLLEAGUES)
    alike = {0: [0, 0, 1], 1: [0, 1, 2], 2: [0, 1, 2], 3: [0, 1, 1]}
    for v, classes in alike.items():
        own = lay.kin[lay.start[v] : lay.start[v + 1]].tolist()
        assert [own.index(k) for k in own] == [classes.index(k) for k in classes]
        assert max(own) < len(own)


def test_a_triangle_with_two_of_one_company_cannot_close() -> None:
    lay = laid_out(4, 3, everybody(4, 500), triangles=75, companies=COLLEAGUES)
    assert people_of_triangles(lay) == [{0, 1, 3}, {0, 2, 3}]
    three = Companies(np.array([0, 0, 0, 1]), in_pairs=False)
    lay = laid_out(4, 3, everybody(4, 500), triangles=75, companies=three)
    assert people_of_triangles(lay) == [{0, 1, 2}]  # colleagues meet as they like


def people_of_triangles(lay: Layout) -> list[set[int]]:
    rows = [
        {*lay.pair_low[sides].tolist(), *lay.pair_high[sides].tolist()}
        for sides in lay.triangle_pairs
    ]
    return sorted(rows, key=sorted)


def test_colleagues_met_at_an_earlier_event_are_no_meeting_of_this_one() -> None:
    met = {"met": ((0, 1),), "refused": [(0, 1)]}
    lay = laid_out(3, 3, ROUND_TRIP, triangles=75, companies=COLLEAGUES, **met)
    assert lay.wedge_worth.tolist() == [75 * 500]


def test_what_a_certain_meeting_uses_up_is_open_no_more() -> None:
    held = {"held": (((0, 1),),), "companies": COLLEAGUES}
    lay = laid_out(4, 3, everybody(4, 500), **held)
    pairs = zip(lay.pair_low.tolist(), lay.pair_high.tolist(), strict=True)
    assert set(pairs) == {(0, 3), (1, 2), (1, 3), (2, 3)}


def test_without_a_price_there_are_no_triangles() -> None:
    lay = laid_out(3, 3, everybody(3, 500), triangles=0)
    assert len(lay.corner_slots) == 0
    assert lay.pairs == 3


def test_pairs_that_add_nothing_are_left_out() -> None:
    gains = mutual({(0, 1): 500, (0, 2): 49}) | {(1, 3): 900}
    lay = laid_out(4, 3, gains, triangles=75, barred=[(2, 3)])
    assert list(zip(lay.pair_low.tolist(), lay.pair_high.tolist(), strict=True)) == [(0, 1)]


def test_what_is_not_mutual_satisfies_nobody() -> None:
    lay = laid_out(3, 3, ROUND_TRIP, triangles=75, fairness=100)
    assert lay.pair_gain.tolist() == lay.pair_give.tolist() == [0, 0, 0]
    assert lay.fairness.tolist() == [0, 0, 0]


def test_what_just_reaches_the_floor_satisfies_both() -> None:
    lay = laid_out(3, 3, {(0, 1): 50, (1, 0): 70} | mutual({(0, 2): 49}))
    assert (lay.pair_gain.tolist(), lay.pair_give.tolist()) == ([50], [70])


def test_nobody_takes_more_slots_than_meetings_are_left() -> None:
    lay = laid_out(4, 3, everybody(4, 500), most={0: 1}, absent=[(3, 0), (3, 1)])
    assert lay.most.tolist() == [1, 3, 3, 1]
    assert lay.seats == 8
    assert not lay.scarce
    assert laid_out(4, 3, everybody(4, 500), tables=(1, 1, 1)).scarce


def test_the_slots_of_a_schedule_are_found() -> None:
    lay = laid_out(4, 2, everybody(4, 500))
    assert lay.slots_taken((((0, 1), (2, 3)), ((0, 2),))) == [[0, 1], [0], [0, 2], [2]]
    assert lay.slots_taken((((0, 1), (2, 3)), ((0, 2),), ((0, 3),)))[0] == [0, 1]


def test_who_may_meet_nobody_any_more_is_open_to_nobody() -> None:
    sides = Sides.of(Relaxation(instance(3, 2, everybody(3, 500), most={2: 0})))
    assert list(zip(sides.low.tolist(), sides.high.tolist(), strict=True)) == [(0, 1)]


def test_seats_go_where_they_save_the_most_byes() -> None:
    """Four people, two rounds, one table each: four seats, one bye left to everybody."""
    relaxation = Relaxation(instance(4, 2, byes=50, tables=(1, 1)))
    assert least_bye_price(relaxation) == 1000 * 50 * 4
    assert least_bye_price(Relaxation(instance(4, 2, byes=50))) == 0
    assert least_bye_price(Relaxation(instance(4, 2, byes=50, tables=(0, 0)))) == 1000 * 50 * 16


def test_nobody_is_laid_out_as_nothing() -> None:
    lay = laid_out(2, 1)
    assert (lay.pairs, lay.size) == (0, 2)
    assert lay.slots_taken((((0, 1),),)) == [[], []]
