"""Few moves: what is worth giving up for those whom a repair left short."""

import pytest

from solver.budget import Budget, Meter
from solver.errors import Infeasible, NoIncumbentError
from solver.instance import Instance, Matchings, Result
from solver.objective import pairs_of, points_of
from solver.repair.few_moves import (
    MOST_MOVED,
    find_few_moves,
    moved_people,
    short_people,
)
from solver.repair.first_repair import repair_first
from solver.repair.move_program import MOVE
from solver.solve import solve_instance
from solver.translate.prepare import explicit_rows, instance_of
from tests.builders import random_event
from tests.solver.instances import instance, mutual
from tests.solver.repair.test_first_repair import assert_valid


def found(problem: Instance, rows: Matchings, most_broken: int | None = None) -> Result | None:
    return find_few_moves(problem, rows, Meter(Budget(work=10_000_000)), most_broken)


def broken(before: Matchings, after: Matchings) -> int:
    """How many meetings do not take place in the round they were in."""
    return sum(len({*old} - {*new}) for old, new in zip(before, after, strict=True))


SIX: Matchings = (
    ((0, 3), (1, 2), (4, 5)),
    ((1, 4), (2, 3)),
    ((0, 5), (3, 4)),
    ((0, 2), (1, 5)),
)
"""Six people without two who left: in three rounds two sit idle, who meet in another round."""


def test_six_could_all_sit_if_two_meetings_made_way() -> None:
    after = found(instance(6, 4, byes=50), SIX)
    assert after is not None
    assert [len(row) for row in after.matchings] == [3, 3, 3, 3]
    assert broken(SIX, after.matchings) == 2


def test_no_more_meetings_make_way_than_the_organiser_allows() -> None:
    after = found(instance(6, 4, byes=50), SIX, most_broken=1)
    assert after is not None
    assert len([*pairs_of(after.matchings)]) == 11
    assert broken(SIX, after.matchings) == 1
    assert found(instance(6, 4, byes=50), SIX, most_broken=0) is None


def test_who_makes_way_for_a_guest_is_whom_the_guest_meets_next() -> None:
    # 0 came late; 1 to 4 are worth meeting, 5 to 8 are not. Taken from 5 to 8, each partner of 0
    # would leave one more person idle: 1 meets 2 in round 1, 2 meets 3 in round 2, and so on.
    rows: Matchings = (
        ((1, 2), (3, 5), (4, 6), (7, 8)),
        ((1, 5), (2, 3), (4, 7), (6, 8)),
        ((1, 8), (2, 5), (3, 4), (6, 7)),
    )
    problem = instance(9, 3, mutual({(0, v): 500 for v in (1, 2, 3, 4)}), byes=50, fairness=100)
    after = found(problem, rows)
    assert after is not None
    guest = [pair for pair in pairs_of(after.matchings) if 0 in pair]
    assert len(guest) == 3
    assert {v for pair in guest for v in pair} <= {0, 1, 2, 3, 4}
    assert len(moved_people(rows, after.matchings) - {0}) == 4


def test_a_guest_sits_out_half_of_the_open_rounds() -> None:
    rows: Matchings = (((0, 1),), ((2, 3),), ((0, 2),), ((0, 3),))
    short = short_people(instance(4, 4, tables=(1,) * 4, byes=50), rows)
    assert short.guests == {1, 2, 3}
    assert dict(short.idle) == {1: [1, 2, 3], 2: [0, 3], 3: [0, 2]}


def test_nothing_is_proposed_where_all_sit_or_nothing_may_make_way() -> None:
    full: Matchings = (((0, 1), (2, 3)), ((0, 2), (1, 3)))
    assert found(instance(4, 2, byes=50), full) is None
    pinned = instance(6, 4, byes=50, pinned=SIX)
    assert found(pinned, SIX) is None


def test_an_evening_out_among_those_who_wait_is_no_proposal() -> None:
    # 2 sits out twice, 0 and 1 never: another odd one out would be fairer, and nobody asked.
    rows: Matchings = (((0, 1),), ((0, 1),))
    problem = instance(3, 1, byes=50)
    assert found(problem, rows[:1]) is None


@pytest.mark.parametrize("seed", range(60))
def test_whatever_is_proposed_obeys_every_rule_and_is_worth_its_moves(seed: int) -> None:
    event = random_event(seed, 9, 4)
    problem = instance_of(event, explicit_rows(event))
    try:
        rows = solve_instance(problem, Meter(Budget(work=20_000)), lambda _: None).matchings
    except (Infeasible, NoIncumbentError):
        pytest.skip("no schedule")
    poor = repair_first(problem, _thinned(problem, rows), None, Meter(Budget())).result.matchings
    after = found(problem, poor, most_broken=3)
    if after is None:
        return
    assert_valid(problem, after.matchings)
    moved = moved_people(poor, after.matchings) - short_people(problem, poor).guests
    assert len(moved) <= MOST_MOVED
    assert after.points == points_of(problem, after.matchings)
    assert after.points - points_of(problem, poor) > MOVE * len(moved)


def _thinned(problem: Instance, rows: Matchings) -> Matchings:
    """Promises without the meetings of the first person, as if that one had come just now."""
    asked = {*problem.required}
    return tuple(tuple(pair for pair in row if 0 not in pair or pair in asked) for row in rows)
