"""Contradicting rules in the organiser's words, and where in the document each was said."""

import pytest

from schemas.breaks import Break
from schemas.event import Attendee, Event, PairRule, Policy, Round
from solver.errors import Rule
from solver.translate.conflicts import conflict_of

LAST = Break.model_validate({"from": 2, "to": 2})
BOTH = Break.model_validate({"from": 1, "to": 2})
EVENT = Event(
    rounds=(Round(), Round(tables=5, closed_tables=(2, 4, 9))),
    attendees=(
        Attendee(id="c", min_meetings=2, max_meetings=3),
        Attendee(id="a", absent_rounds=(2, 1, 2), avoid=("d", "c")),
        Attendee(id="b", breaks=(BOTH, LAST)),
        Attendee(id="d", max_in_a_row=1),
    ),
    policy=Policy(breaks=(LAST,), per_organisation="one_each"),
    pair_rules=(
        PairRule(kind="met", pair=("b", "a")),
        PairRule(kind="require", pair=("b", "a")),
        PairRule(kind="forbid", pair=("c", "b")),
    ),
)
"""Number 0 is a, the second of the document; 2 is c, the first."""

TOLD: list[tuple[Rule, str, str]] = [
    (Rule("require", (0, 1)), "/pair_rules/1", "a and b must meet"),
    (Rule("forbid", (1, 2)), "/pair_rules/2", "b and c must not meet"),
    (Rule("forbid", (0, 2)), "/attendees/1/avoid/1", "a and c must not meet"),
    (
        Rule("met", (0, 1)),
        "/pair_rules/0",
        "a and b met at an earlier event, and such pairs do not meet again",
    ),
    (
        Rule("met", (1, 2)),
        "/pair_rules",
        "b and c met at an earlier event, and such pairs do not meet again",
    ),
    (Rule("min", (2,)), "/attendees/0/min_meetings", "c must have at least 2 meetings"),
    (Rule("max", (2,)), "/attendees/0/max_meetings", "c may have at most 3 meetings"),
    (Rule("absent", (0,)), "/attendees/1/absent_rounds", "a is absent in rounds 1, 2"),
    (Rule("tables", (0,)), "/rounds/0/tables", "round 1 has 2 open tables"),
    (Rule("tables", (1,)), "/rounds/1/tables", "round 2 has 3 open tables"),
    (
        Rule("same_organisation", (0, 1, 2)),
        "/policy/same_organisation",
        "a and b and c are of the same organisation, and such pairs do not meet",
    ),
    (Rule("language", (1,)), "/attendees", "b have no language in common"),
    (
        Rule("refused", (1,)),
        "/attendees",
        "b have only reasons to meet that one of them refused",
    ),
    (
        Rule("break", (1,)),
        "/attendees/2/breaks",
        "b has a break in rounds 1 to 2 and a break in round 2",
    ),
    (
        Rule("break", (3,)),
        "/attendees/3/max_in_a_row",
        "d has at most 1 meeting in a row and a break in round 2",
    ),
    (Rule("break", (0,)), "/policy/breaks", "a has a break in round 2"),
    (
        Rule("per_organisation"),
        "/policy/per_organisation",
        "nobody meets two people of one other organisation",
    ),
    (
        Rule("leave"),
        "/policy/idle",
        "with idle: leave every meeting must be mutual, required or in a closed triangle",
    ),
]


@pytest.mark.parametrize(("rule", "pointer", "message"), TOLD)
def test_a_rule_is_told_as_it_was_written(rule: Rule, pointer: str, message: str) -> None:
    (told,) = conflict_of(EVENT, [rule])
    assert (told.pointer, told.code, told.message) == (pointer, rule.kind, message)


def test_two_companies_that_meet_once_are_told_as_such() -> None:
    event = EVENT.model_copy(update={"policy": Policy(per_organisation="one_pair")})
    (told,) = conflict_of(event, [Rule("per_organisation")])
    assert told.message == "two organisations meet once at most"


def test_rules_are_told_in_order_whatever_order_they_were_found_in() -> None:
    rules = [rule for rule, *_ in TOLD]
    assert conflict_of(EVENT, reversed(rules)) == conflict_of(EVENT, rules)
    assert len(conflict_of(EVENT, rules)) == len(rules)
