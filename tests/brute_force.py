"""The best points of a tiny event by trying every schedule; it shares nothing with the solver.

Which round a pair meets in matters to presence, to tables, to breaks and to nothing else: limits,
open conversations and points depend on *which* pairs meet. So the rounds are joined one after the
other into every set of pairs that they can hold, each a whole number with one bit a pair (and,
where there are breaks, one for every round in which somebody is busy), and all sets are then judged
at once. Event in explicit benefits, no held rounds; 6 attendees in 3 rounds, or 8 in 2, take a
fraction of a second.
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

    Vectors are by attendee or by pair; ``gain[i, j]`` is what i gains by meeting j.
    """

    gain: Whole
    pairs: tuple[tuple[int, int], ...]
    mutual_value: Whole
    may_meet: Flags
    required: Flags
    met: Flags
    present: tuple[frozenset[int], ...]
    tables: tuple[frozenset[int], ...]
    places: tuple[frozenset[int], ...]
    pins: tuple[tuple[tuple[int, int], int, int | None], ...]
    apart: frozenset[tuple[tuple[int, int], int]]
    windows: tuple[tuple[tuple[int, int], ...], ...]
    houses: tuple[str, ...]
    one_house: str
    costs: Whole
    could: Whole
    floor: int
    lowest: Whole
    highest: Whole
    leaves_idle: bool
    triangle_weight: int
    fairness_weights: tuple[int, ...]
    bye_weight: int


def best_points(event: Event) -> int | None:
    """The most points of any schedule that obeys every hard rule; None if there is none."""
    tiny = read(event)
    sets = meeting_sets(tiny)
    points = points_of(tiny, sets)[obeys_limits(tiny, sets)]
    return int(points.max()) if len(points) else None


def worth(event: Event, meetings: Iterable[tuple[str, str]], *, limits: bool = True) -> int | None:
    """The points when exactly these pairs meet; None if a limit, requirement or H8 is broken."""
    tiny = read(event)
    number = {attendee.id: k for k, attendee in enumerate(event.attendees)}
    bits = (tiny.pairs.index(_pair(number[a], number[b])) for a, b in meetings)
    sets = np.array([sum(1 << bit for bit in bits)], np.int64)
    obeys = not limits or obeys_limits(tiny, sets)[0]
    return int(points_of(tiny, sets)[0]) if obeys else None


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
    allowed = set(pairs) - (_forbidden_by_default(event) - required) - barred
    windows = tuple(_windows_of(event, one) for one in people)
    highest = _highest(people, present, windows)
    houses = tuple((one.organisation or "").strip().casefold() or f" {one.id}" for one in people)
    one_house, fairness = event.policy.per_organisation, _or(weights.fairness, 100)
    return Tiny(
        gain=gain,
        pairs=pairs,
        mutual_value=_mutual_values(gain, pairs, permille(event.policy.min_benefit)),
        may_meet=_flags(pairs, allowed),
        required=_flags(pairs, required),
        met=_flags(pairs, _rule_pairs(event, "met") - barred),
        present=present,
        tables=_open_tables(event),
        places=tuple(one.places for one in people),
        pins=_pins_of(event),
        apart=frozenset(
            (_numbered(event, rule.pair), rule.round)
            for rule in event.pair_rules
            if rule.kind == "forbid" and rule.round is not None
        ),
        windows=windows,
        houses=houses,
        one_house=one_house,
        costs=np.array([_cost(event, *pair) for pair in pairs], np.int64),
        could=_could(pairs, allowed, present, highest, houses if one_house != "any" else None),
        floor=permille(event.policy.min_benefit),
        lowest=np.array([one.min_meetings for one in people], np.int64),
        highest=highest,
        leaves_idle=not fill,
        triangle_weight=_or(weights.triangles, min(75, 300 // max(1, rounds - 1))),
        fairness_weights=tuple(fairness * _or(one.priority, 100) // 100 for one in people),
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


def _windows_of(event: Event, one: Attendee) -> tuple[tuple[int, int], ...]:
    """First and last round, from 1, of which one is without a meeting."""
    policy, rounds = event.policy, len(event.rounds)
    longest = one.max_in_a_row or policy.max_in_a_row
    rows = [(b.first, b.last) for b in one.breaks or policy.breaks]
    rows += [(r, r + longest) for r in range(1, rounds) if longest and r + longest <= rounds]
    return tuple(rows)


def _most_rounds(here: set[int], windows: tuple[tuple[int, int], ...]) -> int:
    """The most of these rounds that leave one of every window within them out, by trying all."""
    inside = [set(range(a, z + 1)) for a, z in windows if set(range(a, z + 1)) <= here]
    for count in range(len(here), 0, -1):
        for busy in combinations(sorted(here), count):
            if not any(window <= set(busy) for window in inside):
                return count
    return 0


def _could(
    pairs: tuple[tuple[int, int], ...],
    allowed: set[tuple[int, int]],
    present: tuple[frozenset[int], ...],
    highest: Whole,
    houses: tuple[str, ...] | None,
) -> Whole:
    """The most meetings each could have had, by its rounds and by its different partners."""
    partners: list[set[object]] = [set() for _ in highest]
    for pair in pairs:
        if pair in allowed and any(set(pair) <= here for here in present):
            for v, p in (pair, pair[::-1]):
                alone = houses is None or houses[v] == houses[p]
                partners[v].add(p if alone or houses is None else houses[p])
    return np.minimum(highest, [len(found) for found in partners])


def _numbered(event: Event, pair: tuple[str, str]) -> tuple[int, int]:
    number = {attendee.id: k for k, attendee in enumerate(event.attendees)}
    return _pair(number[pair[0]], number[pair[1]])


def _pins_of(event: Event) -> tuple[tuple[tuple[int, int], int, int | None], ...]:
    return tuple(
        (_numbered(event, rule.pair), rule.round, rule.table)
        for rule in event.pair_rules
        if rule.kind == "require" and rule.round is not None
    )


def _cost(event: Event, i: int, j: int) -> int:
    """What a meeting of the two costs, in points."""
    people = event.attendees
    one, other = people[i], people[j]
    soft = (other.id in one.rather_avoided) + (one.id in other.rather_avoided)
    ago = [
        rule.events_ago or 1
        for rule in event.pair_rules
        if rule.kind == "met" and {*rule.pair} == {one.id, other.id}
    ]
    again = 20_000 // min(ago) if ago and event.policy.rematch == "seldom" else 0
    return again + 20_000 * soft


def _highest(
    people: tuple[Attendee, ...],
    present: tuple[frozenset[int], ...],
    windows: tuple[tuple[tuple[int, int], ...], ...],
) -> Whole:
    """As many meetings as anybody may have and is present for, less the breaks."""
    rounds_here = [
        _most_rounds({r for r, here in enumerate(present, start=1) if v in here}, windows[v])
        for v in range(len(people))
    ]
    limits = [one.max_meetings for one in people]
    return np.array(
        [
            here if most is None else min(most, here)
            for most, here in zip(limits, rounds_here, strict=True)
        ],
        np.int64,
    )


def _open_tables(event: Event) -> tuple[frozenset[int], ...]:
    half = len(event.attendees) // 2
    return tuple(
        frozenset(range(1, _or(r.tables, half) + 1)) - set(r.closed_tables) for r in event.rounds
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
        if rule.kind == kind and (kind != "forbid" or rule.round is None)
    }


def _barred(event: Event) -> set[tuple[int, int]]:
    """Pairs that no requirement brings together: forbidden, or one avoids the other."""
    people = event.attendees
    avoided = {
        _pair(i, j)
        for i, one in enumerate(people)
        for j, other in enumerate(people)
        if other.id in one.avoided
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
    apart = (_same_address, _two_places, lambda a, b: _other_group(event, a, b))
    for kept_apart in apart:
        forbidden |= {(i, j) for i, j in pairs if kept_apart(people[i], people[j])}
    return forbidden


def _same_address(one: Attendee, other: Attendee) -> bool:
    addresses = [(who.email or "").strip().casefold() for who in (one, other)]
    return addresses[0] == addresses[1] != ""


def _two_places(one: Attendee, other: Attendee) -> bool:
    return bool(one.places and other.places) and not one.places & other.places


def _other_group(event: Event, one: Attendee, other: Attendee) -> bool:
    meet = event.policy.meet
    if meet is None:
        return False
    groups = [who.labels.get(meet.label, "").strip().casefold() for who in (one, other)]
    if not all(groups):
        return meet.unlabelled == "nobody"
    return sorted(groups) not in [
        sorted(value.strip().casefold() for value in pair) for pair in meet.pairs
    ]


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
        matchings = np.array(list(_matchings(tiny, r)), np.int64)
        if any(tiny.windows):
            matchings |= _busy(tiny, matchings, r)
        fresh = (sets[:, None] & matchings) == 0
        sets = np.unique((sets[:, None] | matchings)[fresh])
    if any(tiny.windows):
        sets = np.unique(sets[_rested(tiny, sets)] & ((1 << len(tiny.pairs)) - 1))
    return sets


def _busy_bit(tiny: Tiny, v: int, r: int) -> int:
    return 1 << (len(tiny.pairs) + v * len(tiny.tables) + r)


def _busy(tiny: Tiny, matchings: Whole, r: int) -> Whole:
    """Who is busy in round ``r`` in each matching, in bits beyond those of the pairs."""
    busy = np.zeros_like(matchings)
    for bit, pair in enumerate(tiny.pairs):
        both = _busy_bit(tiny, pair[0], r) | _busy_bit(tiny, pair[1], r)
        busy |= np.where((matchings >> bit) & 1 == 1, both, 0)
    return busy


def _rested(tiny: Tiny, sets: Whole) -> Flags:
    """In which of these schedules everybody has the breaks that are due."""
    rested = np.ones(len(sets), np.bool_)
    for v, windows in enumerate(tiny.windows):
        for first, last in windows:
            window = sum(_busy_bit(tiny, v, r - 1) for r in range(first, last + 1))
            rested &= (sets & window) != window
    return rested


def _matchings(tiny: Tiny, r: int) -> Iterator[int]:
    """Every way to pair those present in round ``r``, the empty one included, in bits."""
    bits = [
        (1 << bit, pair)
        for bit, pair in enumerate(tiny.pairs)
        if tiny.may_meet[bit] and set(pair) <= tiny.present[r] and (pair, r + 1) not in tiny.apart
    ]
    pinned = [pair for pair, round_, _ in tiny.pins if round_ == r + 1]
    due = sum(1 << tiny.pairs.index(pair) for pair in pinned)
    for matching in _disjoint(bits, len(tiny.tables[r])):
        if matching & due == due and _can_be_seated(tiny, matching, r):
            yield matching


def _can_be_seated(tiny: Tiny, matching: int, r: int) -> bool:
    """Whether every meeting finds a table of its own at which both may sit, by augmenting paths."""
    if not any(tiny.places) and not any(table for _, _, table in tiny.pins):
        return True
    table_of = {pair: table for pair, round_, table in tiny.pins if round_ == r + 1 and table}
    seated: dict[int, frozenset[int]] = {}
    for bit, pair in enumerate(tiny.pairs):
        if not matching >> bit & 1:
            continue
        free = tiny.tables[r]
        for v in pair:
            free = free & tiny.places[v] if tiny.places[v] else free
        if pair in table_of:
            free = free & {table_of[pair]}
        if not _seat_at_one(free, seated, set()):
            return False
    return True


def _seat_at_one(free: frozenset[int], seated: dict[int, frozenset[int]], seen: set[int]) -> bool:
    for table in sorted(free - seen):
        seen.add(table)
        if table not in seated or _seat_at_one(seated[table], seated, seen):
            seated[table] = free
            return True
    return False


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
        rows = np.array(list(_matchings(tiny, r)), np.int64)
        busy = _busy(tiny, rows, r) if any(tiny.windows) else np.zeros_like(rows)
        kept_of = ((row & bits).bit_count() for row in rows.tolist())
        matchings = list(zip((rows | busy).tolist(), kept_of, strict=True))
        longer: dict[int, int] = {}
        for before, kept in most.items():
            for matching, more in matchings:
                if not before & matching:
                    both = before | matching
                    longer[both] = max(longer.get(both, 0), kept + more)
        most = longer
    sets = np.array(list(most), np.int64)
    rested = _rested(tiny, sets)
    sets &= (1 << len(tiny.pairs)) - 1
    counts = np.array(list(most.values()), np.int64)[rested & obeys_limits(tiny, sets)]
    return int(counts.max()) if len(counts) else None


# Judging all sets at once; a row is a set of pairs, a column a pair or an attendee


def obeys_limits(tiny: Tiny, sets: Whole) -> Flags:
    """Required pairs meet, everybody's number of meetings fits, and no idle seat is filled."""
    meets = _meets(tiny, sets)
    counts = meets @ _ends(tiny)
    obeys = ((tiny.lowest <= counts) & (counts <= tiny.highest)).all(axis=1)
    obeys &= (meets[:, tiny.required] == 1).all(axis=1)
    obeys &= _companies_met_once(tiny, meets)
    if tiny.leaves_idle:
        in_triangle = _triangles(tiny, meets)[1]
        useful = in_triangle | (tiny.mutual_value > 0) | tiny.required
        obeys &= (useful | (meets == 0)).all(axis=1)
    return np.asarray(obeys, np.bool_)


def _companies_met_once(tiny: Tiny, meets: Whole) -> Flags:
    obeys = np.ones(len(meets), np.bool_)
    if tiny.one_house == "any":
        return obeys
    used: dict[object, list[int]] = {}
    for bit, (i, j) in enumerate(tiny.pairs):
        mine, theirs = tiny.houses[i], tiny.houses[j]
        if mine != theirs:
            keys = (
                [frozenset((mine, theirs))]
                if tiny.one_house == "one_pair"
                else [(i, theirs), (j, mine)]
            )
            for key in keys:
                used.setdefault(key, []).append(bit)
    for bits in used.values():
        obeys &= meets[:, bits].sum(axis=1) <= 1
    return obeys


def points_of(tiny: Tiny, sets: Whole) -> Whole:
    """Points of each set of pairs, in integers throughout."""
    meets = _meets(tiny, sets)
    byes = np.maximum(0, tiny.could - meets @ _ends(tiny))
    price = 1000 * tiny.bye_weight * len(tiny.tables) * byes**2 // np.maximum(1, tiny.could)
    points = (
        100 * (meets @ tiny.mutual_value)
        + tiny.triangle_weight * _triangles(tiny, meets)[0]
        + _fairness(tiny, meets)
        - (price * (tiny.could > 0)).sum(axis=1)
        - meets @ tiny.costs
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
        counts = worth >= max(1, tiny.floor)
        closed = acquainted[:, sides].all(axis=1) & meets[:, sides].any(axis=1) & counts
        value += closed * worth
        belongs[:, sides] |= closed[:, None]
    return value, belongs


def _triangle_value(gain: Whole, i: int, j: int, k: int) -> int:
    one_way = min(gain[i, j], gain[j, k], gain[k, i])
    other_way = min(gain[j, i], gain[k, j], gain[i, k])
    return int(max(one_way, other_way))


def _fairness(tiny: Tiny, meets: Whole) -> Whole:
    """Summed worth of everybody's satisfaction; who can gain from nobody has none."""
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
