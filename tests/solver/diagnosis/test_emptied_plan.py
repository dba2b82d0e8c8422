"""Rules that leave nobody anybody to meet, told before anything that blames profiles."""

from itertools import combinations
from typing import Any

import pytest

from schemas.benefits import Benefit
from schemas.event import Attendee, Event, Meet, PairRule, Policy, Round
from solver.compatibility.graph import build_graph
from solver.diagnosis.diagnose import diagnose_graph
from solver.diagnosis.emptied_plan import emptying_rules
from tests.solver.compatibility.words import person
from tests.solver.diagnosis.test_findings import figures_of


def crowd(count: int, **fields: Any) -> list[Attendee]:
    return [person(f"p{k:02d}", **fields) for k in range(count)]


def met(people: list[Attendee], kind: Any = "met") -> tuple[PairRule, ...]:
    return tuple(PairRule(kind=kind, pair=(i.id, j.id)) for i, j in combinations(people, 2))


def event(people: list[Attendee], **fields: Any) -> Event:
    return Event(rounds=(Round(tables=50),) * 3, attendees=tuple(people), **fields)


def told(people: list[Attendee], **fields: Any) -> list[str]:
    return [finding.message for finding in emptying_rules(figures_of(event(people, **fields)))]


SUPPLIERS = Policy(meet=Meet(label="role", pairs=(("buyer", "supplier"),)))
CASES: dict[str, tuple[list[Attendee], dict[str, Any]]] = {
    "policy.same_organisation": (crowd(6, organisation="Acme"), {}),
    "policy.meet": (crowd(6, labels={"role": "supplier"}), {"policy": SUPPLIERS}),
    "policy.rematch": (crowd(6), {"pair_rules": met(crowd(6))}),
    "rules": (crowd(6), {"pair_rules": met(crowd(6), "forbid")}),
    "language": ([person(v, languages=[v]) for v in ("en", "fr", "de", "it", "es")], {}),
    "e-mail address": (crowd(6, email="one@x.org"), {}),
    "no table": ([person(f"p{k}", table=k) for k in range(1, 7)], {}),
}


@pytest.mark.parametrize("words", CASES)
def test_each_rule_that_forbids_every_pair_is_named_alone(words: str) -> None:
    people, fields = CASES[words]
    (message,) = told(people, **fields)
    assert words in message
    assert f"none of {len(people)} people may meet any other" in message


def test_a_policy_that_allows_it_forbids_nothing() -> None:
    assert told(crowd(6, organisation="Acme"), policy=Policy(same_organisation="allow")) == []
    seldom = Policy(rematch="seldom")
    assert told(crowd(6), pair_rules=met(crowd(6)), policy=seldom) == []


def test_requirements_are_left() -> None:
    """All six pairs are required: nothing of the plan is emptied."""
    people = crowd(4, organisation="Acme")
    assert told(people, pair_rules=met(people, "require")) == []


def test_one_stranger_among_many_colleagues_is_hardly_a_plan() -> None:
    people = [*crowd(30, organisation="Acme"), person("z")]
    (message,) = told(people)
    assert "at most 2 of 31 people can meet anybody at once" in message
    strangers = [person(f"z{k}") for k in range(6)]
    assert told([*crowd(30, organisation="Acme"), *strangers]) == []


def test_few_partners_for_each_are_enough_for_a_plan() -> None:
    """Everybody may meet one person alone: few pairs, and nobody sits out of one round."""
    people = [
        person(f"p{k:02d}", languages=[f"{'abcdefghijklmnopqrst'[k // 2]}a"]) for k in range(40)
    ]
    assert told(people) == []


def test_the_first_finding_names_the_rule_and_profiles_are_not_blamed_for_it() -> None:
    people = crowd(6, organisation="Acme", min_meetings=1)
    rows = tuple(
        Benefit(attendee=i.id, partner=j.id, value=0.5) for i, j in combinations(people, 2)
    )
    found = diagnose_graph(build_graph(event(people, benefits=rows))).findings
    assert [finding.code for finding in found[:2]] == ["rule_empties_plan", "infeasible"]
    assert found[0].severity == "critical"
    assert "low_satisfaction" not in {finding.code for finding in found}
