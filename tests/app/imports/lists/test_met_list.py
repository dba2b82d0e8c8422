"""Who met before: the newest day is one event ago, and nothing known is lost."""

import pytest

from app.imports.lists.list_import import ImportedList
from app.planning.plan import plan_schedule
from solver.budget import Budget
from tests.app.imports.lists.lists import counts_of, event_of, problems_of, taken


def met_of(found: ImportedList) -> list[tuple[str, int | None]]:
    rules = found.event.pair_rules
    return [("".join(rule.pair), rule.events_ago) for rule in rules if rule.kind == "met"]


@pytest.mark.parametrize(
    "file",
    [
        "from,to\na,b\nc,a\nb,a\n",
        "Teilnehmer;Partner\nAda Ash;Ben Birch\na;cem@cedar.example\n",
        ",a,b,c\na,,x,1\nb,x,,\nc,yes,no,\n",
        "from,to,have met\na,b,yes\na,c,ja\nb,c,no\n",
    ],
)
def test_one_list_of_meetings_in_many_forms_is_one_list(file: str) -> None:
    found = taken(file, "history")
    assert met_of(found) == [("ab", None), ("ac", None)]
    assert counts_of(found) == (2, 0, 0, 0)
    assert not found.report.problems


def test_days_are_counted_from_the_newest() -> None:
    file = "from;to;Datum\na;b;2025-03-01\nb;c;12.05.2026\nb;a;2026-05-12\na;d;2024-01-31\n"
    assert met_of(taken(file, "history")) == [("ab", 1), ("ab", 2), ("ad", 3), ("bc", 1)]
    assert met_of(taken("from,to,events ago\na,b,4\n", "history")) == [("ab", 4)]


def test_when_it_was_is_left_out_where_it_is_not_understood() -> None:
    file = "from,to,date,events ago\na,b,03/04/2026,\na,c,,0\na,d,spring,\n"
    found = taken(file, "history")
    assert met_of(found) == [("ab", None), ("ac", None), ("ad", None)]
    assert problems_of(found) == [
        *((2, "date", "no_date"), (3, "events ago", "no_number"), (4, "date", "no_date")),
    ]


def test_what_is_neither_yes_nor_no_is_no_meeting() -> None:
    found = taken("from,to,have met\na,b,perhaps\n", "history")
    assert problems_of(found) == [(2, "have met", "unclear")]
    assert not found.event.pair_rules


def test_what_was_known_stays_unless_it_is_replaced() -> None:
    rules = [
        {"kind": "met", "pair": ["b", "a"], "valuable": ["a"]},
        {"kind": "met", "pair": ["c", "d"]},
        {"kind": "forbid", "pair": ["a", "c"]},
    ]
    event = event_of(pair_rules=rules)
    file = "from,to,events ago\na,b,1\na,b,2\na,d,\n"
    found = taken(file, "history", event)
    assert met_of(found) == [("ba", None), ("cd", None), ("ab", 2), ("ad", None)]
    assert found.event.pair_rules[0].valuable == ("a",)
    assert counts_of(found) == (2, 0, 1, 0)
    alone = taken(file, "history", event, replace=True)
    assert met_of(alone) == [("ba", None), ("ab", 2), ("ad", None)]
    assert counts_of(alone) == (2, 0, 1, 1)
    assert [rule.kind for rule in alone.event.pair_rules].count("forbid") == 1
    for before, replace in ((found, False), (alone, True)):
        assert taken(file, "history", before.event, replace=replace).event is before.event


def test_twenty_people_who_met_are_not_matched_again() -> None:
    """By hand: in a circle of 20 each met the next two; three rounds are left for others."""
    ids = [f"p{k:02}" for k in range(20)]
    met = {(ids[k], ids[(k + step) % 20]) for k in range(20) for step in (1, 2)}
    file = "Name;Partner;Datum\n" + "".join(f"{v};{w};2026-05-12\n" for v, w in sorted(met))
    event = event_of(attendees=[{"id": v, "interests": ["boats"]} for v in ids])
    event = taken(file, "history", event).event
    assert len(event.pair_rules) == 40
    schedule = plan_schedule(event, Budget(work=20_000))
    pairs = [m.attendees for block in schedule.rounds for m in block.meetings]
    assert len(pairs) == 30
    assert not {pair for pair in pairs if pair in met or pair[::-1] in met}
