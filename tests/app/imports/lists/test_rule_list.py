"""Pairs that must, must not, or may meet into the rules of an event."""

import pytest

from app.imports.lists.list_import import ImportedList
from tests.app.imports.lists.lists import PEOPLE, counts_of, event_of, problems_of, taken


def rules_of(found: ImportedList) -> list[tuple[str, str, int | None]]:
    return [(rule.kind, "".join(rule.pair), rule.round) for rule in found.event.pair_rules]


@pytest.mark.parametrize(
    "file",
    [
        "from,to,kind\na,b,must\nc,a,never\n",
        "Person A;Person B;Regel\na;b;müssen sich treffen\na;c;dürfen sich nicht treffen\n",
        "x\ty\tz\na\tb\tmust meet\nc\ta\tmust not meet\n",
        "Partecipante,Partner,Vincolo\nb,a,deve\nc,a,mai\nb,a,deve\n",
        ",a,b,c\na,,must,never\nb,must,,\nc,,,\n",
    ],
)
def test_one_list_of_rules_in_many_forms_is_one_list(file: str) -> None:
    found = taken(file, "pairs")
    assert rules_of(found) == [("require", "ab", None), ("forbid", "ac", None)]
    assert not found.report.problems


def test_rules_have_rounds_tables_and_reasons() -> None:
    file = "from,to,kind,round,table,reason\na,b,must,2,3,old friends\na,c,never,1,,\n"
    (first, second) = taken(file, "pairs").event.pair_rules
    assert (first.round, first.table, first.reason) == (2, 3, "old friends")
    assert (second.kind, second.round) == ("forbid", 1)


def test_of_a_pair_the_list_stands_for_what_there_was() -> None:
    rules = [
        {"kind": "forbid", "pair": ["a", "b"], "reason": "asked"},
        {"kind": "require", "pair": ["c", "d"]},
        {"kind": "met", "pair": ["a", "b"]},
    ]
    event = event_of(pair_rules=rules)
    found = taken("from,to,kind\nb,a,must\n", "pairs", event)
    assert rules_of(found) == [
        ("require", "cd", None),
        ("met", "ab", None),
        ("require", "ab", None),
    ]
    assert counts_of(found) == (0, 1, 0, 0)
    free = taken("from,to,kind\nb,a,may\na,c,may\n", "pairs", event)
    assert rules_of(free) == [("require", "cd", None), ("met", "ab", None)]
    assert counts_of(free) == (0, 0, 0, 1)
    alone = taken("from,to,kind\na,b,never\n", "pairs", event, replace=True)
    assert rules_of(alone) == [("forbid", "ab", None), ("met", "ab", None)]
    assert alone.event.pair_rules[0].reason == "asked"
    assert counts_of(alone) == (0, 0, 1, 1)


def test_a_second_import_changes_nothing() -> None:
    file = "from,to,kind,round\na,b,never,2\nb,a,never,1\nc,d,must,\na,c,may,\n"
    event = event_of(pair_rules=[{"kind": "forbid", "pair": ["a", "b"], "round": 2}])
    for replace in (False, True):
        once = taken(file, "pairs", event, replace=replace)
        again = taken(file, "pairs", once.event, replace=replace)
        assert again.event is once.event
        assert counts_of(again) == (0, 0, 3, 0)


def test_rows_that_cannot_hold_are_told_and_left_out() -> None:
    file = (
        "from,to,kind,round,table\n"
        "a,b,must,9,\n"  # there are three rounds
        "a,c,must,1,1\n"
        "b,d,must,1,1\n"  # the same place
        "a,d,must,,\n"  # a avoids d
        "b,c,must,,4\n"  # a table without a round
        "c,d,never,,\n"
        "d,c,must,,\n"  # two of one pair
        "c,e1,perhaps,,\n"
        "c,e2,must,x,\n"
        "b,e1,must,,\n"
        "e1,b,may,,\n"
    )
    event = event_of(attendees=[{**PEOPLE[0], "avoid": ["d"]}, *PEOPLE[1:]])
    found = taken(file, "pairs", event)
    assert problems_of(found) == [
        (2, None, "unknown_round"),
        (4, None, "two_pins"),
        (5, None, "require_and_forbid"),
        (6, None, "no_round"),
        (8, None, "require_and_forbid"),
        (9, "kind", "unknown_kind"),
        (10, "round", "no_round"),
        (12, None, "said_twice"),
    ]
    assert rules_of(found) == [
        ("require", "ac", 1),
        ("require", "be1", None),
        ("forbid", "cd", None),
    ]
    assert not any("/pair_rules" in problem.message for problem in found.report.problems)


def test_a_row_that_cannot_hold_leaves_the_rule_of_its_pair() -> None:
    event = event_of(pair_rules=[{"kind": "forbid", "pair": ["a", "b"]}])
    found = taken("from,to,kind,round\na,b,must,9\n", "pairs", event)
    assert found.event is event


def test_ten_thousand_rows_that_cannot_hold_take_no_time() -> None:
    people = [{"id": f"p{k}"} for k in range(101)]
    rows = (f"p0,p{k % 100 + 1},must,{4 + k // 100}\n" for k in range(10_000))
    found = taken("from,to,kind,round\n" + "".join(rows), "pairs", event_of(attendees=people))
    assert found.report.more_problems == 9_000
    assert not found.event.pair_rules
