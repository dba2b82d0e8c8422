"""Every peer gives a schedule that obeys the rules, and is as good as its idea."""

import sys
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from app.planning.plan import plan_schedule
from bench.peers import OURS, PEERS, PeerAbsentError, peer
from bench.peers.cp_sat import Model, trio_of
from bench.peers.day import PeerDay
from bench.peers.greedy import most_first, schedule
from bench.peers.race import Answer, Judge
from schemas.event import Attendee, Event, PairRule, Policy, Round, Weights
from solver.budget import Budget
from solver.instance import Instance, Matchings
from solver.objective import points_of
from solver.translate.prepare import explicit_rows, instance_of
from tests.brute_force import best_points
from tests.builders import event_of, random_event

LIMITS = {"random": 0.02, "timefold": 1.0}
CROSSED = {"ab": 0.9, "ba": 0.9, "ac": 0.8, "ca": 0.8, "bd": 0.8, "db": 0.8, "cd": 0.1, "dc": 0.1}
"""The best pair leaves two for each other who gain next to nothing."""


def handed_over(name: str, instance: Instance) -> list[Matchings]:
    """Everything a peer hands over in a short time."""
    try:
        solve = peer(name)
    except PeerAbsentError as absent:
        pytest.skip(str(absent))
    found: list[Matchings] = []

    def take(matchings: Matchings, bound: int | None = None) -> None:
        found.append(matchings)

    solve(instance, LIMITS.get(name, 3.0), take)
    return found


def without_demands(event: Event) -> Event:
    """The event without required pairs and minimums, which most peers know nothing of."""
    return event.model_copy(
        update={
            "attendees": tuple(a.model_copy(update={"min_meetings": 0}) for a in event.attendees),
            "pair_rules": tuple(rule for rule in event.pair_rules if rule.kind != "require"),
        }
    )


@pytest.mark.parametrize("name", [name for name in PEERS if name != OURS])
@pytest.mark.parametrize("seed", range(6))
def test_a_peer_obeys_every_rule_of_a_hostile_event(name: str, seed: int) -> None:
    judge = Judge("hostile", without_demands(random_event(seed, 8, 3, later_rules=False)))
    _, best = judge.measured(handed_over_answers(name, judge.instance))
    assert best is not None
    assert judge.complaints(best) == []


def handed_over_answers(name: str, instance: Instance) -> list[Answer]:
    return [Answer(0.0, matchings, None) for matchings in handed_over(name, instance)]


@pytest.mark.parametrize("name", [name for name in PEERS if name != OURS])
def test_a_peer_leaves_held_rounds_alone(name: str) -> None:
    event = event_of("abcdef", 3, CROSSED | {"ef": 0.5, "fe": 0.5})
    published = plan_schedule(event, Budget(work=100))
    judge = Judge("held", event.model_copy(update={"published": published, "held_rounds": 1}))
    for matchings in handed_over(name, judge.instance):
        assert matchings[0] == judge.instance.held[0]
        assert judge.complaints(matchings) == []


@pytest.mark.parametrize("name", ["networkx", "rustworkx", "CP-SAT"])
def test_a_matching_sees_that_the_best_pair_costs_two_others_theirs(name: str) -> None:
    instance = instance_of_rows(event_of("abcd", 1, CROSSED))
    assert handed_over(name, instance)[-1] == (((0, 2), (1, 3)),)


def test_greedy_takes_the_best_pair_whatever_it_costs() -> None:
    instance = instance_of_rows(event_of("abcd", 1, CROSSED))
    assert handed_over("greedy", instance) == [(((0, 1), (2, 3)),)]


def test_greedy_fills_the_tables_there_are() -> None:
    first, second = np.array([0, 2, 1, 4]), np.array([1, 3, 2, 5])
    assert most_first(2, first, second, np.array([3, 5, 9, 1])) == [(1, 2), (4, 5)]
    assert most_first(1, first, second, np.array([3, 5, 9, 1])) == [(1, 2)]
    assert most_first(2, first, second, np.array([3, 5, 9, 0])) == [(1, 2)]
    assert most_first(2, first, second, np.array([3, 5, 9, 1]), [(0, 5)]) == [(0, 5), (1, 2)]


@pytest.mark.parametrize("name", ["networkx", "rustworkx"])
def test_round_by_round_nothing_is_handed_over_before_every_round_had_its_turn(name: str) -> None:
    first, *_ = handed_over(name, instance_of_rows(event_of("abcd", 3, CROSSED)))
    assert [len(matching) for matching in first] == [2, 2, 2]


@pytest.mark.parametrize("name", ["random", "networkx", "rustworkx"])
@pytest.mark.parametrize("seed", range(40))
def test_what_is_handed_over_never_gets_worse(name: str, seed: int) -> None:
    instance = instance_of_rows(without_demands(random_event(seed, 9, 4, later_rules=False)))
    reached = [points_of(instance, matchings) for matchings in handed_over(name, instance)]
    assert all(before <= after for before, after in pairwise(reached))


@pytest.mark.parametrize("seed", range(12))
def test_cp_sat_states_the_whole_problem(seed: int) -> None:
    fill = Policy(idle="fill")
    event = random_event(seed, 6, 3, later_rules=False)
    rules = tuple(rule for rule in event.pair_rules if rule.kind != "met")
    event = event.model_copy(update={"policy": fill, "pair_rules": rules})
    instance = instance_of_rows(event)
    found = handed_over("CP-SAT", instance)
    assert (points_of(instance, found[-1]) if found else None) == best_points(event)


def test_cp_sat_closes_a_triangle_for_its_own_sake() -> None:
    ring = {"ab": 0.6, "bc": 0.7, "ca": 0.8}
    event = event_of("abc", 3, ring, weights=Weights(triangles=75, fairness=0, byes=0))
    instance = instance_of_rows(event)
    assert points_of(instance, handed_over("CP-SAT", instance)[-1]) == 75 * 600


def test_cp_sat_counts_the_triangle_that_earlier_meetings_close() -> None:
    ring = {"ab": 0.6, "bc": 0.7, "ca": 0.8}
    event = event_of("abc", 1, ring, pair_rules=met("ab", "bc"))
    assert [len(matching) for matching in handed_over("CP-SAT", instance_of_rows(event))[-1]] == [1]
    assert len(Model(instance_of_rows(event)).met) == 1


@pytest.mark.parametrize("seed", range(20))
def test_the_worths_of_a_round_add_up_to_its_points(seed: int) -> None:
    instance = instance_of_rows(without_demands(random_event(seed, 9, 4, later_rules=False)))
    day = PeerDay(instance)
    for r in instance.open_rounds:
        before = points_of(instance, day.matchings())
        first, second, worths = day.worths(r)
        chosen = most_first(instance.tables[r], first, second, worths)
        worth = dict(zip(zip(first.tolist(), second.tolist(), strict=True), worths, strict=True))
        day.seat(r, chosen)
        assert points_of(instance, day.matchings()) == before + sum(worth[pair] for pair in chosen)


def test_a_round_that_is_cleared_can_be_seated_again() -> None:
    instance = instance_of_rows(event_of("abcd", 2, CROSSED))
    day = PeerDay(instance)
    day.seat(0, [(0, 1), (2, 3)])
    day.seat(1, [(0, 2)])
    assert day.clear(0) == [(0, 1), (2, 3)]
    assert day.matchings() == ((), ((0, 2),))
    first, second, _ = day.worths(0)
    assert (0, 2) not in set(zip(first.tolist(), second.tolist(), strict=True))


def test_nobody_is_drawn_who_is_absent_or_has_no_room_left() -> None:
    people = (
        Attendee(id="a", absent_rounds=(1,)),
        Attendee(id="b", max_meetings=1),
        Attendee(id="c"),
        Attendee(id="d"),
    )
    event = event_of(people, (Round(), Round(tables=1), Round()), {})
    for matchings in handed_over("random", instance_of_rows(event)):
        assert all(0 not in pair for pair in matchings[0])
        assert len(matchings[1]) <= 1
        assert sum(1 in pair for matching in matchings for pair in matching) <= 1


@pytest.mark.parametrize("ring", [(0, 1, 2), (2, 0, 1), (1, 2, 0), (2, 1, 0), (0, 2, 1)])
def test_a_triangle_has_one_name(ring: Sequence[int]) -> None:
    i, j, k = ring
    assert trio_of(i, j, k) == (0, 1, 2)


def test_a_peer_that_is_not_installed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "bench.peers.local_search", raising=False)
    monkeypatch.setitem(sys.modules, "jpype", None)
    with pytest.raises(PeerAbsentError, match="timefold is not installed"):
        peer("timefold")


@pytest.mark.parametrize("seed", range(6))
def test_timefold_counts_our_points(seed: int) -> None:
    local_search = pytest.importorskip("bench.peers.local_search", exc_type=PeerAbsentError)
    instance = instance_of_rows(without_demands(random_event(seed, 8, 3, later_rules=False)))
    start = schedule(instance)
    day = local_search.improved(local_search.day_of(instance, start), 1.0)
    reached = points_of(instance, local_search.matchings_of(instance, day))
    assert (day.score.hard_score, day.score.soft_score) == (0, reached)


def met(*pairs: str) -> tuple[PairRule, ...]:
    return tuple(PairRule(kind="met", pair=(pair[0], pair[1])) for pair in pairs)


def instance_of_rows(event: Event) -> Instance:
    """The problem of an event with explicit benefits."""
    return instance_of(event, explicit_rows(event))
