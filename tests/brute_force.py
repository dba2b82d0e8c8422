"""The best points of a tiny event by trying every schedule; it shares nothing with the solver.

Which round a pair meets in matters to presence, to tables, to breaks and to nothing else: limits,
companies, open conversations and points depend on *which* pairs meet. So the rounds are joined one
after the other into every set of pairs that they can hold, each a whole number with one bit a pair,
and all sets are then judged at once; where there are breaks, more bits say who is busy when. Event
in explicit benefits, no held rounds; 6 attendees in 3 rounds, or 8 in 2, take a fraction of a
second.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from schemas.base import permille
from schemas.event import Attendee, Event

Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Tiny:
    """An event by number: attendees in the order of the event, pairs in that of ``combinations``.

    Vectors are by attendee or by pair; ``gain[i, j]`` is what i gains by meeting j. ``windows`` are
    attendee, first and last round, from 0; ``uses`` what a meeting of each pair uses up (H9).
    """

    gain: Whole
    pairs: tuple[tuple[int, int], ...]
    mutual_value: Whole
    may_meet: Flags
    required: Flags
    met: Flags
    present: tuple[frozenset[int], ...]
    tables: tuple[int, ...]
    lowest: Whole
    highest: Whole
    windows: tuple[tuple[int, int, int], ...]
    uses: tuple[frozenset[tuple[int, int]], ...]
    leaves_idle: bool
    triangle_weight: int
    fairness_weights: Whole
    bye_weight: int


def best_points(event: Event) -> int | None:
    """The most points of any schedule that obeys every hard rule; None if there is none."""
    tiny = read(event)
    sets = meeting_sets(tiny)
    points = points_of(tiny, sets)[obeys_limits(tiny, sets)]
    return int(points.max()) if len(points) else None


def worth(event: Event, meetings: Iterable[tuple[str, str]]) -> int | None:
    """The points when exactly these pairs meet; None if H5, H6, H8 or H9 is broken."""
    tiny = read(event)
    number = {attendee.id: k for k, attendee in enumerate(event.attendees)}
    bits = (tiny.pairs.index(_pair(number[a], number[b])) for a, b in meetings)
    sets = np.array([sum(1 << bit for bit in bits)], np.int64)
    return int(points_of(tiny, sets)[0]) if obeys_limits(tiny, sets)[0] else None


# Reading the event


def read(event: Event) -> Tiny:
    """Number the attendees and pairs, and settle what the rules leave open."""
    if event.published is not None:
        raise ValueError("held rounds are not enumerated")
    people, weights = event.attendees, event.weights
    pairs = tuple(combinations(range(len(people)), 2))
    rounds, fill = len(event.rounds), event.policy.idle == "fill"
    present = tuple(_present(people, r) for r in range(1, rounds + 1))
    gain, barred, required = _gains(event), _barred(event), _rule_pairs(event, "require")
    return Tiny(
        gain=gain,
        pairs=pairs,
        mutual_value=_mutual_values(gain, pairs, permille(event.policy.min_benefit)),
        may_meet=_flags(pairs, set(pairs) - (_forbidden_by_default(event) - required) - barred),
        required=_flags(pairs, required),
        met=_flags(pairs, _rule_pairs(event, "met") - barred),
        present=present,
        tables=_open_tables(event),
        lowest=np.array([one.min_meetings for one in people], np.int64),
        highest=_highest(event, present),
        windows=tuple((v, *w) for v, one in enumerate(people) for w in _windows(event, one)),
        uses=tuple(_uses(event, *pair) for pair in pairs),
        leaves_idle=not fill,
        triangle_weight=_or(weights.triangles, min(75, 300 // max(1, rounds - 1))),
        fairness_weights=np.array(
            [_or(weights.fairness, 100) * one.priority // 100 for one in people], np.int64
        ),
        bye_weight=_or(weights.byes, 50) if fill else 0,
    )


def _or(given: int | None, default: int) -> int:
    return default if given is None else given


def _pair(i: int, j: int) -> tuple[int, int]:
    return min(i, j), max(i, j)


def _flags(pairs: tuple[tuple[int, int], ...], chosen: set[tuple[int, int]]) -> Flags:
    return np.array([pair in chosen for pair in pairs], np.bool_)


def _present(people: tuple[Attendee, ...], r: int) -> frozenset[int]:
    return frozenset(v for v, one in enumerate(people) if r not in one.absent_rounds)


def _highest(event: Event, present: tuple[frozenset[int], ...]) -> Whole:
    """As many meetings as anybody may have, is present for, and has breaks from."""
    rounds = [{r for r, here in enumerate(present) if v in here} for v in range(_n(event))]
    return np.array(
        [
            min(_or(one.max_meetings, len(present)), _most_busy(here, _windows(event, one)))
            for one, here in zip(event.attendees, rounds, strict=True)
        ],
        np.int64,
    )


def _n(event: Event) -> int:
    return len(event.attendees)


def _most_busy(here: set[int], windows: Collection[tuple[int, int]]) -> int:
    """The most of these rounds in which no window is without a break, by trying all."""
    return max(
        len(busy)
        for size in range(len(here) + 1)
        for busy in combinations(sorted(here), size)
        if not any(set(range(first, last + 1)) <= set(busy) for first, last in windows)
    )


def _windows(event: Event, one: Attendee) -> set[tuple[int, int]]:
    """Rounds from 0, of which somebody needs one without a meeting."""
    policy, rounds = event.policy, len(event.rounds)
    row = _or(one.max_in_a_row, _or(policy.max_in_a_row, rounds))
    breaks = one.breaks if one.breaks else policy.breaks
    return {(r, r + row) for r in range(rounds - row)} | {(x.first - 1, x.last - 1) for x in breaks}


def _uses(event: Event, i: int, j: int) -> frozenset[tuple[int, int]]:
    """What no other meeting may use up: one of a person with a company, or of two companies."""
    ours, theirs = _company(event, i), _company(event, j)
    if event.policy.per_organisation == "any" or ours == theirs:
        return frozenset()
    if event.policy.per_organisation == "one_pair":
        return frozenset({_pair(ours, theirs)})
    return frozenset({(-1 - i, theirs), (-1 - j, ours)})


def _company(event: Event, v: int) -> int:
    """The first attendee of the same organisation."""
    people = event.attendees
    return next(i for i in range(v + 1) if i == v or _colleagues(people[i], people[v]))


def could_have(event: Event) -> list[int]:
    """The most meetings that each could have had: rounds, breaks, limit and different partners."""
    tiny = read(event)
    within_reach = [
        pair for pair, near in zip(tiny.pairs, _within_reach(tiny), strict=True) if near
    ]
    partners = [{i + j - v for i, j in within_reach if v in (i, j)} for v in range(_n(event))]
    if event.policy.per_organisation != "any":
        partners = [
            {
                p if _company(event, p) == _company(event, v) else -1 - _company(event, p)
                for p in met
            }
            for v, met in enumerate(partners)
        ]
    return [min(int(most), len(met)) for most, met in zip(tiny.highest, partners, strict=True)]


def _open_tables(event: Event) -> tuple[int, ...]:
    half = len(event.attendees) // 2
    return tuple(
        len(set(range(1, _or(r.tables, half) + 1)) - set(r.closed_tables)) for r in event.rounds
    )


def _gains(event: Event) -> Whole:
    number = {attendee.id: k for k, attendee in enumerate(event.attendees)}
    gain = np.zeros((len(number), len(number)), np.int64)
    for row in event.benefits:
        gain[number[row.attendee], number[row.partner]] = permille(row.value)
    return gain


def _mutual_values(gain: Whole, pairs: tuple[tuple[int, int], ...], floor: int) -> Whole:
    gains = [(int(gain[i, j]), int(gain[j, i])) for i, j in pairs]
    return np.array(
        [isqrt(one * other) if min(one, other) >= floor else 0 for one, other in gains], np.int64
    )


def _rule_pairs(event: Event, kind: str) -> set[tuple[int, int]]:
    number = {attendee.id: k for k, attendee in enumerate(event.attendees)}
    return {
        _pair(number[rule.pair[0]], number[rule.pair[1]])
        for rule in event.pair_rules
        if rule.kind == kind
    }


def _barred(event: Event) -> set[tuple[int, int]]:
    """Pairs that no requirement brings together: forbidden, or one avoids the other."""
    people = event.attendees
    avoided = {
        _pair(i, j)
        for i, one in enumerate(people)
        for j, other in enumerate(people)
        if other.id in one.avoid
    }
    return avoided | _rule_pairs(event, "forbid")


def _forbidden_by_default(event: Event) -> set[tuple[int, int]]:
    """Pairs that may not meet unless required: met before, colleagues, or without a language."""
    people, policy = event.attendees, event.policy
    pairs = set(combinations(range(len(people)), 2))
    forbidden = {(i, j) for i, j in pairs if _speechless(people[i], people[j])}
    if policy.same_organisation == "forbid":
        forbidden |= {(i, j) for i, j in pairs if _colleagues(people[i], people[j])}
    if policy.rematch == "forbid":
        forbidden |= _rule_pairs(event, "met")
    return forbidden


def _speechless(one: Attendee, other: Attendee) -> bool:
    spoken = [{language.casefold() for language in who.languages} for who in (one, other)]
    return all(spoken) and not spoken[0] & spoken[1]


def _colleagues(one: Attendee, other: Attendee) -> bool:
    organisations = [(who.organisation or "").strip().casefold() for who in (one, other)]
    return organisations[0] == organisations[1] != ""


# Every schedule, as a set of pairs


def meeting_sets(tiny: Tiny) -> Whole:
    """Every set of pairs that the rounds can hold without a pair meeting twice."""
    sets = np.zeros(1, np.int64)
    for r in range(len(tiny.tables)):
        matchings = np.array(list(_seatings(tiny, r)), np.int64)
        fresh = (sets[:, None] & matchings) == 0
        sets = np.unique((sets[:, None] | matchings)[fresh])
        sets = sets[_rested(tiny, r, sets)]
    return np.unique(sets & _all_pairs(tiny))


def _all_pairs(tiny: Tiny) -> int:
    return int((1 << len(tiny.pairs)) - 1)


def _seatings(tiny: Tiny, r: int) -> Iterator[int]:
    """Every matching of round ``r``, with a bit for each of its people who needs breaks."""
    needy = {v for v, _, _ in tiny.windows}
    for matching in _matchings(tiny, r):
        pairs = (pair for bit, pair in enumerate(tiny.pairs) if matching >> bit & 1)
        yield matching | sum(_busy(tiny, v, r) for pair in pairs for v in pair if v in needy)


def _busy(tiny: Tiny, v: int, r: int) -> int:
    return int(1 << len(tiny.pairs) + v * len(tiny.tables) + r)


def _rested(tiny: Tiny, r: int, sets: Whole) -> Flags:
    """Which of the sets have a break in every window that ends with round ``r``."""
    obeys = np.ones(len(sets), np.bool_)
    for v, first, last in tiny.windows:
        window = sum(_busy(tiny, v, q) for q in range(first, last + 1))
        obeys &= (last != r) | (sets & window != window)
    return obeys


def _matchings(tiny: Tiny, r: int) -> Iterator[int]:
    """Every way to pair those present in round ``r``, the empty one included, in bits."""
    bits = [
        (1 << bit, pair)
        for bit, pair in enumerate(tiny.pairs)
        if tiny.may_meet[bit] and set(pair) <= tiny.present[r]
    ]
    yield from _disjoint(bits, tiny.tables[r])


def _disjoint(bits: list[tuple[int, tuple[int, int]]], most: int) -> Iterator[int]:
    yield 0
    if most == 0:
        return
    for k, (bit, pair) in enumerate(bits):
        apart = [(b, other) for b, other in bits[k + 1 :] if not set(pair) & set(other)]
        yield from (bit | rest for rest in _disjoint(apart, most - 1))


def most_kept(tiny: Tiny, promised: Sequence[Collection[tuple[int, int]]]) -> int | None:
    """How many promises, by round, the best schedule in that respect keeps; None without any."""
    most = {0: 0}
    for r, row in enumerate(promised):
        bits = sum(1 << tiny.pairs.index(pair) for pair in row)
        matchings = [(m, (m & bits).bit_count()) for m in _seatings(tiny, r)]
        longer: dict[int, int] = {}
        for before, kept in most.items():
            for matching, more in matchings:
                if not before & matching:
                    both = before | matching
                    longer[both] = max(longer.get(both, 0), kept + more)
        rested = _rested(tiny, r, np.array(list(longer), np.int64)).tolist()
        most = {both: longer[both] for both, fine in zip(longer, rested, strict=True) if fine}
    sets = np.array(list(most), np.int64) & _all_pairs(tiny)
    counts = np.array(list(most.values()), np.int64)[obeys_limits(tiny, sets)]
    return int(counts.max()) if len(counts) else None


# Judging all sets at once; a row is a set of pairs, a column a pair or an attendee


def obeys_limits(tiny: Tiny, sets: Whole) -> Flags:
    """H5, H6, H9, and where idle seats stay idle H8."""
    meets = _meets(tiny, sets)
    counts = meets @ _ends(tiny)
    obeys = ((tiny.lowest <= counts) & (counts <= tiny.highest)).all(axis=1)
    obeys &= (meets[:, tiny.required] == 1).all(axis=1)
    for used in {use for uses in tiny.uses for use in uses}:
        obeys &= meets[:, [used in uses for uses in tiny.uses]].sum(axis=1) <= 1
    if tiny.leaves_idle:
        in_triangle = _triangles(tiny, meets)[1]
        useful = in_triangle | (tiny.mutual_value > 0) | tiny.required
        obeys &= (useful | (meets == 0)).all(axis=1)
    return np.asarray(obeys, np.bool_)


def points_of(tiny: Tiny, sets: Whole) -> Whole:
    """Points of each set of pairs, in integers throughout."""
    meets = _meets(tiny, sets)
    byes = np.maximum(0, tiny.highest - meets @ _ends(tiny))
    points = (
        100 * (meets @ tiny.mutual_value)
        + tiny.triangle_weight * _triangles(tiny, meets)[0]
        + _fairness(tiny, meets)
        - 1000 * tiny.bye_weight * (byes**2).sum(axis=1)
    )
    return np.asarray(points, np.int64)


def _meets(tiny: Tiny, sets: Whole) -> Whole:
    return (sets[:, None] >> np.arange(len(tiny.pairs))) & 1


def _ends(tiny: Tiny) -> Whole:
    """Which attendees a pair consists of."""
    ends = np.zeros((len(tiny.pairs), len(tiny.lowest)), np.int64)
    for bit, pair in enumerate(tiny.pairs):
        ends[bit, list(pair)] = 1
    return ends


def _triangles(tiny: Tiny, meets: Whole) -> tuple[Whole, Flags]:
    """Summed value of the closed triangles, and which pairs belong to one."""
    value = np.zeros(len(meets), np.int64)
    belongs = np.zeros(meets.shape, np.bool_)
    acquainted = (meets == 1) | tiny.met
    for i, j, k in combinations(range(len(tiny.lowest)), 3):
        sides = [tiny.pairs.index(side) for side in ((i, j), (j, k), (i, k))]
        worth = _triangle_value(tiny.gain, i, j, k)
        closed = acquainted[:, sides].all(axis=1) & meets[:, sides].any(axis=1) & (worth > 0)
        value += closed * worth
        belongs[:, sides] |= closed[:, None]
    return value, belongs


def _triangle_value(gain: Whole, i: int, j: int, k: int) -> int:
    one_way = min(gain[i, j], gain[j, k], gain[k, i])
    other_way = min(gain[j, i], gain[k, j], gain[i, k])
    return int(max(one_way, other_way))


def _fairness(tiny: Tiny, meets: Whole) -> Whole:
    """What everybody's satisfaction is worth; who can gain from nobody has none."""
    total = np.zeros(len(meets), np.int64)
    for v in range(len(tiny.lowest)):
        gains = np.array([_gain_at(tiny, v, bit) for bit in range(len(tiny.pairs))], np.int64)
        reachable = sorted(gains[_within_reach(tiny)], reverse=True)
        best = int(sum(reachable[: int(tiny.highest[v])]))
        if best > 0:
            share = np.minimum(1000, 1000 * (meets @ gains) // max(best, 500))
            total += tiny.fairness_weights[v] * _phi(share)
    return total


def _gain_at(tiny: Tiny, v: int, bit: int) -> int:
    """What ``v`` gains by this pair's meeting, if it is v's and mutual."""
    i, j = tiny.pairs[bit]
    if v not in (i, j) or tiny.mutual_value[bit] == 0:
        return 0
    return int(tiny.gain[v, i + j - v])


def _within_reach(tiny: Tiny) -> Flags:
    """Pairs that may meet and are once present together."""
    together = [any(set(pair) <= here for here in tiny.present) for pair in tiny.pairs]
    return tiny.may_meet & np.array(together, np.bool_)


def _phi(s: Whole) -> Whole:
    parts = [
        8 * s // 5,
        400 + 6 * (s - 250) // 5,
        700 + 4 * (s - 500) // 5,
        900 + 2 * (s - 750) // 5,
    ]
    return np.asarray(np.select([s <= 250, s <= 500, s <= 750], parts[:3], parts[3]), np.int64)
