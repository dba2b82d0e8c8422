"""Who is left over between groups: by hand, and as trying every matching says."""

from itertools import combinations
from random import Random
from typing import Any

import pytest
import rustworkx

from schemas.event import Attendee, Event, Meet, Policy, Round
from solver.compatibility.group_rule import GroupRule
from solver.diagnosis.group_balance import find_surplus, outnumbering_groups
from tests.solver.compatibility.words import person
from tests.solver.diagnosis.test_findings import figures_of


def meet(*pairs: tuple[str, str], **fields: Any) -> Meet:
    return Meet(label="role", pairs=pairs, **fields)


def crowd(role: str, count: int, **fields: Any) -> list[Attendee]:
    labels = {"labels": {"role": role}} if role else {}
    return [person(f"{role or 'x'}{k:02d}", **labels, **fields) for k in range(count)]


def told(people: list[Attendee], rule: Meet, rounds: int = 8) -> Any:
    event = Event(rounds=(Round(),) * rounds, attendees=tuple(people), policy=Policy(meet=rule))
    return next(outnumbering_groups(figures_of(event)), None)


BUYERS = meet(("buyer", "supplier"))


def test_forty_buyers_and_five_suppliers_leave_thirty_five_in_every_round() -> None:
    found = told([*crowd("Buyer", 40), *crowd("supplier", 5)], BUYERS)
    assert found.severity == "critical"
    assert found.message.startswith(
        "In every round at least 35 people of 'Buyer' meet nobody: in round 1 there are 40 of "
        "them, and 5 of 'supplier' whom they may meet."
    )
    assert len(found.attendees) == 40


def test_sides_of_one_size_leave_nobody() -> None:
    assert told([*crowd("buyer", 5), *crowd("supplier", 5)], BUYERS) is None
    assert told(crowd("buyer", 3), BUYERS) is None  # nobody to outnumber: told elsewhere


def test_one_too_many_is_good_to_know_alone() -> None:
    found = told([*crowd("buyer", 11), *crowd("supplier", 10)], BUYERS)
    assert found.severity == "ok"


def test_each_round_is_counted_by_who_is_there() -> None:
    """Of three suppliers one leaves after round 1, and one more comes back for round 3 alone."""
    people = [
        *crowd("buyer", 3),
        *crowd("supplier", 1),
        person("s1", labels={"role": "supplier"}, absent_rounds=[2]),
        person("s2", labels={"role": "supplier"}, absent_rounds=[2, 3]),
    ]
    found = told(people, BUYERS, rounds=3)
    assert (
        "In round 2, 3 at least 1 to 2 people of 'buyer' meet nobody: in round 2" in found.message
    )


def test_people_without_a_label_make_up_for_it_where_they_may() -> None:
    people = [*crowd("buyer", 5), *crowd("supplier", 2), *crowd("", 3)]
    assert told(people, BUYERS) is None
    nobody = told(people, meet(("buyer", "supplier"), unlabelled="nobody"))
    assert "at least 3 people of 'buyer'" in nobody.message


def test_who_may_meet_within_the_group_is_not_left_over() -> None:
    people = [*crowd("founder", 6), *crowd("investor", 1)]
    assert told(people, meet(("founder", "investor"), ("founder", "founder"))) is None
    assert "at least 5" in told(people, meet(("founder", "investor"))).message


def test_nobody_meets_themselves() -> None:
    rule = GroupRule(meet(("founder", "founder")))
    assert [find_surplus(rule, 0, {"founder": count}).people for count in (1, 2, 3)] == [1, 0, 0]


def test_groups_that_share_their_partners_are_counted_together() -> None:
    """Neither students nor graduates alone outnumber the four mentors; together they do."""
    people = [*crowd("student", 3), *crowd("graduate", 3), *crowd("mentor", 4)]
    found = told(people, meet(("student", "mentor"), ("graduate", "mentor")))
    assert "at least 2 people of 'graduate', 'student' meet nobody" in found.message
    assert "there are 6 of them, and 4 of 'mentor'" in found.message


@pytest.mark.parametrize("seed", range(60))
def test_as_many_are_left_over_as_of_a_best_matching(seed: int) -> None:
    """Of twice as many people of each group twice as many, whatever is odd."""
    rng = Random(seed)
    names = ["a", "b", "c", "d"]
    pairs = [(x, y) for x in names for y in names if x <= y and rng.random() < 0.35]
    rule = GroupRule(meet(*(pairs or [("a", "b")]), unlabelled=rng.choice(("anyone", "nobody"))))
    counts = {g: rng.randint(2, 5) for g in (*names, "") if rng.random() < 0.8}
    surplus = find_surplus(rule, 0, counts)
    assert 2 * surplus.people == left_over(
        rule, [g for g, k in counts.items() for _ in range(2 * k)]
    )
    ours, theirs = (sum(counts[g] for g in s) for s in (surplus.groups, surplus.partners))
    assert surplus.people == ours - theirs


def left_over(rule: GroupRule, people: list[str]) -> int:
    """Who sits out of a largest matching."""
    graph = rustworkx.PyGraph()
    graph.add_nodes_from(people)
    pairs = combinations(range(len(people)), 2)
    graph.add_edges_from_no_data([(i, j) for i, j in pairs if rule.may_meet(people[i], people[j])])
    return len(people) - 2 * len(rustworkx.max_weight_matching(graph, max_cardinality=True))
