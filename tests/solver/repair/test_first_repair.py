"""The first repair: no promise broken without need, and nobody left free who could be paired."""

import os
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from random import Random
from typing import Any

import networkx as nx
import numpy as np
import pytest

from bench.generate import generate
from solver.budget import Budget, Meter
from solver.instance import Edge, Flags, Instance, Ints, Matchings
from solver.objective import pairs_of, points_of, supported_pairs
from solver.repair.first_repair import FirstRepair, RunningRound, repair_first
from solver.repair.promises import broken_promises
from solver.translate.prepare import explicit_rows, instance_of
from tests.brute_force import Tiny, most_kept
from tests.builders import random_event
from tests.solver.instances import everybody, instance, mutual
from tests.solver.reference import all_rest, companies_met_once, has_tables

NOBODY: frozenset[int] = frozenset()


def mended(
    problem: Instance, promises: Matchings, running: RunningRound | None = None
) -> FirstRepair:
    answer = repair_first(problem, promises, running, Meter(Budget()))
    assert_valid(answer.instance, answer.result.matchings)
    assert answer.result.points == points_of(answer.instance, answer.result.matchings)
    assert answer.least_broken <= broken_promises(promises, answer.result.matchings)
    return answer


def assert_valid(problem: Instance, matchings: Matchings) -> None:
    """H1 to H8 for open rounds; held ones are as they were."""
    held = len(problem.held)
    assert matchings[:held] == problem.held
    here = list(pairs_of(matchings))
    assert len(here) == len(set(here)), "H2"
    counts = Counter(v for row in matchings[held:] for pair in row for v in pair)
    for r in problem.open_rounds:
        seated = [v for pair in matchings[r] for v in pair]
        assert len(seated) == len(set(seated)), "H1"
        assert len(matchings[r]) <= problem.tables[r], "H3"
        assert all(problem.may_meet_in(*pair, r) for pair in matchings[r]), "H1, H4"
    assert set(problem.required) <= set(here), "H5"
    for v in range(problem.n):
        assert problem.needed[v] <= counts[v] <= problem.capacity[v], "H6"
    if not problem.fill:
        standing = supported_pairs(problem, matchings)
        assert all(pair in standing for row in matchings[held:] for pair in row), "H8"


# Promises and the people set free


def test_who_lost_a_partner_meets_another_who_did() -> None:
    """1 and 3 have left: 0 and 2 meet, 4 and 5 are not touched although 0 would rather have 4."""
    gains = mutual({(0, 2): 200, (4, 5): 300, (0, 4): 900, (2, 5): 900})
    problem = instance(6, 1, gains, absent=[(1, 0), (3, 0)])
    answer = mended(problem, (((4, 5),),))
    assert answer.result.matchings == (((0, 2), (4, 5)),)
    assert answer.least_broken == 0


def test_of_three_set_free_the_best_two_meet() -> None:
    gains = mutual({(0, 1): 300, (0, 2): 700, (1, 2): 500})
    assert mended(instance(4, 1, gains, absent=[(3, 0)]), ((),)).result.matchings == (((0, 2),),)


def test_whom_one_waits_for_decides_the_round() -> None:
    """0 and 1 are free twice, 2 only first: 0 meets 2 then, and 1 later."""
    gains = mutual({(0, 1): 800, (0, 2): 600, (1, 2): 100})
    problem = instance(3, 2, gains, absent=[(2, 1)])
    assert mended(problem, ((), ())).result.matchings == (((0, 2),), ((0, 1),))


def test_nobody_meets_twice_or_whom_they_may_not() -> None:
    """0 and 1 have met, 0 and 2 may not: only 3 is left for 0, and 1 and 2 for each other."""
    gains = mutual({(0, 1): 900, (0, 2): 800, (0, 3): 100, (1, 2): 100})
    problem = instance(4, 2, gains, barred=[(0, 2)], held=(((0, 1),),))
    assert mended(problem, ((), ())).result.matchings == (((0, 1),), ((0, 3), (1, 2)))


def test_where_tables_were_closed_the_most_valuable_promises_stay() -> None:
    gains = mutual({(0, 1): 400, (2, 3): 500, (4, 5): 300})
    answer = mended(instance(6, 1, gains, tables=(2,)), (((0, 1), (2, 3), (4, 5)),))
    assert answer.result.matchings == (((0, 1), (2, 3)),)
    assert answer.least_broken == 1


def test_people_set_free_take_no_table_from_a_promise() -> None:
    gains = mutual({(0, 1): 100, (2, 3): 900})
    problem = instance(6, 1, gains, tables=(1,), absent=[(4, 0), (5, 0)])
    assert mended(problem, (((0, 1),),)).result.matchings == (((0, 1),),)


def test_the_one_table_left_goes_to_the_best_pair() -> None:
    gains = mutual({(0, 1): 300, (2, 3): 500, (4, 5): 400})
    assert mended(instance(6, 1, gains, tables=(1,)), ((),)).result.matchings == (((2, 3),),)


def test_a_limit_holds_beside_promises() -> None:
    """0 may have one meeting more and has it promised in round 1: 1 and 2 meet in round 0."""
    gains = mutual({(0, 1): 900, (1, 2): 200, (0, 3): 100})
    problem = instance(4, 2, gains, most={0: 1}, absent=[(3, 0)])
    answer = mended(problem, ((), ((0, 3),)))
    assert answer.result.matchings == (((1, 2),), ((0, 3),))


@pytest.mark.parametrize(("triangles", "partner"), [(0, 3), (75, 2)])
def test_a_triangle_that_closes_outweighs_a_slightly_better_meeting(
    triangles: int, partner: int
) -> None:
    """0 met 1, and 1 met 2; who were to meet 0, 2 and 3 have left. 0-2 closes a triangle."""
    gains = mutual({(0, 1): 500, (1, 2): 500, (0, 2): 500, (0, 3): 550})
    held: Matchings = (((0, 1),), ((1, 2),))
    gone = [(1, 2), (4, 2), (5, 2)]
    problem = instance(6, 3, gains, absent=gone, held=held, triangles=triangles)
    assert mended(problem, ((), (), ())).result.matchings[2] == ((0, partner),)


def test_what_a_later_round_makes_dearer_is_matched_again() -> None:
    """0 takes 1 first; once 2 and 3 meet in the last round, 0-2 closes a triangle with 0-3."""
    gains = mutual({(0, 3): 500, (0, 1): 500, (0, 2): 450, (2, 3): 500})
    gone = [(3, 1), (4, 1), (5, 1), (0, 2)]
    problem = instance(6, 3, gains, absent=gone, held=(((0, 3),),), triangles=75)
    assert mended(problem, ((), (), ())).result.matchings[1] == ((0, 2),)


@pytest.mark.parametrize(("lonely", "taken"), [(1, 2), (2, 1)])
def test_with_equal_points_more_people_sit(lonely: int, taken: int) -> None:
    """0 is worth as much to 1 as to 2, but only one of them may meet 3 instead."""
    gains = mutual({(0, 1): 500, (0, 2): 500})
    problem = instance(4, 1, gains, barred=[(lonely, 3)])
    assert mended(problem, ((),)).result.matchings == (((0, lonely), (taken, 3)),)


def test_where_idle_seats_stay_idle_nobody_meets_for_nothing() -> None:
    gains = mutual({(0, 1): 500}) | {(2, 3): 900}
    problem = instance(4, 1, gains, fill=False)
    assert mended(problem, ((),)).result.matchings == (((0, 1),),)


def test_of_promises_that_lost_their_triangles_those_are_kept_for_which_another_closes() -> None:
    """3 can stand in for 2 beside 0-1, nobody for whoever stood beside 4-5."""
    gains = {(0, 1): 600, (1, 3): 400, (3, 0): 300, (4, 5): 600}
    problem = instance(6, 3, gains, absent=[(2, 0), (2, 1), (2, 2)], triangles=75, fill=False)
    answer = mended(problem, (((0, 1), (4, 5)), (), ()))
    assert answer.result.matchings[0] == ((0, 1),)
    assert answer.least_broken == 1


def test_nor_does_a_meeting_for_nothing_take_the_place_of_another() -> None:
    """0 may have one meeting; in round 0 there is only 2, of no use to anybody."""
    problem = instance(3, 2, mutual({(0, 1): 500}), absent=[(1, 0)], most={0: 1}, fill=False)
    assert mended(problem, ((), ())).result.matchings == ((), ((0, 1),))


def test_what_supports_a_promise_is_not_given_up_for_points() -> None:
    """0-1 stands by 3 alone, who would rather meet 4 in one of its two rounds."""
    gains = {(0, 1): 600, (1, 3): 400, (3, 0): 300} | mutual({(3, 4): 900})
    gone = [(2, 0), (2, 1), (2, 2), (3, 0)]
    problem = instance(5, 3, gains, absent=gone, triangles=75, fill=False)
    answer = mended(problem, (((0, 1),), (), ()))
    assert answer.result.matchings[0] == ((0, 1),)
    assert answer.least_broken == 0


def test_a_promise_that_lost_its_triangle_is_kept_if_another_can_close() -> None:
    """0-1 stood by 2, who leaves; 3 gives what 2 gave, and is free in the next rounds."""
    gains = {(0, 1): 600, (1, 2): 500, (2, 0): 700, (1, 3): 400, (3, 0): 300}
    problem = instance(4, 3, gains, absent=[(2, 0), (2, 1), (2, 2)], triangles=75, fill=False)
    answer = mended(problem, (((0, 1),), (), ()))
    assert answer.result.matchings[0] == ((0, 1),)
    assert answer.least_broken == 0
    alone = replace(problem, present=problem.present & (np.arange(4) != 3)[:, None])
    answer = mended(alone, (((0, 1),), (), ()))
    assert answer.result.matchings == ((), (), ())
    assert answer.least_broken == 1


# What is demanded


def test_who_must_have_a_meeting_is_seated_before_what_is_worth_more() -> None:
    """0 and 1 would meet; 2 needs a meeting and may meet 0 alone."""
    gains = mutual({(0, 1): 900, (0, 2): 100})
    problem = instance(4, 1, gains, least={2: 1}, barred=[(1, 2)], absent=[(3, 0)])
    assert mended(problem, ((),)).result.matchings == (((0, 2),),)


def test_a_required_pair_that_lost_its_round_gets_another() -> None:
    problem = instance(4, 2, required=[(0, 1)], absent=[(0, 0)], organisation={0: 1, 1: 1})
    assert (0, 1) in mended(problem, ((), ())).result.matchings[1]


def test_promises_make_way_for_a_minimum_and_no_more_than_must() -> None:
    """5 needs a meeting and may meet 0 or 1, both of whom are taken."""
    barred = [(2, 5), (3, 5), (4, 5)]
    answer = mended(instance(6, 1, least={5: 1}, barred=barred), (((0, 1), (2, 3)),))
    assert (2, 3) in answer.result.matchings[0]
    assert answer.least_broken == 1


def test_what_nobody_can_grant_is_waived_and_nothing_else() -> None:
    """0 has left: what it was to have goes, and 2 with 3 still have what they must."""
    required = [(0, 1), (2, 3)]
    answer = mended(instance(4, 1, required=required, least={0: 1}, absent=[(0, 0)]), ((),))
    assert answer.instance.waived == {(0, 1)}
    assert answer.instance.excused == {0}
    assert (2, 3) in answer.result.matchings[0]


def test_what_still_holds_is_not_waived() -> None:
    problem = instance(4, 2, required=[(0, 1)], least={2: 1})
    assert mended(problem, (((0, 1), (2, 3)), ())).instance is problem


def test_more_promises_than_a_limit_allows_are_broken() -> None:
    answer = mended(instance(4, 2, most={0: 1}), (((0, 1),), ((0, 2),)))
    assert answer.least_broken == 1
    assert broken_promises((((0, 1),), ((0, 2),)), answer.result.matchings) == 1


# The running round


def running(stranded: set[int], waiting: frozenset[int] = NOBODY) -> RunningRound:
    return RunningRound(0, frozenset(stranded), waiting)


def test_who_is_stranded_meets_at_once() -> None:
    gains = mutual({(0, 2): 300, (4, 5): 500})
    problem = instance(6, 2, gains, held=(((4, 5),),))
    answer = mended(problem, ((), ()), running({0, 2}))
    assert answer.added == ((0, 2),)
    assert answer.instance.held == answer.result.matchings[:1] == (((0, 2), (4, 5)),)
    assert (0, 2) not in answer.result.matchings[1]


def test_as_many_as_possible_stand_in_before_points_count() -> None:
    """0 would rather meet 1; but both are stranded, and each can have one of those who wait."""
    gains = mutual({(0, 1): 900, (0, 2): 100, (1, 3): 100})
    problem = instance(4, 1, gains, held=((),))
    answer = mended(problem, ((),), running({0, 1}, frozenset({2, 3})))
    assert answer.added == ((0, 2), (1, 3))


def test_nobody_who_waits_meets_another_who_waits() -> None:
    problem = instance(4, 1, everybody(4, 500), held=((),))
    assert len(mended(problem, ((),), running({0}, frozenset({1, 2, 3}))).added) == 1
    assert mended(problem, ((),), running(set(), frozenset({1, 2, 3}))).added == ()


@pytest.mark.parametrize(
    "why",
    [
        {"barred": [(0, 1)]},
        {"tables": (0, 1)},
        {"most": {0: 1}},
        {"absent": [(0, 0)]},
        {"fill": False, "benefits": {(0, 1): 900}},
    ],
)
def test_some_do_not_stand_in(why: dict[str, Any]) -> None:
    """Forbidden, no table, no meeting left beside what is promised, not there, not mutual."""
    usual: dict[str, Any] = {"benefits": everybody(4, 500), "held": ((),)}
    problem = instance(4, 2, **usual)
    promises: Matchings = ((), ((0, 2),))
    assert mended(problem, promises, running({0, 1})).added == ((0, 1),)
    assert mended(instance(4, 2, **usual | why), ((), ((0, 2),)), running({0, 1})).added == ()


def test_two_who_are_promised_to_each_other_wait_for_it() -> None:
    promises: Matchings = ((), ((0, 1),))
    answer = mended(instance(4, 2, everybody(4, 500), held=((),)), promises, running({0, 1}))
    assert answer.added == ()
    assert (0, 1) in answer.result.matchings[1]


def test_two_who_have_just_missed_each_other_do_not_stand_in() -> None:
    problem = instance(4, 1, everybody(4, 500), held=((),))
    missed = replace(running({0, 1}), apart=frozenset({(0, 1)}))
    assert mended(problem, ((),), missed).added == ()


def test_nor_do_two_meet_now_whose_promise_has_lost_its_table() -> None:
    """Of the two promises of round 1 the dearer keeps the table."""
    promises: Matchings = ((), ((0, 1), (2, 3)))
    gains = everybody(4, 500) | mutual({(2, 3): 900})
    problem = instance(4, 2, gains, tables=(2, 1), held=((),))
    assert mended(problem, promises, running({0, 1})).added == ()


def test_who_stood_in_has_had_the_meeting_that_it_needed() -> None:
    """0 may meet 1 alone and needs one meeting; held, it needs none and is not excused."""
    problem = instance(4, 2, least={0: 1}, barred=[(0, 2), (0, 3)], held=((),))
    answer = mended(problem, ((), ()), running({0, 1}))
    assert answer.added == ((0, 1),)
    assert answer.instance.excused == frozenset()


def test_who_stands_in_has_its_break_in_the_next_round() -> None:
    """Idle in the running round, 0 could have met somebody after it; now it has to sit out."""
    windows: Any = (((0, 1),), (), (), ())
    problem = instance(4, 2, everybody(4, 500), held=((),), windows=windows)
    answer = mended(problem, ((), ()), running({0, 1}))
    assert answer.added == ((0, 1),)
    assert answer.result.matchings[1] in {((1, 2),), ((1, 3),), ((2, 3),)}


# Any day


def a_day(seed: int, attendees: int, most_open: int, **fields: Any) -> tuple[Instance, Matchings]:
    """A random event, planned, of which some rounds were held before much happened at once."""
    rng, event = Random(seed), random_event(seed, attendees, 3)
    problem = replace(instance_of(event, explicit_rows(event)), **fields)
    planned = mended(problem, ((),) * problem.rounds).result.matchings
    held = rng.randrange(max(0, problem.rounds - most_open), problem.rounds)
    pinned = ((),) * held + problem.pinned[held:] if problem.pinned else ()
    changed = struck(replace(problem, held=planned[:held], pinned=pinned), rng)
    return changed, possible(changed, planned)


def possible(problem: Instance, planned: Matchings) -> Matchings:
    """What was planned for open rounds and can still be."""
    return tuple(
        tuple(pair for pair in row if r in problem.open_rounds and problem.may_meet_in(*pair, r))
        for r, row in enumerate(planned)
    )


def struck(problem: Instance, rng: Random) -> Instance:
    """The event after absences, a revoked consent, a closed table, and what somebody asks for."""
    first, present = len(problem.held), problem.present.copy()
    for _ in range(rng.randrange(3)):
        present[rng.randrange(problem.n), rng.randrange(first, problem.rounds) :] = False
    tables = list(problem.tables)
    closing = rng.randrange(first, problem.rounds)
    tables[closing] -= rng.randrange(2) if tables[closing] > needed_tables(problem, closing) else 0
    least, most = list(problem.least), [*map(min, problem.most, present.sum(axis=1).tolist())]
    asking = rng.randrange(problem.n)
    least[asking] = rng.randrange(3)
    rules = problem.permissions
    barred = {pair for pair in a_few_pairs(problem, rng) if pair not in rules.required}
    out = barred | rules.barred
    required = {
        pair
        for pair in a_few_pairs(problem, rng)
        if pair not in out and not rules.other_tables(*pair)  # refused on arrival
    }
    return replace(
        problem,
        present=present,
        tables=tuple(max(0, count) for count in tables),
        least=tuple(least),
        most=tuple(most),
        limit=tuple(most),
        permissions=replace(
            rules,
            barred=rules.barred | barred,
            required=tuple(sorted(required.union(rules.required))),
        ),
    )


def needed_tables(problem: Instance, r: int) -> int:
    """How many tables a round has in all sets of places together: these are not the ones closed."""
    places = problem.places
    if places is None:
        return 0
    return sum(int(places.tables[k, r]) for k, row in enumerate(places.around) if len(row) == 1)


def a_few_pairs(problem: Instance, rng: Random) -> list[Edge]:
    return rng.sample([*combinations(range(problem.n), 2)], rng.choice([0, 0, 1]))


def tiny(problem: Instance) -> Tiny:
    """The open rounds for brute force: who met in held ones is acquainted, and may not again."""
    n, everybody_twice = problem.n, tuple(combinations(range(problem.n), 2))
    gain = np.zeros((n, n), np.int64)
    gain[problem.benefits.source, problem.benefits.target] = problem.benefits.value

    def flags(chosen: Collection[Edge]) -> Flags:
        return np.array([pair in chosen for pair in everybody_twice], np.bool_)

    allowed = {pair for pair in everybody_twice if problem.permissions.may_meet(*pair)}
    open_rounds, held, tables = problem.open_rounds, len(problem.held), numbered_tables(problem)
    companies = problem.companies
    return Tiny(
        gain=gain,
        pairs=everybody_twice,
        mutual_value=np.array([problem.value(*pair) for pair in everybody_twice], np.int64),
        may_meet=flags(allowed - problem.held_pairs - used_up(problem)),
        required=flags(problem.required),
        met=flags(problem.held_pairs.union(problem.met)),
        present=tuple(frozenset(np.flatnonzero(problem.present[:, r])) for r in open_rounds),
        tables=tables.open,
        places=tuple(tables.of_set(int(k)) for k in tables.of),
        pins=tuple(
            (pair, r - held + 1, tables.of_pin(pair))
            for r, row in enumerate(problem.pinned)
            for pair in row
        ),
        apart=frozenset((pair, r - held + 1) for pair, r in problem.apart),
        windows=tuple(windows_left(problem, v) for v in range(n)),
        houses=tuple(map(str, companies.house)) if companies else (),
        one_house="any" if not companies else "one_pair" if companies.in_pairs else "one_each",
        costs=np.zeros(len(everybody_twice), np.int64),
        could=np.zeros(n, np.int64),
        floor=problem.prices.floor,
        lowest=np.array(problem.needed, np.int64),
        highest=np.array(problem.capacity, np.int64),
        leaves_idle=not problem.fill,
        triangle_weight=0,
        fairness_weights=(0,) * n,
        bye_weight=0,
    )


def used_up(problem: Instance) -> set[Edge]:
    """Pairs that would meet a company that was met in a held round."""
    companies, held = problem.companies, problem.held_pairs
    return {
        pair
        for pair in combinations(range(problem.n), 2)
        for other in held
        if companies and set(companies.met_by(*pair)) & set(companies.met_by(*other))
    }


def windows_left(problem: Instance, v: int) -> tuple[tuple[int, int], ...]:
    """What the windows of ``v`` still ask of open rounds, which are counted from 1."""
    held = len(problem.held)
    busy = {r for r, row in enumerate(problem.held) for pair in row if v in pair}
    return tuple(
        (max(first, held) - held + 1, last - held + 1)
        for first, last in (problem.windows[v] if problem.windows else ())
        if last >= held and all(r in busy for r in range(first, min(held, last + 1)))
    )


@dataclass(frozen=True)
class NumberedTables:
    """Tables by number: those open in each open round, and those of each set of places."""

    of: Ints
    open: tuple[frozenset[int], ...]
    blocks: tuple[frozenset[int], ...]
    around: tuple[tuple[int, ...], ...]
    pins: Mapping[Edge, int]

    def of_set(self, k: int) -> frozenset[int]:
        """The tables of a set: its own, and those of every set within it."""
        inside = [q for q, around in enumerate(self.around) if k in around]
        return frozenset().union(*(self.blocks[q] for q in inside))

    def of_pin(self, pair: Edge) -> int | None:
        """The table of a pinned pair, if it has one; it may be closed."""
        return min(self.of_set(self.pins[pair]), default=-1) if pair in self.pins else None


def numbered_tables(problem: Instance) -> NumberedTables:
    """A block of numbers for what each set has beyond the sets within it, and one for the rest."""
    rounds, places = problem.open_rounds, problem.places
    if places is None:
        rows = tuple(frozenset(range(problem.tables[r])) for r in rounds)
        return NumberedTables(np.full(problem.n, -1), rows, (), (), {})
    children: dict[int, list[int]] = {}
    for k, around in enumerate(places.around):
        children.setdefault(around[1] if len(around) > 1 else -1, []).append(k)
    totals = {k: places.tables[k] for k in range(len(places.around))}
    totals[-1] = np.array(problem.tables)
    own = {k: totals[k] - sum(totals[q] for q in children.get(k, ())) for k in totals}
    sizes = [int(count.max()) for count in own.values()]
    starts = dict(zip(own, np.cumsum([0, *sizes[:-1]]).tolist(), strict=True))
    rows = tuple(
        frozenset(starts[k] + t for k, count in own.items() for t in range(int(count[r])))
        for r in rounds
    )
    blocks = tuple(
        frozenset(range(starts[k], starts[k] + int(own[k].max())))
        for k in range(len(places.around))
    )
    return NumberedTables(places.of, rows, blocks, places.around, places.pins)


TRIED = 400 if os.environ.get("TERTIUS_SOAK") else 25


@pytest.mark.parametrize("seed", range(TRIED))
@pytest.mark.parametrize(("attendees", "most_open"), [(6, 3), (8, 2)])
def test_no_schedule_breaks_fewer_promises(attendees: int, most_open: int, seed: int) -> None:
    problem, promises = a_day(seed, attendees, most_open)
    answer = mended(problem, promises)
    most = most_kept(tiny(answer.instance), promises[len(problem.held) :])
    assert most is not None
    least = len(list(pairs_of(promises))) - most
    assert broken_promises(promises, answer.result.matchings) == least
    assert answer.least_broken == least


def undemanding(seed: int) -> tuple[Instance, Matchings]:
    """A day on which nothing is demanded, tables suffice, and idle seats may be filled."""
    problem, promises = a_day(seed, 8, 3)
    easy = replace(
        problem,
        tables=(problem.n // 2,) * problem.rounds,
        least=(0,) * problem.n,
        permissions=replace(problem.permissions, required=()),
        pinned=(),
        places=None,  # what caps the meetings of a round is no matching alone
        companies=None,
        fill=True,
    )
    return easy, possible(easy, promises)


@pytest.mark.parametrize("seed", range(TRIED))
def test_no_round_could_be_matched_better(seed: int) -> None:
    """By another library, with the other rounds as they are and promises in their places."""
    problem, promises = undemanding(seed)
    rows = mended(problem, promises).result.matchings
    assert points_of(problem, rows) >= points_of(
        problem, problem.held + promises[len(problem.held) :]
    )
    for r in problem.open_rounds:
        bare = with_row(rows, r, promises[r])
        least = points_of(problem, bare)
        graph: nx.Graph[int] = nx.Graph()
        for pair in combinations(range(problem.n), 2):
            if addable(problem, bare, pair, r):
                won = points_of(problem, with_row(bare, r, (*bare[r], pair))) - least
                graph.add_edge(*pair, weight=won)
        best = sum(graph.edges[pair]["weight"] for pair in nx.max_weight_matching(graph))
        assert points_of(problem, rows) == least + best


def with_row(rows: Matchings, r: int, row: tuple[Edge, ...]) -> Matchings:
    return (*rows[:r], tuple(sorted(row)), *rows[r + 1 :])


def addable(problem: Instance, rows: Matchings, pair: Edge, r: int) -> bool:
    """Two who are free in round ``r``, may meet, and have a meeting left, breaks and all."""
    here = list(pairs_of(rows))
    counts = Counter(v for other in here for v in other)
    room = all(counts[v] < problem.most[v] for v in pair)
    seated = {v for other in rows[r] for v in other}
    present = all(problem.present[v, r] for v in pair)
    allowed = problem.permissions.may_meet(*pair) and pair not in here
    after = with_row(rows, r, (*rows[r], pair))
    obeys = companies_met_once(problem, [*here, pair]) and has_tables(problem, r, after[r])
    obeys = obeys and all_rest(problem, after) and (pair, r) not in problem.apart
    return room and present and allowed and obeys and seated.isdisjoint(pair)


def may_rest(problem: Instance, v: int, r: int) -> bool:
    """Whether a break of somebody may fall into a round."""
    return any(a <= r <= z for a, z in (problem.windows[v] if problem.windows else ()))


@pytest.mark.parametrize("seed", range(TRIED))
def test_as_many_stand_in_as_another_library_finds(seed: int) -> None:
    problem, promises = undemanding(seed)
    rng, r = Random(seed), len(problem.held) - 1
    if r < 0:
        return
    seated = {v for pair in problem.held[r] for v in pair}
    here = np.flatnonzero(problem.present[:, r]).tolist()
    idle = [v for v in here if v not in seated and not may_rest(problem, v, r)]
    stranded = frozenset(v for v in idle if rng.random() < 0.6)
    known = (*problem.held, *promises[r + 1 :])
    graph: nx.Graph[int] = nx.Graph(
        pair
        for pair in combinations(idle, 2)
        if not stranded.isdisjoint(pair) and addable(problem, known, pair, r)
    )
    most = nx.max_weight_matching(graph, maxcardinality=True)
    answer = mended(problem, promises, RunningRound(r, stranded, frozenset(idle) - stranded))
    assert len(answer.added) == len(most)
    assert all(addable(problem, known, pair, r) for pair in answer.added)
    assert broken_promises(promises, answer.result.matchings) == 0


@pytest.mark.parametrize(("every_pair", "matched_up_to"), [(200, 1_000), (10, 1_000), (10, 10)])
def test_however_many_are_free_nobody_is_left_who_could_be_paired(
    every_pair: int, matched_up_to: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three rounds that nobody had plans for, the last with few tables."""
    monkeypatch.setattr("solver.repair.first_repair.EVERY_PAIR", every_pair)
    monkeypatch.setattr("solver.repair.first_repair.MATCHED_UP_TO", matched_up_to)
    event = generate(41, 2, rounds=3)
    problem = replace(instance_of(event, explicit_rows(event)), tables=(20, 20, 5))
    rows = mended(problem, ((), (), ())).result.matchings
    assert len(rows[2]) == 5
    for r in (0, 1):
        assert not any(addable(problem, rows, p, r) for p in combinations(range(41), 2))


def test_the_same_incidents_give_the_same_repair() -> None:
    problem, promises = a_day(3, 8, 3)
    answers = [mended(problem, promises) for _ in range(2)]
    assert answers[0].result.matchings == answers[1].result.matchings
    assert answers[0].result.work == answers[1].result.work
