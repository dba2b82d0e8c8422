"""Events by seed: a room of trades that buy from each other, in explicit benefits.

Everybody has a profession, offers a few of its topics and needs a few topics of the professions
that it buys from; half of those professions buy back, which is what makes mutual pairs and
triangles. A benefit is how well offers meet needs, times how easily two people talk. Some come
with colleagues, one in ten comes late, and in a room of sellers hardly anybody came to buy.

    python -m bench.generate 300 --seed 1 --out room-300.json
"""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from schemas.benefits import Benefit
from schemas.event import Attendee, Event, Round, Weights

Room = Literal["mixed", "sellers"]
Whole = NDArray[np.int64]
Real = NDArray[np.float64]
Rng = np.random.Generator

ROUNDS = {30: 5, 60: 8, 120: 10, 300: 10, 500: 12, 1000: 10, 5000: 10, 20_000: 8, 100_000: 8}
"""The measured sizes: attendees, and the rounds that such an event has."""

WEIGHTS = Weights(triangles=75, fairness=100, byes=50)
LATE = 0.10
LATER_STILL = 0.4
"""Of those who miss round 1, the share who miss round 2 as well."""
LEAST_BENEFIT = 120
ROWS_AT_ONCE = 2_000


@dataclass(frozen=True)
class GeneratedMarket:
    """Which topics belong to which profession, and from which professions each one buys."""

    topics: int
    profession_of: Whole
    suppliers: Whole

    @property
    def professions(self) -> int:
        """How many professions there are."""
        return len(self.suppliers)


def generate(
    attendees: int, seed: int = 1, rounds: int | None = None, room: Room = "mixed"
) -> Event:
    """The event of this size and seed; the same each time."""
    rng = np.random.default_rng([seed, attendees])
    market = _market(rng, attendees)
    professions = _skewed(rng, market.professions, attendees, 0.7)
    offers, needs = _offers_and_needs(rng, market, professions, room)
    benefits = _benefits(rng, offers, needs, _reach(attendees))
    count = rounds or ROUNDS.get(attendees, 10)
    people = _attendees(rng, attendees, count)
    return Event(
        name=f"{room.capitalize()} room of {attendees}, seed {seed}",
        rounds=(Round(),) * count,
        attendees=people,
        benefits=_rows(benefits, [person.id for person in people]),
        weights=WEIGHTS,
        seed=seed,
    )


def _reach(attendees: int) -> int:
    """How many partners an organiser's tool would score for each attendee of so large a room."""
    return max(16, min(attendees, 64, 1_280_000 // attendees)) if attendees > 1_000 else attendees


# Who does what


def _market(rng: Rng, attendees: int) -> GeneratedMarket:
    """Topics grow with the root of the room; from some thousands on, with the room."""
    topics = max(int(3.4 * attendees**0.5), attendees // 25)
    professions = max(4, topics // 6)
    suppliers = np.array([rng.permutation(professions)[:3] for _ in range(professions)])
    for profession, (first, second, _) in enumerate(suppliers.tolist()):
        for supplier in (first, second):
            if rng.random() < 0.8:
                suppliers[supplier, 2] = profession  # trade goes both ways
    return GeneratedMarket(topics, np.arange(topics) % professions, suppliers)


def _skewed(rng: Rng, kinds: int, size: int, power: float) -> Whole:
    """``size`` draws from ``kinds``, the first far more frequent than the last."""
    weights = 1 / np.arange(1, kinds + 1) ** power
    return rng.choice(kinds, size, p=weights / weights.sum())


def _offers_and_needs(
    rng: Rng, market: GeneratedMarket, professions: Whole, room: Room
) -> tuple[csr_array, csr_array]:
    """How strongly each attendee (row) offers and needs each topic (column)."""
    size = len(professions)
    shares = [0.70, 0.18, 0.12] if room == "mixed" else [0.06, 0.90, 0.04]
    kind = rng.choice(3, size, p=shares)  # balanced, sells and hardly buys, buys
    offered = np.choose(kind, [rng.integers(2, 6, size), rng.integers(2, 6, size), 1])
    needed = np.choose(kind, [rng.integers(3, 7, size), 1, 6])
    who = np.repeat(np.arange(size), offered)
    side = np.flatnonzero(rng.random(size) < 0.5)  # half have a second trade
    offers = _table(
        rng,
        market,
        np.concatenate([who, side]),
        np.concatenate([_topic_of(rng, market, professions[who]), _any(rng, market, len(side))]),
        size,
    )
    who = np.repeat(np.arange(size), needed)
    supplier = market.suppliers[professions[who], rng.integers(0, 3, len(who))]
    typical = rng.random(len(who)) < 0.75
    topics = np.where(typical, _topic_of(rng, market, supplier), _any(rng, market, len(who)))
    return offers, _table(rng, market, who, topics, size)


def _topic_of(rng: Rng, market: GeneratedMarket, professions: Whole) -> Whole:
    """One topic of each of these professions."""
    count = np.bincount(market.profession_of, minlength=market.professions)[professions]
    return professions + market.professions * rng.integers(0, count)


def _any(rng: Rng, market: GeneratedMarket, size: int) -> Whole:
    """Topics of any profession, some of them far more popular."""
    return rng.permutation(market.topics)[_skewed(rng, market.topics, size, 0.6)]


def _table(rng: Rng, market: GeneratedMarket, who: Whole, topics: Whole, size: int) -> csr_array:
    """A strength for each attendee and topic; one named twice counts once."""
    cells = np.unique(who * market.topics + topics)
    strength = rng.uniform(0.4, 1.0, len(cells))
    place = cells // market.topics, cells % market.topics
    return csr_array((strength, place), shape=(size, market.topics))


# What each gains from whom


def _benefits(rng: Rng, offers: csr_array, needs: csr_array, reach: int) -> csr_array:
    """Benefits in permille: row gains from column; only of the ``reach`` best of each row."""
    size = offers.shape[0]
    manner = rng.random(size)
    best = vstack(
        [
            _best_partners(needs[rows] @ offers.T, offers[rows] @ needs.T, reach)
            for rows in _blocks(size)
        ]
    )
    known = (best + best.T).tocoo()
    i, j = known.row.astype(np.int64), known.col.astype(np.int64)
    met = np.concatenate(
        [
            (needs[i[part]].multiply(offers[j[part]])).sum(axis=1)
            for part in _blocks(len(i), 200_000)
        ]
    )
    ease = 1 - 0.8 * abs(manner[i] - manner[j])
    gains = np.floor(1000 * np.minimum(met, 1) * ease).astype(np.int64)
    worth_it = (gains >= LEAST_BENEFIT) & (i != j)
    return csr_array((gains[worth_it], (i[worth_it], j[worth_it])), shape=(size, size))


def _blocks(size: int, length: int = ROWS_AT_ONCE) -> list[slice]:
    return [slice(start, min(size, start + length)) for start in range(0, size, length)]


def _best_partners(gained: csr_array, given: csr_array, reach: int) -> csr_array:
    """Mark, in each row, the partners with the most to gain together."""
    both = gained.multiply(given)
    score = (both.sqrt() + 0.25 * gained + 0.05 * given).tocoo()
    order = np.lexsort((score.col, -score.data, score.row))
    row, column = score.row[order], score.col[order]
    starts = np.searchsorted(row, np.arange(score.shape[0]))
    chosen = np.arange(len(row)) - starts[row] < reach
    marks = np.ones(int(chosen.sum()), np.int8)
    return csr_array((marks, (row[chosen], column[chosen])), shape=score.shape)


# The document


def _attendees(rng: Rng, size: int, rounds: int) -> tuple[Attendee, ...]:
    width = len(str(size))
    organisation = rng.integers(0, max(3, int(0.7 * size)), size).tolist()
    late = rng.random(size) < LATE
    missed = np.where(late, 1 + (rng.random(size) < LATER_STILL), 0)
    return tuple(
        Attendee(
            id=f"a{v + 1:0{width}}",
            organisation=f"Firm {organisation[v] + 1}",
            absent_rounds=tuple(range(1, 1 + min(first, rounds - 1))),
        )
        for v, first in enumerate(missed.tolist())
    )


def _rows(benefits: csr_array, ids: list[str]) -> tuple[Benefit, ...]:
    cells = benefits.tocoo()
    order = np.lexsort((cells.col, cells.row))
    return tuple(
        Benefit(attendee=ids[i], partner=ids[j], value=gain / 1000)
        for i, j, gain in zip(
            cells.row[order].tolist(),
            cells.col[order].tolist(),
            cells.data[order].tolist(),
            strict=True,
        )
    )


def main() -> None:
    """Write one generated event as JSON."""
    parser = argparse.ArgumentParser(description="Write a generated event as JSON.")
    parser.add_argument("attendees", type=int)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--room", choices=["mixed", "sellers"], default="mixed")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    event = generate(asked.attendees, asked.seed, asked.rounds, asked.room)
    asked.out.write_text(event.model_dump_json(exclude_none=True), encoding="utf-8")


if __name__ == "__main__":
    main()
