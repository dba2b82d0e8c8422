"""Events for tests: tiny ones written by hand, and random ones in which every hard rule occurs."""

from collections.abc import Mapping
from itertools import combinations
from random import Random
from typing import Any

from schemas.benefits import Benefit
from schemas.breaks import Break
from schemas.event import Attendee, Event, PairRule, Policy, Round, Weights

ORGANISATIONS = (None, None, None, None, None, "North & Co", " north & co ", "South Ltd")
LANGUAGES: tuple[tuple[str, ...], ...] = (*[()] * 7, ("en",), ("EN", "fr"), ("fr",))

EVERY_RULE = False
"""Whether every other random event has companies, breaks and priorities, too."""


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


def random_event(seed: int, most_attendees: int, most_rounds: int) -> Event:
    """A small event with explicit benefits and any mixture of the hard rules, the same by seed.

    No rule contradicts another in plain sight, but about one event in five cannot be scheduled.
    """
    event = _random_event(seed, most_attendees, most_rounds)
    return with_companies_and_breaks(event, seed) if EVERY_RULE and seed % 2 else event


def _random_event(seed: int, most_attendees: int, most_rounds: int) -> Event:
    rng = Random(seed)
    ids = [f"a{k + 1}" for k in range(rng.randint(max(2, most_attendees - 2), most_attendees))]
    rounds = tuple(_round(rng, len(ids)) for _ in range(rng.randint(1, most_rounds)))
    attendees = tuple(_attendee(rng, v, ids, len(rounds)) for v in ids)
    return Event(
        rounds=rounds,
        attendees=attendees,
        benefits=_benefits(rng, ids),
        pair_rules=_pair_rules(rng, attendees),
        weights=_weights(rng),
        policy=_policy(rng),
        seed=seed,
    )


def with_companies_and_breaks(event: Event, seed: int) -> Event:
    """The event with one of these rules at least, and people of more and less priority.

    Two of three name an organisation, so that companies are met.
    """
    rng, rounds = Random(seed), len(event.rounds)
    policy = event.policy.model_copy(
        update={
            "per_organisation": rng.choice(("any", "one_each", "one_pair")),
            "max_in_a_row": rng.choice((None, None, rng.randint(1, rounds))),
            "breaks": _breaks(rng, rounds, 0.3),
        }
    )
    if policy == event.policy:
        policy = policy.model_copy(update={"per_organisation": "one_each"})
    people = tuple(_choosy(rng, attendee, rounds) for attendee in event.attendees)
    return event.model_copy(update={"attendees": people, "policy": policy})


def _choosy(rng: Random, attendee: Attendee, rounds: int) -> Attendee:
    return attendee.model_copy(
        update={
            "organisation": rng.choice((None, "North & Co", " north & co ", "South Ltd", "East")),
            "max_in_a_row": rng.randint(1, rounds) if rng.random() < 0.2 else None,
            "breaks": _breaks(rng, rounds, 0.2),
            "priority": rng.choice((100, 100, 100, 0, 33, 250, 1000)),
        }
    )


def _breaks(rng: Random, rounds: int, share: float) -> tuple[Break, ...]:
    windows = [sorted(rng.choices(range(1, rounds + 1), k=2)) for _ in range(2)]
    return tuple(
        Break.model_validate({"from": first, "to": last})
        for first, last in windows
        if rng.random() < share
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
    )
