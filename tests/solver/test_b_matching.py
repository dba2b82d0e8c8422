"""The most pairs of a list: never fewer than enumeration finds, and no more than there is room."""

from itertools import combinations
from random import Random

import pytest

from schemas.event import Attendee, Event, PairRule, Round
from solver.b_matching import most_pairs
from solver.instance import Edge, Instance, edge
from solver.translate.prepare import instance_of
from tests.builders import event_of, random_event


def instance(event: Event) -> Instance:
    return instance_of(event, ())


def most_by_enumeration(problem: Instance, pairs: set[Edge]) -> int:
    """Round by round, every matching of pairs that are left."""

    def best(r: int, left: frozenset[Edge], had: tuple[int, ...]) -> int:
        if r == problem.rounds or not left:
            return 0
        allowed = [p for p in sorted(left) if problem.may_meet_in(*p, r)]
        free = [p for p in allowed if all(had[v] < problem.most[v] for v in p)]
        return max(
            len(chosen) + best(r + 1, left - set(chosen), counted(had, chosen))
            for size in range(min(problem.tables[r], len(free)) + 1)
            for chosen in combinations(free, size)
            if len({v for p in chosen for v in p}) == 2 * size
        )

    return best(0, frozenset(pairs), (0,) * problem.n)


def counted(had: tuple[int, ...], chosen: tuple[Edge, ...]) -> tuple[int, ...]:
    return tuple(count + sum(v in p for p in chosen) for v, count in enumerate(had))


@pytest.mark.parametrize("seed", range(40))
def test_no_schedule_has_more(seed: int) -> None:
    problem, rng = instance(random_event(seed, 5, 3, later_rules=False)), Random(seed)
    pairs = {p for p in combinations(range(problem.n), 2) if rng.random() < 0.6}
    assert most_pairs(problem, pairs) >= most_by_enumeration(problem, pairs)


def test_it_is_exact_between_two_sides() -> None:
    problem = instance(event_of("abcdef", 2, {}))
    across = {edge(i, j) for i in (0, 1) for j in (2, 3, 4, 5)}
    assert most_pairs(problem, across) == most_by_enumeration(problem, across) == 4


def test_a_triangle_of_three_in_one_round_is_one_meeting() -> None:
    assert most_pairs(instance(event_of("abc", 1, {})), {(0, 1), (1, 2), (0, 2)}) == 1


def test_limits_absence_tables_and_rules_count() -> None:
    pairs = {(0, 2), (0, 3), (1, 2), (1, 3)}
    assert most_pairs(instance(event_of("abcd", 2, {})), pairs) == 4
    people = (Attendee(id="a", max_meetings=1), *map(somebody, "bcd"))
    assert most_pairs(instance(event_of(people, 2, {})), pairs) == 3
    people = (Attendee(id="a", absent_rounds=(1, 2)), *map(somebody, "bcd"))
    assert most_pairs(instance(event_of(people, 2, {})), pairs) == 2
    assert most_pairs(instance(event_of("abcd", (Round(tables=1),) * 2, {})), pairs) == 2
    rule = PairRule(kind="forbid", pair=("a", "c"))
    assert most_pairs(instance(event_of("abcd", 2, {}, pair_rules=(rule,))), pairs) == 3


def somebody(v: str) -> Attendee:
    return Attendee(id=v)


def test_without_pairs_there_are_none() -> None:
    assert most_pairs(instance(event_of("ab", 1, {})), ()) == 0
