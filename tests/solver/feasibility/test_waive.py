"""What gives way on the day: the fewest demands first, then the fewest promises."""

from dataclasses import replace
from itertools import combinations
from random import Random

import pytest

from solver.budget import Budget, Meter
from solver.exact import prove_optimum
from solver.feasibility.decide import decide_feasibility
from solver.feasibility.feasible import keep_most_promises, waive_fewest
from solver.feasibility.rules import demands_of, with_only, without_demands
from solver.instance import Instance, Matchings
from solver.objective import pairs_of
from solver.translate.prepare import explicit_rows, instance_of
from tests.builders import random_event
from tests.solver.instances import instance, mutual


def meter() -> Meter:
    return Meter(Budget(work=2_000_000_000))


def given_up(problem: Instance) -> tuple[set[tuple[int, int]], set[int]]:
    left = waive_fewest(problem, meter())
    assert can_hold(left)
    return set(left.waived), set(left.excused)


def can_hold(problem: Instance) -> bool:
    verdict = decide_feasibility(problem, meter())
    assert (verdict.matchings is None) == (verdict.impossible is not None), "undecided"
    return verdict.matchings is not None


# Demands


def test_what_can_hold_is_left_alone() -> None:
    problem = instance(6, 3, required=[(0, 1)], least={2: 3})
    assert given_up(problem) == (set(), set())


def test_a_required_pair_of_whom_one_has_left_is_given_up() -> None:
    gone = [(1, 1), (1, 2)]
    assert given_up(instance(4, 3, required=[(0, 1), (2, 3)], absent=gone, held=((),))) == (
        {(0, 1)},
        set(),
    )


def test_a_minimum_goes_where_too_few_rounds_or_partners_are_left() -> None:
    assert given_up(instance(4, 3, least={0: 3, 1: 2}, held=((),))) == (set(), {0})
    apart = [(0, 1), (0, 2)]
    assert given_up(instance(4, 3, least={0: 2, 3: 2}, barred=apart)) == (set(), {0})


def test_held_meetings_have_counted_already() -> None:
    """0 and 2 both need the one table that is left, and 2 has had one of its two meetings."""
    problem = instance(4, 2, least={0: 1, 2: 2}, barred=[(0, 2)], tables=(2, 1), held=(((2, 3),),))
    assert given_up(problem) == (set(), {2})


def test_the_fewest_go_and_of_equally_many_the_later() -> None:
    """0 has one round for three people: two go; 1 and 2, then, can meet in the second round."""
    required = [(0, 1), (0, 2), (0, 3), (1, 2)]
    problem = instance(4, 2, required=required, absent=[(0, 1)])
    assert given_up(problem) == ({(0, 2), (0, 3)}, set())


def test_the_earlier_stays_even_if_the_later_is_easier_to_seat() -> None:
    problem = instance(3, 2, required=[(0, 1), (0, 2)], most={0: 1}, absent=[(2, 0)])
    assert given_up(problem) == ({(0, 2)}, set())


def test_an_early_one_goes_rather_than_two_later() -> None:
    assert given_up(instance(4, 1, required=[(0, 1), (0, 2), (1, 3)])) == ({(0, 1)}, set())


def test_half_a_minimum_is_none() -> None:
    """One table a round for two people who need two meetings each, and not with each other."""
    problem = instance(4, 2, least={0: 2, 1: 2}, barred=[(0, 1)], tables=(1, 1))
    assert given_up(problem) == (set(), {1})


def test_one_minimum_goes_rather_than_two_requirements() -> None:
    """3 may meet 0 and 5 alone, and 0 has its two rounds for 1 and 2."""
    problem = instance(
        6, 2, required=[(0, 1), (0, 2)], least={3: 2}, barred=[(1, 3), (2, 3), (3, 4)]
    )
    assert given_up(problem) == (set(), {3})


@pytest.mark.parametrize("block", range(5))
def test_nobody_could_give_up_less(block: int) -> None:
    checked = 0
    for seed in range(block, 200, 5):
        event = random_event(seed, 6, 3)
        problem = instance_of(event, explicit_rows(event))
        waived, excused = given_up(problem)
        asked = demands_of(problem)
        kept = len(asked) - len(waived) - len(excused)
        for more in combinations(asked, kept + 1):
            assert not can_hold(with_only(problem, more)), f"seed {seed}"
            checked += 1
    assert checked


# Promises


def kept(problem: Instance) -> Matchings:
    """The promises kept; as pins they leave room for all that is demanded."""
    pins = keep_most_promises(problem, meter()).pins
    assert all(set(row) <= set(all_of) for row, all_of in zip(pins, problem.promised, strict=True))
    assert can_hold(replace(problem, pinned=pins, promised=()))
    return pins


def test_every_promise_is_kept_where_nothing_stands_in_the_way() -> None:
    promised: Matchings = (((0, 1), (2, 3)), ((0, 2),))
    assert kept(instance(4, 2, promised=promised)) == promised


def test_who_has_left_meets_nobody() -> None:
    promised: Matchings = (((0, 1), (2, 3)), ((0, 2),))
    problem = instance(4, 2, promised=promised, absent=[(0, 1)])
    assert kept(problem) == (((0, 1), (2, 3)), ())


def test_where_tables_were_closed_the_most_valuable_stay() -> None:
    promised: Matchings = (((0, 1), (2, 3)),)
    gains = mutual({(0, 1): 300, (2, 3): 400})
    assert kept(instance(4, 1, gains, tables=(1,), promised=promised)) == (((2, 3),),)


@pytest.mark.parametrize("dear", [0, 1])
def test_the_less_valuable_promises_make_way_for_a_required_pair(dear: int) -> None:
    promised: Matchings = (((0, 1), (2, 3)), ((0, 3), (1, 2)))
    gains = mutual({pair: 500 if r == dear else 300 for r in (0, 1) for pair in promised[r]})
    problem = instance(4, 2, gains, required=[(0, 2)], promised=promised)
    assert kept(problem) == ((promised[0], ()) if dear == 0 else ((), promised[1]))


def test_a_promise_makes_way_for_a_minimum() -> None:
    """5 needs a meeting and may meet 0 or 1, both of whom are taken: one meeting goes."""
    promised: Matchings = (((0, 1), (2, 3)),)
    problem = instance(6, 1, least={5: 1}, barred=[(2, 5), (3, 5), (4, 5)], promised=promised)
    assert kept(problem) == (((2, 3),),)


def test_promises_make_way_along_a_whole_path_of_people_in_need() -> None:
    """Everybody needs a partner: 4 has only 0, so 1 only 2, and 3 only 5."""
    gains = mutual(dict.fromkeys([(0, 1), (0, 4), (1, 2), (2, 3), (3, 5)], 500))
    promised: Matchings = (((0, 1), (2, 3)),)
    problem = instance(6, 1, gains, least=dict.fromkeys(range(6), 1), promised=promised, fill=False)
    assert kept(problem) == ((),)


def test_a_promise_that_has_lost_its_triangle_goes() -> None:
    """0 gains from 1, 1 from 2, 2 from 0, all to come; 2 leaves, and 0 with 1 stand alone."""
    promised: Matchings = (((0, 1),), ((1, 2),), ((0, 2),))
    gains = {(0, 1): 600, (1, 2): 500, (2, 0): 700}
    whole = instance(3, 3, gains, promised=promised, fill=False)
    assert kept(whole) == promised
    left = instance(3, 3, gains, promised=promised, fill=False, absent=[(2, 1), (2, 2)])
    assert kept(left) == ((), (), ())


@pytest.mark.parametrize("block", range(5))
def test_nobody_could_keep_more(block: int) -> None:
    checked = 0
    for seed in range(block, 200, 5):
        problem = after_an_absence(seed)
        promises = [(p, r) for r, row in enumerate(problem.promised) for p in row]
        pins = kept(problem)
        for more in combinations(promises, len(list(pairs_of(pins))) + 1):
            rows = tuple(tuple(sorted(p for p, q in more if q == r)) for r in range(problem.rounds))
            assert not can_hold(replace(problem, promised=(), pinned=rows)), f"seed {seed}"
            checked += 1
    assert checked


def after_an_absence(seed: int) -> Instance:
    """A random event, planned without its demands, of which one person then misses a round."""
    event, rng = random_event(seed, 6, 3), Random(seed)
    problem = instance_of(event, explicit_rows(event))
    asked_nothing = without_demands(problem, problem.required, range(problem.n))
    planned = prove_optimum(asked_nothing, None, meter(), lambda _: None)
    assert planned is not None
    present = problem.present.copy()
    present[rng.randrange(problem.n), rng.randrange(problem.rounds)] = False
    most = tuple(
        min(high, int(here)) for high, here in zip(problem.most, present.sum(axis=1), strict=True)
    )
    changed = replace(problem, present=present, most=most, promised=planned.matchings)
    return waive_fewest(changed, meter())


# Budgets


@pytest.mark.parametrize(
    "problem",
    [
        instance(6, 2, least={0: 3, 1: 2}, barred=[(0, 1)], tables=(1, 1)),
        instance(4, 2, least={0: 2, 1: 2}, barred=[(0, 1), (0, 3)], tables=(1, 1)),
    ],
)
def test_who_cannot_have_enough_takes_no_seat_from_others(problem: Instance) -> None:
    """0 has too few rounds, or may meet 2 alone; 1 needs the one table of both rounds."""
    assert waive_fewest(problem, Meter(Budget(work=0))).excused == {0}


def test_without_budget_what_a_draft_finds_is_kept() -> None:
    """All 45 meetings of ten people in eight rounds: some must go, and more go unproven."""
    problem = instance(10, 8, required=combinations(range(10), 2))
    left = waive_fewest(problem, Meter(Budget(work=0)))
    assert 5 <= len(left.waived) < 45
    assert can_hold(left)
    assert len(waive_fewest(problem, meter()).waived) == 5


def test_a_large_room_keeps_what_it_can() -> None:
    n = 2_000
    promised: Matchings = tuple(
        tuple((v, v + n // 2) for v in range(r, n // 2 - 1)) for r in range(4)
    )
    rows = (promised[0], (), (), ())
    problem = instance(n, 4, required=[(0, 1)], absent=[(5, 0), (7, 0)], promised=rows)
    pins = keep_most_promises(problem, meter()).pins
    assert len(pins[0]) == len(promised[0]) - 2
