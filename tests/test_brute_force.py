"""The enumerator is right: on instances solved by hand, and wherever the shared checker looks."""

from itertools import combinations, product
from math import isqrt
from random import Random
from typing import Any

import pytest

from schemas.breaks import Break
from schemas.event import Attendee, Event, PairRule, Policy, Round, Weights
from tests.brute_force import best_points, could_have, most_kept, read, worth
from tests.builders import event_of, random_event, with_companies_and_breaks
from tests.checker import broken_rules, checker, judged, needs_shared

LEAVE = Policy(idle="leave")
RING = {"ab": 0.6, "bc": 0.7, "ca": 0.8}
ONLY_MUTUAL = Weights(triangles=0, fairness=0, byes=0)


def test_a_mutual_meeting_is_worth_its_root_and_two_satisfactions() -> None:
    event = event_of("ab", 1, {"ab": 0.8, "ba": 0.2})
    # 100 * isqrt(800 * 200); a is served in full, phi = 1000; b gains 200 of at least 500,
    # s = 400, phi = 400 + 6 * 150 // 5 = 580
    assert best_points(event) == 100 * 400 + 100 * (1000 + 580)


def test_a_pair_meets_once_and_a_bye_costs_fifty() -> None:
    event = event_of("ab", 3, {"ab": 0.5, "ba": 0.5}, weights=Weights(fairness=0))
    assert best_points(event) == 100 * 500 - 1000 * 50 * 2 * 2**2


def test_a_benefit_below_the_least_makes_a_meeting_worth_nothing() -> None:
    gains = {"ab": 0.049, "ba": 1.0}
    assert best_points(event_of("ab", 1, gains)) == 0
    assert best_points(event_of("ab", 1, gains, weights=Weights(byes=7))) == 0
    spared = Policy(min_benefit=0.049)
    assert best_points(event_of("ab", 1, gains, policy=spared, weights=Weights(fairness=0))) == (
        100 * 221  # isqrt(49 * 1000)
    )


def test_a_ring_of_gains_closes_a_triangle_even_if_idle_seats_stay_empty() -> None:
    assert best_points(event_of("abc", 3, RING, policy=LEAVE)) == 75 * 600


def test_the_triangle_is_worth_the_weakest_gain_on_the_better_way_round() -> None:
    both_ways = RING | {"ba": 0.04, "cb": 0.03, "ac": 0.02}
    assert best_points(event_of("abc", 3, both_ways, policy=LEAVE)) == 75 * 600


def test_two_rounds_cannot_close_a_triangle_of_three_meetings() -> None:
    assert best_points(event_of("abc", 2, RING, policy=LEAVE)) == 0


def test_a_pair_met_before_counts_as_a_side_of_the_triangle() -> None:
    met = PairRule(kind="met", pair=("a", "b"))
    assert best_points(event_of("abc", 2, RING, policy=LEAVE, pair_rules=(met,))) == 75 * 600


def test_a_pair_met_before_counts_for_nothing_once_one_avoids_the_other() -> None:
    met = PairRule(kind="met", pair=("a", "b"))
    people = (Attendee(id="a"), Attendee(id="b", avoid=("a",)), Attendee(id="c"))
    event = event_of(people, 2, RING, policy=LEAVE, pair_rules=(met,))
    assert best_points(event) == 0


def test_three_pairs_met_before_are_no_triangle_of_this_event() -> None:
    met = tuple(PairRule(kind="met", pair=pair) for pair in combinations("abc", 2))
    assert best_points(event_of("abc", 2, RING, policy=LEAVE, pair_rules=met)) == 0


def test_the_weight_of_triangles_falls_with_the_rounds() -> None:
    assert best_points(event_of("abc", 7, RING, policy=LEAVE)) == 300 // 6 * 600


def test_an_open_conversation_spares_two_byes_only_where_idle_seats_are_filled() -> None:
    assert best_points(event_of("ab", 1, {})) == 0
    assert best_points(event_of("ab", 2, {})) == -1000 * 50 * 2
    assert best_points(event_of("ab", 2, {}, policy=LEAVE)) == 0
    assert worth(event_of("ab", 1, {}, policy=LEAVE), [("a", "b")]) is None


def test_byes_are_priced_only_where_idle_seats_are_filled() -> None:
    priced = Weights(byes=50)
    assert best_points(event_of("ab", 2, {}, policy=LEAVE, weights=priced)) == 0


def test_each_meeting_needs_an_open_table() -> None:
    gains = {"ab": 0.3, "ba": 0.3, "cd": 0.4, "dc": 0.4}
    rounds = (Round(tables=2, closed_tables=(2, 9)),)
    event = event_of("abcd", rounds, gains, weights=ONLY_MUTUAL)
    assert best_points(event) == 100 * 400


def test_nobody_meets_in_a_round_of_absence() -> None:
    people = (Attendee(id="a", absent_rounds=(1,)), Attendee(id="b", absent_rounds=(2,)))
    event = event_of(people, 2, {"ab": 1.0, "ba": 1.0})
    assert best_points(event) == -1000 * 50 * 2  # and nobody within reach, so no satisfaction


@pytest.mark.parametrize(("rule", "points"), [("forbid", 0), ("met", 0), ("require", 100 * 500)])
def test_colleagues_meet_only_if_required(rule: Any, points: int) -> None:
    people = (Attendee(id="a", organisation=" Straße"), Attendee(id="b", organisation="STRASSE "))
    event = event_of(
        people,
        1,
        {"ab": 0.5, "ba": 0.5},
        pair_rules=(PairRule(kind=rule, pair=("b", "a")),),
        weights=ONLY_MUTUAL,
    )
    assert best_points(event) == points


def test_a_pair_met_before_meets_again_only_if_that_is_allowed() -> None:
    met = PairRule(kind="met", pair=("a", "b"))
    event = event_of("ab", 1, {"ab": 0.5, "ba": 0.5}, pair_rules=(met,), weights=ONLY_MUTUAL)
    assert best_points(event) == 0
    again = event.model_copy(update={"policy": Policy(rematch="allow")})
    assert best_points(again) == 100 * 500


def test_a_language_in_common_is_needed_only_where_both_name_theirs() -> None:
    people = (
        Attendee(id="a", languages=("en",)),
        Attendee(id="b", languages=("fr",)),
        Attendee(id="c"),
    )
    gains = {"ab": 1.0, "ba": 1.0, "bc": 0.2, "cb": 0.2}
    event = event_of(people, 1, gains, weights=ONLY_MUTUAL)
    assert best_points(event) == 100 * 200


def test_a_requirement_is_met_at_any_price() -> None:
    require = PairRule(kind="require", pair=("a", "c"))
    event = event_of(
        "abc", 1, {"ab": 1.0, "ba": 1.0}, pair_rules=(require,), weights=ONLY_MUTUAL, policy=LEAVE
    )
    assert best_points(event) == 0


def test_limits_on_meetings_bind_both_ways() -> None:
    gains = {"ab": 0.5, "ba": 0.5, "ac": 0.4, "ca": 0.4}
    once = (Attendee(id="a", max_meetings=1), Attendee(id="b"), Attendee(id="c"))
    event = event_of(once, 2, gains, weights=ONLY_MUTUAL)
    assert best_points(event) == 100 * 500
    wanted = (once[0], once[1], Attendee(id="c", min_meetings=2))
    event = event_of(wanted, 2, gains, weights=ONLY_MUTUAL)
    assert best_points(event) == 100 * 400  # c meets a and b; a has no second meeting left


def test_contradictions_have_no_points() -> None:
    require = tuple(PairRule(kind="require", pair=("a", other)) for other in "bc")
    assert best_points(event_of("abc", 1, {}, pair_rules=require)) is None
    eager = (Attendee(id="a", min_meetings=2), Attendee(id="b"), Attendee(id="c"))
    assert best_points(event_of(eager, 1, {})) is None
    assert best_points(event_of(eager, 2, {})) is not None
    assert best_points(event_of(eager, 2, {}, policy=LEAVE)) is None


@pytest.mark.parametrize(
    ("gain", "phi"),
    [(100, 160), (250, 400), (251, 401), (500, 700), (600, 780), (750, 900), (999, 999)],
)
def test_satisfaction_is_worth_most_in_its_first_quarter(gain: int, phi: int) -> None:
    """a might gain 1000 from c in its only meeting, and gains less from b; b gains all it can."""
    once = (Attendee(id="a", max_meetings=1), Attendee(id="b"), Attendee(id="c"))
    gains = {"ac": 1.0, "ca": 1.0, "ab": gain / 1000, "ba": 1.0}
    weights = Weights(triangles=0, fairness=100, byes=0)
    event = event_of(once, 1, gains, weights=weights)
    assert worth(event, [("a", "b")]) == 100 * isqrt(1000 * gain) + 100 * (phi + 1000)


@pytest.mark.parametrize("size", [4, 6])
def test_a_round_robin_seats_everybody_in_every_round(size: int) -> None:
    letters = "abcdef"[:size]
    gains = {one + other: 0.5 for one, other in product(letters, repeat=2) if one != other}
    event = event_of(letters, min(size - 1, 3), gains, weights=Weights(triangles=0, fairness=0))
    assert best_points(event) == 100 * 500 * len(event.rounds) * size // 2


def test_random_events_repeat_by_seed_and_one_in_five_cannot_be_scheduled() -> None:
    events = [random_event(seed, 6, 3) for seed in range(300)]
    assert events == [random_event(seed, 6, 3) for seed in range(300)]
    infeasible = sum(best_points(event) is None for event in events)
    assert 0.1 < infeasible / len(events) < 0.3


def companies(rule: Any, *names: str | None) -> dict[str, Any]:
    ids = "abcdef"[: len(names)]
    people = (Attendee(id=v, organisation=x) for v, x in zip(ids, names, strict=True))
    return {"attendees": tuple(people), "policy": Policy(per_organisation=rule)}


@pytest.mark.parametrize(
    ("rule", "names", "points"),
    [
        ("any", ("North", "South", "South"), 900),
        ("one_each", ("North", "South", " south "), 500),
        ("one_pair", ("North", "South", "South"), 500),
        ("one_each", (None, "South", None), 900),
        ("one_each", ("North", "South", None), 900),
    ],
)
def test_a_company_is_met_once(rule: Any, names: Any, points: int) -> None:
    gains = {"ab": 0.5, "ba": 0.5, "ac": 0.4, "ca": 0.4}
    event = event_of("abc", 2, gains, weights=ONLY_MUTUAL)
    assert best_points(event.model_copy(update=companies(rule, *names))) == 100 * points


def test_two_companies_meet_once_or_each_of_them_once() -> None:
    gains = {"ac": 0.5, "ca": 0.5, "bd": 0.4, "db": 0.4}
    event = event_of("abcd", 2, gains, weights=ONLY_MUTUAL)
    told = {
        rule: best_points(event.model_copy(update=companies(rule, "N", "N", "S", "S")))
        for rule in ("one_each", "one_pair")
    }
    assert told == {"one_each": 100 * 900, "one_pair": 100 * 500}


def test_a_break_keeps_a_round_free_and_costs_no_bye() -> None:
    gains = {one + other: 0.5 for one, other in product("abcd", repeat=2) if one != other}
    window = Break.model_validate({"from": 1, "to": 2})
    event = event_of("abcd", 3, gains, weights=Weights(triangles=0, fairness=0))
    rested = event.model_copy(update={"policy": Policy(breaks=(window,))})
    assert best_points(rested) == 100 * 500 * 4
    alone = event.model_copy(update={"policy": Policy(max_in_a_row=1)})
    assert read(alone).highest.tolist() == [2] * 4
    away = (Attendee(id="a", absent_rounds=(2,)), *event.attendees[1:])
    assert read(rested.model_copy(update={"attendees": away})).highest.tolist() == [2] * 4


def test_promises_are_kept_as_far_as_breaks_allow() -> None:
    event = event_of("abcd", 2, {}, policy=Policy(max_in_a_row=1))
    assert most_kept(read(event), [[(0, 1), (2, 3)], [(0, 2)]]) == 2


def test_priority_counts_satisfaction_more_or_less() -> None:
    people = (Attendee(id="a", priority=250), Attendee(id="b", priority=0))
    event = event_of(people, 1, {"ab": 0.5, "ba": 0.5}, weights=Weights(fairness=30))
    assert best_points(event) == 100 * 500 + 75 * 1000


def some_rules(seed: int, attendees: int, rounds: int) -> Event:
    return with_companies_and_breaks(random_event(seed, attendees, rounds), seed)


@needs_shared
def test_the_checker_knows_the_same_companies_and_breaks() -> None:
    for seed in range(40):
        event = some_rules(seed, 4, 2 + seed % 2)
        assert best_points(event) == _best_by_checker(event), seed


@needs_shared
def test_the_most_that_each_could_have_is_the_checkers() -> None:
    fewer = 0
    for seed in range(150):
        event = some_rules(seed, 7, 5)
        judge = checker().Event(event.model_dump(mode="json", exclude_none=True))
        ids = [attendee.id for attendee in event.attendees]
        assert read(event).highest.tolist() == [judge.highest[v] for v in ids]
        assert could_have(event) == [judge.could(v, ()) for v in ids], seed
        fewer += could_have(event) != read(event).highest.tolist()
    assert fewer > 20


@needs_shared
def test_the_best_of_all_schedules_is_the_best_that_the_checker_passes() -> None:
    for seed in range(60):
        event = random_event(seed, 4, 2)
        assert best_points(event) == _best_by_checker(event), seed


@needs_shared
def test_points_are_the_checkers_on_random_schedules() -> None:
    for seed in range(300):
        event = random_event(seed, 8, 3) if seed < 200 else some_rules(seed, 8, 3)
        schedule = _random_schedule(Random(seed), event)
        found = judged(event, schedule)
        meetings = [m["attendees"] for block in schedule["rounds"] for m in block["meetings"]]
        broken = [line for line in broken_rules(found) if not line.startswith("H10 ")]
        expected = None if broken else found["points"]
        assert worth(event, meetings) == expected, seed


def _best_by_checker(event: Event) -> int | None:
    """Try every sequence of matchings, allowed or not, and believe the checker alone."""
    ids = [attendee.id for attendee in event.attendees]
    matchings = list(_matchings(list(combinations(ids, 2))))
    judgements = (
        judged(event, _schedule(event, rounds))
        for rounds in product(matchings, repeat=len(event.rounds))
    )
    return max((found["points"] for found in judgements if not broken_rules(found)), default=None)


def _matchings(pairs: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    if not pairs:
        return [[]]
    first, rest = pairs[0], pairs[1:]
    apart = [pair for pair in rest if not set(pair) & set(first)]
    return _matchings(rest) + [[first, *others] for others in _matchings(apart)]


def _random_schedule(rng: Random, event: Event) -> dict[str, Any]:
    """Rounds filled at random by pairs that may meet, as long as there are tables."""
    tiny = read(event)
    ids = [attendee.id for attendee in event.attendees]
    pairs = [pair for pair, may in zip(tiny.pairs, tiny.may_meet, strict=True) if may]
    rounds = []
    for here, tables in zip(tiny.present, tiny.tables, strict=True):
        chosen: list[tuple[int, int]] = []
        for pair in rng.sample(pairs, len(pairs)):
            free = set(pair) <= here - {v for other in chosen for v in other}
            if free and len(chosen) < tables and rng.random() < 0.8:
                chosen.append(pair)
        pairs = [pair for pair in pairs if pair not in chosen]
        rounds.append([(ids[i], ids[j]) for i, j in chosen])
    return _schedule(event, rounds)


def _schedule(event: Event, rounds: Any) -> dict[str, Any]:
    """A schedule as far as the checker's hard rules need it; meetings too many get no table."""
    blocks = []
    for number, (meetings, settings) in enumerate(zip(rounds, event.rounds, strict=True), 1):
        count = len(event.attendees) // 2 if settings.tables is None else settings.tables
        tables = [t for t in range(1, count + 1) if t not in settings.closed_tables]
        tables += [count + 1] * len(meetings)
        blocks.append(
            {
                "round": number,
                "meetings": [
                    {"table": table, "attendees": list(pair)}
                    for table, pair in zip(tables, meetings, strict=False)
                ],
            }
        )
    return {"rounds": blocks}
