"""The model of the whole day: every rule and every part of the points, and what it proves."""

from dataclasses import replace
from itertools import combinations, pairwise

import pytest

from schemas.event import Event, Weights
from solver import exact, objective
from solver.budget import Budget, Meter
from solver.errors import Infeasible, Rule
from solver.exact import fits_exactly, prove_optimum, widest
from solver.instance import Instance, Matchings, Prices, Result
from solver.possible import useful_pairs
from solver.translate.prepare import explicit_rows, instance_of
from tests.brute_force import best_points
from tests.builders import event_of, random_event
from tests.solver.instances import everybody, instance, mutual


def best(problem: Instance) -> Result:
    """The proven answer."""
    result = prove_optimum(problem, None, Meter(Budget(seconds=20)), lambda _: None)
    assert result is not None
    assert result.stopped_by == "optimal"
    return result


def read(event: Event) -> Instance:
    return instance_of(event, explicit_rows(event))


def hard(seed: int = 1) -> Instance:
    """Ten people whose best schedule takes seconds to prove."""
    gains = {
        (i, j): 100 + (i * 37 + j * 91 + seed * 13) % 900
        for i in range(10)
        for j in range(10)
        if i != j
    }
    return instance(10, 4, gains, triangles=75, fairness=100, byes=50)


# Hard rules: each of these answers is different without the rule


def test_nobody_is_in_two_meetings_of_a_round() -> None:
    answer = best(instance(3, 1, mutual({(0, 1): 800, (0, 2): 700})))
    assert answer.matchings == (((0, 1),),)


def test_a_pair_meets_once() -> None:
    answer = best(instance(2, 2, mutual({(0, 1): 800})))
    assert [len(matching) for matching in answer.matchings] in ([1, 0], [0, 1])


def test_nobody_meets_while_absent() -> None:
    gains = mutual({(0, 1): 800, (0, 2): 700})
    answer = best(instance(3, 2, gains, absent=[(1, 0), (2, 1)]))
    assert answer.matchings == (((0, 2),), ((0, 1),))


def test_meetings_do_not_outnumber_the_open_tables_of_their_round() -> None:
    gains = mutual({(0, 1): 800, (2, 3): 700, (0, 2): 600})
    answer = best(instance(4, 2, gains, tables=(1, 1)))
    assert answer.points == 100 * 1500
    assert sorted(len(matching) for matching in answer.matchings) == [1, 1]
    answer = best(instance(4, 2, gains, tables=(0, 2)))
    assert answer.matchings == ((), ((0, 1), (2, 3)))


def test_forbidden_pairs_do_not_meet() -> None:
    gains = mutual({(0, 1): 800, (2, 3): 100})
    assert best(instance(4, 1, gains, barred=[(0, 1)])).matchings == (((2, 3),),)
    assert best(instance(4, 1, gains, refused=[(0, 1)])).matchings == (((2, 3),),)
    assert best(instance(4, 1, gains, organisation={0: 5, 1: 5})).matchings == (((2, 3),),)
    assert best(instance(4, 1, gains, language={0: 1, 1: 2})).matchings == (((2, 3),),)


def test_a_required_pair_meets_whatever_it_costs() -> None:
    gains = mutual({(0, 1): 800})
    assert best(instance(3, 1, gains, required=[(0, 2)])).matchings == (((0, 2),),)


def test_nobody_has_more_meetings_than_allowed() -> None:
    gains = mutual({(0, 1): 800, (0, 2): 700, (0, 3): 600})
    answer = best(instance(4, 3, gains, most={0: 2}))
    assert sorted(objective.pairs_of(answer.matchings)) == [(0, 1), (0, 2)]


def test_everybody_has_the_meetings_they_must_have() -> None:
    gains = mutual({(0, 1): 800})
    answer = best(instance(3, 2, gains, least={2: 2}))
    assert sorted(objective.pairs_of(answer.matchings)) == [(0, 2), (1, 2)]


def test_held_meetings_stay_and_count() -> None:
    """0 and 1 have met, which leaves 0 one meeting and closes the triangle at the next."""
    gains = mutual({(0, 1): 500, (1, 2): 500, (0, 2): 300, (0, 3): 400})
    held = (((0, 1),), ((1, 2),))
    answer = best(instance(4, 4, gains, most={0: 2}, triangles=100, held=held))
    assert answer.matchings[:2] == held
    assert sorted(objective.pairs_of(answer.matchings)) == [(0, 1), (0, 2), (1, 2)]
    assert answer.points == 100 * (500 + 500 + 300 + 300)


def test_pinned_meetings_take_place_in_their_round() -> None:
    gains = mutual({(0, 1): 800, (2, 3): 800})
    answer = best(instance(4, 2, gains, pinned=((), ((0, 2),))))
    assert answer.matchings[1] == ((0, 2),)
    assert answer.points == 100 * 1600


def test_a_meeting_good_for_one_alone_stands_only_in_a_triangle() -> None:
    """0 gains from 1, 1 from 2 and 2 from 0: nothing is mutual, the triangle is worth it."""
    round_trip = {(0, 1): 600, (1, 2): 500, (2, 0): 700}
    answer = best(instance(4, 3, round_trip, triangles=100, fill=False))
    assert sorted(objective.pairs_of(answer.matchings)) == [(0, 1), (0, 2), (1, 2)]
    assert answer.points == 100 * 500
    assert best(instance(4, 2, round_trip, triangles=100, fill=False)).points == 0


def test_a_required_meeting_stands_by_itself() -> None:
    answer = best(instance(2, 1, {(0, 1): 600}, required=[(0, 1)], fill=False))
    assert answer.matchings == (((0, 1),),)
    with pytest.raises(Infeasible) as raised:
        best(instance(2, 1, {(0, 1): 600}, least={0: 1}, fill=False))
    assert raised.value.rules == (Rule("leave"), Rule("min", (0,)))


def test_rules_that_contradict_each_other_are_named() -> None:
    with pytest.raises(Infeasible) as raised:
        best(instance(3, 2, required=[(0, 1), (0, 2)], most={0: 1}))
    assert raised.value.rules == (
        Rule("max", (0,)),
        Rule("require", (0, 1)),
        Rule("require", (0, 2)),
    )


# Points: each of these sums is different without the term


def test_a_bye_for_everybody_is_better_than_two_for_some() -> None:
    """One table: 01 twice is impossible, and 01 with 02 would leave 3 with two byes."""
    gains = mutual({(0, 1): 500, (0, 2): 500, (2, 3): 100})
    answer = best(instance(4, 2, gains, tables=(1, 1), byes=50))
    assert sorted(objective.pairs_of(answer.matchings)) == [(0, 1), (2, 3)]
    assert answer.points == 100 * 600 - 1000 * 50 * 4


def test_open_conversations_fill_idle_seats_where_byes_cost_something() -> None:
    assert best(instance(4, 1, byes=50)).points == 0
    assert best(instance(4, 1)).matchings == ((),)


def test_satisfaction_and_its_worth_are_floored() -> None:
    """333 of max(333, 500) is 666 permille: phi is 700 + 4 * 166 // 5."""
    answer = best(instance(2, 1, mutual({(0, 1): 333}), fairness=100))
    assert answer.points == 100 * 333 + 100 * 2 * (700 + 132)


def test_who_has_little_counts_more_than_who_has_much() -> None:
    """One table and two rounds: 0 could have both good meetings, 3 would have none."""
    gains = mutual({(0, 1): 500, (0, 2): 500, (2, 3): 400})
    problem = instance(4, 2, gains, tables=(1, 1), fairness=100)
    assert sorted(objective.pairs_of(best(problem).matchings)) == [(0, 1), (2, 3)]
    indifferent = replace(problem, prices=replace(problem.prices, fairness=0))
    assert sorted(objective.pairs_of(best(indifferent).matchings)) == [(0, 1), (0, 2)]


def test_a_triangle_may_close_over_several_events() -> None:
    """0 and 1, 1 and 2 met before: a poor meeting of 0 and 2 is worth more than a good one."""
    gains = mutual({(0, 1): 900, (1, 2): 900, (0, 2): 300, (0, 3): 400})
    met = ((0, 1), (1, 2))
    answer = best(instance(4, 1, gains, triangles=100, met=met, refused=met))
    assert (answer.matchings, answer.points) == ((((0, 2),),), 100 * (300 + 300))


def test_three_who_all_met_before_need_a_meeting_at_this_event() -> None:
    gains = mutual({(0, 1): 300, (1, 2): 300, (0, 2): 300})
    met = ((0, 1), (0, 2), (1, 2))
    assert best(instance(3, 1, gains, triangles=100, met=met)).points == 100 * 600
    assert best(instance(3, 1, gains, triangles=100, met=met, refused=met)).points == 0


def test_a_triangle_needs_three_rounds() -> None:
    gains = everybody(3, 500)
    assert best(instance(3, 3, gains, triangles=100)).points == 100 * (1500 + 500)
    assert best(instance(3, 2, gains, triangles=100)).points == 100 * 1000


def test_a_broken_promise_has_to_win_its_price() -> None:
    gains = mutual({(0, 1): 500, (2, 3): 500, (0, 2): 550, (1, 3): 550})
    promised = (((0, 1), (2, 3)),)
    cheap = instance(4, 1, gains, promised=promised, promise_price=4_000)
    dear = replace(cheap, promise_price=6_000)
    assert best(cheap).matchings == (((0, 2), (1, 3)),)
    assert best(dear).matchings == promised


def test_a_promise_is_of_a_round() -> None:
    gains = mutual({(0, 1): 500})
    answer = best(instance(2, 2, gains, promised=((), ((0, 1),)), promise_price=1))
    assert answer.matchings == ((), ((0, 1),))


def test_the_bound_is_one_on_points_whatever_promises_cost() -> None:
    """The promise is kept for its price; without it there are 10,000 points more to be had."""
    gains = mutual({(0, 1): 500, (0, 2): 600})
    problem = instance(3, 1, gains, promised=(((0, 1),),), promise_price=20_000)
    answer = best(problem)
    assert answer.points == 100 * 500
    assert answer.bound is not None
    assert answer.bound >= best(replace(problem, promised=())).points


# Against every schedule there is


@pytest.mark.parametrize("block", range(8))
@pytest.mark.parametrize(("attendees", "rounds"), [(6, 3), (8, 2)])
def test_it_finds_and_proves_what_enumeration_finds(
    block: int, attendees: int, rounds: int
) -> None:
    for seed in range(block, 96, 8):
        event = random_event(seed, attendees, rounds)
        check(event)


def check(event: Event) -> None:
    expected, problem = best_points(event), read(event)
    assert fits_exactly(problem)
    if expected is None:
        with pytest.raises(Infeasible):
            best(problem)
        return
    answer = best(problem)
    assert (answer.points, answer.bound) == (expected, expected), f"seed {event.seed}"
    assert objective.points_of(problem, answer.matchings) == expected


@pytest.mark.parametrize("seed", range(40))
def test_the_largest_weights_are_summed_exactly(seed: int) -> None:
    """CP-SAT 9.15 has called wrong answers optimal where sums passed 2^31."""
    heaviest = Weights(triangles=1000, fairness=1000, byes=1000)
    check(random_event(seed, 6, 3).model_copy(update={"weights": heaviest}))


def test_an_event_whose_sums_could_pass_two_to_the_31_is_left_to_others() -> None:
    """22 people with ten byes each: 22 * 1000 * 1000 * 100 points."""
    problem = instance(22, 10, mutual({(0, 1): 501}), fairness=37, byes=1000)
    assert not fits_exactly(problem)
    assert fits_exactly(replace(problem, prices=replace(problem.prices, byes=100)))
    assert widest(exact.WholeDayModel.of(problem).day.model) >= 2**31


def test_a_common_divisor_of_all_points_is_taken_out_first() -> None:
    """Bye prices in whole units: the same event without the odd price of fairness fits."""
    problem = instance(22, 10, mutual({(0, 1): 501}), fairness=0, byes=1000)
    assert fits_exactly(problem)


def test_a_large_event_is_left_to_others() -> None:
    assert not fits_exactly(instance(100_000, 10))
    assert not fits_exactly(instance(13, 4, everybody(13, 500), triangles=75))


# What may be left out


def test_pairs_without_value_demand_or_triangle_are_left_out_where_nobody_needs_them() -> None:
    gains = mutual({(0, 1): 500}) | {(1, 2): 400}
    assert useful_pairs(instance(4, 3, gains, required=[(2, 3)])) == [(0, 1), (2, 3)]
    assert len(useful_pairs(instance(4, 3, gains, byes=50))) == 6
    assert len(useful_pairs(instance(4, 3, gains, least={3: 1}))) == 6
    assert useful_pairs(instance(4, 3, gains, least={3: 1}, fill=False)) == [(0, 1)]


# Budgets, hints and reports


def test_every_report_is_true_and_better_than_the_one_before() -> None:
    problem, reports = hard(), list[Result]()
    prove_optimum(problem, None, Meter(Budget(work=40_000_000)), reports.append)
    assert len(reports) > 2
    for before, after in pairwise(reports):
        assert after.points >= before.points
        assert after.bound is not None
        assert before.bound is None or after.bound <= before.bound
        assert after.points <= after.bound
        assert after.points == objective.points_of(problem, after.matchings)


def test_a_budget_of_work_gives_the_same_answer_each_time() -> None:
    meters = [Meter(Budget(work=15_000_000)) for _ in range(2)]
    first, second = (prove_optimum(hard(), None, meter, lambda _: None) for meter in meters)
    assert first is not None
    assert second is not None
    assert first.stopped_by == "work"
    assert (first.matchings, first.bound, first.work) == (
        second.matchings,
        second.bound,
        second.work,
    )
    assert meters[0].work == first.work > 10_000_000


def test_without_budget_the_hint_is_the_answer() -> None:
    problem = hard()
    hint = (((0, 1), (2, 3)), ((0, 2),), (), ())
    answer = prove_optimum(problem, hint, Meter(Budget(seconds=0)), lambda _: None)
    assert answer is not None
    assert (answer.matchings, answer.stopped_by) == (hint, "time")
    assert answer.points == objective.points_of(problem, hint)
    assert prove_optimum(problem, None, Meter(Budget(seconds=0)), lambda _: None) is None


def test_a_hint_is_where_the_search_begins() -> None:
    problem, reports = hard(), list[Result]()
    hint = best(instance(10, 4, {}, byes=50)).matchings
    prove_optimum(problem, hint, Meter(Budget(work=15_000_000)), reports.append)
    assert reports[0].matchings == hint
    assert reports[-1].points > reports[0].points


def test_it_ends_at_the_gap_wanted() -> None:
    answer = prove_optimum(hard(), None, Meter(Budget(seconds=20, gap=0.5)), lambda _: None)
    assert answer is not None
    assert answer.bound is not None
    assert answer.stopped_by == "gap"
    assert answer.points < answer.bound <= 2 * answer.points


def test_it_ends_when_told_to() -> None:
    told: list[Result] = []
    meter = Meter(Budget(seconds=60), stop=lambda: bool(told))
    answer = prove_optimum(hard(), None, meter, told.append)
    assert answer is not None
    assert answer.stopped_by == "stopped"
    assert meter.seconds < 30


def test_nothing_to_solve_is_solved() -> None:
    assert best(instance(0, 2)).matchings == ((), ())
    assert best(instance(1, 1, byes=50)).points == 0
    held: Matchings = (((0, 1),),)
    over = best(instance(2, 1, mutual({(0, 1): 400}), held=held))
    assert (over.matchings, over.points, over.bound) == (held, 40_000, 40_000)


def test_prices_of_zero_leave_nothing_to_maximise() -> None:
    problem = read(event_of("abcd", 2, {}))
    worthless = replace(problem, prices=Prices(0, 0, 0, 50))
    assert (best(worthless).points, best(worthless).bound) == (0, 0)


def test_the_circle_of_six_is_a_round_robin() -> None:
    """Everybody alike: all meet, and every triangle closes."""
    answer = best(instance(6, 5, everybody(6, 500), triangles=75, fairness=100, byes=50))
    assert set(objective.pairs_of(answer.matchings)) == set(combinations(range(6), 2))
    assert answer.points == 15 * 50_000 + 20 * 75 * 500 + 6 * 100_000
