"""The most pairs of a list: never fewer than enumeration finds, and no more than there is room."""

from collections import Counter
from itertools import combinations
from random import Random
from typing import Any, Literal

import pytest

from schemas.event import Attendee, Event, PairRule, Policy, Round
from solver.b_matching import most_pairs
from solver.instance import Edge, Instance, edge
from solver.translate.prepare import instance_of
from tests.builders import event_of, random_event

PerOrganisation = Literal["any", "one_each", "one_pair"]


def instance(event: Event) -> Instance:
    return instance_of(event, ())


def most_by_enumeration(problem: Instance, pairs: set[Edge]) -> int:
    """Round by round, every matching of pairs that are left."""

    def best(r: int, left: frozenset[Edge], had: tuple[Edge, ...]) -> int:
        if r == problem.rounds or not left:
            return 0
        allowed = [p for p in sorted(left) if problem.may_meet_in(*p, r)]
        return max(
            len(chosen) + best(r + 1, left - set(chosen), had + chosen)
            for size in range(min(problem.tables[r], len(allowed)) + 1)
            for chosen in combinations(allowed, size)
            if len({v for p in chosen for v in p}) == 2 * size
            if may_be_had(problem, had + chosen)
        )

    return best(0, frozenset(pairs), ())


def may_be_had(problem: Instance, met: tuple[Edge, ...]) -> bool:
    """Whether nobody has more meetings than they may, and no company is met twice (H9)."""
    counts = Counter(v for p in met for v in p)
    uses = [use for p in met for use in (problem.companies.met_by(*p) if problem.companies else ())]
    return all(counts[v] <= problem.most[v] for v in counts) and len(uses) == len({*uses})


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


HOUSES = {"a": None, "b": None, "c": "Acme", "d": "Acme", "e": "Bolt", "f": "Bolt"}


def of_houses(per: PerOrganisation, rounds: int = 4, **policy: Any) -> Instance:
    """Two people alone, and two of each of two companies."""
    people = tuple(Attendee(id=v, organisation=house) for v, house in HOUSES.items())
    said = Policy(per_organisation=per, **policy)
    return instance(event_of(people, rounds, {}, policy=said))


@pytest.mark.parametrize(
    ("per", "most"), [("any", (4, 4, 2)), ("one_each", (2, 2, 2)), ("one_pair", (2, 1, 2))]
)
def test_a_company_is_met_once(per: PerOrganisation, most: tuple[int, int, int]) -> None:
    """Both alone and a company; the two companies; two of one company, and alone with alone."""
    alone = {(0, 2), (0, 3), (1, 2), (1, 3)}
    companies = {(2, 4), (2, 5), (3, 4), (3, 5)}
    problem = of_houses(per)
    assert most_pairs(problem, alone) == most[0]
    assert most_pairs(problem, companies) == most[1]
    within = of_houses(per, same_organisation="allow")
    assert most_pairs(within, {(0, 1), (2, 3)}) == most[2]


@pytest.mark.parametrize("per", ["one_each", "one_pair"])
@pytest.mark.parametrize("seed", range(20))
def test_no_schedule_that_meets_companies_once_has_more(seed: int, per: PerOrganisation) -> None:
    problem, rng = of_houses(per, 3), Random(seed)
    pairs = {p for p in combinations(range(problem.n), 2) if rng.random() < 0.7}
    assert most_pairs(problem, pairs) >= most_by_enumeration(problem, pairs)
