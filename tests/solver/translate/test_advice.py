"""Advice on contradicting rules: true of the event, and nothing smaller would do."""

from collections.abc import Iterable
from itertools import combinations
from random import Random
from typing import Any

import pytest

from schemas.event import Attendee, Event, PairRule, Policy, Round
from schemas.solve import Advice, LowerMinimum, Remedy
from solver.budget import Budget, Meter
from solver.errors import Infeasible
from solver.feasibility.feasible import find_feasible_start, find_visible_conflict
from solver.translate.advice import advise, advise_in_sight
from solver.translate.prepare import explicit_rows, instance_of
from tests.brute_force import best_points
from tests.builders import event_of, random_event


def advice_on(event: Event) -> Advice:
    """The advice on an event that has no schedule."""
    rows = explicit_rows(event)
    with pytest.raises(Infeasible) as raised:
        find_feasible_start(instance_of(event, rows), Meter(Budget(work=500_000_000)))
    return advise(event, rows, (), raised.value.rules)


def requiring(*pairs: str) -> dict[str, Any]:
    """Rules by which people with ids of one letter must meet."""
    rules = tuple(PairRule(kind="require", pair=(pair[0], pair[1])) for pair in pairs)
    return {"pair_rules": rules}


def told(advice: Advice) -> dict[str, str]:
    """The remedies in words, by kind."""
    return {remedy.kind: remedy.message for remedy in advice.remedies}


def of_kind(advice: Advice, kind: str) -> Remedy | None:
    return next((remedy for remedy in advice.remedies if remedy.kind == kind), None)


def test_two_people_who_each_need_a_third_round_are_told_at_once() -> None:
    advice = advice_on(event_of("abcdef", 2, {}, **requiring("ab", "ac", "ad", "eb", "ec", "ed")))
    (shortage,) = advice.shortages
    assert (shortage.kind, shortage.needed, shortage.available) == ("rounds", 3, 2)
    assert (shortage.attendees, shortage.partners) == (("a", "e"), ("b", "c", "d"))
    assert shortage.message == "a, e: 3 meetings each (with b, c, d), one a round, and rounds: 2"
    assert told(advice) == {
        "add_rounds": "add 1 round like the last one: 3 in all",
        "give_up": "cancel 2 of the 6 required meetings (a and d, d and e), and at most 4 can be "
        "held",
    }
    cancelled = of_kind(advice, "give_up")
    assert cancelled is not None
    assert (cancelled.cancel, cancelled.held_at_most) == ((("a", "d"), ("d", "e")), 4)
    assert cancelled.fewest


def test_where_only_a_proof_shows_it_rounds_are_short_by_as_many_as_mend_it() -> None:
    """Three who must all meet take three rounds, though each has two meetings alone."""
    advice = advice_on(event_of("abcd", 2, {}, **requiring("ab", "bc", "ac")))
    (shortage,) = advice.shortages
    assert (shortage.kind, shortage.needed, shortage.available) == ("rounds", 3, 2)
    assert shortage.attendees == ("a", "b", "c")


def test_tables_are_added_in_rounds_that_lack_them() -> None:
    rounds = (Round(tables=1, closed_tables=(2,)), Round(tables=1, closed_tables=(1,)), Round())
    people = tuple(Attendee(id=v, min_meetings=3) for v in "abcd")
    advice = advice_on(event_of(people, rounds, {}))
    assert [shortage.kind for shortage in advice.shortages] == ["rounds", "tables"]
    assert told(advice)["add_tables"] == "have 2 tables more in rounds 1, 2"
    assert told(advice)["give_up"] == "lower the minimum from 3 to 2 of a, b, from 3 to 1 of c, d"


def test_minimums_are_lowered_no_further_than_they_must_be() -> None:
    advice = advice_on(event_of((Attendee(id="a", min_meetings=9), *map(_named, "bc")), 2, {}))
    lowered = of_kind(advice, "give_up")
    assert lowered is not None
    assert lowered.lower == (LowerMinimum(attendee="a", min_meetings=2),)
    assert lowered.held_at_most is None


def test_who_leaves_before_the_last_round_is_not_there_in_one_more() -> None:
    early = Attendee(id="a", min_meetings=2, absent_rounds=(2,))
    assert "add_rounds" not in told(advice_on(event_of((early, *map(_named, "bc")), 2, {})))
    late = Attendee(id="a", min_meetings=2, absent_rounds=(1,))
    assert "add_rounds" in told(advice_on(event_of((late, *map(_named, "bc")), 2, {})))


def _named(v: str) -> Attendee:
    return Attendee(id=v)


def test_many_rounds_more_are_no_advice() -> None:
    people = (Attendee(id="a", min_meetings=19), *(Attendee(id=f"v{k}") for k in range(30)))
    assert "add_rounds" not in told(advice_on(event_of(people, 3, {})))


def test_what_benefits_could_prevent_is_not_advised_in_sight() -> None:
    a = Attendee(id="a", min_meetings=3)
    for event, known in (
        (event_of((a, *map(_named, "bcd")), 2, {}), True),
        (event_of((a, *map(_named, "bcd")), 2, {}, policy=Policy(idle="leave")), False),
        (event_of((a, *map(_named, "bc"), Attendee(id="d", intents=("job",))), 2, {}), False),
        (
            event_of("abcd", 2, {}, policy=Policy(idle="leave"), **requiring("ab", "ac", "ad")),
            True,
        ),
    ):
        rules = find_visible_conflict(instance_of(event, ()))
        advice = advise_in_sight(event, rules)
        assert advice.shortages
        assert bool(advice.remedies) == known


@pytest.mark.parametrize("block", range(6))
def test_what_is_advised_mends_it_and_nothing_smaller_does(block: int) -> None:
    checked = dict.fromkeys(("add_rounds", "add_tables", "give_up"), 0)
    for seed in range(block, 120, 6):
        for event in (random_event(seed, 5, 2), crowded_event(seed)):
            if best_points(event) is not None:
                continue
            for remedy in advice_on(event).remedies:
                assert best_points(mended(event, remedy)) is not None, f"seed {seed}: {remedy}"
                for less in smaller(event, remedy):
                    assert best_points(less) is None, f"seed {seed}: {remedy}"
                checked[remedy.kind] += 1
    assert all(checked.values())


def crowded_event(seed: int) -> Event:
    """Many required pairs and some minimums of five people, in two rounds with few tables."""
    rng = Random(f"crowded {seed}")
    minimums = {v: rng.choice((0, 0, 0, 1, 2)) for v in "abcde"}
    people = tuple(Attendee(id=v, min_meetings=low) for v, low in minimums.items())
    rounds = tuple(Round(tables=rng.choice((1, 1, 2, None))) for _ in range(2))
    pairs = rng.sample(["ab", "ac", "bc", "cd", "de", "ae"], rng.randint(2, 4))
    return event_of(people, rounds, {}, **requiring(*pairs))


def mended(event: Event, remedy: Remedy) -> Event:
    """The event after a remedy."""
    if remedy.rounds:
        return with_rounds(event, remedy.rounds)
    if remedy.tables:
        return with_tables(event, remedy.tables)
    lower = {row.attendee: row.min_meetings for row in remedy.lower or ()}
    return without(event, [*map(frozenset, remedy.cancel or ())], lower)


def smaller(event: Event, remedy: Remedy) -> Iterable[Event]:
    """The event after every smaller change of the kind; a minimum that is given up goes whole."""
    if remedy.rounds:
        yield with_rounds(event, remedy.rounds - 1)
    elif remedy.tables:
        yield with_tables(event, remedy.tables - 1)
    else:
        assert remedy.fewest
        pairs = {frozenset(rule.pair) for rule in event.pair_rules if rule.kind == "require"}
        people = [a.id for a in event.attendees if a.min_meetings]
        fewer = len(remedy.cancel or ()) + len(remedy.lower or ()) - 1
        for gone in combinations([*pairs, *map(str, people)], fewer):
            minimums = {one: 0 for one in gone if isinstance(one, str)}
            yield without(event, [one for one in gone if isinstance(one, frozenset)], minimums)


def with_rounds(event: Event, more: int) -> Event:
    rounds = len(event.rounds)
    added = tuple(range(rounds + 1, rounds + more + 1))
    people = tuple(
        a.model_copy(update={"absent_rounds": a.absent_rounds + added})
        if rounds in a.absent_rounds
        else a
        for a in event.attendees
    )
    more_rounds = event.rounds + event.rounds[-1:] * more
    return event.model_copy(update={"rounds": more_rounds, "attendees": people})


def with_tables(event: Event, more: int) -> Event:
    rounds = []
    for number, one in enumerate(event.rounds, start=1):
        count = len(event.attendees) // 2 if one.tables is None else one.tables
        here = sum(number not in a.absent_rounds for a in event.attendees)
        closed = tuple(t for t in one.closed_tables if t <= count)
        extra = more if count - len(closed) < here // 2 else 0
        rounds.append(one.model_copy(update={"tables": count + extra, "closed_tables": closed}))
    return event.model_copy(update={"rounds": tuple(rounds)})


def without(event: Event, gone: list[frozenset[str]], minimums: dict[str, int]) -> Event:
    rules = tuple(
        rule
        for rule in event.pair_rules
        if rule.kind != "require" or frozenset(rule.pair) not in gone
    )
    people = tuple(
        a.model_copy(update={"min_meetings": minimums[a.id]}) if a.id in minimums else a
        for a in event.attendees
    )
    return event.model_copy(update={"pair_rules": rules, "attendees": people})
