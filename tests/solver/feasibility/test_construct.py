"""A draft seated by hand: what it must hold, what makes way, and what it looks at twice."""

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.feasibility.construct import Construction
from solver.instance import Matchings
from solver.translate.prepare import explicit_rows, instance_of
from tests.builders import random_event
from tests.solver.feasibility.oracle import complaints
from tests.solver.instances import instance, mutual


def test_what_is_liked_makes_way_for_what_is_required() -> None:
    problem = instance(6, 2, required=[(0, 2)], absent=[(0, 1)])
    liked: Matchings = (((0, 1), (2, 3), (4, 5)), ((1, 3), (4, 5)))
    draft = Construction.of(problem, liked)
    assert draft.complete
    assert draft.matchings == (((0, 2), (4, 5)), ((1, 3),))


def test_who_is_left_over_takes_a_partner_who_can_find_another() -> None:
    """4 may meet 0 alone, whom 1 has got; 1 can have 5."""
    problem = instance(6, 1, least={4: 1, 1: 1}, barred=[(4, v) for v in (1, 2, 3)] + [(4, 5)])
    draft = Construction.of(problem, (((0, 1), (2, 3)),))
    assert draft.complete
    assert draft.matchings == (((0, 4), (1, 5), (2, 3)),)


ONLY_0 = [(1, 4), (2, 4), (3, 4), (4, 5), (4, 6), (4, 7)]


@pytest.mark.parametrize(
    "unfit", [{"barred": [*ONLY_0, (1, 5)]}, {"barred": ONLY_0, "most": {5: 0}}]
)
def test_the_other_must_be_somebody_who_may_be_met(unfit: dict[str, Any]) -> None:
    """4 may meet 0 alone, whom 1 has got; 1 cannot have 5, but 6."""
    problem = instance(8, 1, least={4: 1, 1: 1}, **unfit)
    draft = Construction.of(problem, (((0, 1), (2, 3)),))
    assert draft.matchings == (((0, 4), (1, 6), (2, 3)),)


def test_what_makes_way_in_vain_comes_back() -> None:
    """0 has its only meeting in the first round, which 2 misses."""
    problem = instance(4, 2, required=[(0, 2)], most={0: 1}, absent=[(2, 0)])
    liked: Matchings = (((0, 1),), ((2, 3),))
    draft = Construction.of(problem, liked)
    assert draft.matchings == liked
    assert draft.unplaced == [(0, 2)]


def test_what_is_liked_leaves_its_table_to_what_is_required() -> None:
    draft = Construction.of(instance(4, 1, required=[(0, 1)], tables=(1,)), (((2, 3),),))
    assert draft.complete
    assert draft.matchings == (((0, 1),),)


def test_nobody_who_needs_it_loses_a_partner() -> None:
    problem = instance(3, 1, least={0: 1, 1: 1, 2: 1})
    draft = Construction.of(problem)
    assert draft.matchings == (((1, 2),),)
    assert draft.short == [0]
    assert not draft.complete


def test_meetings_without_support_are_noticed() -> None:
    one_way = {(0, 1): 600}
    draft = Construction.of(instance(2, 1, one_way, fill=False, pinned=(((0, 1),),)))
    assert draft.unsupported == {(0, 1)}
    assert not draft.complete
    assert Construction.of(instance(2, 1, one_way, pinned=(((0, 1),),))).complete


# What is seated, and in which order


@given(st.integers(0, 300))
def test_a_draft_that_calls_itself_complete_obeys_every_rule(seed: int) -> None:
    event = random_event(seed, 8, 4)
    draft = Construction.of(instance_of(event, explicit_rows(event)))
    assert draft.complete == (not list(complaints(draft.instance, draft.matchings)))


def test_who_has_the_fewest_rounds_to_spare_is_seated_first() -> None:
    """One table: 3 is there for the first round alone, 0 for both."""
    problem = instance(4, 2, tables=(1, 1), least={0: 1, 3: 1}, absent=[(3, 1)], barred=[(0, 3)])
    draft = Construction.of(problem)
    assert draft.complete
    assert 3 in draft.matchings[0][0]
    assert 0 in draft.matchings[1][0]


def test_who_needs_every_round_comes_before_who_needs_one() -> None:
    """One table in the first two rounds: 3 needs all three rounds, 0 any one of them."""
    problem = instance(6, 3, tables=(1, 1, 2), least={0: 1, 3: 3}, barred=[(0, 3)])
    assert Construction.of(problem).complete


def test_two_who_both_wait_meet_each_other() -> None:
    """One table: 0 faces 1 in the first round of four, but 2 is in need as well."""
    draft = Construction.of(instance(4, 1, tables=(1,), least={0: 1, 2: 1}))
    assert draft.matchings == (((0, 2),),)


def test_a_required_pair_sits_where_the_most_tables_are_left() -> None:
    draft = Construction.of(instance(6, 3, tables=(1, 3, 2), required=[(0, 1)]))
    assert draft.matchings == ((), ((0, 1),), ())
    assert draft.tables == [1, 2, 2]


def test_the_required_pair_with_the_fewest_rounds_chooses_first() -> None:
    """0 and 1 could meet in either round, 0 and 2 in the second alone."""
    problem = instance(4, 2, required=[(0, 1), (0, 2)], absent=[(2, 0)])
    assert Construction.of(problem).matchings == (((0, 1),), ((0, 2),))


def test_a_meeting_makes_way_in_the_round_that_costs_fewest() -> None:
    """In the first round two meetings are in the way of 0 and 2, in the second one."""
    liked: Matchings = (((0, 1), (2, 3)), ((0, 3),))
    draft = Construction.of(instance(4, 2, required=[(0, 2)]), liked)
    assert draft.matchings == (((0, 1), (2, 3)), ((0, 2),))


def test_pins_and_required_meetings_make_way_for_nobody() -> None:
    problem = instance(4, 1, required=[(0, 2)], pinned=(((0, 1),),))
    draft = Construction.of(problem)
    assert draft.matchings == (((0, 1),),)
    assert draft.unplaced == [(0, 2)]
    assert not draft.complete


def test_nobody_takes_the_partner_of_a_pin() -> None:
    """4 may meet 0 alone, and 0 and 1 are pinned; 5 could have met 1."""
    barred = [(v, 4) for v in (1, 2, 3)] + [(4, 5)]
    problem = instance(6, 1, least={4: 1}, barred=barred, pinned=(((0, 1),),))
    draft = Construction.of(problem)
    assert draft.matchings == (((0, 1),),)
    assert draft.short == [4]


PINS_IN_VAIN: list[dict[str, Any]] = [
    {"absent": [(0, 0)]},
    {"barred": [(0, 1)]},
    {"most": {0: 0}},
    {"tables": (0, 1)},
    {"held": (((0, 1),),)},
]


@pytest.mark.parametrize("against", PINS_IN_VAIN)
def test_a_pin_that_cannot_be_seated_is_told(against: dict[str, Any]) -> None:
    r = len(against.get("held", ()))
    pinned = tuple(((0, 1),) if k == r else () for k in range(2))
    draft = Construction.of(instance(4, 2, pinned=pinned, **against))
    assert draft.pins_fail
    assert not draft.complete
    assert not Construction.of(instance(4, 2, pinned=pinned)).pins_fail


def test_what_is_liked_is_left_out_where_it_may_not_be() -> None:
    liked: Matchings = (((0, 1), (2, 3)), ((0, 1), (2, 3)))
    draft = Construction.of(instance(4, 2, barred=[(2, 3)]), liked)
    assert draft.matchings == (((0, 1),), ())
    assert draft.complete


def test_held_meetings_stay_and_are_not_repeated() -> None:
    problem = instance(4, 3, least=dict.fromkeys(range(4), 3), held=(((0, 1), (2, 3)),))
    draft = Construction.of(problem)
    assert draft.complete
    assert draft.matchings[0] == ((0, 1), (2, 3))
    assert {pair for row in draft.matchings for pair in row} == set(combinations(range(4), 2))


def test_the_books_are_kept_when_somebody_takes_a_partner() -> None:
    """2 takes 0 from 1, who needed nobody: one meeting, as many tables, seats and limits."""
    problem = instance(3, 1, least={2: 1}, barred=[(1, 2)])
    draft = Construction.of(problem, (((0, 1),),))
    assert draft.matchings == (((0, 2),),)
    assert books(draft) == books(Construction.of(problem))
    assert draft.met == {(0, 2)}


def books(draft: Construction) -> tuple[Any, ...]:
    return draft.tables, [bytes(row) for row in draft.free], draft.room, draft.due


def test_who_has_met_enough_gives_a_partner_away_and_stays_alone() -> None:
    """1 must have one meeting and has two: in the second round 3 may have its partner."""
    problem = instance(
        4, 2, least={1: 1, 3: 1}, barred=[(1, 3), (2, 3)], absent=[(3, 0)], tables=(1, 1)
    )
    draft = Construction.of(problem, (((1, 2),), ((0, 1),)))
    assert draft.complete
    assert draft.matchings == (((1, 2),), ((0, 3),))


def test_where_idle_seats_stay_idle_only_mutual_partners_are_sought() -> None:
    """0 gains from 1 alone without return; 0 and 3 gain from each other."""
    gains = mutual({(0, 3): 500}) | {(0, 1): 900}
    draft = Construction.of(instance(4, 1, gains, least={0: 1}, fill=False))
    assert draft.matchings == (((0, 3),),)


def test_two_in_need_are_brought_together_where_idle_seats_stay_idle() -> None:
    """One table: 0 could have 1, but 2 needs somebody as well."""
    gains = mutual({(0, 1): 900, (0, 2): 300})
    problem = instance(4, 1, gains, least={0: 1, 2: 1}, tables=(1,), fill=False)
    assert Construction.of(problem).matchings == (((0, 2),),)


def test_a_partner_that_is_taken_must_be_of_mutual_value_where_idle_seats_stay_idle() -> None:
    """2 needs somebody and gains from 0 one way only; 0 sits with 1."""
    gains = mutual({(0, 1): 900}) | {(2, 0): 900}
    draft = Construction.of(instance(3, 1, gains, least={2: 1}, fill=False), (((0, 1),),))
    assert draft.matchings == (((0, 1),),)
    assert draft.short == [2]
