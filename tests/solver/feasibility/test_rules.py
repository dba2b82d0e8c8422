"""The hard rules one by one: a rule in force says what it says, and nothing else does."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from solver.errors import Rule, RuleKind
from solver.feasibility.rules import (
    demands_of,
    edge_of,
    restrictions_of,
    rules_in_force,
    with_only,
    without_demands,
)
from solver.instance import Companies, Instance
from tests.solver.instances import instance

SAID: dict[Rule, set[Any]] = {
    Rule("absent", (0,)): {"absent 0"},
    Rule("tables", (1,)): {"tables 1"},
    Rule("min", (1,)): {"min 1"},
    Rule("max", (2,)): {"max 2"},
    Rule("require", (0, 3)): {"require (0, 3)"},
    Rule("forbid", (1, 2)): {(1, 2)},
    Rule("met", (2, 5)): {(2, 5)},
    Rule("refused", (1,)): {(1, 4)},
    Rule("refused", (2,)): set(),
    Rule("same_organisation", (3, 4)): {(3, 4)},
    Rule("language", (0,)): {(0, 5)},
    Rule("break", (5,)): {"break 5"},
    Rule("per_organisation"): {"companies"},
    Rule("leave"): {"leave"},
}
EVERYTHING = instance(
    6,
    3,
    absent=[(0, 1)],
    tables=(3, 1, 3),
    least={1: 2},
    most={2: 1},
    required=[(0, 3)],
    barred=[(1, 2)],
    refused=[(1, 4), (2, 5)],
    met=((2, 5),),
    organisation={3: 0, 4: 0},
    language={0: 1, 5: 2},
    fill=False,
    windows=((), (), (), (), (), ((0, 1),)),
    companies=Companies(house=np.arange(6), in_pairs=False),
)


def said(problem: Instance) -> set[Any]:
    """What a problem demands and restricts; pairs are those that may not meet."""
    people, here = range(problem.n), problem.present.sum(axis=1).tolist()
    facts: set[Any] = {f"require {pair}" for pair in problem.required}
    facts.update(f"absent {v}" for v in people if here[v] < problem.rounds)
    facts.update(f"tables {r}" for r in range(3) if problem.tables[r] < 3)
    facts.update(f"min {v}" for v in people if problem.least[v])
    resting = [v for v, own in enumerate(problem.windows) if own]
    facts.update(f"max {v}" for v in people if problem.most[v] < here[v] and v not in resting)
    facts.update(f"break {v}" for v in resting)
    facts.update({"companies"} if problem.companies else ())
    facts.update(p for p in combinations(people, 2) if not problem.permissions.may_meet(*p))
    return facts if problem.fill else {*facts, "leave"}


@pytest.mark.parametrize("rule", SAID)
def test_a_rule_alone_in_force_says_what_it_says_and_nothing_else(rule: Rule) -> None:
    assert said(rules_in_force(EVERYTHING, [rule])) == SAID[rule]


def test_all_rules_in_force_say_everything() -> None:
    assert (
        said(rules_in_force(EVERYTHING, SAID))
        == said(EVERYTHING)
        == set[Any]().union(*SAID.values())
    )


def test_away_on_the_day_is_from_open_rounds_alone() -> None:
    """What was held stays as it was, whoever was missing."""
    problem = instance(4, 2, absent=[(0, 0), (1, 1)], held=(((2, 3),),))
    lifted = rules_in_force(problem, [])
    assert lifted.present.tolist() == [[False, True], [True, True], [True, True], [True, True]]
    assert lifted.held == problem.held


@pytest.mark.parametrize(
    ("kinds", "most"),
    [((), 3), (("break",), 2), (("max",), 1), (("break", "absent"), 2), (("absent",), 2)],
)
def test_whoever_rests_may_have_as_many_meetings_as_the_rules_in_force_leave(
    kinds: tuple[RuleKind, ...], most: int
) -> None:
    problem = instance(
        2, 3, absent=[(0, 2)], most={0: 1}, limit=(1, 3), windows=(((0, 0), (1, 2)), ())
    )
    lifted = rules_in_force(problem, [Rule(kind, (0,)) for kind in kinds])
    assert lifted.most[0] == lifted.capacity[0] == most - ("break" in kinds)


def test_breaks_and_companies_are_asked_about_and_breaks_are_no_limit() -> None:
    problem = instance(
        4, 3, least={0: 3}, limit=(3, 3, 3, 3), windows=(((0, 1),), (), ((2, 2),), ()),
        companies=Companies(house=np.arange(4), in_pairs=True),
    )  # fmt: skip
    pairs, _, own, others = groups(problem, Rule("min", (0,)))
    assert pairs == [Rule("per_organisation")]
    assert (own, others) == ([Rule("break", (0,))], [Rule("break", (2,))])


def test_a_refusal_needs_one_of_its_two_in_force() -> None:
    problem = instance(4, 1, refused=[(0, 1), (2, 3)])
    for shy in (0, 1):
        permissions = rules_in_force(problem, [Rule("refused", (shy,))]).permissions
        assert permissions.refused == {(0, 1)}


def test_a_language_matters_to_whom_the_rule_is_about_alone() -> None:
    """Nobody understands anybody of the other two; the rule is about 0."""
    problem = instance(4, 1, language={0: 1, 1: 2, 2: 1, 3: 2})
    permissions = rules_in_force(problem, [Rule("language", (0,))]).permissions
    apart = {p for p in combinations(range(4), 2) if not permissions.may_meet(*p)}
    assert apart == {(0, 1), (0, 3)}


def test_more_tables_than_people_can_use_stay_where_the_rule_is_lifted() -> None:
    assert rules_in_force(instance(4, 2, tables=(1, 9)), []).tables == (2, 9)


# Demands


def test_demands_are_requirements_and_minimums_still_open() -> None:
    problem = instance(4, 3, required=[(0, 1), (1, 2)], least={0: 1, 2: 2, 3: 1}, held=(((0, 1),),))
    assert demands_of(problem) == [Rule("require", (1, 2)), Rule("min", (2,)), Rule("min", (3,))]


def test_a_problem_with_some_demands_has_no_others() -> None:
    problem = instance(4, 3, required=[(0, 1), (1, 2)], least={0: 1, 2: 2})
    kept = [Rule("require", (1, 2)), Rule("min", (0,))]
    assert demands_of(with_only(problem, kept)) == kept
    assert demands_of(with_only(problem, ())) == []


def test_what_was_given_up_before_stays_given_up() -> None:
    problem = instance(4, 3, required=[(0, 1), (1, 2)], least={0: 1, 2: 2})
    once = without_demands(problem, [(0, 1)], [0])
    assert demands_of(without_demands(once, (), ())) == [Rule("require", (1, 2)), Rule("min", (2,))]
    assert demands_of(with_only(once, [Rule("require", (0, 1))])) == []


# What may stand in the way


def groups(problem: Instance, *demanding: Rule) -> list[list[Rule]]:
    return restrictions_of(problem, demanding)


def test_rules_about_others_do_not_stand_in_the_way_of_a_required_pair() -> None:
    problem = instance(
        6,
        2,
        required=[(0, 1)],
        barred=[(0, 1), (0, 2), (3, 4)],
        absent=[(0, 0), (3, 0)],
        most={1: 1, 4: 1},
        organisation={0: 0, 5: 0},
        language={0: 1, 5: 2},
        refused=[(0, 5)],
        tables=(3, 1),
    )
    assert groups(problem, Rule("require", (0, 1))) == [
        [Rule("forbid", (0, 1))],
        [Rule("tables", (1,))],
        [Rule("absent", (0,)), Rule("max", (1,))],
        [],
    ]


def test_anybody_may_stand_in_the_way_of_a_minimum() -> None:
    problem = instance(
        6,
        2,
        least={0: 2},
        barred=[(0, 2), (3, 4)],
        refused=[(0, 3), (0, 4), (1, 2)],
        met=((0, 4), (1, 5)),
        absent=[(0, 0), (3, 0)],
        most={4: 1},
        organisation={0: 0, 5: 0, 1: 8, 2: 8},
        language={0: 1, 5: 2},
    )
    assert groups(problem, Rule("min", (0,))) == [
        [
            Rule("forbid", (0, 2)),
            Rule("met", (0, 4)),
            Rule("same_organisation", (0, 5)),
            Rule("language", (0,)),
            Rule("refused", (0,)),
        ],
        [],
        [Rule("absent", (0,))],
        [Rule("absent", (3,)), Rule("max", (4,))],
    ]


def test_who_is_alone_in_a_house_or_understood_by_all_is_kept_from_nobody() -> None:
    problem = instance(4, 1, least={0: 1}, organisation={0: 7}, language={1: 1})
    assert groups(problem, Rule("min", (0,))) == [[], [], [], []]


def test_where_meetings_need_support_whatever_keeps_two_others_apart_may_stand_in_the_way() -> None:
    problem = instance(4, 2, least={0: 1}, barred=[(1, 2)], refused=[(2, 3)], fill=False)
    first = groups(problem, Rule("min", (0,)))[0]
    assert first == [
        Rule("forbid", (1, 2)), Rule("refused", (2,)), Rule("refused", (3,)), Rule("leave"),
    ]  # fmt: skip


def test_pinned_people_are_asked_about_like_those_in_need() -> None:
    problem = instance(4, 2, pinned=((), ((0, 1),)), barred=[(0, 1)], absent=[(2, 0)])
    assert groups(problem) == [[Rule("forbid", (0, 1))], [], [], [Rule("absent", (2,))]]


def test_absence_and_shut_tables_of_held_rounds_stand_in_nobodys_way() -> None:
    problem = instance(4, 2, least={0: 1}, absent=[(0, 0)], tables=(0, 2), held=((),))
    assert groups(problem, Rule("min", (0,))) == [[], [], [], []]


def test_a_limit_as_high_as_the_rounds_is_none() -> None:
    problem = instance(4, 2, least={0: 1}, absent=[(1, 0)], most={0: 2, 1: 1})
    assert groups(problem, Rule("min", (0,)))[2:] == [[], [Rule("absent", (1,))]]


def test_a_rule_about_a_pair_names_an_edge() -> None:
    assert edge_of(Rule("require", (2, 5))) == (2, 5)
