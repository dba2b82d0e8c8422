"""Events for tests: tiny ones written by hand, and random ones in which every hard rule occurs."""

from collections.abc import Mapping
from itertools import combinations
from random import Random
from typing import Any

from schemas.benefits import Benefit
from schemas.breaks import Break
from schemas.event import (
    Attendee,
    Avoided,
    Event,
    Meet,
    PairRule,
    Policy,
    Round,
    Weights,
)

ORGANISATIONS = (None, None, None, None, None, "North & Co", " north & co ", "South Ltd")
LANGUAGES: tuple[tuple[str, ...], ...] = (*[()] * 7, ("en",), ("EN", "fr"), ("fr",))


def event_of(
    attendees: str | tuple[Attendee, ...],
    rounds: int | tuple[Round, ...],
    gains: Mapping[str, float],
    **fields: Any,
) -> Event:
    """An event of people with ids of one letter; ``{"ab": 0.8}``: a gains 0.8 by meeting b."""
    return Event(
        attendees=tuple(Attendee(id=v) if isinstance(v, str) else v for v in attendees),
        rounds=(Round(),) * rounds if isinstance(rounds, int) else rounds,
        benefits=tuple(
            Benefit(attendee=pair[0], partner=pair[1], value=value) for pair, value in gains.items()
        ),
        **fields,
    )


def entangled_event() -> Event:
    """Four people who avoid each other, gain from each other and have met."""
    return Event(
        rounds=event_of("abcd", 2, {}).rounds,
        attendees=(
            Attendee(id="a", name="Ada", avoid=("d",), absent_rounds=(1,)),
            Attendee(id="b", avoid=("a", "c")),
            Attendee(id="c"),
            Attendee(id="d", avoid=("a",)),
        ),
        benefits=tuple(
            Benefit(attendee=i, partner=j, value=0.5) for i, j in ("ab", "ba", "bc", "ca")
        ),
        pair_rules=tuple(PairRule(kind="met", pair=(i, j)) for i, j in ("ab", "bc", "ca", "da")),
    )


def random_event(
    seed: int, most_attendees: int, most_rounds: int, *, later_rules: bool = True
) -> Event:
    """A small event with explicit benefits and any mixture of the hard rules, the same by seed.

    No rule contradicts another in plain sight, but about one event in five cannot be scheduled.
    """
    rng = Random(seed)
    ids = [f"a{k + 1}" for k in range(rng.randint(max(2, most_attendees - 2), most_attendees))]
    rounds = tuple(_round(rng, len(ids)) for _ in range(rng.randint(1, most_rounds)))
    attendees = tuple(_attendee(rng, v, ids, len(rounds)) for v in ids)
    benefits, rules = _benefits(rng, ids), _pair_rules(rng, attendees)
    weights, policy = _weights(rng), _policy(rng)
    later = Random(f"later rules {seed}")
    # companies, breaks, places, groups and costs came later
    if later_rules and later.random() < 0.6:
        attendees = tuple(_of_later_rules(later, one, ids, len(rounds)) for one in attendees)
        rules = _later_pair_rules(later, attendees, rules, len(rounds))
        policy = _later_policy(later, policy, len(rounds))
    return Event(
        rounds=rounds,
        attendees=attendees,
        benefits=benefits,
        pair_rules=rules,
        weights=weights,
        policy=policy,
        seed=seed,
    )


PLACES: tuple[int | tuple[int, ...] | None, ...] = (*[None] * 8, 1, (1, 2), (1, 2), 3, (2,))


def _of_later_rules(rng: Random, one: Attendee, ids: list[str], rounds: int) -> Attendee:
    others = [other for other in ids if other != one.id and other not in one.avoid]
    soft = others and rng.random() < 0.15
    return Attendee(
        **dict(one)
        | {
            "avoid": (*one.avoid, Avoided(id=rng.choice(others), soft=True)) if soft else one.avoid,
            "max_in_a_row": rng.choice((None, None, None, None, 1, 2)),
            "breaks": _breaks(rng, rounds) if rng.random() < 0.15 else (),
            "priority": rng.choice((None, None, None, 0, 50, 333)),
            "table": rng.choice(PLACES),
            "labels": rng.choice(({}, {"role": "buyer"}, {"role": " Seller"}, {"role": "guest"})),
            "email": rng.choice((None, None, None, "one@example.org", "ONE@example.org")),
        }
    )


def _breaks(rng: Random, rounds: int) -> tuple[Break, ...]:
    first = rng.randint(1, rounds)
    return (Break(**{"from": first, "to": rng.randint(first, rounds)}),)


def _later_pair_rules(
    rng: Random, attendees: tuple[Attendee, ...], rules: tuple[PairRule, ...], rounds: int
) -> tuple[PairRule, ...]:
    """Some rules name a round, and pairs that met may have done so longer ago."""
    places = {one.id: one.places for one in attendees}
    kept = [rule for rule in rules if rule.kind != "require" or _has_table(places, rule)]
    taken: set[tuple[int, int]] = set()
    found = []
    for rule in kept:
        more: dict[str, int] = {}
        if rule.kind == "met":
            more = {"events_ago": rng.randint(1, 3)} if rng.random() < 0.6 else {}
        elif rng.random() < 0.4:
            more = {"round": rng.randint(1, rounds)}
            tables = frozenset({1, 2}).intersection(*(places[v] or {1, 2} for v in rule.pair))
            seat = more["round"], min(tables, default=0)
            if rule.kind == "require" and tables and seat not in taken and rng.random() < 0.5:
                taken.add(seat)
                more["table"] = seat[1]
        found.append(rule.model_copy(update=more))
    return tuple(found)


def _has_table(places: Mapping[str, frozenset[int]], rule: PairRule) -> bool:
    one, other = (places[v] for v in rule.pair)
    return not one or not other or bool(one & other)


def _later_policy(rng: Random, policy: Policy, rounds: int) -> Policy:
    groups = Meet(
        label="role",
        pairs=(("buyer", "seller"), ("Guest", "guest")),
        unlabelled=rng.choice(("anyone", "nobody")),
    )
    return policy.model_copy(
        update={
            "rematch": rng.choice((policy.rematch, "seldom")),
            "per_organisation": rng.choice(("any", "any", "one_each", "one_pair")),
            "max_in_a_row": rng.choice((None, None, None, 2)),
            "breaks": _breaks(rng, rounds) if rng.random() < 0.15 else (),
            "meet": groups if rng.random() < 0.25 else None,
        }
    )


def _round(rng: Random, attendees: int) -> Round:
    """Most rounds have a table for every pair; some have few, and some of those are closed."""
    tables = rng.choice((None, None, None, rng.randint(1, attendees)))
    count = attendees // 2 if tables is None else tables
    closed = [table for table in range(1, count + 1) if rng.random() < 0.08]
    return Round(tables=tables or None, closed_tables=tuple(closed))


def _attendee(rng: Random, v: str, ids: list[str], rounds: int) -> Attendee:
    lowest = rng.randint(1, rounds) if rng.random() < 0.07 else 0
    highest = rng.randint(lowest, rounds) if rng.random() < 0.3 else None
    others = [other for other in ids if other != v]
    return Attendee(
        id=v,
        organisation=rng.choice(ORGANISATIONS),
        languages=rng.choice(LANGUAGES),
        absent_rounds=tuple(r for r in range(1, rounds + 1) if rng.random() < 0.08),
        min_meetings=lowest,
        max_meetings=highest,
        avoid=(rng.choice(others),) if rng.random() < 0.1 else (),
    )


def _benefits(rng: Random, ids: list[str]) -> tuple[Benefit, ...]:
    """Dense or sparse, all different or full of ties, on both sides of the least useful benefit."""
    density = rng.choice((0.25, 0.5, 0.8, 1.0))
    steps = rng.choice((2, 5, 1000))
    largest = rng.choice((60, 400, 1000))
    return tuple(
        Benefit(attendee=i, partner=j, value=rng.randint(0, steps) * largest // steps / 1000)
        for i in ids
        for j in ids
        if i != j and rng.random() < density
    )


def _pair_rules(rng: Random, attendees: tuple[Attendee, ...]) -> tuple[PairRule, ...]:
    """A few rules of each kind; nobody is required to meet somebody who must not be met."""
    pairs = [(one.id, other.id) for one, other in combinations(attendees, 2)]
    avoided = {frozenset((one.id, other)) for one in attendees for other in one.avoid}
    forbidden = [pair for pair in pairs if rng.random() < 0.05]
    allowed = [p for p in pairs if p not in forbidden and frozenset(p) not in avoided]
    required = rng.sample(allowed, min(len(allowed), rng.choice((0, 0, 0, 0, 1, 2))))
    met = [(j, i) for i, j in pairs if rng.random() < 0.1]
    return (
        *(PairRule(kind="forbid", pair=pair) for pair in forbidden),
        *(PairRule(kind="require", pair=pair) for pair in required),
        *(PairRule(kind="met", pair=pair) for pair in met),
    )


def _weights(rng: Random) -> Weights:
    return Weights(
        triangles=rng.choice((None, 0, 75, 300)),
        fairness=rng.choice((None, 0, 100, 37)),
        byes=rng.choice((None, 0, 50, 3)),
    )


def _policy(rng: Random) -> Policy:
    return Policy(
        idle=rng.choice(("fill", "fill", "leave")),
        same_organisation=rng.choice(("forbid", "allow")),
        rematch=rng.choice(("forbid", "allow")),
        min_benefit=rng.choice((0.0, 0.05, 0.05, 0.3)),
        silent="none",
    )
